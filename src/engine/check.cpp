// check: walks every block once and compares what the structures say of it.
#include "engine/check.hpp"

namespace mempool::engine {

namespace {

std::optional<Broken> check_block(const Engine& engine, Granule at, Granule next) {
  if (next <= at || next > engine.end()) return Broken{1, at, "the block has no end in the region"};
  const bool free = engine.is_free_start(at);
  if (free && next != engine.end() && engine.is_free_start(next)) {
    return Broken{2, at, "the block and its right neighbour are both free"};
  }
  if (at == engine.wilderness()) return {};
  if (free && !engine.index().holds(at, next - at)) {
    return Broken{4, at, "the index has another size for the free block"};
  }
  return {};
}

}  // namespace

std::optional<Broken> check(const Engine& engine, const Slab& slab, u64 used_blocks) {
  u64 used = 0;
  u64 free = 0;
  for (Granule at = engine.begin(); at != engine.end();) {
    const Granule next = engine.after(at);
    if (auto broken = check_block(engine, at, next)) return broken;
    if (engine.is_free_start(at)) {
      free += next - at;
    } else {
      ++used;
      if (slab.records_at(engine.head(at), at) != 1)
        return Broken{3, at, "the used block has not one record"};
    }
    at = next;
  }
  u64 records = 0;
  for (Granule at = 0; at <= engine.high_water(); at += Pages::granules_a_head)
    records += slab.length(engine.head(at));
  if (records != used) {
    return Broken{3, engine.begin(), "there are more records than used blocks"};
  }
  if (!engine.index().bounds_hold(engine.high_water())) {
    return Broken{4, engine.begin(), "a bound of the index hides a free block"};
  }
  if (free != engine.free_granules() || used != used_blocks) {
    return Broken{5, engine.begin(), "the counters differ from a recount"};
  }
  return {};
}

std::optional<Broken> check_near(const Engine& engine, Granule at) {
  const Granule start = engine.start_of(at);
  if (start != engine.begin()) {
    const Granule left = engine.start_of(start - 1);
    if (auto broken = check_block(engine, left, engine.after(left))) return broken;
  }
  if (start == engine.end()) return {};
  const Granule next = engine.after(start);
  if (auto broken = check_block(engine, start, next)) return broken;
  if (next == engine.end()) return {};
  return check_block(engine, next, engine.after(next));
}

const char* invariant_name(int invariant) {
  switch (invariant) {
    case 1: return "I1 tiles";
    case 2: return "I2 coalesced";
    case 3: return "I3 records";
    case 4: return "I4 indexed";
    case 5: return "I5 sums";
    default: return "?";
  }
}

}  // namespace mempool::engine
