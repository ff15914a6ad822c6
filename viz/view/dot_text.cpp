// Text of the picture: see dot_text.hpp.
#include "view/dot_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "view/text.hpp"

namespace mempool::viz::dot {

namespace {

/// Advance widths of ' ' to '~' in DejaVu Sans, in hundredths of the type size.
constexpr u8 widths[] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};
static_assert(std::size(widths) == '~' - ' ' + 1);

/// Signs of the picture that no other view has; the others are spelt by ascii().
constexpr std::pair<std::string_view, std::string_view> signs[] = {
    {"⋯", "..."}, {"↔", "<>"}, {"⌇", ":"}, {"“", "\""}, {"”", "\""}};

std::string spelt(std::string_view text) {
  std::string out(text);
  for (const auto& [sign, letters] : signs)
    for (std::size_t at = 0; (at = out.find(sign, at)) != std::string::npos;)
      out.replace(at, sign.size(), letters);
  return ascii(out);
}

/// Takes the first character off; what is not UTF-8 goes byte by byte.
std::string_view take_character(std::string_view& text) {
  const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

double character_width(std::string_view c) {
  const u8 first = static_cast<u8>(c[0]);
  if (first < 0x80) return first < ' ' || first > '~' ? 0.84 : widths[first - ' '] / 100.0;
  return c.size() == 2 ? 0.84 : 1.05;
}

}  // namespace

std::string escape(std::string_view text, bool as_ascii) {
  const std::string safe = as_ascii ? spelt(text) : printable(text);
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const std::string_view c = take_character(rest);
    if (c == "&")
      out += "&amp;";
    else if (c == "<")
      out += "&lt;";
    else if (c == ">")
      out += "&gt;";
    else if (c == "\"")
      out += "&quot;";
    else if (c == "\\")
      out += "&#92;&#92;";  // Graphviz replaces \N and \G by names, in HTML-like labels, too
    else
      out += c;
  }
  return out;
}

double text_width(std::string_view text, double size, bool bold) {
  double width = 0;
  while (!text.empty()) width += character_width(take_character(text));
  return width * size * (bold ? 1.13 : 1.02);
}

bool fits(std::string_view text, double width, double size) {
  double taken = 0;
  while (!text.empty() && taken <= width) taken += text_width(take_character(text), size);
  return taken <= width;
}

/// Cairo places characters at whole pixels, of which there are 96 an inch: in a long run of the
/// same narrow one the roundings add up.
std::string hatching(double width, int size, char sign) {
  const std::string_view one(&sign, 1);
  const double stroke = std::round(character_width(one) * size * 96 / 72) * 72 / 96;
  return width < stroke ? "" : std::string(static_cast<std::size_t>(width / stroke), sign);
}

std::vector<std::string> wrap(std::string_view text, double width, double size) {
  std::vector<std::string> lines;
  std::string line;
  const auto end_line = [&] {
    lines.push_back(std::move(line));
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    const std::string longer = line.empty() ? std::string(word) : line + " " + std::string(word);
    if (fits(longer, width, size)) {
      line = longer;
      continue;
    }
    if (!line.empty()) end_line();
    while (!fits(word, width, size)) {
      do line += take_character(word);
      while (!word.empty() && text_width(line, size) + size < width);
      end_line();
    }
    line = word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string cut(std::string_view text, double width, double size, bool bold) {
  if (text_width(text, size, bold) <= width) return std::string(text);
  std::string out;
  double taken = text_width("…", size, bold);
  while (!text.empty()) {
    const std::string_view c = take_character(text);
    taken += text_width(c, size, bold);
    if (taken > width) break;
    out += c;
  }
  return out + "…";
}

constexpr u64 largest_exact = 1'000'000'000;

std::string size_number(u64 bytes) {
  if (bytes < largest_exact) return std::to_string(bytes);
  constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  double amount = static_cast<double>(bytes) / 1024;
  for (; amount >= 1000 && unit + 1 < std::size(units); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string size_text(u64 bytes) {
  return bytes < largest_exact ? size_number(bytes) + " B" : size_number(bytes);
}

}  // namespace mempool::viz::dot
