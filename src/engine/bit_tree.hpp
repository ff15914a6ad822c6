// BitTree: a set of small numbers as a tree of bitmaps.
//
//     level 1    one bit for every word of level 0 that is not 0
//     level 0    one bit a number                            0 0 1 0 ... 1 0 0 ...
//
// "The next member above i" goes up until a word has a bit to the right of ours, then down along
// the lowest bits: a few words whatever lies between. It owns nothing: the words are zeroed memory
// of the caller's, and many trees of one Shape can lie side by side (size_order.hpp).
#pragma once

#include <bit>

#include "base/assert.hpp"
#include "base/units.hpp"

namespace mempool::engine {

class BitTree {
 public:
  /// Where the levels of a tree for the numbers 0 .. count-1 lie.
  struct Shape {
    int levels = 0;
    u64 at[6] = {};  // first word of each level
    u64 words = 0;   // of all levels

    Shape() = default;
    explicit Shape(u64 count) {
      do {
        count = count / 64 + 1;
        at[levels++] = words;
        words += count;
      } while (count > 1);
    }
  };

  static constexpr u32 none = ~u32{0};

  BitTree() = default;
  BitTree(u64* words, const Shape& shape) : words_(words), shape_(&shape) {}

  void insert(u32 i) {
    for (int level = 0; level < shape_->levels; ++level, i /= 64) {
      u64& word = at(level, i / 64);
      const bool was_empty = word == 0;
      word |= bit(i);
      if (!was_empty) return;
    }
  }
  void erase(u32 i) {
    for (int level = 0; level < shape_->levels; ++level, i /= 64) {
      u64& word = at(level, i / 64);
      word &= ~bit(i);
      if (word != 0) return;
    }
  }
  [[nodiscard]] bool empty() const { return at(shape_->levels - 1, 0) == 0; }
  [[nodiscard]] bool contains(u32 i) const { return (at(0, i / 64) & bit(i)) != 0; }

  /// The lowest member; there must be one.
  [[nodiscard]] u32 first() const { return down_lowest(shape_->levels, 0); }
  /// The lowest member above i, or none. Mostly it is in the same word.
  [[nodiscard]] u32 next(u32 i) const {
    const u64 above = words_[i / 64] >> (i % 64) >> 1;
    if (MEMPOOL_LIKELY(above != 0)) return i + 1 + static_cast<u32>(std::countr_zero(above));
    return next_far(i);
  }
  /// The highest member below i, or none.
  [[nodiscard]] u32 previous(u32 i) const {
    const u64 below = words_[i / 64] & (bit(i) - 1);
    if (MEMPOOL_LIKELY(below != 0)) return (i | 63) - static_cast<u32>(std::countl_zero(below));
    return previous_far(i);
  }
  /// Forgets every member below `end`.
  void clear_below(u64 end);

 private:
  static constexpr u64 bit(u32 i) { return u64{1} << (i % 64); }
  [[nodiscard]] u64& at(int level, u32 word) const { return words_[shape_->at[level] + word]; }
  [[nodiscard, gnu::noinline]] u32 next_far(u32 i) const;
  [[nodiscard, gnu::noinline]] u32 previous_far(u32 i) const;
  /// From number i of this level down to its lowest member.
  [[nodiscard]] u32 down_lowest(int level, u32 i) const {
    while (--level >= 0) i = i * 64 + static_cast<u32>(std::countr_zero(at(level, i)));
    return i;
  }

  u64* words_ = nullptr;
  const Shape* shape_ = nullptr;
};

}  // namespace mempool::engine
