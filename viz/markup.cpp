// Escaping: see markup.hpp.
#include "markup.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace mempool::viz {

namespace {

/// append_printable() for text whose lines are to stay.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    append_printable(text.substr(0, end), out);
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string markup_text(std::string_view text) {
  std::string out;
  for (const char c : printable_lines(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const u8 first = static_cast<u8>(text[0]);
    if (length == 0)
      out += "\\ufffd";
    else if (first == '"' || first == '\\')
      out += fmt::format("\\{}", text[0]);
    else if (first < 0x20 || first == '<' || first == 0x7F)
      out += fmt::format("\\u{:04x}", first);
    else
      out.append(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

}  // namespace mempool::viz
