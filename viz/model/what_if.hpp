// What if: the call that was not made. The events that a pool would write, and what they would do.
//
//     model, "alloc 56 by best fit" --if_allocated--> Frame: before, events, after
//
// A frame like any other, so every view and every sentence serves it, the look trail and the single
// frees that would save a failure among them. By the definition of the policies (policy.hpp) over
// the model's own free list, with its header, coalescing or not: neither the engine nor the
// classroom's list allocator is asked. Nothing is changed.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "model/frame.hpp"

namespace mempool::viz {

/// An allocation of so many bytes, by this policy (none: the pool's own).
[[nodiscard]] Frame if_allocated(const Model& model, u64 requested, std::optional<u32> policy = {});

/// The free of a live block; fails when there is no such block.
[[nodiscard]] Result<Frame> if_freed(const Model& model, u64 number);

}  // namespace mempool::viz
