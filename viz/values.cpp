// The readers of option values: see values.hpp.
#include "values.hpp"

#include <fmt/format.h>

#include "event/table.hpp"
#include "workload/number.hpp"

namespace mempool::viz {

Wrong read_count(const std::string& text, u64& value, u64 most) {
  const std::optional<u64> number = whole_number(text);
  if (!number || *number > most)
    return fmt::format("'{}' is no number{}", text,
                       most == u64_max ? "" : fmt::format(" from 0 to {}", most));
  value = *number;
  return std::nullopt;
}

Wrong read_bytes(const std::string& text, u64& value) {
  constexpr std::string_view letters = "kmg";
  std::string_view digits = text;
  std::size_t shift = 0;
  const std::size_t letter = text.empty() ? std::string::npos : letters.find(text.back());
  if (letter != std::string::npos) {
    shift = 10 * (letter + 1);
    digits.remove_suffix(1);
  }
  const std::optional<u64> number = whole_number(digits);
  if (!number || *number == 0 || *number > u64_max >> shift)
    return fmt::format("'{}' is no number of bytes, such as 1000 or 64k", text);
  value = *number << shift;
  return std::nullopt;
}

std::vector<std::string> split_list(const std::string& text, char sign) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == sign)
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

Wrong read_range(const std::string& text, std::pair<u64, u64>& range) {
  const std::size_t dots = text.find("..");
  const auto wrong = [&] { return fmt::format("'{}' is no range of calls, such as 3..8", text); };
  if (dots == std::string::npos) return wrong();
  const std::optional<u64> from = whole_number(text.substr(0, dots));
  const std::optional<u64> to = whole_number(text.substr(dots + 2));
  if (!from || !to || *to < *from) return wrong();
  range = {*from, *to};
  return std::nullopt;
}

Wrong read_align(const std::string& text, u64& value) {
  constexpr u64 most_alignment = 4096;
  const std::optional<u64> number = whole_number(text);
  if (!number || !is_power_of_two(*number) || *number > most_alignment)
    return fmt::format("'{}' is no power of two from 1 to {}", text, most_alignment);
  value = *number;
  return std::nullopt;
}

std::function<Wrong(const std::string&)> picture_name(std::string& file,
                                                      std::vector<std::string_view> endings) {
  return [&file, endings = std::move(endings)](const std::string& text) -> Wrong {
    for (const std::string_view ending : endings) {
      if (!text.ends_with(ending)) continue;
      file = text;
      return std::nullopt;
    }
    return fmt::format("the name ends in {}", fmt::join(endings, " or "));
  };
}

Wrong read_policy(const std::string& text, u32& policy) {
  policy = event::code_of(event::Type::POLICY, text);
  if (policy != 0) return std::nullopt;
  return fmt::format("'{}' is no placement policy; there are first, next, best, worst and good",
                     text);
}

}  // namespace mempool::viz
