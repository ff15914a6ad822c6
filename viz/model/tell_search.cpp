// Tells a search: by which rule the policy chose, what a list walk would have looked at, and what
// the other policies would have taken of the same list.
//
// The engine itself does not walk, so the sentences say "would".
#include <fmt/format.h>

#include <algorithm>

#include "event/table.hpp"
#include "model/policy.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

std::string passed_text(const Story& story) {
  std::vector<std::string> passed;
  for (const Look& look : story.walk())
    if (look.verdict == Verdict::too_small || look.verdict == Verdict::lies_wrong)
      passed.push_back(fmt::format("f{} ({})", look.number, look.size));
  return passed.empty() ? "" : ", passing " + list_text(passed, 3, "and");
}

const char* rule_text(const Model& searched) {
  switch (searched.policy) {
    case POOL_FIRST:
      return searched.list_in_address_order() ? "takes the lowest address that fits"
                                              : "takes the first block of the list that fits";
    case POOL_NEXT: return "goes on from the end of the last placement";
    case POOL_BEST: return "takes the smallest block that fits";
    case POOL_WORST: return "takes the largest block";
    case POOL_GOOD: return "takes the lowest address in the first size class that surely fits";
    default: return "takes what it takes";
  }
}

std::string looks_text(const Story& story) {
  return fmt::format("a list walk would look at {} of {} free blocks", story.looked_at,
                     story.trail.size());
}

/// "f3 (40 B) is the smallest of 3 that fit, and the lowest of 2 of that size"
std::string extreme_text(const Telling& t, const Look& taken, const char* extreme) {
  const Story& story = t.story;
  const char* of_equals = t.searched.list_in_address_order() ? "lowest" : "first in the list";
  u64 fit = 0, as_large = 0;
  for (const Look& look : story.trail) {
    if (look.shortfall == 0) ++fit;
    if (look.size == taken.size) ++as_large;
  }
  const std::string name = fmt::format("f{} ({} B)", taken.number, taken.size);
  if (fit == 1) return name + " is the only one that fits";
  return fmt::format(
      "{} is the {} of {} that fit{}", name, extreme, fit,
      as_large == 1 ? "" : fmt::format(", and the {} of {} of that size", of_equals, as_large));
}

/// Which class it was, and which of its blocks.
std::string class_text(const Story& story, const Look& taken) {
  const u64 its_class = good_class(taken.size);
  const std::string name = fmt::format("f{} ({} B)", taken.number, taken.size);
  if (its_class < good_class_that_fits(story.room))
    return fmt::format(
        "no such class has a free block, and {} is the lowest that fits in the request's own, {}",
        name, good_class_text(its_class));
  const auto members = std::ranges::count_if(
      story.trail, [&](const Look& look) { return good_class(look.size) == its_class; });
  return fmt::format(
      "for {} B, classes from {} up; the first with a free block is {}, and {} is its {}",
      story.room, good_class_text(good_class_that_fits(story.room)), good_class_text(its_class),
      name, members == 1 ? "only one" : fmt::format("lowest of {}", members));
}

std::string next_text(const Telling& t, const Look& taken) {
  const Story& story = t.story;
  const bool round = taken.place <= story.walk_start;
  return fmt::format(", {}: {}{}{}", t.at(t.searched.cursor), looks_text(story), passed_text(story),
                     !round                               ? ""
                     : t.searched.list_in_address_order() ? ", and going on at the lowest address"
                                                          : ", and going on at the list's head");
}

/// The rule, and how it led to the block that was taken.
std::string choice_text(const Telling& t, const Look& taken) {
  const Story& story = t.story;
  const u32 policy = t.searched.policy;
  const std::string rule = fmt::format("{} {}", policy_name(policy), rule_text(t.searched));
  if (story.trail.size() == 1)
    return fmt::format("{}: f{} is the only free block", rule, taken.number);
  switch (policy) {
    case POOL_BEST:
    case POOL_WORST:
      return fmt::format("{}: {}; {}", rule, looks_text(story),
                         extreme_text(t, taken, policy == POOL_BEST ? "smallest" : "largest"));
    case POOL_GOOD: return fmt::format("{}: {}", rule, class_text(story, taken));
    case POOL_NEXT: return rule + next_text(t, taken);
    default: return fmt::format("{}: {}{}", rule, looks_text(story), passed_text(story));
  }
}

/// The policy was asked for room for the largest gap, and nothing had it.
std::string as_it_lies_text(const Story& story, const Look& taken) {
  const u64 whole = taken.gap + story.needed;
  const std::string fit = taken.gap == 0 ? fmt::format("no gap, and {}", whole)
                                         : fmt::format("a gap of {} B, and {} + {} = {}", taken.gap,
                                                       taken.gap, story.needed, whole);
  return fmt::format(
      "No free block has {} B, so the lowest one is taken in which the block fits as it lies: {}{};"
      " f{} needs {} of its {} B",
      story.room, looks_text(story), passed_text(story), taken.number, fit, taken.size);
}

/// "First and next fit would take f2 (48 B); worst fit would take it too."
void say_counterfactual(const Telling& t, const Look& taken) {
  const Model& before = t.searched;
  const FreeList list = free_list(before);
  const Wanted wanted = wanted_in(before, t.story.needed, t.story.alignment);
  struct Choice {
    const Block* block;
    std::vector<std::string> policies;
  };
  const Block* same_as_taken = before.at(taken.offset);
  std::vector<Choice> choices{{same_as_taken, {}}};
  for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD}) {
    const bool cursor_unknown = policy == POOL_NEXT && before.cursor == POOL_NONE;
    if (policy == before.policy || cursor_unknown || !is_policy_of(before, policy)) continue;
    const Block* block = choose(policy, list, wanted, before.cursor);
    if (block == nullptr) continue;
    auto same = std::ranges::find(choices, block, &Choice::block);
    if (same == choices.end()) same = choices.insert(same, {block, {}});
    same->policies.emplace_back(event::word(event::Type::POLICY, policy));
  }
  std::string sentence;
  for (const Choice& choice : choices) {
    if (choice.policies.empty()) continue;
    sentence += sentence.empty() ? "" : "; ";
    sentence += list_text(choice.policies, choice.policies.size(), "and") + " fit would take ";
    sentence += choice.block == same_as_taken
                    ? "it too"
                    : fmt::format("{} ({} B)", choice.block->name(), choice.block->size);
  }
  if (sentence.empty()) return;
  sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  t.say(sentence + ".");
}

}  // namespace

void say_search(Telling& t) {
  const Model& before = t.searched;
  const Story& story = t.story;
  const auto taken = std::ranges::find(story.trail, Verdict::taken, &Look::verdict);
  if (taken == story.trail.end()) return;
  if (story.looked_at != 0)
    t.say((story.as_it_lies ? as_it_lies_text(story, *taken) : choice_text(t, *taken)) + ".");
  else if (before.policy == POOL_NEXT && before.cursor == POOL_NONE)
    t.say("Next fit goes on from the end of the last placement, which was before the log opened.");
  else
    t.say(fmt::format("f{} is not what {} would take; `mempool-viz check` tells more.",
                      taken->number, policy_in_words(before.policy)));
  if (story.looked_at != 0 && *story.fits > 1) say_counterfactual(t, *taken);
}

}  // namespace mempool::viz
