// Text: see text.hpp.
#include "view/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "base/text.hpp"

namespace mempool::viz {

namespace {

struct Range {
  u32 first, last;
};

/// Invisible, or able to turn the direction of writing: a log's text could hide something.
constexpr Range unseen[] = {{0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}};
constexpr Range combining[] = {{0x0300, 0x036F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
constexpr Range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
                          {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
                          {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

bool within(u32 code, std::span<const Range> ranges) {
  return std::ranges::any_of(ranges, [&](Range r) { return r.first <= code && code <= r.last; });
}

/// Signs that Mempool's own sentences use, and what they are in ASCII.
constexpr std::pair<u32, std::string_view> spelt[] = {
    {0x00D7, "x"},  {0x2192, "->"}, {0x2190, "<-"}, {0x2265, ">="}, {0x2264, "<="}, {0x2717, "x"},
    {0x2713, "ok"}, {0x2212, "-"},  {0x2013, "-"},  {0x2014, "-"},  {0x2026, "..."}};

/// A character and the rest of the text. Broken bytes are characters of their own.
struct Character {
  std::string_view bytes;
  u32 code;
};

Character take_character(std::string_view& text) {
  const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
  const std::string_view bytes = text.substr(0, length);
  u32 code = static_cast<u8>(bytes[0]);
  if (length > 1) code &= 0xFFU >> (length + 1);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<u8>(bytes[i]) & 0x3FU);
  text.remove_prefix(length);
  return {bytes, code};
}

std::size_t width_of(u32 code) {
  if (code < 0x300) return 1;
  if (within(code, combining)) return 0;
  return within(code, wide) ? 2 : 1;
}

/// As much of the text as fits into so many columns.
std::string_view front_columns(std::string_view text, std::size_t width) {
  std::string_view rest = text;
  std::size_t used = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::size_t next = width_of(take_character(after).code);
    if (used + next > width) break;
    used += next;
    rest = after;
  }
  return text.substr(0, text.size() - rest.size());
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  append_printable(text, safe);
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const Character c = take_character(rest);
    out += within(c.code, unseen) ? std::string_view("~") : c.bytes;
  }
  return out;
}

std::string ascii(std::string_view text) {
  const std::string safe = printable(text);
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const Character c = take_character(rest);
    const auto* sign = std::ranges::find(spelt, c.code, &std::pair<u32, std::string_view>::first);
    if (c.code < 0x80)
      out += c.bytes;
    else
      out += sign == std::end(spelt) ? std::string_view("~") : sign->second;
  }
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) count += width_of(take_character(text).code);
  return count;
}

std::string clip(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  const std::string_view dots = std::string_view("...").substr(0, width);
  return std::string(front_columns(text, width - dots.size())).append(dots);
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text).append(used < width ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(used < width ? width - used : 0, ' ').append(text);
}

void trim_right(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  const auto flush = [&] {
    trim_right(line);
    if (!line.empty()) lines.push_back(std::exchange(line, {}));
  };
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (columns(line) + columns(word) > width) flush();
    if (line.empty() && word.empty()) continue;
    // A word may be megabytes long: no more of it is looked at than fits.
    for (;;) {
      std::string_view piece = front_columns(word, width);
      if (piece.size() == word.size()) break;
      if (piece.empty()) piece = word.substr(0, std::max<std::size_t>(utf8_length(word), 1));
      lines.emplace_back(piece);
      word.remove_prefix(piece.size());
    }
    line.append(word).append(1, ' ');
  }
  flush();
  return lines;
}

std::string first_that_fits(std::initializer_list<std::string_view> texts, std::size_t width) {
  for (const std::string_view text : texts)
    if (columns(text) <= width) return std::string(text);
  return {};
}

std::string hex(u64 number, unsigned digits) {
  std::array<char, 16> text{};
  char* const end = std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr;
  std::string out(text.data(), end);
  for (char& c : out)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  return out.size() < digits ? out.insert(0, digits - out.size(), '0') : out;
}

unsigned hex_digits(u64 number) {
  unsigned digits = 1;
  while (number >>= 4) ++digits;
  return digits;
}

void WordLine::word(std::string_view text, std::size_t width) {
  std::size_t used = columns(line_);
  if (used + columns(text) > width_ && line_ != head_) {
    next_line();
    used = columns(line_);
  }
  line_ += pad_right(clip(text, width_ > used ? width_ - used : 0), width);
  line_ += ' ';
}

