// Registry: the pools of this process. Locked at creation, destruction and diagnosis only.
//
// It numbers pools, finds the pool that an address belongs to (wrong_pool), and at exit ends the
// logs of pools that were never destroyed.
#pragma once

#include "base/units.hpp"

namespace mempool {

class Pool;

namespace registry {

/// Enters a pool and returns its number, from 1.
u32 add(Pool& pool);
void remove(Pool& pool);
/// Number of the live pool whose region holds the address; 0 if there is none.
[[nodiscard]] u32 owner_of(const void* address);

/// Takes the memory of a pool that was destroyed. Of the last few the gate stays, so that who uses
/// one is told instead of believed.
void bury(void* pool, u32 errors);

}  // namespace registry
}  // namespace mempool
