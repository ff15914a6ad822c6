// BitTree: the ways over several words, and clearing.
#include "engine/bit_tree.hpp"

#include <algorithm>

namespace mempool::engine {

u32 BitTree::next_far(u32 i) const {
  for (int level = 0; level < shape_->levels; ++level, i /= 64) {
    const u64 above = at(level, i / 64) >> (i % 64) >> 1;
    if (above != 0) return down_lowest(level, i + 1 + static_cast<u32>(std::countr_zero(above)));
  }
  return none;
}

u32 BitTree::previous_far(u32 i) const {
  for (int level = 0; level < shape_->levels; ++level, i /= 64) {
    const u64 below = at(level, i / 64) & (bit(i) - 1);
    if (below == 0) continue;
    i = (i | 63) - static_cast<u32>(std::countl_zero(below));
    while (--level >= 0) i = i * 64 + 63 - static_cast<u32>(std::countl_zero(at(level, i)));
    return i;
  }
  return none;
}

void BitTree::clear_below(u64 end) {
  for (int level = 0; level < shape_->levels; ++level) {
    end = end / 64 + 1;
    std::fill_n(&at(level, 0), end, 0);
  }
}

}  // namespace mempool::engine
