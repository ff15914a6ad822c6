// Engine: which hole a policy chooses. Each is a question to the index, and what it says about the
// wilderness, which has the highest address of all and is not in the index.
#include "engine/engine.hpp"

namespace mempool::engine {

Hole Engine::choose(Granule n) {
  switch (policy_) {
    case POOL_NEXT: return choose_next(n);
    case POOL_BEST: return choose_best(n);
    case POOL_WORST: return choose_worst(n);
    case POOL_GOOD: return choose_good(n);
    default: break;
  }
  const Hole hole = index_.tree.lowest(n, pages_);
  return hole.at != no_granule ? hole : wilderness_if(n);
}

// The lowest-address hole that fits and ends after the cursor, else the lowest that fits.
//
//     [ F ][ U ][ .. F | F .. ][ U ][ F ][ ... W ... ]
//                      cursor: the hole that holds it ends after it
Hole Engine::choose_next(Granule n) {
  if (cursor_ < end_) {
    if (cursor_ < wild_) {
      Granule from = start_of(cursor_);
      if (!pages_.is_free(from)) from = pages_.next(from);
      const Hole hole = index_.tree.lowest_from(n, from, pages_);
      if (hole.at != no_granule) return hole;
    }
    if (const Hole hole = wilderness_if(n); hole.at != no_granule) return hole;
  }
  const Hole hole = index_.tree.lowest(n, pages_);
  return hole.at != no_granule ? hole : wilderness_if(n);
}

Hole Engine::choose_best(Granule n) const {
  const Hole hole = index_.order.smallest(n, pages_);
  const Hole wild = wilderness_if(n);
  if (hole.at == no_granule) return wild;
  return wild.at != no_granule && wild.size < hole.size ? wild : hole;
}

Hole Engine::choose_worst(Granule n) {
  const Granule wild = end_ - wild_;
  if (wild > index_.tree.largest_bound()) return wilderness_if(n);
  const Hole hole = index_.tree.largest(pages_);
  if (wild > hole.size) return wilderness_if(n);
  return hole.size >= n ? hole : Hole{};
}

Hole Engine::choose_good(Granule n) const {
  const SizeOrder& order = index_.order;
  const Hole hole = order.sure(n, pages_);
  const Hole wild = wilderness_if(n);
  const bool wild_is_sure =
      wild.at != no_granule && order.size_class(wild.size) >= order.sure_class(n);
  if (hole.at != no_granule) {
    return wild_is_sure && order.size_class(wild.size) < order.size_class(hole.size) ? wild : hole;
  }
  if (wild_is_sure) return wild;
  const Hole own = order.lowest_in_class(n, pages_);
  return own.at != no_granule ? own : wild;
}

Hole Engine::choose_aligned(Granule n, Alignment alignment) {
  const bool countable = n <= ~Granule{0} - alignment.step;
  const Hole hole = countable ? choose(n + alignment.step - 1) : Hole{};
  if (hole.at != no_granule || alignment.step == 1) return hole;
  return lowest_aligned(n, alignment);
}

// Only when no free block is large enough for every gap: one look at each that has the size.
Hole Engine::lowest_aligned(Granule n, Alignment alignment) {
  const auto fits = [&](Hole hole) { return alignment.gap(hole.at) + u64{n} <= hole.size; };
  for (Granule at = first_granule; at < wild_; at = pages_.next(at)) {
    if (!pages_.is_free(at)) continue;
    const Hole hole{at, pages_.next(at) - at};
    if (fits(hole)) return hole;
  }
  const Hole wild = wilderness_if(n);
  return wild.at != no_granule && fits(wild) ? wild : Hole{};
}

}  // namespace mempool::engine
