// Starts: the parts off the hot path: summary levels, far neighbours, clearing.
#include "engine/starts.hpp"

#include <cstring>

namespace mempool::engine {

void Starts::layout(Carver& carver, Granule end) {
  u64 count = end / 64 + 3;  // one word past the right sentinel, for windows that look over it
  words_ = carver.take<Word>(count);
  levels_ = 0;
  do {
    count = count / 64 + 1;
    summary_[levels_++] = carver.take<u64>(count);
  } while (count > 1);
}

void Starts::summary_set(u32 word) {
  for (int level = 0; level < levels_; ++level) {
    u64& summary = summary_[level][word / 64];
    const bool was_empty = summary == 0;
    summary |= bit(word);
    if (!was_empty) return;
    word /= 64;
  }
}

void Starts::summary_clear(u32 word) {
  for (int level = 0; level < levels_; ++level) {
    u64& summary = summary_[level][word / 64];
    summary &= ~bit(word);
    if (summary != 0) return;
    word /= 64;
  }
}

// Up until a summary word has a bit above ours, then down along the lowest bits.
Granule Starts::next_far(u32 word) const {
  int level = 0;
  u64 above = 0;
  for (;; ++level, word /= 64) {
    MEMPOOL_ASSERT(level < levels_);
    above = summary_[level][word / 64] >> (word % 64) >> 1;
    if (above != 0) break;
  }
  word += 1 + static_cast<u32>(std::countr_zero(above));
  while (--level >= 0) {
    word = word * 64 + static_cast<u32>(std::countr_zero(summary_[level][word]));
  }
  return word * 64 + static_cast<Granule>(std::countr_zero(words_[word].start));
}

// Up until a summary word has a bit below ours, then down along the highest bits.
Granule Starts::previous_far(u32 word) const {
  int level = 0;
  u64 below = 0;
  for (;; ++level, word /= 64) {
    MEMPOOL_ASSERT(level < levels_);
    below = summary_[level][word / 64] & (bit(word) - 1);
    if (below != 0) break;
  }
  word = word / 64 * 64 + 63 - static_cast<u32>(std::countl_zero(below));
  while (--level >= 0) {
    word = word * 64 + 63 - static_cast<u32>(std::countl_zero(summary_[level][word]));
  }
  return word * 64 + 63 - static_cast<Granule>(std::countl_zero(words_[word].start));
}

Granule Starts::next_free(Granule g, Granule end) const {
  while (g < end && !is_free(g)) g = next(g);
  return g < end ? g : end;
}

void Starts::clear(Granule top) {
  u64 count = top / 64 + 1;
  std::memset(words_, 0, count * sizeof(Word));
  for (int level = 0; level < levels_; ++level) {
    count = count / 64 + 1;
    std::memset(summary_[level], 0, count * sizeof(u64));
  }
}

}  // namespace mempool::engine
