// List player: carries a workload out on the classroom's list allocator, as play() does on a real
// pool: the same calls, the same events, the same log, and `create` names the model.
//
// Where they differ: pool_realloc() always takes a new block, copies the bytes and frees the old
// one; nothing is guarded, filled or kept from reuse, nor aligned otherwise than the pool.
#pragma once

#include "workload/player.hpp"

namespace mempool::viz {

/// setup.model must be there. Otherwise as play(), which calls it.
[[nodiscard]] Result<Outcome> play_list(const Workload& workload, const PoolSetup& setup,
                                        const Destination& destination, const Progress& progress);

}  // namespace mempool::viz