void WordLine::next_line() {
  if (line_ == head_) return;
  trim_right(line_);
  out_ += std::exchange(line_, head_);
  out_ += '\n';
}

namespace {

/// 256-colour codes. On a screen: two blues that neighbours alternate, orange guards, mauve
/// quarantine, vermillion damage; black letters on all of them, which reads better there than
/// white. On paper: no background, so that no ink is spent and grey printers lose nothing.
std::string_view code_of(Palette palette, Ink ink) {
  const bool print = palette == Palette::print;
  switch (ink) {
    case Ink::plain: return "";
    case Ink::used: return print ? "" : "48;5;153;30";
    case Ink::used_next: return print ? "" : "48;5;117;30";
    case Ink::guard: return print ? "1" : "48;5;214;30";
    case Ink::damaged: return print ? "1;4" : "48;5;166;30;1";
    case Ink::free: return print ? "" : "2";
    case Ink::quarantine: return print ? "3" : "48;5;182;30";
    case Ink::ghost: return print ? "3" : "38;5;214;2";
    case Ink::other: return print ? "" : "48;5;250;30";
    case Ink::strong: return "1";
  }
  return "";
}

}  // namespace

std::string ink_on(Palette palette, Ink ink, bool changed) {
  if (palette == Palette::none) return {};
  const std::string_view code = code_of(palette, ink);
  const std::string_view mark = !changed ? "" : palette == Palette::print ? "4" : "1;4";
  if (code.empty() && mark.empty()) return {};
  const std::string_view between = code.empty() || mark.empty() ? "" : ";";
  return std::string("\x1b[").append(code).append(between).append(mark).append("m");
}

void paint(std::string& out, Palette palette, Ink ink, bool changed, std::string_view text) {
  const std::string on = ink_on(palette, ink, changed);
  out += on;
  out += text;
  if (!on.empty()) out += ink_off;
}

void Table::row(std::vector<std::string> cells, bool strong) {
  rows_.push_back({std::move(cells), strong});
}

void Table::line(std::string text) {
  rows_.push_back({{std::move(text)}, false});
}

/// Of every column but the last, which takes what is left.
std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths(alignment_.size() - 1, 0);
  for (const Row& row : rows_)
    for (std::size_t i = 0; row.cells.size() > 1 && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], columns(row.cells[i]));
  return widths;
}

void Table::write(std::string& out, Palette palette, std::size_t width) const {
  constexpr std::size_t indent = 2, least_room = 24;
  const std::vector<std::size_t> all = widths();
  for (const Row& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i + 1 < row.cells.size(); ++i)
      line += (alignment_[i] == 'r' ? pad_left(row.cells[i], all[i])
                                    : pad_right(row.cells[i], all[i])) +
              "  ";
    const std::size_t used = columns(line);
    const bool beside = used + std::min(columns(row.cells.back()), least_room) <= width;
    const std::size_t room = beside ? width - used : width - least_room;
    const auto write_line = [&](std::string text) {
      trim_right(text);
      paint(out, palette, row.strong ? Ink::strong : Ink::plain, false, text);
      out += '\n';
    };
    if (!beside || row.cells.back().empty())
      write_line(std::exchange(line, std::string(least_room, ' ')));
    for (const std::string& text : wrap(row.cells.back(), room)) {
      write_line(line + text);
      line.assign(columns(line), ' ');
    }
  }
}

std::vector<bool> excerpt(std::size_t count, std::size_t most,
                          const std::function<bool(std::size_t)>& matters) {
  if (count <= most) return std::vector<bool>(count, true);
  std::vector<bool> shown(count, false);
  std::size_t total = 0;
  const auto show = [&](std::size_t i) {
    if (i < count && !shown[i]) {
      shown[i] = true;
      ++total;
    }
  };
  const auto show_ends = [&](std::size_t upto) {
    for (std::size_t i = 0; total < upto; ++i) {
      show(i);
      show(count - 1 - i);
    }
  };
  show_ends(most / 2);
  for (std::size_t i = 0; i < count && total + 3 <= most; ++i) {
    if (!matters(i)) continue;
    if (i > 0) show(i - 1);
    show(i);
    show(i + 1);
  }
  show_ends(most);
  for (std::size_t i = 1; i + 1 < count; ++i)
    if (shown[i - 1] && shown[i + 1]) shown[i] = true;
  return shown;
}

}  // namespace mempool::viz
