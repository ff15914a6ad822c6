// Index: which free block serves a request. The slots (pages.hpp), and above them one of two
// structures, as the policy needs it:
//
//     first, next, worst fit     MaxTree     by address, with the largest size below each lane
//     best, good fit             SizeOrder   by size or size class, then address
//
// Both know the same free blocks, all but the wilderness (engine.hpp), and answer exactly. What the
// policy says about the wilderness is the engine's.
#pragma once

#include <mempool/event.h>

#include "engine/max_tree.hpp"
#include "engine/size_order.hpp"

namespace mempool::engine {

class Index {
 public:
  explicit Index(Pages& pages) : pages_(pages) {}

  /// Places what the policy (a pool_policy) needs; a granule is 2^shift bytes. The memory must be
  /// zero. Then clear().
  void layout(Carver& carver, Granule end, u32 policy, u32 shift) {
    by_size_ = policy == POOL_BEST || policy == POOL_GOOD;
    order.by_class = policy == POOL_GOOD;
    if (by_size_)
      order.layout(carver, end, shift);
    else
      tree.layout(carver, end);
  }

  /// A free block comes.
  void insert(Granule at, Granule size) {
    pages_.set_slot(at, size);
    MEMPOOL_LIKELY(!by_size_) ? tree.insert(at, size) : order.insert(at, size);
  }
  /// A free block goes.
  void erase(Granule at, Granule size) {
    if (by_size_) order.erase(at, size, pages_);
    pages_.clear_slot(at);
  }
  /// Blocks may start below `top` from now on.
  void cover(Granule top) {
    if (MEMPOOL_LIKELY(!by_size_)) tree.cover(top);
  }
  /// Forgets every block below `top`.
  void clear(Granule top) { by_size_ ? order.clear(top) : tree.clear(top); }

  /// Size of the largest block, 0 if there is none.
  [[nodiscard]] Granule largest() {
    return by_size_ ? order.largest(pages_).size : tree.largest(pages_).size;
  }

  /// True iff the block is where searches will find it; for check.cpp.
  [[nodiscard]] bool holds(Granule at, Granule size) const {
    return pages_.slot(at) == Pages::code(size) && (!by_size_ || order.holds(at, size));
  }
  [[nodiscard]] bool bounds_hold(Granule top) const {
    return by_size_ || tree.bounds_hold(pages_, top);
  }

  [[nodiscard]] bool by_size() const { return by_size_; }

  MaxTree tree;     // not laid out when by_size()
  SizeOrder order;  // laid out when by_size()

 private:
  Pages& pages_;
  bool by_size_ = false;
};

}  // namespace mempool::engine
