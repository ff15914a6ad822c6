// Quarantine: freed blocks that are kept from being used again for a while, first in, first out.
//
//     free ->  [ #2 | #9 | #4 | #7 ]  -> released, once the bytes in it are over the limit
//
// So a stale pointer hits a block that nobody has got yet, and poison tells. To the engine such a
// block is used, and its record stays; this is only the order in which they came. All memory is
// had when the pool is created: a free never allocates.
#pragma once

#include "base/memory.hpp"
#include "engine/granule.hpp"

namespace mempool {

class Quarantine {
 public:
  Quarantine() = default;
  ~Quarantine() { unmap(blocks_, capacity_ * sizeof(engine::Granule)); }
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  /// For at most so many bytes of blocks, each a granule or more. False: no memory.
  [[nodiscard]] bool open(u64 limit, u64 granule_bytes) {
    if (limit == 0) return true;
    blocks_ =
        static_cast<engine::Granule*>(map((limit / granule_bytes + 2) * sizeof(engine::Granule)));
    if (blocks_ == nullptr) return false;
    capacity_ = limit / granule_bytes + 2;
    limit_ = limit;
    return true;
  }

  /// A larger block is freed at once.
  [[nodiscard]] bool takes(u64 size) const { return size <= limit_ && limit_ != 0; }
  [[nodiscard]] bool too_full() const { return bytes_ > limit_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] u64 bytes() const { return bytes_; }
  [[nodiscard]] u64 blocks() const { return count_; }
  [[nodiscard]] u64 metadata_bytes() const { return capacity_ * sizeof(engine::Granule); }

  void push(engine::Granule start, u64 size) {
    blocks_[(first_ + count_++) % capacity_] = start;
    bytes_ += size;
  }
  [[nodiscard]] engine::Granule oldest() const { return blocks_[first_]; }
  void pop(u64 size) {
    first_ = (first_ + 1) % capacity_;
    --count_;
    bytes_ -= size;
  }
  void clear() { first_ = count_ = bytes_ = 0; }

 private:
  engine::Granule* blocks_ = nullptr;  // owned; a circle
  u64 capacity_ = 0;
  u64 limit_ = 0;
  u64 first_ = 0;
  u64 count_ = 0;
  u64 bytes_ = 0;
};

}  // namespace mempool
