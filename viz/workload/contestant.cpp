// Names of contestants: see contestant.hpp.
#include "workload/contestant.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "event/table.hpp"
#include "model/story.hpp"
#include "workload/number.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t most_contestants = 12;

std::string shown(std::string_view text) {
  std::string out;
  append_printable(text.substr(0, 40), out);
  return out;
}

/// The piece before the next separator; it and the separator are taken off.
std::string_view next_piece(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

/// One word about a list allocator. False if it is none.
bool take_word(std::string_view word, Contestant& contestant) {
  ListModel& model = *contestant.model;
  for (const auto& [text, order] : list_orders) {
    if (text != word) continue;
    model.order = order;
    return true;
  }
  if (word == "apart") {
    model.coalesces = false;
    return true;
  }
  if (const u32 policy = event::code_of(event::Type::POLICY, word);
      policy != 0 && policy != POOL_GOOD) {
    contestant.policy = policy;
    return true;
  }
  if (!word.starts_with('h')) return false;
  const std::optional<u64> header = whole_number(word.substr(1));
  if (!header || *header > most_header) return false;
  model.header = *header;
  return true;
}

}  // namespace

Result<Contestant> read_contestant(std::string_view text) {
  Contestant contestant;
  contestant.name = text;
  std::string_view rest = text;
  const std::string_view first = next_piece(rest, ':');
  contestant.policy = event::code_of(event::Type::POLICY, first);
  if (contestant.policy != 0 && first.size() == text.size()) return contestant;
  if (first != "list")
    return failure(
        fmt::format("'{}' is none of first, next, best, worst, good and list", shown(text)));
  contestant.policy = POOL_FIRST;
  contestant.model.emplace();
  while (!rest.empty()) {
    const std::string_view word = next_piece(rest, ':');
    if (!take_word(word, contestant))
      return failure(
          fmt::format("'{}' in '{}' is no order (address, lifo, fifo, size+, size-), no policy "
                      "that walks a list "
                      "(first, next, best, worst), not 'apart' (no coalescing) and no header (h8)",
                      shown(word), shown(text)));
  }
  return contestant;
}

Result<std::vector<Contestant>> read_contestants(std::string_view text) {
  std::vector<Contestant> contestants;
  for (std::string_view rest = text; !rest.empty();) {
    Result<Contestant> one = read_contestant(next_piece(rest, ','));
    if (!one) return tl::make_unexpected(one.error());
    if (std::ranges::find(contestants, one->name, &Contestant::name) != contestants.end())
      return failure(fmt::format("'{}' is there twice", shown(one->name)));
    contestants.push_back(std::move(*one));
  }
  if (contestants.empty()) return failure("at least one policy is expected");
  if (contestants.size() > most_contestants)
    return failure(fmt::format("at most {} can be compared", most_contestants));
  return contestants;
}

std::string in_words(const Contestant& contestant) {
  Model model;
  model.policy = contestant.policy;
  model.list = contestant.model;
  return policy_text(model);
}

}  // namespace mempool::viz
