// OSTEP: the homework on free-space management of "Operating Systems: Three Easy Pieces", whose
// program's options and random operations are understood here.
//
//     -s -S -b -H -a -p -l -C -n -r -P -A --> OstepSetup --> the same operations --> list allocator
//
// The same seed gives the same operations. They are asked about and answered here anew: frees
// coalesce with neighbours in the region and not only in the list, a list in order of size is so
// after a split, too, a failed allocation is one whatever the header, and numbers count the failed.
#pragma once

#include <string>

#include "base/result.hpp"
#include "workload/player.hpp"

namespace mempool::viz {

struct OstepSetup {
  u64 seed = 0;
  u64 size = 100;   // of the region
  u64 base = 1000;  // its address
  u64 unit = 1;     // requests are rounded up to multiples of this
  u32 policy = POOL_BEST;
  ListModel list{ListOrder::address, false, 0};
  u64 operations = 10;  // random ones
  u64 range = 10;       // largest random size
  u64 percent = 50;     // of them allocate
  std::string ops;      // in place of random ones; empty: none
  bool answers = false;

  static constexpr u64 most_operations = 10'000;
  static constexpr u64 most_range = u64{1} << 53;

  /// The list allocator that the operations run on.
  [[nodiscard]] PoolSetup pool() const;
};

/// The operations, sizes not yet rounded. Fails if the op list is none.
[[nodiscard]] Result<Workload> ostep_operations(const OstepSetup& setup);

/// What the allocator is asked for: sizes are rounded up to multiples of the unit.
[[nodiscard]] Workload rounded(Workload workload, u64 unit);

}  // namespace mempool::viz
