// Engine: which granules are used and which are free. One call, one change, applied at once.
//
//     [ used ][ free ][ used ][ ...... wilderness ...... ]
//     64                      wild                       end
//
// The *wilderness* is the free block at the end of the region. It has the highest address, so
// first fit takes it last: it stays out of the index, and growing into it is a bump of `wild`.
// It has a start bit and a free bit like every free block; wild == end when it is used up.
//
// take, give and resize do everything to a block in one pass. In two steps ("free it, then
// coalesce") two free blocks would be adjacent for a moment, which the index cannot hold.
//
// Nothing here knows bytes, addresses, numbers, guards, events or text. Nothing allocates or fails.
// The policy is a choice of the hole, made before anything is changed (policy.cpp).
#pragma once

#include "engine/index.hpp"

namespace mempool::engine {

/// What take() did: the free block [hole, hole + from) was cut; [at, at + n) was handed out.
struct Taken {
  Granule at = no_granule;  // no_granule: nothing fits, nothing is changed
  Granule from = 0;         // size of the free block that was chosen
  Granule gap = 0;          // what stays free in front of `at`
};

/// What give() did: sizes of the block and of the free neighbours it coalesced with, 0 = none.
struct Given {
  Granule size = 0;
  Granule left = 0;
  Granule right = 0;
};

/// What resize() did: the block's size before, and the free block right of it now (0 = none).
struct Resized {
  Granule size = 0;
  Granule rest = 0;
};

/// Where a block may start: at every granule g with (g + phase) % step == 0.
struct Alignment {
  Granule step = 1;  // a power of two
  Granule phase = 0;

  /// Granules from g to the first such place.
  [[nodiscard]] Granule gap(Granule g) const { return (step - (g + phase) % step) % step; }
};

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;  // the index refers to the pages
  Engine& operator=(const Engine&) = delete;

  /// Places the structures for `count` granules of 2^shift bytes under a pool_policy; the memory
  /// must be zero. Then reset().
  void layout(Carver& carver, Granule count, u32 policy, u32 shift);
  /// One free block. Cost: what the high-water mark has touched, whatever the number of blocks.
  void reset();

  /// Takes n >= 1 granules from the low end of the free block that the policy chooses.
  [[nodiscard, gnu::always_inline]] Taken take(Granule n) {
    if (MEMPOOL_UNLIKELY(policy_ != POOL_FIRST)) return cut(choose(n), 0, n);
    const Hole hole = index_.tree.lowest(n, pages_);
    return MEMPOOL_LIKELY(hole.at != no_granule) ? take_hole(hole, n) : take_wilderness(n);
  }
  /// The same at an aligned place; what lies in front of it stays free. The policy is asked for a
  /// block that is large enough for every gap; failing that, the lowest block that fits is cut.
  [[nodiscard]] Taken take_aligned(Granule n, Alignment alignment);
  /// Would take_aligned() find a place? No block is changed.
  [[nodiscard]] bool fits(Granule n, Alignment alignment);

  /// Gives the used block that starts at `at` back.
  //
  //  [ U ][ this ][ U ]   =>   [ U ][ F  ][ U ]
  //  [ U ][ this ][ F ]   =>   [ U ][ F ......]
  //  [ F ][ this ][ U ]   =>   [ F ......][ U ]
  //  [ F ][ this ][ F ]   =>   [ F ...........]
  //
  // Which of the four it is cannot be guessed, so the four are one: what depends on a neighbour
  // depends on its flag, 0 or 1. give_by_size() says the same with branches.
  [[gnu::always_inline]] Given give(Granule at) {
    MEMPOOL_ASSERT(is_used_start(at));
    if (MEMPOOL_UNLIKELY(index_.by_size())) return give_by_size(at);
    const Spot here = pages_.spot(at);
    const Granule right = pages_.next(here, at);
    if (MEMPOOL_UNLIKELY(right == wild_)) return give_to_wilderness(at);
    const Granule left = pages_.previous(here, at);
    const Spot at_left = pages_.spot(left);
    const Spot at_right = pages_.spot(right);
    const u32 left_flag = at_left.is_free();
    const u32 right_flag = at_right.is_free();

    const Granule size = right - at;
    const Granule left_size = (at - left) & (0 - left_flag);
    Granule right_size = at_right.slot() & (0 - right_flag);
    if (MEMPOOL_UNLIKELY(right_size == 255)) right_size = pages_.next(right) - right;

    at_right.page->free &= ~(u64{right_flag} << at_right.bit);
    pages_.clear_start_if(right_flag, at_right);
    here.page->free |= u64{1 - left_flag} << here.bit;
    pages_.clear_start_if(left_flag, here);
    at_right.clear_slot_if(right_flag);

    const Granule whole_at = at - left_size;
    const Granule whole = left_size + size + right_size;
    pages_.set_slot(whole_at, whole);
    index_.tree.insert(whole_at, whole);
    free_ += size;
    return {size, left_size, right_size};
  }

