// create_pool: a pool for those who link the library statically (mempool-viz, the specs).
// Programs have pool_create() and pool_create_with(), which are this with the environment.
#pragma once

#include <mempool.h>

namespace mempool {

/// pool_create_with(), with two more choices: whether MEMPOOL_OPTIONS and MEMPOOL_LOG count, and
/// whether addresses are hidden (base "0x0", misuse without address), as a replay wants it.
[[nodiscard]] MemoryPool* create_pool(std::size_t size, const pool_options* options,
                                      bool use_environment, bool hide_addresses) noexcept;

}  // namespace mempool
