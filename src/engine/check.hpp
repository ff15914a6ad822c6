// check: the invariants of the bookkeeping, numbered. Const, so it can never damage what it
// inspects. docs/invariants.md explains each.
//
//     I1 tiles      blocks cover the region in order, no gap, no overlap
//     I2 coalesced  no two neighbours are both free
//     I3 records    each used block has exactly one record, and no record is left over
//     I4 indexed    the index holds exactly the free blocks, with their sizes
//     I5 sums       the counters equal a recount
#pragma once

#include <optional>

#include "engine/engine.hpp"
#include "engine/slab.hpp"

namespace mempool::engine {

/// The first invariant that does not hold, with its witness.
struct Broken {
  int invariant;     // 1 to 5
  Granule at;        // the block that shows it
  const char* what;  // in words
};

/// O(blocks + metadata below the high-water mark). used_blocks is the pool's own count.
[[nodiscard]] std::optional<Broken> check(const Engine& engine, const Slab& slab, u64 used_blocks);

/// The block at `at` and its neighbours only; debug builds call it after each change.
[[nodiscard]] std::optional<Broken> check_near(const Engine& engine, Granule at);

[[nodiscard]] const char* invariant_name(int invariant);

}  // namespace mempool::engine
