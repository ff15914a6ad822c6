// IndexFile: the file that makes a long log quick to look at: where it lies, and whether it may be
// believed. What stands in it is somebody else's; here it is parts and one directory of them.
//
//     [ magic ][ part crc ][ part crc ] ... [ directory crc ][ tail: where it is, which log ]
//
// It lies beside the log (LOG.idx) or, where that cannot be written, in the user's cache folder.
// It is believed only if it is the user's own, whole, of this version, and made of the log as it
// stands: same size, same time of change, same first and last bytes. Everything else is as if
// there were no file. It is written beside its place and renamed, so that it is never half there;
// a file of that name that is not an index is left alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "shell/output.hpp"

namespace mempool::viz {

/// What a log's index is bound to: it changes when the log does.
struct LogStamp {
  u64 size = 0;
  u64 changed = 0;                      // nanoseconds since 1970
  u32 first_bytes = 0, last_bytes = 0;  // checksums

  bool operator==(const LogStamp&) const = default;
};

/// None if it is no regular file that can be read.
[[nodiscard]] std::optional<LogStamp> stamp_of(const std::string& log);

/// Where an index of this log may lie, the best place first.
[[nodiscard]] std::vector<std::string> index_places(const std::string& log);

class IndexFile {
 public:
  /// The index of the log as it stands now; none if there is none that may be believed.
  [[nodiscard]] static std::optional<IndexFile> open(const std::string& log, u32 version);

  IndexFile(IndexFile&& other) noexcept;
  IndexFile& operator=(IndexFile&&) = delete;
  ~IndexFile();

  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// None unless these are bytes that were written as one part, and are whole.
  [[nodiscard]] std::optional<std::string> part(u64 offset, u64 size) const;

 private:
  explicit IndexFile(int file) : file_(file) {}
  bool read_directory(const LogStamp& log, u32 version);

  int file_;
  std::string directory_;
};

class NewIndexFile {
 public:
  /// None if there is no place for it.
  [[nodiscard]] static std::optional<NewIndexFile> create(const std::string& log, u32 version);

  /// Returns the offset of the part.
  u64 add(std::string_view part);
  /// False, and no file is left, if it could not be written or the log has changed meanwhile.
  [[nodiscard]] bool finish(std::string_view directory);

 private:
  NewIndexFile(std::string log, const LogStamp& stamp, u32 version, Output output);

  std::string log_;
  LogStamp stamp_;
  u32 version_;
  Output output_;
  u64 written_ = 0;
};

}  // namespace mempool::viz
