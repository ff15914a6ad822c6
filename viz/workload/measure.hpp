// Measure: what a workload costs one allocator. Free bytes, list walks, the room it needs.
//
//     play() --events--> FreeBlocks, sums --> Measured
//
// Linear in the events but for a search in the sorted free blocks, so recorded programs are fine.
#pragma once

#include <set>
#include <vector>

#include "model/progress.hpp"
#include "workload/contestant.hpp"

namespace mempool::viz {

/// External fragmentation is 1 - largest/free.
struct Free {
  u64 largest = 0, bytes = 0;
  [[nodiscard]] double fragmentation() const {
    return bytes == 0 ? 0 : 1 - static_cast<double>(largest) / static_cast<double>(bytes);
  }
};

/// Where an allocation went.
struct Placement {
  u64 call = 0;
  u64 block = 0;           // its number
  u64 offset = POOL_NONE;  // POOL_NONE: it failed
  friend bool operator==(const Placement&, const Placement&) = default;
};

struct Measured {
  Outcome outcome;
  u64 high_water = 0;             // end of the highest block that was handed out
  double mean_fragmentation = 0;  // over the calls after which something is free
  Free at_peak;                   // when blocks took up the most bytes, first
  u64 searches = 0;               // allocations, the failed among them, that a list is walked for
  u64 looks = 0;                  // free blocks that those walks would look at
  std::vector<Placement> placements;
  std::vector<float> curve;  // fragmentation after each call

  [[nodiscard]] double looks_a_search() const {
    return searches == 0 ? 0 : static_cast<double>(looks) / static_cast<double>(searches);
  }
};

/// `whole`: with the placements and the curve, which take some bytes a call.
[[nodiscard]] Result<Measured> measure(const Workload& workload, const PoolSetup& setup, bool whole,
                                       const Progress& progress);

/// The first allocation that two runs of the same workload place differently; none: they agree.
[[nodiscard]] std::optional<std::size_t> first_difference(const Measured& a, const Measured& b);

/// The smallest region that bisection finds in which everything is served. Not every larger one
/// need serve it: failures are not monotone in the size. None: no region serves it.
[[nodiscard]] std::optional<u64> smallest_region(const Workload& workload, PoolSetup setup,
                                                 u64 likely, const Progress& progress);

}  // namespace mempool::viz
