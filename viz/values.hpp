// Values: what the text after an option means. Each reader answers with a sentence when the text
// is wrong, and with nothing when it is right and the target is set. Knows no command line.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// What is wrong with a text; nothing if nothing is.
using Wrong = std::optional<std::string>;

[[nodiscard]] Wrong read_count(const std::string& text, u64& value, u64 most = u64_max);

/// A number of bytes, at least 1; k, m, g after it mean KiB, MiB, GiB.
[[nodiscard]] Wrong read_bytes(const std::string& text, u64& value);

/// What stands between the signs.
[[nodiscard]] std::vector<std::string> split_list(const std::string& text, char sign);

/// "A..B", A not above B.
[[nodiscard]] Wrong read_range(const std::string& text, std::pair<u64, u64>& range);

[[nodiscard]] Wrong read_align(const std::string& text, u64& value);

/// A reader of a picture's name, by its endings. The file outlives it.
[[nodiscard]] std::function<Wrong(const std::string&)> picture_name(
    std::string& file, std::vector<std::string_view> endings);

/// A placement policy, by its word.
[[nodiscard]] Wrong read_policy(const std::string& text, u32& policy);

/// One of a few words, each with what it means.
template <class T, std::size_t n>
[[nodiscard]] Wrong read_word(const std::string& text,
                              const std::array<std::pair<std::string_view, T>, n>& words,
                              T& value) {
  std::string known;
  for (const auto& [word, meaning] : words) {
    if (word == text) {
      value = meaning;
      return std::nullopt;
    }
    if (!known.empty()) known += ", ";
    known += word;
  }
  return "'" + text + "' is none of " + known;
}

}  // namespace mempool::viz
