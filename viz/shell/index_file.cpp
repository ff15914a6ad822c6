// Index files: see index_file.hpp. Total: any bytes under the name of an index are either one or
// not. Checksums are CRC-32: they tell torn and rotten files; who may write the file is trusted.
#include "shell/index_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace mempool::viz {

namespace {

constexpr std::string_view magic = "MEMPIDX\n";
constexpr std::size_t tail_size = 64;
constexpr std::size_t crc_size = 4;

u32 checksum(std::string_view bytes) {
  return static_cast<u32>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void put_fixed(std::string& out, u64 value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

u64 take_fixed(std::string_view& in, std::size_t bytes) {
  u64 value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= u64{static_cast<u8>(in[i])} << (8 * i);
  in.remove_prefix(bytes);
  return value;
}

/// The last bytes of the file. What they say is checked by who reads them.
struct Tail {
  u64 directory = 0, size = 0;
  LogStamp log;
  u64 version = 0;
};

std::string pack(const Tail& tail) {
  std::string out;
  for (const u64 figure : {tail.directory, tail.size, tail.log.size, tail.log.changed})
    put_fixed(out, figure, 8);
  put_fixed(out, tail.log.first_bytes, 4);
  put_fixed(out, tail.log.last_bytes, 4);
  put_fixed(out, tail.version, 8);
  put_fixed(out, checksum(out), 8);
  out += magic;
  return out;
}

std::optional<Tail> unpack_tail(std::string_view bytes) {
  if (bytes.size() != tail_size || !bytes.ends_with(magic)) return std::nullopt;
  const u32 crc = checksum(bytes.substr(0, 48));
  Tail tail;
  for (u64* figure : {&tail.directory, &tail.size, &tail.log.size, &tail.log.changed})
    *figure = take_fixed(bytes, 8);
  tail.log.first_bytes = static_cast<u32>(take_fixed(bytes, 4));
  tail.log.last_bytes = static_cast<u32>(take_fixed(bytes, 4));
  tail.version = take_fixed(bytes, 8);
  if (take_fixed(bytes, 8) != crc) return std::nullopt;
  return tail;
}

/// Exactly these bytes of a file; none if it does not have them.
std::optional<std::string> read_at(int file, u64 offset, u64 size) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return std::nullopt;
  const u64 end = static_cast<u64>(facts.st_size);
  if (offset > end || size > end - offset) return std::nullopt;
  std::string bytes(size, '\0');
  for (u64 done = 0; done < size;) {
    const ssize_t got =
        ::pread(file, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    done += static_cast<u64>(got);
  }
  return bytes;
}

/// A file that cannot block and is not inherited; -1: there is none that is regular.
int open_regular(const std::string& path, struct stat& facts) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return -1;
  if (::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) return file;
  ::close(file);
  return -1;
}

/// An index of ours, or nothing: neither somebody else's nor another kind of file.
bool may_be_replaced(const std::string& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return errno == ENOENT;
  const int file = open_regular(path, facts);
  if (file < 0) return false;
  const std::optional<std::string> head = read_at(file, 0, magic.size());
  ::close(file);
  return facts.st_uid == ::geteuid() && head == magic;
}

/// $XDG_CACHE_HOME/mempool or ~/.cache/mempool; empty if neither is known.
std::string cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return std::string(cache) + "/mempool";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.cache/mempool" : "";
}

/// One name for one log, wherever it lies.
std::string cache_name(const std::string& path) {
  u64 hash = 0xCBF29CE484222325;  // FNV-1a
  for (const char c : path) hash = (hash ^ static_cast<u8>(c)) * 0x100000001B3;
  constexpr std::size_t enough = 100;
  return fmt::format("{}-{:016x}.idx", path.substr(path.rfind('/') + 1).substr(0, enough), hash);
}

/// What is made while one of these lives only its owner may read: a log may be private.
class Private {
 public:
  Private() : before_(::umask(0077)) {}
  ~Private() { ::umask(before_); }
  Private(const Private&) = delete;
  Private& operator=(const Private&) = delete;

 private:
  mode_t before_;
};

}  // namespace

