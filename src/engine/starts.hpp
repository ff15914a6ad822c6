// Starts: the ground truth of the pool, two bits a granule.
//
//     granules   64 65 66 67 68 69 70 71 72 ...
//     start       1  0  0  1  0  1  0  0  0       "a block starts here"
//     free        0  0  0  1  0  0  0  0  0       "and it is free"
//                 [ used ][free][ used ...
//
// Everything else follows: a block ends where the next one starts; a pointer is valid iff a used
// block starts at its granule; the free list in address order is the free bits read in order.
// Neighbours are found in one 64-bit window (blocks up to 64 granules) or, beyond it, by the
// summary levels, one bit a word below: never by a walk. Not here: sizes, numbers, payloads.
#pragma once

#include <bit>

#include "base/assert.hpp"
#include "base/carver.hpp"
#include "engine/granule.hpp"

namespace mempool::engine {

class Starts {
 public:
  /// Places the bitmaps for granules up to `end`; the memory must be zero.
  void layout(Carver& carver, Granule end);

  [[nodiscard]] bool is_start(Granule g) const { return (words_[g / 64].start >> (g % 64)) & 1; }
  [[nodiscard]] bool is_free(Granule g) const { return (words_[g / 64].free >> (g % 64)) & 1; }
  /// True iff a used block starts at g. Any g up to the end may be asked.
  [[nodiscard]] bool is_used_start(Granule g) const {
    const Word& word = words_[g / 64];
    return ((word.start & ~word.free) >> (g % 64)) & 1;
  }

  void set_start(Granule g) {
    Word& word = words_[g / 64];
    const u64 before = word.start;
    word.start = before | bit(g);
    if (MEMPOOL_UNLIKELY(before == 0)) summary_set(g / 64);
  }
  void clear_start(Granule g) {
    Word& word = words_[g / 64];
    word.start &= ~bit(g);
    if (MEMPOOL_UNLIKELY(word.start == 0)) summary_clear(g / 64);
  }
  void set_free(Granule g) { words_[g / 64].free |= bit(g); }
  void clear_free(Granule g) { words_[g / 64].free &= ~bit(g); }

  /// First start above g. There is one: the right sentinel, or the wilderness.
  [[nodiscard]] Granule next(Granule g) const {
    const Word* word = &words_[g / 64];
    const u64 window = (word[0].start >> (g % 64) >> 1) | (word[1].start << (63 - g % 64));
    if (MEMPOOL_LIKELY(window != 0)) return g + 1 + static_cast<Granule>(std::countr_zero(window));
    return next_far(g / 64);
  }
  /// Last start below g. There is one: the left sentinel.
  [[nodiscard]] Granule previous(Granule g) const {
    const Word* word = &words_[g / 64];
    const u64 window = (word[0].start << (63 - g % 64) << 1) | (word[-1].start >> (g % 64));
    if (MEMPOOL_LIKELY(window != 0)) return g - 1 - static_cast<Granule>(std::countl_zero(window));
    return previous_far(g / 64);
  }
  /// First free start in [g, end), or end.
  [[nodiscard]] Granule next_free(Granule g, Granule end) const;

  /// Forgets every block that starts below `top` (and the sentinels).
  void clear(Granule top);

 private:
  struct Word {  // of 64 granules; start and free lie on one cache line
    u64 start;
    u64 free;
  };
  static constexpr int max_levels = 5;  // 64^5 words: more than a u32 of granules

  static constexpr u64 bit(u32 i) { return u64{1} << (i % 64); }
  [[gnu::noinline]] void summary_set(u32 word);
  [[gnu::noinline]] void summary_clear(u32 word);
  [[nodiscard, gnu::noinline]] Granule next_far(u32 word) const;
  [[nodiscard, gnu::noinline]] Granule previous_far(u32 word) const;

  Word* words_ = nullptr;
  u64* summary_[max_levels] = {};  // bit i of level 0: word i has a start; of level k: word i of
  int levels_ = 0;                 // level k-1 is not 0
};

}  // namespace mempool::engine
