// Guard bytes: written, and compared: where is the first bad byte, how many are bad?
//
// Only bytes; which bytes are guard is the pool's geometry.
#pragma once

#include "base/units.hpp"

namespace mempool::engine {

inline constexpr u8 guard_byte = 0xAB;
inline constexpr u8 fresh_byte = '0';  // option `fill`: payload handed out
inline constexpr u8 freed_byte = '.';  // option `fill`: payload given back

/// What is wrong with a run of guard bytes. damaged == 0: nothing.
struct Damage {
  u64 damaged = 0;  // bytes that differ
  u64 first = 0;    // the first of them, counted from the start of the run
  u64 last = 0;     // and the last
};

void write_guard(u8* guard, u64 size);

/// Every bit of every byte is compared.
[[nodiscard]] Damage examine_guard(const u8* guard, u64 size);

}  // namespace mempool::engine
