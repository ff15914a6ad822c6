// Choosing: see pick.hpp.
#include "quiz/pick.hpp"

#include <algorithm>
#include <map>

namespace mempool::viz::quiz {

std::vector<Question> pick(std::vector<Question> all, std::size_t count, u64 seed) {
  Chance chance(seed);
  std::map<std::string_view, std::vector<std::size_t>> by_kind;
  for (std::size_t i = 0; i < all.size(); ++i) by_kind[all[i].kind].push_back(i);
  std::vector<std::string_view> turns;
  for (auto& [kind, places] : by_kind) {
    chance.shuffle(places);
    turns.push_back(kind);
  }
  chance.shuffle(turns);
  std::vector<std::size_t> chosen;
  const std::size_t wanted = std::min(count, all.size());
  for (std::size_t turn = 0; chosen.size() < wanted; ++turn) {
    std::vector<std::size_t>& places = by_kind[turns[turn % turns.size()]];
    if (places.empty()) continue;
    chosen.push_back(places.back());
    places.pop_back();
  }
  std::ranges::sort(chosen);  // all is in the order of calls
  std::vector<Question> quiz;
  for (const std::size_t place : chosen) {
    quiz.push_back(std::move(all[place]));
    chance.shuffle(quiz.back().choices);
  }
  return quiz;
}

}  // namespace mempool::viz::quiz
