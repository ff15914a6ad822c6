// LineSource: a file, standard input or a text, line by line. Knows nothing of JSON or events.
//
// Bounded: it holds one line, at most 16 MiB; a longer one is skipped as it passes by. It hands a
// line out as soon as it has come, so a pipe can be followed while it is written.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::log {

/// The longest line that is handed out. Longer than any event: a `bytes` event has 8 KiB of hex.
inline constexpr std::size_t longest_line = std::size_t{16} << 20;

/// Bytes after a line that may be read, whatever they are: the JSON parser looks ahead this far.
inline constexpr std::size_t line_padding = 64;

struct Line {
  std::string_view text;  // without the newline and a carriage return before it
  bool newline = false;   // false: the input ends here
  bool too_long = false;  // longer than longest_line; the text is left out
};

class LineSource {
 public:
  /// "-" is standard input. Fails when the file cannot be opened or is a directory.
  static Result<LineSource> open(const std::string& path);
  static LineSource from_text(std::string text);

  LineSource(LineSource&& other) noexcept;
  LineSource& operator=(LineSource&& other) noexcept;
  ~LineSource();

  /// The next line, valid until the next call; false at the end. It may be empty.
  [[nodiscard]] bool next(Line& line);

  /// The errno that ended reading before the end of the input; 0 if none did.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] u64 bytes_read() const { return bytes_read_; }
  [[nodiscard]] u64 bytes_total() const { return bytes_total_; }  // 0 if not known

 private:
  LineSource() = default;
  bool fill();
  Line take(std::size_t size, bool newline);

  //  buffer_  [ handed out | begin_ ... looked at for a newline | scanned_ ... | end_ .. room ]
  //  and always line_padding bytes more
  std::string buffer_;
  std::size_t begin_ = 0, scanned_ = 0, end_ = 0;
  bool skipping_ = false;  // within a line that is too long
  int fd_ = -1;            // -1: all there is lies in the buffer
  int error_ = 0;
  u64 bytes_read_ = 0, bytes_total_ = 0;
};

}  // namespace mempool::log
