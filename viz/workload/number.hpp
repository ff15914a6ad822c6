// Numbers as people write them in op lists, traces and options: decimal or 0x hexadecimal.
//
// Strict where std::stoull is not: no sign, no blanks, no silent wrap-around; a number that does
// not fit is told apart from one that is missing. Knows nothing of what the number is for.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace mempool::viz {

/// A number at the start of a text. length 0: there is none.
struct Number {
  u64 value = 0;
  std::size_t length = 0;  // characters it takes up
  bool too_large = false;  // it is one, but does not fit; value is meaningless
};

[[nodiscard]] inline Number read_number(std::string_view text) {
  const auto read = [](std::string_view digits, int base, std::size_t prefix) {
    Number number;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number.value, base);
    if (error == std::errc::invalid_argument) return Number{};
    number.length = prefix + static_cast<std::size_t>(end - digits.data());
    number.too_large = error == std::errc::result_out_of_range;
    return number;
  };
  if (text.starts_with("0x") || text.starts_with("0X"))
    if (const Number hex = read(text.substr(2), 16, 2); hex.length != 0) return hex;
  if (text.empty() || text[0] < '0' || text[0] > '9') return {};
  return read(text, 10, 0);
}

/// The whole text as one number; nothing if it is anything else or does not fit.
[[nodiscard]] inline std::optional<u64> whole_number(std::string_view text) {
  const Number number = read_number(text);
  if (number.length == 0 || number.length != text.size() || number.too_large) return std::nullopt;
  return number.value;
}

}  // namespace mempool::viz
