// Slab: the records of live blocks, out of band: what the bitmaps cannot say about a block.
//
//     heads     one u32 for every 16 granules: the first record of the blocks that start there
//     records   16 bytes each, preallocated; record -> next record of the same 16 granules
//
// A chain has at most 16 records (as many blocks as can start in 16 granules), so finding one is
// a bounded look, not a walk. Free blocks have no record. When the preallocated records are used
// up, grow() gets twice as many from a fallback allocation; it is the only thing here that can
// fail. Sizes and places are the engine's; numbers and requests are the pool's.
#pragma once

#include "base/assert.hpp"
#include "base/carver.hpp"
#include "engine/granule.hpp"

namespace mempool::engine {

/// What is known of a live block besides its place and size.
struct Record {
  u64 number;      // the allocation number
  u32 next;        // chain or free list: 1 + index of the next record, 0 = none
  u32 place : 4;   // granule within its 16
  u32 guard : 13;  // guard size the block was given, 0 to 4096
  u32 slack : 14;  // bytes behind the payload: back guard and padding, up to 8191
  u32 : 1;
};
static_assert(sizeof(Record) == 16);

class Slab {
 public:
  ~Slab();
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  /// Places heads for granules up to `end` and `count` records; the heads must be zero.
  void layout(Carver& carver, Granule end, u32 count);

  [[nodiscard]] bool exhausted() const { return free_ == 0 && fresh_ == count_; }
  /// Adds records from a fallback allocation; returns how many, 0 if the memory cannot be had.
  [[nodiscard]] u32 grow();

  /// Adds the record of the block that starts at g. Must not be exhausted.
  void add(Granule g, u64 number, u32 guard, u32 slack) {
    u32 index = free_;
    if (index != 0) {
      free_ = records_[index - 1].next;
    } else {
      MEMPOOL_ASSERT(fresh_ < count_);
      index = ++fresh_;
    }
    u32& head = heads_[g / granules_a_head];
    records_[index - 1] = {number, head, g % granules_a_head, guard, slack};
    head = index;
  }

  /// The record of the used block that starts at g.
  [[nodiscard]] Record& find(Granule g) {
    u32 index = heads_[g / granules_a_head];
    while (records_[index - 1].place != g % granules_a_head) index = records_[index - 1].next;
    return records_[index - 1];
  }
  [[nodiscard]] const Record& find(Granule g) const { return const_cast<Slab*>(this)->find(g); }

  /// Takes the record of the used block that starts at g out, and returns what it said.
  Record remove(Granule g) {
    u32* link = &heads_[g / granules_a_head];
    while (records_[*link - 1].place != g % granules_a_head) link = &records_[*link - 1].next;
    const u32 index = *link;
    const Record record = records_[index - 1];
    *link = record.next;
    records_[index - 1].next = free_;
    free_ = index;
    return record;
  }

  /// Forgets every record of blocks that start below `top`.
  void clear(Granule top);

  /// Records in the chains of all blocks below `top`, and whether g has exactly one; for check.cpp.
  [[nodiscard]] u32 records_at(Granule g) const;
  [[nodiscard]] u64 records_below(Granule top) const;
  [[nodiscard]] u64 capacity() const { return count_; }
  [[nodiscard]] u64 fallback_bytes() const {
    return fallback_ == nullptr ? 0 : count_ * sizeof(Record);
  }

 private:
  static constexpr Granule granules_a_head = 16;

  u32* heads_ = nullptr;
  Record* records_ = nullptr;
  u32 free_ = 0;   // 1 + index of the first record given back; 0 = none
  u32 fresh_ = 0;  // records never used lie from here on
  u32 count_ = 0;
  Record* fallback_ = nullptr;  // owned; null while the preallocated records do
};

}  // namespace mempool::engine
