// Guard and poison bytes: written, and compared: where is the first bad byte, how many are bad?
//
// Only bytes; which bytes are guard is the pool's geometry.
#pragma once

#include "base/units.hpp"

namespace mempool::engine {

inline constexpr u8 guard_byte = 0xAB;
inline constexpr u8 poison_byte = 0xDD;  // option `poison`: every byte of every free block
inline constexpr u8 fresh_byte = '0';    // option `fill`: payload handed out
inline constexpr u8 freed_byte = '.';    // option `fill`: payload given back

/// What is wrong with a run of bytes that should all be alike. damaged == 0: nothing.
struct Damage {
  u64 damaged = 0;  // bytes that differ
  u64 first = 0;    // the first of them, counted from the start of the run
  u64 last = 0;     // and the last
};

/// Every bit of every byte is compared with the byte that should stand there.
[[nodiscard]] Damage examine(const u8* bytes, u64 size, u8 byte);

}  // namespace mempool::engine
