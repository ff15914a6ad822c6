// Questions about an allocation: where, how large, whether at all, and what stays free. See
// ask.hpp for when nothing is asked.
#include <fmt/format.h>

#include <algorithm>

#include "model/policy.hpp"
#include "model/story.hpp"
#include "quiz/ask.hpp"
#include "quiz/rules.hpp"

namespace mempool::viz::quiz {

namespace {

struct Asked {
  const Frame& frame;
  const Story& story;
  Rules rules;
  Placement right;
  std::string call;  // "pool_alloc(56)"
  std::string why;   // what happened
};

Question begin(const Asked& asked, std::string_view kind, std::string_view text) {
  return quiz::begin(asked.frame, kind, fmt::format("Next is {}. {}", asked.call, text), asked.why);
}

/// A wrong choice for each mistake that leads to another answer.
template <class Text>
void add_mistakes(const Asked& asked, Question& question, Text text) {
  add_right(question, text(asked.right));
  for (const Mistake& mistake : mistakes_of_alloc()) {
    Rules wrong = asked.rules;
    mistake.make(wrong);
    add_wrong(question, text(place(ground_of(asked.frame.before), asked.story.requested, wrong)),
              mistake.why);
  }
}

void ask_which(const Asked& asked, std::vector<Question>& questions) {
  const Holes holes = holes_of(asked.frame.before);
  if (holes.size() < 2) return;
  Question question = begin(asked, "which_block", "Which free block does it take?");
  const auto text = [](const Placement& p) {
    return p.taken ? hole_text(*p.taken) : "none of them";
  };
  add_mistakes(asked, question, text);
  question.accept = {text(asked.right)};
  for (const Hole& hole : holes) {
    const bool fits = hole.size >= asked.right.needed;
    add_wrong(question, hole_text(hole),
              fits ? fmt::format("It fits, but {} looks at another one first or prefers it.",
                                 policy_in_words(asked.frame.before.policy))
                   : fmt::format("It is too small: {} bytes are needed, with all that belongs to a "
                                 "block.",
                                 asked.right.needed));
  }
  questions.push_back(std::move(question));
}

void ask_offset(const Asked& asked, std::vector<Question>& questions) {
  Question question = begin(asked, "offset", "At which offset does its payload begin?");
  add_mistakes(asked, question, [](const Placement& p) {
    return p.taken ? fmt::format("{}", p.payload) : std::string("nowhere: it fails");
  });
  question.accept = {fmt::format("{}", asked.right.payload)};
  if (question.choices.size() < 3) question.choices.clear();
  questions.push_back(std::move(question));
}

void ask_size(const Asked& asked, std::vector<Question>& questions) {
  if (asked.right.needed == asked.story.requested) return;
  Question question = begin(asked, "block_size", "How many bytes does its whole block take?");
  add_mistakes(asked, question, [](const Placement& p) { return fmt::format("{} B", p.needed); });
  add_wrong(question, fmt::format("{} B", asked.story.requested),
            "That is what is asked for; a block holds more than its payload.");
  question.accept = {fmt::format("{}", asked.right.needed)};
  if (question.choices.size() < 3) question.choices.clear();
  questions.push_back(std::move(question));
}

void ask_list(const Asked& asked, std::vector<Question>& questions) {
  Question question =
      begin(asked, "free_list", "Which sizes has the free list afterwards, in address order?");
  add_mistakes(asked, question, [](const Placement& p) { return sizes_text(p.after); });
  question.accept = {sizes_text(asked.right.after)};
  if (question.choices.size() < 3) question.choices.clear();
  questions.push_back(std::move(question));
}

/// "no, though 120 B are free: they are not in one piece"
std::string verdict(const Model& model, u64 needed) {
  if (needed > model.capacity) return "no: it is larger than the whole pool";
  if (model.free_bytes < needed) return "no: fewer bytes are free than it needs";
  if (model.largest_free() < needed) return "no: enough bytes are free, but not in one piece";
  return "yes";
}

/// Where every free block fits there is nothing to think about.
void ask_fits(const Asked& asked, std::vector<Question>& questions) {
  const Model& model = asked.frame.before;
  const Holes holes = holes_of(model);
  const auto fits = [&](const Hole& hole) { return hole.size >= asked.right.needed; };
  if (!holes.empty() && std::ranges::all_of(holes, fits)) return;
  Question question = begin(asked, "fits", "Is it served?");
  add_right(question, verdict(model, asked.right.needed));
  Rules careless = asked.rules;
  careless.front_guard = careless.back_guard = careless.rounds = false;
  const u64 forgotten = place(ground_of(model), asked.story.requested, careless).needed;
  if (verdict(model, forgotten) != question.choices[0].text)
    add_wrong(question, verdict(model, forgotten),
              fmt::format("That looks for {} bytes; with guards and rounding it needs {}.",
                          forgotten, asked.right.needed));
  add_wrong(question, "yes",
            fmt::format("It needs {} bytes in one piece; the largest free block has {}.",
                        asked.right.needed, model.largest_free()));
  add_wrong(question, "no: enough bytes are free, but not in one piece",
            fmt::format("Needed are {} bytes; the largest free block has {} of {} free.",
                        asked.right.needed, model.largest_free(), model.free_bytes));
  add_wrong(
      question, "no: fewer bytes are free than it needs",
      fmt::format("{} bytes are free, and {} are needed.", model.free_bytes, asked.right.needed));
  questions.push_back(std::move(question));
}

}  // namespace

void ask_alloc(const Frame& frame, std::vector<Question>& questions) {
  const Story story = tell(frame, Radix::dec);
  const bool failed = story.op == Op::alloc_fail;
  const Model& before = frame.before;
  if ((story.op != Op::alloc && !failed) || story.alignment != POOL_NONE ||
      story.requested == POOL_NONE || before.quarantined_blocks != 0 || !before.open)
    return;
  const Rules rules = rules_of(before);
  Asked asked{frame,
              story,
              rules,
              place(ground_of(before), story.requested, rules),
              fmt::format("pool_alloc({})", story.requested),
              fmt::format("{}.  {}", story.title, fmt::join(story.sentences, " "))};
  const Block* block = failed ? nullptr : frame.after.live(story.number);
  const bool predicted = failed ? !asked.right.taken
                                : block != nullptr && asked.right.taken &&
                                      block->payload == asked.right.payload &&
                                      holes_of(frame.after).size() == asked.right.after.size();
  if (!predicted) return;
  ask_fits(asked, questions);
  ask_size(asked, questions);
  if (failed) return;
  ask_which(asked, questions);
  ask_offset(asked, questions);
  ask_list(asked, questions);
}

}  // namespace mempool::viz::quiz
