// Engine: which granules are used and which are free. One call, one change, applied at once.
//
//     [ used ][ free ][ used ][ ...... wilderness ...... ]
//     64                      wild                       end
//
// The *wilderness* is the free block at the end of the region. It has the highest address, so
// first fit takes it last: it stays out of the index, and growing into it is a bump of `wild`.
// It has a start bit like every block, but no free bit; wild == end when it is used up.
//
// take and give do everything to a block in one pass. In two steps ("free it, then coalesce") two
// free blocks would be adjacent for a moment, which the index cannot hold.
//
// Nothing here knows bytes, addresses, numbers, guards, events or text. Nothing allocates or fails.
// Placement policy is behind this seam: take() asks the index for the hole, whatever the policy.
#pragma once

#include "engine/index.hpp"
#include "engine/starts.hpp"

namespace mempool::engine {

/// What take() did: the low part of the free block [at, at + from) was handed out.
struct Taken {
  Granule at = no_granule;  // no_granule: nothing fits, nothing is changed
  Granule from = 0;         // size of the free block that was chosen
};

/// What give() did: sizes of the block and of the free neighbours it coalesced with, 0 = none.
struct Given {
  Granule size = 0;
  Granule left = 0;
  Granule right = 0;
};

class Engine {
 public:
  /// Places the structures for `count` granules; the memory must be zero. Then reset().
  void layout(Carver& carver, Granule count);
  /// One free block. Cost: what the high-water mark has touched, whatever the number of blocks.
  void reset();

  /// Takes n >= 1 granules from the block that the policy chooses.
  [[nodiscard]] Taken take(Granule n);
  /// Gives the used block that starts at `at` back.
  Given give(Granule at);

  [[nodiscard]] bool is_used_start(Granule g) const {
    return starts_.is_used_start(g) && g < wild_;
  }
  [[nodiscard]] bool is_free_start(Granule g) const { return starts_.is_free(g) || g == wild_; }
  /// Size of the block that starts at g.
  [[nodiscard]] Granule size_at(Granule g) const { return after(g) - g; }
  /// Start of the block behind the one that starts at g; end() if it is the last.
  [[nodiscard]] Granule after(Granule g) const { return g == wild_ ? end_ : starts_.next(g); }
  /// Start of the block that holds granule g of the region.
  [[nodiscard]] Granule start_of(Granule g) const {
    if (g >= wild_) return wild_;
    return starts_.is_start(g) ? g : starts_.previous(g);
  }

  [[nodiscard]] Granule begin() const { return first_granule; }
  [[nodiscard]] Granule end() const { return end_; }
  [[nodiscard]] Granule wilderness() const { return wild_; }
  [[nodiscard]] Granule high_water() const { return top_; }
  [[nodiscard]] Granule free_granules() const { return free_; }
  [[nodiscard]] Granule largest() const;

  [[nodiscard]] const Starts& starts() const { return starts_; }
  [[nodiscard]] const Index& index() const { return index_; }

 private:
  Taken take_wilderness(Granule n);
  Given give_to_wilderness(Granule at);

  Starts starts_;
  Index index_;
  Granule wild_ = 0;
  Granule end_ = 0;
  Granule top_ = 0;  // highest wild_ since the last reset
  Granule free_ = 0;
};

}  // namespace mempool::engine
