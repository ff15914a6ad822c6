// Pages: the ground truth of the pool, and all that is known of 64 granules in one cache line.
//
//     granules   64 65 66 67 68 69 70 71 72 ...
//     start       1  0  0  1  0  1  0  0  0       "a block starts here"
//     free        0  0  0  1  0  0  0  0  0       "and it is free"
//     slots         0     2     0     0           one byte for 2 granules: size of the free block
//                 [ used ][free][ used ...        that starts in them
//     heads       one for 16 granules: where the records of the used blocks are (slab.hpp)
//
// Everything follows from the bits: a block ends where the next one starts; a pointer is valid iff
// a used block starts at its granule; the free list in address order is the free bits read in
// order. Neighbours are found in one 64-bit window (blocks up to 64 granules) or, beyond it,
// through the tree of pages that have a start: never by a walk.
//
// Slots are what searches compare, 32 at a time. Two granules have one because two free blocks are
// never adjacent: no slot holds two starts. The byte says sizes up to 254; 255 means "more: look at
// the bits". At most one block of 64 granules or more starts in a page: it reaches beyond it.
//
// What depends on data has no branch where it can be helped: it is as good as random, and a branch
// that is guessed wrongly costs more than the work of both sides.
#pragma once

#include "base/carver.hpp"
#include "engine/bit_tree.hpp"
#include "engine/granule.hpp"
#include "engine/lanes.hpp"

namespace mempool::engine {

/// A free block.
struct Hole {
  Granule at = no_granule;
  Granule size = 0;
};

struct alignas(64) Page {
  u64 start;
  u64 free;
  u32 heads[4];
  u8 slots[lanes::byte_lanes];
};
static_assert(sizeof(Page) == 64, "one cache line");

/// A granule's place in its page. Flags are numbers, 0 or 1, so that work that depends on them
/// needs no branch.
struct Spot {
  Page* page;
  u32 bit;

  [[nodiscard]] u32 is_free() const { return static_cast<u32>(page->free >> bit) & 1; }
  [[nodiscard]] u8& slot() const { return page->slots[bit / 2]; }
  void clear_slot_if(u32 flag) const { slot() = static_cast<u8>(slot() & (flag - 1)); }
};

class Pages {
 public:
  static constexpr Granule granules_a_page = 64;
  static constexpr Granule granules_a_slot = 2;
  static constexpr Granule granules_a_head = 16;

  [[nodiscard]] static constexpr u32 number(Granule g) { return g / granules_a_page; }
  /// What a slot says of a free block of this size.
  [[nodiscard]] static constexpr u8 code(Granule size) {
    return static_cast<u8>(size < 255 ? size : 255);
  }

  /// Places the pages for granules up to `end`; the memory must be zero.
  void layout(Carver& carver, Granule end);
  /// Forgets everything below `top` (and the sentinels).
  void clear(Granule top);

  [[nodiscard]] const Page& page(u32 number) const { return pages_[number]; }
  /// The record chain of the 16 granules that g is in.
  [[nodiscard]] u32& head(Granule g) { return of(g).heads[g % granules_a_page / granules_a_head]; }

  [[nodiscard]] Spot spot(Granule g) const { return {&pages_[number(g)], g % granules_a_page}; }

  // ---- bits
  [[nodiscard]] bool is_start(Granule g) const { return (of(g).start >> (g % 64)) & 1; }
  [[nodiscard]] bool is_free(Granule g) const { return (of(g).free >> (g % 64)) & 1; }
  /// True iff a used block starts at g. Any g up to the end may be asked.
  [[nodiscard]] bool is_used_start(Granule g) const {
    const Page& page = of(g);
    return ((page.start & ~page.free) >> (g % 64)) & 1;
  }
  void set_start(Granule g) { set_start(spot(g)); }
  void clear_start(Granule g) { clear_start_if(1, spot(g)); }
  void set_free(Granule g) { of(g).free |= bit(g); }
  void clear_free(Granule g) { of(g).free &= ~bit(g); }
  void clear_start_if(u32 flag, Spot spot) {
    spot.page->start &= ~(u64{flag} << spot.bit);
    if (MEMPOOL_UNLIKELY(spot.page->start == 0)) drop_page(spot.page);
  }
  void set_start(Spot spot) {
    if (MEMPOOL_UNLIKELY(spot.page->start == 0)) add_page(spot.page);
    spot.page->start |= u64{1} << spot.bit;
  }

  /// First start above g. There is one: the right sentinel, or the wilderness.
  [[nodiscard]] Granule next(Granule g) const { return next(spot(g), g); }
  [[nodiscard]] Granule next(Spot spot, Granule g) const {
    const u64 window =
        (spot.page[0].start >> spot.bit >> 1) | (spot.page[1].start << (63 - spot.bit));
    if (MEMPOOL_LIKELY(window != 0)) return g + 1 + static_cast<Granule>(std::countr_zero(window));
    return next_far(g);
  }
  /// Last start below g. There is one: the left sentinel.
  [[nodiscard]] Granule previous(Granule g) const { return previous(spot(g), g); }
  [[nodiscard]] Granule previous(Spot spot, Granule g) const {
    const u64 window =
        (spot.page[0].start << (63 - spot.bit) << 1) | (spot.page[-1].start >> spot.bit);
    if (MEMPOOL_LIKELY(window != 0)) return g - 1 - static_cast<Granule>(std::countl_zero(window));
    return previous_far(g);
  }

  // ---- slots
  [[nodiscard]] u8 slot(Granule g) const { return spot(g).slot(); }
  void set_slot(Granule at, Granule size) { spot(at).slot() = code(size); }
  void clear_slot(Granule at) { spot(at).slot() = 0; }
  /// Size of the free block that starts at `at`.
  [[nodiscard]] Granule size_of_free(Granule at) const {
    const u8 code = slot(at);
    return MEMPOOL_LIKELY(code < 255) ? Granule{code} : next(at) - at;
  }
  /// The free block in this lane of a page's slots. There must be one.
  [[nodiscard]] Hole hole(u32 number, u32 lane) const {
    const Granule even = number * granules_a_page + lane * granules_a_slot;
    const Granule at = even + !is_free(even);
    return {at, size_of_free(at)};
  }

 private:
  static constexpr u64 bit(Granule g) { return u64{1} << (g % 64); }
  [[nodiscard]] Page& of(Granule g) { return pages_[number(g)]; }
  [[nodiscard]] const Page& of(Granule g) const { return pages_[number(g)]; }
  [[nodiscard]] BitTree pages_in_use() const { return {summary_, shape_}; }
  [[gnu::noinline]] void add_page(const Page* page);
  [[gnu::noinline]] void drop_page(const Page* page);
  [[nodiscard, gnu::noinline]] Granule next_far(Granule g) const;
  [[nodiscard, gnu::noinline]] Granule previous_far(Granule g) const;

  Page* pages_ = nullptr;
  u64* summary_ = nullptr;  // which pages have a start
  BitTree::Shape shape_;
};

}  // namespace mempool::engine
