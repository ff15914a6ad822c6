// What is measured by itself, by Google Benchmark: opening and closing a pool, one block taken and
// given back, and what the system asks for the same. No programs, no peers in processes.
#pragma once

#include <vector>

#include "bench/results.hpp"

namespace mempool::bench {

/// Names of figures that the bars ask for.
inline constexpr const char* create_1k = "pool_create + pool_destroy, 1 KiB";
inline constexpr const char* malloc_1k = "malloc + free, the same bytes";
inline constexpr const char* page_fault = "one page fault";

/// Medians of the repetitions, which are interleaved at random.
[[nodiscard]] std::vector<Single> measure_singles(bool quick);

[[nodiscard]] std::vector<Overhead> measure_overheads();

}  // namespace mempool::bench
