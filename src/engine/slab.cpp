// Slab: the parts off the hot path: layout, growth, clearing, counting.
#include "engine/slab.hpp"

#include <cstring>

#include "base/memory.hpp"

namespace mempool::engine {

Slab::~Slab() {
  release(fallback_);
}

void Slab::layout(Carver& carver, Granule end, u32 count) {
  heads_ = carver.take<u32>(end / granules_a_head + 1);
  records_ = carver.take<Record>(count);
  count_ = count;
}

// Records are named by index, so they may move.
u32 Slab::grow() {
  const u64 wanted = u64{count_} * 2;
  if (wanted > ~u32{0} - 1) return 0;
  auto* records = static_cast<Record*>(allocate(wanted * sizeof(Record)));
  if (records == nullptr) return 0;
  std::memcpy(static_cast<void*>(records), records_, count_ * sizeof(Record));
  release(fallback_);
  records_ = fallback_ = records;
  const u32 added = count_;
  count_ = static_cast<u32>(wanted);
  return added;
}

void Slab::clear(Granule top) {
  std::memset(heads_, 0, (top / granules_a_head + 1) * sizeof(u32));
  free_ = fresh_ = 0;
}

// A broken chain must not hang the checker: no chain is longer than 16.
u32 Slab::records_at(Granule g) const {
  u32 found = 0;
  u32 index = heads_[g / granules_a_head];
  for (u32 i = 0; index != 0 && index <= count_ && i < granules_a_head; ++i) {
    if (records_[index - 1].place == g % granules_a_head) ++found;
    index = records_[index - 1].next;
  }
  return found;
}

u64 Slab::records_below(Granule top) const {
  u64 found = 0;
  for (Granule head = 0; head <= top / granules_a_head; ++head) {
    u32 index = heads_[head];
    for (u32 i = 0; index != 0 && index <= count_ && i < granules_a_head; ++i, ++found) {
      index = records_[index - 1].next;
    }
  }
  return found;
}

}  // namespace mempool::engine
