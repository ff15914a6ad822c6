// Input: see input.hpp. One buffer, one read(2) at a time.
//
// read(2) and not mmap: a log may be a pipe, and one that is cut while it is being read must be
// the end of an input, not a SIGBUS.
#include "log/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.hpp"

namespace mempool::log {
namespace {

constexpr std::size_t first_room = std::size_t{256} << 10;

std::string cannot_read(const std::string& path, int error) {
  std::string what = "cannot read ";
  append_printable(path, what);
  return what + ": " + std::strerror(error);
}

}  // namespace

Result<Input> Input::open(const std::string& path) {
  Input input;
  const bool standard_input = path == "-";
  input.fd_ = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = standard_input ? "standard input" : path;
  if (input.fd_ < 0) return failure(cannot_read(name, errno));
  struct stat about;
  if (::fstat(input.fd_, &about) != 0) return failure(cannot_read(name, errno));
  if (S_ISDIR(about.st_mode)) return failure(cannot_read(name, EISDIR));
  if (S_ISREG(about.st_mode)) input.total_ = static_cast<u64>(about.st_size);
  input.seekable_ = S_ISREG(about.st_mode) && !standard_input;
  input.buffer_.resize(first_room + padding);
  return input;
}

Input Input::from_text(std::string text) {
  Input input;
  input.end_ = input.end_position_ = input.total_ = text.size();
  input.seekable_ = true;
  input.buffer_ = std::move(text);
  input.buffer_.append(padding, '\0');
  return input;
}

Input::Input(Input&& other) noexcept {
  *this = std::move(other);
}

Input& Input::operator=(Input&& other) noexcept {
  std::swap(buffer_, other.buffer_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(end_position_, other.end_position_);
  std::swap(total_, other.total_);
  std::swap(fd_, other.fd_);
  std::swap(error_, other.error_);
  std::swap(seekable_, other.seekable_);
  return *this;
}

Input::~Input() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

bool Input::seek(u64 position) {
  if (!seekable_ || position > total_) return false;
  if (fd_ < 0) {
    begin_ = position;
    return true;
  }
  if (::lseek(fd_, static_cast<off_t>(position), SEEK_SET) < 0) return false;
  begin_ = end_ = 0;
  end_position_ = position;
  error_ = 0;
  return true;
}

/// What is not used yet moves to the front first. Readers use all they can before they ask for
/// more, so each byte moves at most once for every doubling of the room, and the cost is linear.
bool Input::fill() {
  if (fd_ < 0 || error_ != 0) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ + padding == buffer_.size()) buffer_.resize(2 * end_ + padding);
  for (;;) {
    const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - padding - end_);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      end_position_ += static_cast<u64>(got);
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = errno;
    return false;
  }
}

}  // namespace mempool::log
