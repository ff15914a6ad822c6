// Question: one question about one call, its choices and its answers. It knows no pool.
//
//     frame --ask--> questions --pick--> a quiz --sheet, exchange--> text, pages, other programs
//                                           '--matches(answer)--> right or wrong, and why
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz::quiz {

struct Choice {
  std::string text;
  bool right = false;
  std::string why;  // right: the reason; wrong: the rule that was broken
};

struct Question {
  u64 call = 0;           // it is asked before this call runs
  std::string_view kind;  // "which_block"
  std::string picture;    // the pool before the call: lines of at most 80 columns
  std::string text;
  std::vector<Choice> choices;      // exactly one is right; none at all: a free answer
  std::vector<std::string> accept;  // further forms of the right answer, for free answers
  std::string why;                  // told with the answer
};

/// The right choice; nullptr if it is a free answer.
[[nodiscard]] const Choice* right_choice(const Question& question);
/// The answer as people would write it.
[[nodiscard]] std::string answer_text(const Question& question);

/// What somebody answered.
struct Graded {
  bool understood = false;  // it is the letter of a choice, or says something
  bool right = false;
  std::string why;  // of the choice that was taken, or the question's
};
/// Accepts the letter of a choice, its text, a word of it that no other choice has ("f2", "best"),
/// numbers in decimal or 0x hexadecimal, with or without units, and lists with any signs between
/// their entries.
[[nodiscard]] Graded grade(const Question& question, std::string_view answer);

/// Chance that is the same everywhere: splitmix64. state += 0x9E3779B97F4A7C15, then the state is
/// mixed: z ^= z >> 30, z *= 0xBF58476D1CE4E5B9, z ^= z >> 27, z *= 0x94D049BB133111EB, z ^= z >>
/// 31.
class Chance {
 public:
  explicit Chance(u64 seed) : state_(seed) {}
  u64 next();
  /// 0 to n - 1: the remainder by n.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  /// From the last place down, each entry is exchanged with one at or before it.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  u64 state_;
};

}  // namespace mempool::viz::quiz
