// LineSource: the lines of an input, one by one. Knows nothing of JSON or events.
//
// Bounded: it holds one line, at most 16 MiB; a longer one is skipped as it passes by. It hands a
// line out as soon as it has come, so a pipe can be followed while it is written.
#pragma once

#include "log/input.hpp"

namespace mempool::log {

/// The longest line that is handed out. Longer than any event: a `bytes` event has 8 KiB of hex.
inline constexpr std::size_t longest_line = std::size_t{16} << 20;

struct Line {
  std::string_view text;  // without the newline and a carriage return before it
  bool newline = false;   // false: the input ends here
  bool too_long = false;  // longer than longest_line; the text is left out
};

class LineSource {
 public:
  explicit LineSource(Input&& input) : input_(std::move(input)) {}

  /// The next line, valid until the next call; false at the end. It may be empty.
  [[nodiscard]] bool next(Line& line);

  [[nodiscard]] const Input& input() const { return input_; }
  /// Goes on at a position that begins a line; false if it cannot.
  [[nodiscard]] bool seek(u64 position);

 private:
  Line take(std::size_t size, bool newline);

  Input input_;
  std::size_t scanned_ = 0;  // bytes of the input's rest that hold no newline
  bool skipping_ = false;    // within a line that is too long
};

}  // namespace mempool::log
