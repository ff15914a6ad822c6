// explain: one change, in the order of events that the contract gives. Pure: facts in, events out.
//
//     alloc   [split] alloc [guard_write front, back]
//     free    [guard_check front, back] free [coalesce right] [coalesce left]
//
// Called only while somebody watches. It knows bytes and numbers, which the pool has worked out
// of the engine's change; it does not know engine, pool, text or files.
#pragma once

#include <array>

#include "base/units.hpp"
#include "sink/sink.hpp"

namespace mempool::explain {

/// Where a live block lies and what belongs to whom. A guard of size 0 is not there.
struct Layout {
  u64 number;
  u64 offset;
  u64 size;
  u64 payload;  // offset
  u64 requested;
  u64 front;  // bytes of front guard, from offset on
  u64 back;   // bytes of back guard, behind the payload up to the block's end
};

/// A block was taken from the low end of a free block of `from` bytes.
void taken(const Layout& block, u64 from, Sink& sink);

/// A guard was compared; what is found starts at `first`.
struct GuardCheck {
  u64 number;
  u32 side;  // POOL_SIDE_FRONT or POOL_SIDE_BACK
  u64 offset;
  u64 size;
  u64 damaged = 0;
  u64 first = POOL_NONE;            // offset in the region
  pool_bytes expected{nullptr, 0};  // at most 16 bytes
  pool_bytes found{nullptr, 0};
};
void guard_checked(const GuardCheck& check, Sink& sink);

/// A block was given back, between free neighbours of these sizes (0: not free).
void given(const Layout& block, u64 left, u64 right, Sink& sink);

}  // namespace mempool::explain
