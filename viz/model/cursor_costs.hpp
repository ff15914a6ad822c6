// What a cursor may keep in memory, and how it counts that. Private to the cursor.
//
// The figures are chosen so that a step back costs a few dozen events in any log, and a log of
// millions of events with as many live blocks still leaves most of a small machine's memory alone.
#pragma once

#include "model/model.hpp"

namespace mempool::viz {

inline constexpr u64 most_base_bytes = u64{256} << 20;
inline constexpr std::size_t most_bases = 4096;
/// Bases that the first reading leaves lie so far apart, and so many times their blocks.
inline constexpr u64 events_between_bases = 4096;
inline constexpr u64 blocks_between_bases = 8;
inline constexpr u64 events_between_scan_bases = u64{1} << 16;

/// About what a copy of the model takes.
[[nodiscard]] inline u64 cost_of(const Model& model) {
  return 4096 + 100 * static_cast<u64>(model.blocks().size());
}

}  // namespace mempool::viz
