// Text: what the text views share. Text made safe and measured in columns, lines that wrap,
// ANSI colours, and which entries of a long list are worth showing.
//
// It knows no view and no model; every view of text knows it. Columns are counted as terminals
// do: most characters take one, East Asian and picture characters two, combining ones none.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

// ---- safe text

/// Text as it may be printed: control and broken bytes, and characters that are invisible or turn
/// the direction of writing, become '~'.
[[nodiscard]] std::string printable(std::string_view text);
/// The same in ASCII: arrows, signs and dashes are spelt, every other character becomes '~'.
[[nodiscard]] std::string ascii(std::string_view text);

// ---- text in columns

[[nodiscard]] std::size_t columns(std::string_view text);
/// Cut to so many columns; a cut text ends in "..." (as far as that fits).
[[nodiscard]] std::string clip(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);
/// Lines of at most so many columns, broken at spaces; a longer word is cut in pieces.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);
/// The first text that fits; empty if none does.
[[nodiscard]] std::string first_that_fits(std::initializer_list<std::string_view> texts,
                                          std::size_t width);
/// The trailing spaces of a line go.
void trim_right(std::string& line);

/// At least so many digits, upper case: hex(472, 4) is "01D8".
[[nodiscard]] std::string hex(u64 number, unsigned digits);
[[nodiscard]] unsigned hex_digits(u64 number);

/// A line of words that goes on in further lines with the same head when it gets too long.
class WordLine {
 public:
  WordLine(std::string& out, std::string head, std::size_t width)
      : out_(out), head_(std::move(head)), width_(width), line_(head_) {}
  /// Appends a word and a space. `width` pads it, so that columns of words stand in line.
  void word(std::string_view text, std::size_t width = 0);
  /// What follows stands on a new line.
  void next_line();
  void end() { next_line(); }

 private:
  std::string& out_;
  std::string head_;
  std::size_t width_;
  std::string line_;
};

// ---- colours

enum class Palette : u8 { none, dark, print };

/// What a piece of text stands for. The colours are chosen once, in text.cpp.
enum class Ink : u8 {
  plain,
  used,
  used_next,
  guard,
  damaged,
  free,
  quarantine,
  ghost,
  other,
  strong
};

/// The escape sequence that turns an ink on; empty if there is nothing to turn on.
[[nodiscard]] std::string ink_on(Palette palette, Ink ink, bool changed = false);
inline constexpr std::string_view ink_off = "\x1b[0m";

/// Appends text in an ink, and turns it off again.
void paint(std::string& out, Palette palette, Ink ink, bool changed, std::string_view text);

// ---- tables

/// Rows of cells that stand in line. The last cell of a row may be long: it is wrapped.
class Table {
 public:
  /// A letter a column: 'l' for text, 'r' for numbers.
  explicit Table(std::string_view alignment) : alignment_(alignment) {}
  void row(std::vector<std::string> cells, bool strong = false);
  /// A line of its own between the rows.
  void line(std::string text);
  void write(std::string& out, Palette palette, std::size_t width) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool strong;
  };
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::string alignment_;
  std::vector<Row> rows_;
};

// ---- long lists

/// Which of `count` entries are shown when about `most` are wanted: all if they fit, else both ends
/// and, as far as there is room, every entry that matters with its neighbours. No single entry is
/// left out alone: saying so would take as much room.
[[nodiscard]] std::vector<bool> excerpt(std::size_t count, std::size_t most,
                                        const std::function<bool(std::size_t)>& matters);

}  // namespace mempool::viz
