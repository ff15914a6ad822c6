// Memory from the system: the one door through which Mempool itself allocates.
//
// Everything fails by returning nullptr; nothing throws. (Failure injection has one place to be.)
#pragma once

#include "base/units.hpp"

namespace mempool {

/// Bytes from the C heap, 16-aligned, not initialised; nullptr if they cannot be had.
[[nodiscard]] void* allocate(u64 size) noexcept;
/// The same, zeroed; large pieces are zeroed by the system, page by page, when first touched.
[[nodiscard]] void* allocate_zeroed(u64 size) noexcept;
void release(void* memory) noexcept;

/// Zeroed pages, 4096-aligned: a pool's region.
[[nodiscard]] void* map_region(u64 size) noexcept;
void unmap_region(void* region, u64 size) noexcept;

}  // namespace mempool
