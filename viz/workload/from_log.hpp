// A workload out of a log: the calls that a pool's events tell, and the pool that `create` tells.
//
//     log --events of one pool--> calls, writes ──► Workload, PoolSetup ──► play() again
//
// Played again, it gives the log again, event by event, as far as the log was exact: what could not
// be taken over is said. Where the pool would behave differently without it (pool_reset, guards
// switched in mid-run), there is no workload, and why is said.
//
// Writes of the program are told by no event of their own. What `bytes`, `guard_check` and
// `poison_check` find in the region, against what the calls alone leave there, must have been
// written before; such writes become operations that make no call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/progress.hpp"
#include "workload/player.hpp"

namespace mempool::viz {

/// What a log's program did to one of its pools.
struct Recording {
  u32 pool = 0;
  Workload workload;
  PoolSetup setup;
  std::vector<std::string> left_out;  // sentences; empty: the replay's log is the same
};

/// Reads the whole log. pool: none = the lowest in the log. Fails with a sentence when there is no
/// such pool, when the log contradicts itself, or when the calls cannot be made again.
[[nodiscard]] Result<Recording> workload_from_log(log::Reader& reader, std::optional<u32> pool,
                                                  const Progress& progress);

}  // namespace mempool::viz
