// Reading the file piece by piece: see record_source.hpp.
#include "workload/record_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/little.hpp"
#include "record/format.h"

namespace mempool::viz {

namespace {

constexpr std::size_t piece = std::size_t{64} << 10;
constexpr u64 most_in_flight = 1 << 16;  // slots that threads may hold when they are killed
constexpr u64 record_bytes = recording_record_bytes, header_bytes = recording_header_bytes;

/// All the bytes there are, up to `bytes`.
std::string read_at(int file, u64 offset, std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got =
        ::pread(file, text.data() + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

}  // namespace

void RecordSource::Close::operator()(int* file) const {
  ::close(*file);
  delete file;
}

Result<RecordSource> RecordSource::open(const std::string& path) {
  RecordSource source;
  source.path_ = path;
  const int file =
      path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failure(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  source.file_.reset(new int(file));
  struct stat facts {};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode))
    return failure(fmt::format("{}: a recording has to be a file", path));
  source.header_ = read_at(file, 0, header_bytes);
  const std::string_view magic(RECORDING_MAGIC, 8);
  if (!source.header_.starts_with(magic)) return failure(fmt::format("{}: is no recording", path));
  if (source.header_.size() < header_bytes)
    return failure(fmt::format("{}: the recording is cut within its header", path));
  const u32 version = source.word(8);
  if (version != RECORDING_VERSION)
    return failure(fmt::format("{}: is a recording of version {}; this program reads version {}",
                               path, version, RECORDING_VERSION));
  if (source.word(12) != record_bytes || source.word(16) != header_bytes)
    return failure(fmt::format("{}: the recording's header is damaged", path));
  const u64 size = static_cast<u64>(facts.st_size);
  const u64 told = source.number(128);
  const u64 slots = std::min((size - std::min(size, header_bytes)) / record_bytes, told);
  source.offset_ = header_bytes;
  source.end_ = header_bytes + slots * record_bytes;
  return source;
}

u32 RecordSource::word(std::size_t at) const {
  return load_little<u32>(header_.data() + at);
}

u64 RecordSource::number(std::size_t at) const {
  return load_little<u64>(header_.data() + at);
}

std::vector<std::string> RecordSource::texts(std::size_t at, std::size_t most) const {
  std::vector<std::string> found;
  std::string_view rest = std::string_view(header_).substr(at, most);
  while (!rest.empty() && rest.front() != '\0') {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    found.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

double RecordSource::share() const {
  return end_ == 0 ? 1 : static_cast<double>(offset_) / static_cast<double>(end_);
}

bool RecordSource::fill() {
  const u64 left = end_ - offset_;
  buffer_ = read_at(*file_, offset_, static_cast<std::size_t>(std::min<u64>(piece, left)));
  buffer_.resize(buffer_.size() / record_bytes * record_bytes);
  offset_ += buffer_.size();
  at_ = 0;
  return !buffer_.empty();
}

bool RecordSource::next(RawRecord& record) {
  if (std::exchange(again_, false)) {
    record = last_;
    return true;
  }
  for (;;) {
    if (at_ == buffer_.size() && !fill()) break;
    const char* slot = buffer_.data() + at_;
    at_ += record_bytes;
    const u64 head = load_little<u64>(slot + 24);
    if (head >> 56 == 0) {
      if (++empty_in_a_row_ > most_in_flight) break;
      continue;
    }
    empty_ += std::exchange(empty_in_a_row_, 0);  // at the end they are nobody's
    last_ = {load_little<u64>(slot),       load_little<u64>(slot + 8),
             load_little<u64>(slot + 16),  static_cast<u32>(head),
             static_cast<u16>(head >> 32), static_cast<u8>(head >> 48),
             static_cast<u8>(head >> 56),  {}};
    std::memcpy(last_.text.data(), slot, last_.text.size());
    record = last_;
    return true;
  }
  end_ = offset_;
  buffer_.clear();
  at_ = 0;
  return false;
}

}  // namespace mempool::viz
