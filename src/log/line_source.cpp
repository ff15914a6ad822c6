// LineSource: see line_source.hpp. One buffer, one read(2) at a time, one memchr a line.
//
// read(2) and not mmap: a log may be a pipe, and one that is cut while it is being read must be
// the end of a text, not a SIGBUS.
#include "log/line_source.hpp"

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

Result<LineSource> LineSource::open(const std::string& path) {
  LineSource source;
  const bool standard_input = path == "-";
  source.fd_ = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = standard_input ? "standard input" : path;
  if (source.fd_ < 0) return failure(cannot_read(name, errno));
  struct stat about;
  if (::fstat(source.fd_, &about) != 0) return failure(cannot_read(name, errno));
  if (S_ISDIR(about.st_mode)) return failure(cannot_read(name, EISDIR));
  if (S_ISREG(about.st_mode)) source.bytes_total_ = static_cast<u64>(about.st_size);
  source.buffer_.resize(first_room + line_padding);
  return source;
}

LineSource LineSource::from_text(std::string text) {
  LineSource source;
  source.end_ = source.bytes_total_ = text.size();
  source.buffer_ = std::move(text);
  source.buffer_.append(line_padding, '\0');
  return source;
}

LineSource::LineSource(LineSource&& other) noexcept {
  *this = std::move(other);
}

LineSource& LineSource::operator=(LineSource&& other) noexcept {
  std::swap(buffer_, other.buffer_);
  std::swap(begin_, other.begin_);
  std::swap(scanned_, other.scanned_);
  std::swap(end_, other.end_);
  std::swap(skipping_, other.skipping_);
  std::swap(fd_, other.fd_);
  std::swap(error_, other.error_);
  std::swap(bytes_read_, other.bytes_read_);
  std::swap(bytes_total_, other.bytes_total_);
  return *this;
}

LineSource::~LineSource() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

bool LineSource::next(Line& line) {
  for (;;) {
    const char* from = buffer_.data() + scanned_;
    if (const void* found = std::memchr(from, '\n', end_ - scanned_)) {
      const auto newline =
          static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      line = take(newline - begin_, true);
      return true;
    }
    scanned_ = end_;
    if (end_ - begin_ > longest_line) {  // its end is not in sight: let it pass by
      skipping_ = true;
      bytes_read_ += end_ - begin_;
      begin_ = end_;
    }
    if (fill()) continue;
    if (begin_ == end_ && !skipping_) return false;
    line = take(end_ - begin_, false);
    return true;
  }
}

/// Hands out the size bytes from begin_ on as a line, or what is left of a skipped one.
Line LineSource::take(std::size_t size, bool newline) {
  Line line;
  line.newline = newline;
  line.too_long = std::exchange(skipping_, false) || size > longest_line;
  if (!line.too_long) line.text = std::string_view(buffer_).substr(begin_, size);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  const std::size_t whole = size + (newline ? 1 : 0);
  begin_ += whole;
  scanned_ = begin_;
  bytes_read_ += whole;
  return line;
}

/// Reads more, whatever is there; false at the end. Moves the line's beginning to the front, at
/// most once a line, so the cost stays linear however small the portions are.
bool LineSource::fill() {
  if (fd_ < 0 || error_ != 0) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ + line_padding == buffer_.size()) buffer_.resize(2 * end_ + line_padding);
  for (;;) {
    const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - line_padding - end_);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = errno;
    return false;
  }
}

}  // namespace mempool::log
