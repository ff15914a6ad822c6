// create_pool: a pool for those who link the library statically (mempool-viz, the specs).
// Programs have pool_create() and pool_create_with(), which are this with the environment.
#pragma once

#include <mempool.h>

namespace mempool {

struct Creation {
  std::size_t size;
  const pool_options* options = nullptr;
  void* buffer = nullptr;          // the region, of `size` bytes; null: the pool gets its own
  bool use_environment = true;     // MEMPOOL_OPTIONS and MEMPOOL_LOG count
  bool hide_addresses = false;     // base "0x0", misuse without address: as a replay wants it
  const char* recorded = nullptr;  // the program whose calls will be made, borrowed
};

/// As pool_create_with() and pool_create_in().
[[nodiscard]] MemoryPool* create_pool(const Creation& wanted) noexcept;

}  // namespace mempool
