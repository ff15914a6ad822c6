// Memory from the system: the one door through which Mempool itself allocates.
//
// Everything fails by returning nullptr; nothing throws. (Failure injection has one place to be.)
#pragma once

#include "base/units.hpp"

namespace mempool {

/// Bytes from the C heap, 16-aligned, not initialised; nullptr if they cannot be had.
[[nodiscard]] void* allocate(u64 size) noexcept;
void release(void* memory) noexcept;

/// Zeroed memory, 4096-aligned. Large pieces are zeroed by the system, page by page, when they are
/// first touched.
[[nodiscard]] void* map(u64 size) noexcept;
void unmap(void* memory, u64 size) noexcept;

}  // namespace mempool
