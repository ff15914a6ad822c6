// Look trail: what a walk along the free list would have looked at before it took its block.
//
// Derived, not logged: the model before the call holds the list that was searched, and the policy
// says the order. The engine itself does not walk. The words for it are tell_search.cpp's.
#include <algorithm>

#include "model/policy.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// A search that is over: the list it was for, and the block it took, nullptr for none.
struct Search {
  const Model& before;
  const FreeList& list;
  const Wanted& wanted;
  const Block* from;
  bool as_it_lies;
};

/// Where a walk starts: at the head of the list, or at next fit's cursor.
std::size_t walk_start(const Search& s) {
  const u64 cursor = s.before.cursor;
  if (s.before.policy != POOL_NEXT || cursor == POOL_NONE || s.as_it_lies) return 0;
  const auto start =
      std::ranges::find_if(s.list, [&](const Block* b) { return b->end() > cursor; });
  return start == s.list.end() ? 0 : static_cast<std::size_t>(start - s.list.begin());
}

/// What the walk looks at, in the order in which it does: places in the list.
std::vector<std::size_t> walk(const Search& s, std::size_t start) {
  const bool by_policy = s.from != nullptr && !s.as_it_lies;
  const bool to_the_end =
      by_policy && (s.before.policy == POOL_BEST || s.before.policy == POOL_WORST);
  // Good fit looks at classes: of the list, only at blocks of the class it takes from.
  const bool one_class = by_policy && s.before.policy == POOL_GOOD;
  std::vector<std::size_t> looks;
  for (std::size_t i = 0; i < s.list.size(); ++i) {
    const std::size_t place = (start + i) % s.list.size();
    const Block* block = s.list[place];
    if (!one_class || good_class(block->size) == good_class(s.from->size)) looks.push_back(place);
    if (block == s.from && !to_the_end) break;
  }
  return looks;
}

Verdict verdict(const Search& s, const Block& block) {
  if (&block == s.from) return Verdict::taken;
  if (!s.as_it_lies) return block.size < s.wanted.room ? Verdict::too_small : Verdict::passed;
  if (block.size < s.wanted.needed) return Verdict::too_small;
  return s.wanted.fits(block.offset, block.size) ? Verdict::passed : Verdict::lies_wrong;
}

}  // namespace

void look(Telling& t, u64 taken) {
  const Model& before = t.searched;
  Story& story = t.story;
  const FreeList list = free_list(before);
  const Wanted wanted = wanted_in(before, story.needed, story.alignment);
  const auto has_room = [&](const Block* block) { return block->size >= wanted.room; };
  const Block* from = taken == POOL_NONE ? nullptr : before.containing(taken);
  story.room = wanted.room;
  story.as_it_lies = wanted.room != wanted.needed && std::ranges::none_of(list, has_room);
  story.fits = 0;
  const u64 least = story.as_it_lies ? wanted.needed : wanted.room;
  for (const Block* block : list) {
    Look look{block->number, block->offset, block->size};
    if (block->size < least) look.shortfall = least - block->size;
    look.gap = wanted.gap(block->offset);
    if (wanted.fits(block->offset, block->size)) ++*story.fits;
    if (block == from) look.verdict = Verdict::taken;
    look.place = story.trail.size() + 1;
    story.trail.push_back(look);
  }
  // Where the log and the policy disagree, or the log opened after the last placement, there was
  // no walk that we could tell of.
  const bool cursor_known = before.policy != POOL_NEXT || before.cursor != POOL_NONE;
  const bool explained =
      taken == POOL_NONE ||
      (cursor_known && from == choose(before.policy, list, wanted, before.cursor));
  if (explained) {
    const Search search{before, list, wanted, from, story.as_it_lies};
    story.walk_start = walk_start(search);
    for (const std::size_t place : walk(search, story.walk_start)) {
      story.trail[place].verdict = verdict(search, *list[place]);
      story.trail[place].ordinal = ++story.looked_at;
    }
  }
  std::ranges::sort(story.trail, {}, &Look::offset);
}

std::vector<Look> Story::walk() const {
  std::vector<Look> looks = trail;
  std::ranges::sort(looks, {}, &Look::place);
  std::rotate(looks.begin(), looks.begin() + static_cast<std::ptrdiff_t>(walk_start), looks.end());
  return looks;
}

}  // namespace mempool::viz
