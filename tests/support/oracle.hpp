// Oracle: the third voice. A pool so naive that it cannot be wrong: one owner a byte, every search
// from byte 0, every sum counted. Decides who is right, in long random runs.
#pragma once

#include <vector>

#include "base/units.hpp"

namespace mempool::tests {

class Oracle {
 public:
  Oracle(u64 capacity, u64 align, u64 guard)
      : align_(align), guard_(guard), owner_((capacity + align - 1) / align * align, nobody) {}

  /// Offset of the payload, or POOL_NONE when no run of free bytes is long enough.
  u64 alloc(u64 size) {
    const u64 front = up(guard_);
    u64 whole = up(front + size + guard_);
    if (whole == 0) whole = align_;
    for (u64 start = 0; start + whole <= owner_.size(); start += align_) {
      if (free_run(start) < whole) continue;
      for (u64 i = 0; i < whole; ++i) owner_[start + i] = start;
      return start + front;
    }
    return ~u64{0};
  }

  void free(u64 payload) {
    const u64 start = payload - up(guard_);
    for (u64& owner : owner_)
      if (owner == start) owner = nobody;
  }

  [[nodiscard]] u64 free_bytes() const {
    u64 count = 0;
    for (const u64 owner : owner_) count += owner == nobody;
    return count;
  }
  [[nodiscard]] u64 largest() const {
    u64 most = 0;
    for (u64 start = 0; start < owner_.size();) {
      const u64 run = free_run(start);
      if (run > most) most = run;
      start += run + 1;
    }
    return most;
  }

 private:
  static constexpr u64 nobody = ~u64{0};
  [[nodiscard]] u64 up(u64 n) const { return (n + align_ - 1) / align_ * align_; }
  [[nodiscard]] u64 free_run(u64 start) const {
    u64 end = start;
    while (end < owner_.size() && owner_[end] == nobody) ++end;
    return end - start;
  }

  u64 align_, guard_;
  std::vector<u64> owner_;  // start of the block that has the byte, or nobody
};

}  // namespace mempool::tests
