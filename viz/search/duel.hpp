// Duel: the shortest list of operations on which one allocator serves everything and another fails.
//
//     all lists of 1, 2, 3 ... calls over a few sizes --SmallPool, twice--> the first that tells
//     them apart --play()--> the same on the real allocators
//
// Lists are tried in the order of their length, and states that were met before are not met again,
// so the first one found is a shortest one over these sizes: that is what `proved` says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/progress.hpp"
#include "workload/contestant.hpp"

namespace mempool::viz::search {

/// The sizes that the lists of a search are made of.
struct Grid {
  u64 capacity = 0;
  std::vector<u64> sizes;
};

struct Witness {
  Workload workload;
  Grid grid;
  u64 states = 0;       // that were met until it was found
  bool proved = false;  // no shorter one over these sizes
};

struct Duel {
  Contestant winner, loser;
  PoolSetup common;  // capacity (may be left out), alignment, guards
};

/// None: nothing was found within the limits; `tried` then says what was looked through.
struct DuelResult {
  std::optional<Witness> witness;
  std::string tried;
};
/// Fails with a sentence when the pool is too large, too small or of a kind that is not searched.
[[nodiscard]] Result<DuelResult> duel(const Duel& duel, const Progress& progress);

}  // namespace mempool::viz::search
