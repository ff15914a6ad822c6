// Integer names and checked arithmetic. Knows nothing of pools.
//
// Sizes and offsets are bytes in std::uint64_t; the engine counts granules in std::uint32_t.
// Arithmetic on sizes that come from a caller saturates: a hostile size stays hostile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace mempool {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;

inline constexpr u64 u64_max = std::numeric_limits<u64>::max();

[[nodiscard]] constexpr u64 add_saturating(u64 a, u64 b) {
  return a > u64_max - b ? u64_max : a + b;
}

[[nodiscard]] constexpr bool is_power_of_two(u64 n) {
  return n != 0 && (n & (n - 1)) == 0;
}

[[nodiscard]] constexpr u64 round_down(u64 n, u64 align) {
  return n & ~(align - 1);
}

/// Next multiple of align (a power of two); saturates at the last multiple there is.
[[nodiscard]] constexpr u64 round_up(u64 n, u64 align) {
  return round_down(add_saturating(n, align - 1), align);
}

}  // namespace mempool
