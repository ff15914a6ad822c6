// MaxTree: where is the lowest free block of at least n granules? Exact, without a walk.
//
// Address order is the order of the lanes, so "the first lane that holds n or more", asked from
// the top down, leads to the lowest address that fits:
//
//     level 1   [ 12 ][ 40 ] ...        one lane: no free block in 32 pages below is larger
//                 |      |
//     level 0   [ 3 ][ 12 ] ...         one lane: no free block in the page is larger
//                 |     |
//     slots     0 0 3 0 | 0 12 0 5      the free blocks themselves (pages.hpp)
//
// Floors (floors.hpp) answer most searches with a look at one page. And maxima are *upper bounds*:
// a block that goes leaves them as they are; a search that is led astray by one lowers it on the
// spot and goes on to the right. A block that goes can lead astray once a level, so it is paid for.
//
// A lane of a level holds a code of the size, exact below 16384 granules (256 KiB at 16 bytes),
// then 512 steps an octave: a candidate of such size is verified. Levels are in use as far up as
// the highest block ever made needs: small and young pools have one.
//
// Source of the idea: tournament trees; layout, bounds and floors are ours (docs/performance.md).
#pragma once

#include "engine/floors.hpp"
#include "engine/pages.hpp"

namespace mempool::engine {

class MaxTree {
 public:
  /// Places the tree for granules up to `end`; the memory must be zero. Then clear().
  void layout(Carver& carver, Granule end);

  /// The lowest-address free block of at least n granules; at == no_granule if there is none.
  [[nodiscard]] Hole lowest(Granule n, const Pages& pages) {
    if (MEMPOOL_UNLIKELY(n > Floors::largest_size)) return search_all(n, pages);
    const u32 lane = floors_.lane(n);
    const u32 page = floors_.page(lane);
    if (page == Floors::none) return {};
    const u32 mask = lanes::at_least(pages.page(page).slots, Pages::code(n));
    if (MEMPOOL_UNLIKELY(mask == 0 || n >= 255)) return search_from_floor(lane, page, n, pages);
    return pages.hole(page, static_cast<u32>(std::countr_zero(mask)));
  }
  /// The same among the blocks that start at `from`, itself a start, or above.
  [[nodiscard]] Hole lowest_from(Granule n, Granule from, const Pages& pages);
  /// The largest free block, the lowest of them; size 0 if there is none.
  [[nodiscard]] Hole largest(const Pages& pages);
  /// No free block is larger than this. Costs one look; exact up to the coarseness of codes.
  [[nodiscard]] Granule largest_bound() const;

  /// A free block comes, or grows. One that goes or shrinks is none of the tree's business.
  void insert(Granule at, Granule size) {
    const Code value = code(size);
    floors_.lower(value, Pages::number(at));
    raise(Pages::number(at), value);
  }
  /// What is left of a free block has moved right: no floor is above it.
  void raise(u32 page, Granule size) { raise(page, code(size)); }

  /// The tree must cover blocks that start below `top` from now on.
  void cover(Granule top) {
    if (MEMPOOL_UNLIKELY(Pages::number(top) >= covered_pages_)) add_level(top);
  }
  /// Forgets every block below `top`.
  void clear(Granule top);

  /// True iff no lane of any level is less than what lies below it, and no floor hides a block.
  [[nodiscard]] bool bounds_hold(const Pages& pages, Granule top) const;

  [[nodiscard]] Floors& floors() { return floors_; }

 private:
  using Code = lanes::Code;
  static constexpr int max_levels = 7;
  static constexpr Granule exact_codes = 16384;

  // Monotone: a larger size never has a smaller code.
  [[nodiscard]] static Code code(Granule size) {
    if (MEMPOOL_LIKELY(size < exact_codes)) return static_cast<Code>(size);
    const u32 octave = static_cast<u32>(std::bit_width(size)) - 15;  // 0 for 16384 to 32767
    return static_cast<Code>(exact_codes + octave * 512 + ((size >> (octave + 5)) & 511));
  }
  [[nodiscard]] static Granule smallest_of(Code code);
  void raise(u32 page, Code value) {
    if (MEMPOOL_UNLIKELY(levels_[0][page] < value)) raise_levels(page, value);
  }
  [[gnu::noinline]] void raise_levels(u32 page, Code value);
  [[nodiscard, gnu::noinline]] Hole search_from_floor(u32 lane, u32 page, Granule n,
                                                      const Pages& pages);
  [[nodiscard]] static Hole search_page(u32 page, u32 open, Granule n, const Pages& pages);
  [[nodiscard]] Hole search_all(Granule n, const Pages& pages) {
    return search(active_ - 1, 0, ~u32{0}, n, pages);
  }
  [[nodiscard]] Hole search(int level, u32 lane, u32 open, Granule n, const Pages& pages);
  void lower(int level, u32 lane, const Pages& pages);
  [[gnu::noinline]] void add_level(Granule top);

  Floors floors_;
  Code* levels_[max_levels] = {};
  int active_ = 1;         // levels in use
  int height_ = 0;         // levels there are
  u64 covered_pages_ = 0;  // pages below the top active level
  u64 pages_ = 0;
};

}  // namespace mempool::engine
