// Sites: memory, and the look back.
#include "pool/sites.hpp"

#include <algorithm>
#include <cstring>

#include "base/memory.hpp"

namespace mempool {

namespace {
constexpr u64 freed_bytes(u64 most) {
  return most * sizeof(Sites::Freed);
}
}  // namespace

Sites::~Sites() {
  unmap(freed_, freed_bytes(most_freed));
  unmap(live_, records_ * sizeof(Live));
}

void Sites::open(u64 records) {
  if (records <= records_) return;
  if (freed_ == nullptr) freed_ = static_cast<Freed*>(map(freed_bytes(most_freed)));
  auto* live = static_cast<Live*>(map(records * sizeof(Live)));
  if (freed_ == nullptr || live == nullptr) {
    unmap(live, records * sizeof(Live));
    return;
  }
  if (live_ != nullptr) std::memcpy(live, live_, records_ * sizeof(Live));
  unmap(live_, records_ * sizeof(Live));
  live_ = live;
  records_ = records;
}

const Sites::Freed* Sites::last_owner(u64 offset) const {
  const u64 oldest = buried_ > most_freed ? buried_ - most_freed : 0;
  for (u64 i = buried_; i-- > oldest;) {
    const Freed& block = freed_[i % most_freed];
    if (offset >= block.offset && offset - block.offset < block.size) return &block;
  }
  return nullptr;
}

}  // namespace mempool
