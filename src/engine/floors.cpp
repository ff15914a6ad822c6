// Floors: the parts off the hot path.
#include "engine/floors.hpp"

namespace mempool::engine {

void Floors::forget(u64 pages) {
  shift_ = 0;
  while ((pages >> shift_) >= most) ++shift_;
  for (unsigned i = 0; i < lanes::code_lanes; ++i) {
    heights_[i] = most;
    sizes_[i] = i < fixed ? static_cast<lanes::Code>(i + 1) : lanes::Code{0};
  }
}

bool Floors::show(u32 size, u32 page) const {
  for (unsigned i = 0; i < lanes::code_lanes; ++i)
    if (static_cast<u32>(sizes_[i]) <= size && heights_[i] < height(page)) return false;
  return true;
}

}  // namespace mempool::engine