std::optional<LogStamp> stamp_of(const std::string& log) {
  constexpr u64 looked_at = 4096;
  struct stat facts {};
  const int file = open_regular(log, facts);
  if (file < 0) return std::nullopt;
  LogStamp stamp;
  stamp.size = static_cast<u64>(facts.st_size);
#ifdef __APPLE__
  const timespec changed = facts.st_mtimespec;
#else
  const timespec changed = facts.st_mtim;
#endif
  stamp.changed =
      static_cast<u64>(changed.tv_sec) * 1'000'000'000 + static_cast<u64>(changed.tv_nsec);
  const u64 part = std::min(stamp.size, looked_at);
  const auto first = read_at(file, 0, part);
  const auto last = read_at(file, stamp.size - part, part);
  ::close(file);
  if (!first || !last) return std::nullopt;
  stamp.first_bytes = checksum(*first);
  stamp.last_bytes = checksum(*last);
  return stamp;
}

std::vector<std::string> index_places(const std::string& log) {
  std::vector<std::string> places{log + ".idx"};
  char resolved[PATH_MAX];
  const std::string folder = cache_folder();
  if (!folder.empty() && ::realpath(log.c_str(), resolved) != nullptr)
    places.push_back(folder + "/" + cache_name(resolved));
  return places;
}

// ---- reading

std::optional<IndexFile> IndexFile::open(const std::string& log, u32 version) {
  const std::optional<LogStamp> stamp = stamp_of(log);
  if (!stamp) return std::nullopt;
  for (const std::string& place : index_places(log)) {
    struct stat facts {};
    const int file = open_regular(place, facts);
    if (file < 0) continue;
    IndexFile index(file);
    if (facts.st_uid == ::geteuid() && index.read_directory(*stamp, version)) return index;
  }
  return std::nullopt;
}

IndexFile::IndexFile(IndexFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), directory_(std::move(other.directory_)) {}

IndexFile::~IndexFile() {
  if (file_ >= 0) ::close(file_);
}

bool IndexFile::read_directory(const LogStamp& log, u32 version) {
  const off_t size = ::lseek(file_, 0, SEEK_END);
  if (size < static_cast<off_t>(tail_size)) return false;
  const auto bytes = read_at(file_, static_cast<u64>(size) - tail_size, tail_size);
  const std::optional<Tail> tail = bytes ? unpack_tail(*bytes) : std::nullopt;
  if (!tail || tail->version != version || tail->log != log) return false;
  std::optional<std::string> directory = part(tail->directory, tail->size);
  if (!directory) return false;
  directory_ = std::move(*directory);
  return true;
}

std::optional<std::string> IndexFile::part(u64 offset, u64 size) const {
  std::optional<std::string> bytes = read_at(file_, offset, add_saturating(size, crc_size));
  if (!bytes) return std::nullopt;
  std::string_view crc = std::string_view(*bytes).substr(size);
  if (take_fixed(crc, crc_size) != checksum(std::string_view(*bytes).substr(0, size)))
    return std::nullopt;
  bytes->resize(size);
  return bytes;
}

// ---- writing

NewIndexFile::NewIndexFile(std::string log, const LogStamp& stamp, u32 version, Output output)
    : log_(std::move(log)), stamp_(stamp), version_(version), output_(std::move(output)) {
  output_.write(magic);
  written_ = magic.size();
}

std::optional<NewIndexFile> NewIndexFile::create(const std::string& log, u32 version) {
  const std::optional<LogStamp> stamp = stamp_of(log);
  if (!stamp) return std::nullopt;
  const Private umask;
  for (const std::string& place : index_places(log)) {
    if (!may_be_replaced(place)) continue;
    if (place != log + ".idx") {
      std::error_code ignored;  // then opening fails
      std::filesystem::create_directories(std::filesystem::path(place).parent_path(), ignored);
    }
    if (Result<Output> output = Output::open(place))
      return NewIndexFile(log, *stamp, version, std::move(*output));
  }
  return std::nullopt;
}

u64 NewIndexFile::add(std::string_view part) {
  std::string crc;
  put_fixed(crc, checksum(part), crc_size);
  output_.write(part);
  output_.write(crc);
  return std::exchange(written_, written_ + part.size() + crc_size);
}

bool NewIndexFile::finish(std::string_view directory) {
  if (stamp_of(log_) != stamp_) return false;
  const u64 offset = add(directory);
  output_.write(pack({offset, directory.size(), stamp_, version_}));
  return output_.finish().has_value();
}

}  // namespace mempool::viz
