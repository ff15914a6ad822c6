// Carver: lays several arrays out in one piece of memory.
//
// Run once over nullptr to learn how many bytes are needed, then over the real memory to place
// the arrays: the same code says both, so they cannot disagree. Owns nothing.
#pragma once

#include "base/units.hpp"

namespace mempool {

class Carver {
 public:
  explicit Carver(void* memory = nullptr) : memory_(static_cast<u8*>(memory)) {}

  /// The next `count` elements of T, on a cache line of their own; nullptr while only measuring.
  template <class T>
  T* take(u64 count) {
    used_ = round_up(used_, 64);
    u8* at = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += count * sizeof(T);
    return reinterpret_cast<T*>(at);
  }

  [[nodiscard]] u64 used() const { return used_; }

 private:
  u8* memory_;
  u64 used_ = 0;
};

}  // namespace mempool
