// The kinds of questions in one table, and all questions about a call. See ask.hpp.
#include "quiz/ask.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mempool::viz::quiz {

namespace {

struct Kind {
  std::string_view name, hint;
};
constexpr Kind table[] = {
    {"fits",
     "A block needs its payload, its guards and what rounds it up, and all of that in one piece."},
    {"block_size",
     "Count payload, front guard and back guard; then round up to the pool's alignment."},
    {"which_block",
     "Say how large the whole block is; then look at the free blocks as the policy does."},
    {"offset",
     "Which free block is taken? The block begins there; the payload is behind the guard."},
    {"free_list", "What leaves the list, what comes back to it, and what touches what?"},
    {"coalesces", "Look at both ends of the block: is what touches it there free?"},
    {"fragmentation", "1 - largest free block / all free bytes, both as they are after the call."},
    {"first_damage", "Where does that guard begin? Its first byte has number 0."},
    {"would_help",
     "A freed block and the free blocks that touch it become one piece. How large is each such "
     "piece?"},
    {"which_policy", "Go through the policies one by one: which free block does each prefer?"},
    {"order", "Which request fits into one free block only? Nothing else may take that before it."},
};

constexpr auto all_kinds = [] {
  std::array<std::string_view, std::size(table)> names{};
  std::ranges::transform(table, names.begin(), &Kind::name);
  return names;
}();

}  // namespace

std::span<const std::string_view> kinds() {
  return all_kinds;
}

std::string_view hint_of(std::string_view kind) {
  const auto* found = std::ranges::find(table, kind, &Kind::name);
  return found == std::end(table) ? "" : found->hint;
}

Question begin(const Frame& frame, std::string_view kind, std::string text, std::string why) {
  Question question;
  question.call = frame.call;
  question.kind = kind;
  question.text = std::move(text);
  question.why = std::move(why);
  return question;
}

void add_right(Question& question, std::string text) {
  question.choices.push_back({std::move(text), true, question.why});
}

void add_wrong(Question& question, std::string text, std::string_view why) {
  const auto said = std::ranges::find(question.choices, text, &Choice::text);
  if (said != question.choices.end() || question.choices.size() >= most_choices) return;
  question.choices.push_back({std::move(text), false, std::string(why)});
}

std::vector<Question> ask(const Frame& frame) {
  std::vector<Question> questions;
  ask_alloc(frame, questions);
  ask_free(frame, questions);
  ask_damage(frame, questions);
  ask_if(frame, questions);
  return questions;
}

}  // namespace mempool::viz::quiz
