// Tracker: AddressSanitizer and Valgrind are told what is a block, so that they see the bad access
// itself, reads too, with its stack.
//
//     region   [ ... ][ front | payload | back ][ ... free ... ]
//     access     no       no      yes     no         no
//
// One build serves all: the sanitizer's functions are weak references, there only when the program
// was built with it; Valgrind's requests are compiled in when its header is there, and are nothing
// outside of it. In any other program a pool only asks active(), once.
//
// The library reads and writes guards and free bytes itself: it unlocks them and locks them again.
#pragma once

#include "base/assert.hpp"
#include "base/units.hpp"

namespace mempool {

class Tracker {
 public:
  /// The region of a pool. Blocks under 8 bytes of alignment are finer than the sanitizers see:
  /// such a pool is not tracked.
  void open(const u8* region, u64 capacity, u64 align);
  /// The region is ordinary memory again.
  void close();
  [[nodiscard]] bool active() const { return region_ != nullptr; }

  /// A payload is handed out; its bytes are whatever stood there.
  void take(const u8* payload, u64 size) const;
  /// A payload is given back. Its bytes stay open for the library until they are shut.
  void give(const u8* payload) const;
  /// Every payload is given back.
  void give_all() const;
  /// A payload has another size, at the same place.
  void resize(const u8* payload, u64 old_size, u64 size) const;

  void unlock(const u8* from, u64 size) const {
    if (MEMPOOL_UNLIKELY(active())) unlock_range(from, size);
  }
  void lock(const u8* from, u64 size) const {
    if (MEMPOOL_UNLIKELY(active())) lock_range(from, size);
  }

 private:
  void unlock_range(const u8* from, u64 size) const;
  void lock_range(const u8* from, u64 size) const;

  const u8* region_ = nullptr;  // nullptr: nobody tracks
  u64 capacity_ = 0;
};

}  // namespace mempool
