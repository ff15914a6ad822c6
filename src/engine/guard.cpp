#include "engine/guard.hpp"

#include <cstring>

// Guard bytes: the common case, an intact guard, is told eight bytes at a time.
namespace mempool::engine {

void write_guard(u8* guard, u64 size) {
  std::memset(guard, guard_byte, size);
}

Damage examine_guard(const u8* guard, u64 size) {
  constexpr u64 intact = 0x0101010101010101u * guard_byte;
  Damage damage;
  for (u64 i = 0; i < size;) {
    if (u64 word = 0; size - i >= sizeof word) {
      std::memcpy(&word, guard + i, sizeof word);
      if (word == intact) {
        i += sizeof word;
        continue;
      }
    }
    if (guard[i] != guard_byte) {
      if (damage.damaged++ == 0) damage.first = i;
      damage.last = i;
    }
    ++i;
  }
  return damage;
}

}  // namespace mempool::engine
