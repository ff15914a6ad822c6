// Text from outside (a program, a file) made safe: what is a UTF-8 character, what may be printed.
//
// A byte that is no part of a well-formed character never leaves this program as it is: the log
// writes U+FFFD for it, everything meant for a screen or a picture writes '~'.
#pragma once

#include <string>
#include <string_view>

#include "base/units.hpp"

namespace mempool {

/// Bytes of the UTF-8 character that text starts with; 0 if it starts with none: a stray or
/// missing continuation byte, an overlong form, a surrogate, a code point above U+10FFFF.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<u8>(text[i]) : u8{0};
  };
  const auto within = [](u8 b, u8 low, u8 high) { return low <= b && b <= high; };
  const auto tail = [&](std::size_t i) { return within(byte(i), 0x80, 0xBF); };
  const u8 first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (within(first, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (within(first, 0xE0, 0xEF)) {
    const u8 low = first == 0xE0 ? 0xA0 : 0x80;   // below: overlong
    const u8 high = first == 0xED ? 0x9F : 0xBF;  // above: surrogates
    return within(byte(1), low, high) && tail(2) ? 3 : 0;
  }
  if (within(first, 0xF0, 0xF4)) {
    const u8 low = first == 0xF0 ? 0x90 : 0x80;   // below: overlong
    const u8 high = first == 0xF4 ? 0x8F : 0xBF;  // above: beyond U+10FFFF
    return within(byte(1), low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

/// Appends text with '~' for every control character (C0, DEL, C1: U+009B starts an escape
/// sequence as well as ESC does), for U+FFFE and U+FFFF, which XML does not have, and for every
/// byte that is not UTF-8.
inline void append_printable(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const u8 first = static_cast<u8>(text[0]);
    const bool c0 = first < 0x20 || first == 0x7F;
    const bool c1 = first == 0xC2 && length == 2 && static_cast<u8>(text[1]) < 0xA0;
    const bool no_character = text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
    const bool fit = length != 0 && !c0 && !c1 && !no_character;
    if (fit)
      out.append(text.substr(0, length));
    else
      out += '~';
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace mempool
