// Look trail: what a walk along the free list would have looked at before it took its block.
//
// Derived, not logged: the model before the call holds the list that was searched, and the policy
// says the order. The engine itself does not walk, so the sentences say "would".
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "model/policy.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// Where a walk starts: at the lowest address, or at next fit's cursor.
std::size_t walk_start(const Model& before, const FreeList& list) {
  if (before.policy != POOL_NEXT || before.cursor == POOL_NONE) return 0;
  const auto start =
      std::ranges::find_if(list, [&](const Block* block) { return block->end() > before.cursor; });
  return start == list.end() ? 0 : static_cast<std::size_t>(start - list.begin());
}

bool looks_at_all(u32 policy) {
  return policy == POOL_BEST || policy == POOL_WORST;
}

/// Good fit looks at classes: of the list, only at blocks of the class it takes from.
bool same_class(const Block& a, const Block& b) {
  return good_class(a.size) == good_class(b.size);
}

Verdict verdict(const Block& block, const Block* chosen, u64 needed) {
  if (&block == chosen) return Verdict::taken;
  return block.size < needed ? Verdict::too_small : Verdict::passed;
}

/// What the walk looks at, in the order in which it does.
FreeList walk(const Model& before, const FreeList& list, const Block* chosen) {
  FreeList looks;
  if (before.policy == POOL_GOOD && chosen != nullptr) {
    for (const Block* block : list) {
      if (same_class(*block, *chosen)) looks.push_back(block);
      if (block == chosen) break;
    }
    return looks;
  }
  const std::size_t start = walk_start(before, list);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Block* block = list[(start + i) % list.size()];
    looks.push_back(block);
    if (block == chosen && !looks_at_all(before.policy)) break;
  }
  return looks;
}

std::string passed_text(const std::vector<Look>& trail) {
  std::vector<std::string> passed;
  for (const Look& look : trail)
    if (look.verdict == Verdict::too_small)
      passed.push_back(fmt::format("f{} ({})", look.number, look.size));
  return passed.empty() ? "" : ", passing " + list_text(passed, 3, "and");
}

const char* rule_text(u32 policy) {
  switch (policy) {
    case POOL_FIRST: return "takes the lowest address that fits";
    case POOL_NEXT: return "goes on from the end of the last placement";
    case POOL_BEST: return "takes the smallest block that fits";
    case POOL_WORST: return "takes the largest block";
    case POOL_GOOD: return "takes the lowest address in the first size class that surely fits";
    default: return "takes what it takes";
  }
}

/// What other policies would have taken of the same list.
void say_counterfactual(Telling& t, const FreeList& list, u64 taken) {
  const Model& before = t.frame.before;
  std::vector<std::string> others;
  for (const u32 policy : {POOL_FIRST, POOL_BEST, POOL_WORST}) {
    if (policy == before.policy) continue;
    const Block* choice = choose(policy, list, t.story.needed, before.cursor);
    if (choice == nullptr) continue;
    std::string name(policy_name(policy));
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    others.push_back(choice->offset == taken ? name + " would take it too"
                                             : fmt::format("{} would take {} ({} B)", name,
                                                           choice->name(), choice->size));
  }
  std::string sentence;
  for (const std::string& other : others) sentence += (sentence.empty() ? "" : "; ") + other;
  if (sentence.empty()) return;
  sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  t.say(sentence + ".");
}

}  // namespace

void look(Telling& t, u64 taken) {
  const Model& before = t.frame.before;
  const FreeList list = free_list(before);
  const u64 needed = t.story.needed;
  const Block* from = taken == POOL_NONE ? nullptr : before.containing(taken);
  const Block* by_policy = choose(before.policy, list, needed, before.cursor);
  // Where the log and the policy disagree there was no walk that we could tell of.
  const bool explained = taken == POOL_NONE || from == by_policy;
  const FreeList looks = explained ? walk(before, list, from) : FreeList{};
  const std::unordered_set<const Block*> seen(looks.begin(), looks.end());
  u64 fits = 0;
  for (const Block* block : list) {
    Look look{block->number, block->offset, block->size};
    if (block->size < needed) look.shortfall = needed - block->size;
    if (block->size >= needed) ++fits;
    if (seen.contains(block) || block == from) look.verdict = verdict(*block, from, needed);
    t.story.trail.push_back(look);
  }
  t.story.looked_at = looks.size();
  t.story.fits = fits;
}

void say_search(Telling& t) {
  const Model& before = t.frame.before;
  const Story& story = t.story;
  const std::size_t all = story.trail.size();
  const auto taken = std::ranges::find(story.trail, Verdict::taken, &Look::verdict);
  if (taken == story.trail.end()) return;
  const std::string policy(policy_name(before.policy));
  const std::string rule = policy + " " + rule_text(before.policy);
  if (story.looked_at == 0) {
    t.say(fmt::format("f{} is not what {} would take; `mempool-viz check` tells more.",
                      taken->number, policy));
    return;
  }
  if (all == 1) {
    t.say(fmt::format("{}: f{} is the only free block.", rule, taken->number));
    return;
  }
  const std::string looks =
      fmt::format("a list walk would look at {} of {} free blocks", story.looked_at, all);
  switch (before.policy) {
    case POOL_BEST:
    case POOL_WORST:
      t.say(fmt::format("{}: {}; f{} ({} B) is the {} of {} that fit.", rule, looks, taken->number,
                        taken->size, before.policy == POOL_BEST ? "smallest" : "largest",
                        *story.fits));
      break;
    case POOL_GOOD:
      t.say(fmt::format("{}: f{} ({} B); {} of {} free blocks fit.", rule, taken->number,
                        taken->size, *story.fits, all));
      break;
    case POOL_NEXT:
      t.say(
          fmt::format("{}, {}: {}{}.", rule, t.at(before.cursor), looks, passed_text(story.trail)));
      break;
    default: t.say(fmt::format("{}: {}{}.", rule, looks, passed_text(story.trail)));
  }
  if (*story.fits > 1) say_counterfactual(t, free_list(before), taken->offset);
}

}  // namespace mempool::viz
