#include "engine/guard.hpp"

#include <cstring>

// The common case, bytes as they should be, is told eight at a time.
namespace mempool::engine {

Damage examine(const u8* bytes, u64 size, u8 byte) {
  const u64 intact = 0x0101010101010101u * byte;
  Damage damage;
  for (u64 i = 0; i < size;) {
    if (u64 word = 0; size - i >= sizeof word) {
      std::memcpy(&word, bytes + i, sizeof word);
      if (word == intact) {
        i += sizeof word;
        continue;
      }
    }
    if (bytes[i] != byte) {
      if (damage.damaged++ == 0) damage.first = i;
      damage.last = i;
    }
    ++i;
  }
  return damage;
}

}  // namespace mempool::engine
