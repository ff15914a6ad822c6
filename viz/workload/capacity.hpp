// Capacity: how large a pool a workload gets when nobody says it.
//
// max(the trace's suggested heap, 2 x the peak of guarded, rounded live bytes), at least 4096.
// Twice the peak leaves room for fragmentation, so that an unchanged program rarely fails; who
// wants to see failures says --capacity.
#pragma once

#include <string>

#include "workload/workload.hpp"

namespace mempool::viz {

/// What the blocks of a pool look like, as far as their sizes depend on it.
struct Geometry {
  u64 align = 16;
  u64 guards = 0;
  u64 header = 0;  // of a list model
};

/// Bytes of the block that serves a request; saturates.
[[nodiscard]] u64 block_size(u64 requested, Geometry geometry);

struct Capacity {
  u64 bytes = 0;
  std::string why;  // "2 x the peak of 9367280 bytes in live blocks"
};

/// Requests of 4 GiB or more are left out of the peak: they are there to fail.
[[nodiscard]] Capacity choose_capacity(const Workload& workload, Geometry geometry);

}  // namespace mempool::viz
