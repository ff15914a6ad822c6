// Slab: the records of live blocks, out of band: what the bitmaps cannot say about a block.
//
//     head      one u32 for every 16 granules (pages.hpp): their first record, 0 = none
//     records   16 bytes each, preallocated; record -> next record of the same 16 granules
//
// A chain has at most 16 records (as many blocks as can start in 16 granules), so finding one is
// a bounded look, not a walk. Free blocks have no record. When the preallocated records are used
// up, grow() gets twice as many from a fallback allocation; it is the only thing here that can
// fail. Sizes and places are the engine's; numbers and requests are the pool's.
#pragma once

#include "base/assert.hpp"
#include "base/carver.hpp"
#include "engine/pages.hpp"

namespace mempool::engine {

/// What is known of a live block besides its place and size.
struct Record {
  u64 number;           // the allocation number
  u32 next;             // chain or free list: 1 + index of the next record, 0 = none
  u32 place : 4;        // granule within its 16
  u32 guard : 13;       // guard size the block was given, 0 to 4096
  u32 slack : 14;       // bytes behind the payload: back guard and padding, up to 8191
  u32 quarantined : 1;  // freed, but kept from reuse
};
static_assert(sizeof(Record) == 16);

inline constexpr u32 most_slack = (1 << 14) - 1;

class Slab {
 public:
  ~Slab();
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  /// Preallocates `count` records; false if the memory cannot be had.
  [[nodiscard]] bool open(u32 count);

  [[nodiscard]] bool exhausted() const { return free_ == 0 && fresh_ == count_; }
  /// Adds records from a fallback allocation; returns how many, 0 if the memory cannot be had.
  [[nodiscard]] u32 grow();

  /// Adds the record of the block that starts at g; `head` is that of g. Must not be exhausted.
  void add(u32& head, Granule g, u64 number, u32 guard, u32 slack) {
    u32 index = free_;
    if (MEMPOOL_LIKELY(index != 0)) {
      free_ = records_[index - 1].next;
    } else {
      MEMPOOL_ASSERT(fresh_ < count_);
      index = ++fresh_;
    }
    records_[index - 1] = {number, head, g % Pages::granules_a_head, guard, slack, 0};
    head = index;
  }

  /// Which of all records it is, from 0: for what is kept beside them.
  [[nodiscard]] u32 index_of(const Record& record) const {
    return static_cast<u32>(&record - records_);
  }

  /// The record of the used block that starts at g.
  [[nodiscard]] Record& find(u32 head, Granule g) {
    while (records_[head - 1].place != g % Pages::granules_a_head) head = records_[head - 1].next;
    return records_[head - 1];
  }
  [[nodiscard]] const Record& find(u32 head, Granule g) const {
    return const_cast<Slab*>(this)->find(head, g);
  }

  /// Takes the record of the used block that starts at g out. What it says can be read until the
  /// next add().
  const Record& remove(u32& head, Granule g) {
    u32* link = &head;
    Record* record = &records_[*link - 1];
    while (MEMPOOL_UNLIKELY(record->place != g % Pages::granules_a_head)) {
      link = &record->next;
      record = &records_[*link - 1];
    }
    const u32 index = *link;
    *link = record->next;
    record->next = free_;
    free_ = index;
    return *record;
  }

  /// Forgets every record. The heads are the caller's to clear.
  void clear() { free_ = fresh_ = 0; }

  /// For check.cpp: records of g in the chain, and records in it.
  [[nodiscard]] u32 records_at(u32 head, Granule g) const;
  [[nodiscard]] u32 length(u32 head) const;
  [[nodiscard]] u64 capacity() const { return count_; }
  /// Of all records there are, used or not.
  [[nodiscard]] u64 record_bytes() const { return count_ * sizeof(Record); }

 private:
  Record* records_ = nullptr;  // owned
  u32 free_ = 0;               // 1 + index of the first record given back; 0 = none
  u32 fresh_ = 0;              // records never used lie from here on
  u32 count_ = 0;
};

}  // namespace mempool::engine