  /// Changes a used block's size in place: shrinks it, or grows it into its free right neighbour.
  /// False, and nothing is changed, when that does not suffice.
  [[nodiscard]] bool resize(Granule at, Granule n, Resized& resized);

  [[nodiscard]] bool is_used_start(Granule g) const { return pages_.is_used_start(g); }
  [[nodiscard]] bool is_free_start(Granule g) const { return pages_.is_free(g); }
  /// Size of the block that starts at g.
  [[nodiscard]] Granule size_at(Granule g) const { return after(g) - g; }
  /// Start of the block behind the one that starts at g; end() if it is the last.
  [[nodiscard]] Granule after(Granule g) const { return g == wild_ ? end_ : pages_.next(g); }
  /// Start of the block that holds granule g of the region.
  [[nodiscard]] Granule start_of(Granule g) const {
    if (g >= wild_) return wild_;
    return pages_.is_start(g) ? g : pages_.previous(g);
  }

  [[nodiscard]] Granule begin() const { return first_granule; }
  [[nodiscard]] Granule end() const { return end_; }
  [[nodiscard]] Granule wilderness() const { return wild_; }
  [[nodiscard]] Granule high_water() const { return top_; }
  [[nodiscard]] Granule free_granules() const { return free_; }
  /// Size of the largest free block.
  [[nodiscard]] Granule largest();

  [[nodiscard]] const Pages& pages() const { return pages_; }
  /// The record chain of the 16 granules that g is in, for the slab.
  [[nodiscard]] u32& head(Granule g) { return pages_.head(g); }
  [[nodiscard]] u32 head(Granule g) const { return const_cast<Engine*>(this)->pages_.head(g); }
  [[nodiscard]] const Index& index() const { return index_; }

 private:
  // policy.cpp: which hole; wild_ stands for the wilderness. Nothing is changed but the cursor.
  [[nodiscard]] Hole choose(Granule n);
  [[nodiscard]] Hole choose_next(Granule n);
  [[nodiscard]] Hole choose_best(Granule n) const;
  [[nodiscard]] Hole choose_worst(Granule n);
  [[nodiscard]] Hole choose_good(Granule n) const;
  [[nodiscard]] Hole choose_aligned(Granule n, Alignment alignment);
  [[nodiscard]] Hole lowest_aligned(Granule n, Alignment alignment);
  [[nodiscard]] Hole wilderness_if(Granule n) const {
    return end_ - wild_ >= n ? Hole{wild_, end_ - wild_} : Hole{};
  }

  /// Takes [hole.at + gap, hole.at + gap + n); nothing if there is no hole.
  Taken cut(Hole hole, Granule gap, Granule n);
  //  [ ....... F ....... ]   =>   [ U n ][ .. F .. ]      or, all of it:   [ ....... U ....... ]
  [[gnu::always_inline]] Taken take_hole(Hole hole, Granule n) {
    const Granule rest = hole.size - n;
    const u32 rest_flag = rest != 0;
    const Spot here = pages_.spot(hole.at);
    const Spot behind = pages_.spot(hole.at + n);
    if (MEMPOOL_UNLIKELY(index_.by_size())) index_.order.erase(hole.at, hole.size, pages_);
    here.page->free &= ~(u64{1} << here.bit);
    pages_.set_start(behind);  // there is one already if nothing is left
    behind.page->free |= u64{rest_flag} << behind.bit;
    here.slot() = 0;
    behind.slot() = static_cast<u8>((behind.slot() & (rest_flag - 1)) | Pages::code(rest));
    if (MEMPOOL_LIKELY(!index_.by_size()))
      index_.tree.raise(Pages::number(hole.at + n), rest);
    else if (rest != 0)
      index_.order.insert(hole.at + n, rest);
    free_ -= n;
    return {hole.at, hole.size, 0};
  }
  Taken take_wilderness(Granule n);
  Given give_by_size(Granule at);
  Given give_to_wilderness(Granule at);
  void move_wilderness(Granule to);

  Pages pages_;
  Index index_{pages_};
  Granule wild_ = 0;
  Granule end_ = 0;
  Granule top_ = 0;  // highest wild_ since the last reset
  Granule free_ = 0;
  Granule cursor_ = 0;  // next fit: the end of the last placement
  u32 policy_ = POOL_FIRST;
};

}  // namespace mempool::engine
