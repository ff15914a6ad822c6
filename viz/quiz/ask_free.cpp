// Questions about a free: with whom it coalesces, what the list is then, how fragmented; and about
// damage: where it begins. See ask.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/story.hpp"
#include "quiz/ask.hpp"
#include "quiz/rules.hpp"

namespace mempool::viz::quiz {

namespace {

std::string neighbours_text(const Return& given) {
  if (given.left && given.right) return "with both neighbours";
  if (given.left) return "with the left neighbour only";
  if (given.right) return "with the right neighbour only";
  return "with none";
}

std::string fragmentation_text(const Holes& holes) {
  u64 free = 0, largest = 0;
  for (const Hole& hole : holes) {
    free += hole.size;
    largest = std::max(largest, hole.size);
  }
  if (free == 0) return "nothing is free";
  const double share = static_cast<double>(largest) / static_cast<double>(free);
  return fmt::format("1 - {}/{} = {} %", largest, free, std::lround((1 - share) * 100));
}

struct Freed {
  const Frame& frame;
  const Block& block;
  Return right;
  std::string call;
  std::string why;

  [[nodiscard]] Return by(const Rules& rules) const {
    return give_back(ground_of(frame.before), block.offset, block.size, rules);
  }
};

template <class Text>
void add_mistakes(const Freed& freed, Question& question, Text text) {
  add_right(question, text(freed.right));
  for (const Mistake& mistake : mistakes_of_free()) {
    Rules wrong;
    mistake.make(wrong);
    add_wrong(question, text(freed.by(wrong)), mistake.why);
  }
}

Question begin(const Freed& freed, std::string_view kind, std::string_view text) {
  return quiz::begin(freed.frame, kind, fmt::format("Next is {}. {}", freed.call, text), freed.why);
}

void ask_coalesces(const Freed& freed, std::vector<Question>& questions) {
  Question question = begin(freed, "coalesces", "With which free neighbours does it coalesce?");
  add_mistakes(freed, question, neighbours_text);
  for (const auto& [left, right, why] :
       {std::tuple(false, false, "A free neighbour touches it, so it does not stay alone."),
        std::tuple(true, false, "Look at both ends of the block: what touches it there?"),
        std::tuple(false, true, "Look at both ends of the block: what touches it there?"),
        std::tuple(true, true, "One of the neighbours is used, and used blocks do not move.")})
    add_wrong(question, neighbours_text({0, left, right, {}}), why);
  questions.push_back(std::move(question));
}

void ask_list_after(const Freed& freed, std::vector<Question>& questions) {
  Question question =
      begin(freed, "free_list", "Which sizes has the free list afterwards, in address order?");
  add_mistakes(freed, question, [](const Return& given) { return sizes_text(given.after); });
  Holes last = holes_of(freed.frame.before);
  last.push_back({0, freed.block.offset, freed.block.size});
  add_wrong(question, sizes_text(last),
            "That puts the block at the end; the list is in address order.");
  Holes payload = freed.by({.joins_left = false, .joins_right = false}).after;
  for (Hole& hole : payload)
    if (hole.offset == freed.block.offset) hole.size = freed.block.requested;
  add_wrong(question, sizes_text(payload),
            "That frees the bytes that were asked for; the whole block goes back, guards and all.");
  question.accept = {sizes_text(freed.right.after)};
  if (question.choices.size() < 3) question.choices.clear();
  questions.push_back(std::move(question));
}

void ask_fragmentation(const Freed& freed, std::vector<Question>& questions) {
  if (freed.right.after.size() < 2) return;
  Question question = begin(freed, "fragmentation", "How large is external fragmentation then?");
  add_mistakes(freed, question,
               [](const Return& given) { return fragmentation_text(given.after); });
  add_wrong(question, fragmentation_text(holes_of(freed.frame.before)),
            "That is what it was before the call.");
  const Model& after = freed.frame.after;
  add_wrong(question,
            fmt::format("1 - {}/{} = {} %", after.free_bytes, after.capacity,
                        std::lround((1 - static_cast<double>(after.free_bytes) /
                                             static_cast<double>(after.capacity)) *
                                    100)),
            "That is the share of bytes in use; fragmentation compares the largest free block with "
            "all free bytes.");
  questions.push_back(std::move(question));
}

}  // namespace

void ask_free(const Frame& frame, std::vector<Question>& questions) {
  const Story story = tell(frame, Radix::dec);
  const Model& before = frame.before;
  if (story.op != Op::free || before.quarantined_blocks != 0 || before.quarantine != 0) return;
  const Block* block = before.live(story.number);
  if (block == nullptr) return;
  const Freed freed{frame, *block, give_back(ground_of(before), block->offset, block->size, {}),
                    fmt::format("pool_free(#{})", story.number),
                    fmt::format("{}.  {}", story.title, fmt::join(story.sentences, " "))};
  Holes after = holes_of(frame.after);
  const bool predicted = std::ranges::equal(after, freed.right.after, [](auto& a, auto& b) {
    return a.offset == b.offset && a.size == b.size;
  });
  if (!predicted) return;
  ask_coalesces(freed, questions);
  ask_list_after(freed, questions);
  ask_fragmentation(freed, questions);
}

void ask_damage(const Frame& frame, std::vector<Question>& questions) {
  for (const OwnedEvent& event : frame.events) {
    if (event->kind != POOL_EVENT_GUARD_CHECK || event->as.guard_check.damaged == 0) continue;
    const pool_event_guard_check& check = event->as.guard_check;
    const Block* block = frame.before.live(check.block);
    if (block == nullptr) continue;
    const bool back = check.side == POOL_SIDE_BACK;
    std::string text = fmt::format(
        "Next the guards of #{} are checked, and its {} guard is found damaged: {} of its bytes "
        "{} not AB, the first is byte {} of the guard, counted from 0. At which offset of the pool "
        "is it?",
        check.block, back ? "back" : "front", check.damaged, check.damaged == 1 ? "is" : "are",
        check.first - check.offset);
    std::string why = fmt::format("The guard begins at {}: {} + {} = {}.", check.offset,
                                  check.offset, check.first - check.offset, check.first);
    Question question = begin(frame, "first_damage", std::move(text), std::move(why));
    add_right(question, fmt::format("{}", check.first));
    add_wrong(question, fmt::format("{}", check.first + 1),
              "That counts from 1: the first byte of the guard has number 0.");
    add_wrong(question, fmt::format("{}", block->payload + (check.first - check.offset)),
              "That counts from the payload; the guard begins elsewhere.");
    add_wrong(question, fmt::format("{}", block->offset + (check.first - check.offset)),
              "That counts from the start of the block.");
    add_wrong(question, fmt::format("{}", block->end() + (check.first - check.offset)),
              "That counts from the end of the block.");
    question.accept = {fmt::format("{}", check.first)};
    questions.push_back(std::move(question));
    return;
  }
}

}  // namespace mempool::viz::quiz
