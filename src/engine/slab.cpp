// Slab: the parts off the hot path: coming and going, growth, counting.
#include "engine/slab.hpp"

#include <cstring>

#include "base/memory.hpp"

namespace mempool::engine {

Slab::~Slab() {
  release(records_);
}

bool Slab::open(u32 count) {
  records_ = static_cast<Record*>(allocate(u64{count} * sizeof(Record)));
  count_ = records_ == nullptr ? 0 : count;
  return records_ != nullptr;
}

// Records are named by index, so they may move.
u32 Slab::grow() {
  const u64 wanted = u64{count_} * 2;
  if (wanted > ~u32{0} - 1) return 0;
  auto* records = static_cast<Record*>(allocate(wanted * sizeof(Record)));
  if (records == nullptr) return 0;
  std::memcpy(static_cast<void*>(records), records_, count_ * sizeof(Record));
  release(records_);
  records_ = records;
  const u32 added = count_;
  count_ = static_cast<u32>(wanted);
  return added;
}

// A broken chain must not hang the checker: no chain is longer than 16.
u32 Slab::records_at(u32 head, Granule g) const {
  u32 found = 0;
  for (u32 i = 0; head != 0 && head <= count_ && i < Pages::granules_a_head; ++i) {
    if (records_[head - 1].place == g % Pages::granules_a_head) ++found;
    head = records_[head - 1].next;
  }
  return found;
}

u32 Slab::length(u32 head) const {
  u32 length = 0;
  for (; head != 0 && head <= count_ && length < Pages::granules_a_head; ++length)
    head = records_[head - 1].next;
  return length;
}

}  // namespace mempool::engine
