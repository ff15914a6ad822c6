// SizeOrder: the free blocks by size, for best fit and good fit. Exact, without a walk.
//
// Both ask for the first block in the order (rank, address). Best fit's rank is the size itself,
// good fit's is the size class: exact below 512 bytes, then 32 an octave.
//
//     small, under 128 granules: one *bin* a size, a bitmap over *nodes* of 2 pages, 128 granules
//
//         bins in use   0 0 1 0 1 ...      the first bit at n or above: the size
//         bin 4         0 0 0 1 0 1 ...    its first bit: the lowest node (bit_tree.hpp)
//         slots         . . 4 . 7 4 ...    the first 4 in it: the block
//
//     large: a treap in that order. At most one large block starts in a node, so the node's number
//            names it, and the treap's vertices are an array: nothing is allocated.
//
//                    (130, 7)              left of a vertex: what comes before it
//                   /        \             below a vertex: lower priorities, a hash of the number
//              (128, 3)   (130, 9)
//
// Source: segregated bins are as old as allocators; treaps are Seidel and Aragon's (1996).
#pragma once

#include <compare>

#include "engine/pages.hpp"

namespace mempool::engine {

class SizeOrder {
 public:
  /// Places the structures for granules up to `end`; the memory must be zero. A granule is
  /// 2^shift bytes: classes count bytes.
  void layout(Carver& carver, Granule end, u32 shift);

  /// Best fit: the smallest free block of at least n granules, the lowest of them.
  [[nodiscard]] Hole smallest(Granule n, const Pages& pages) const;
  /// Good fit: the lowest block of the first class that is not empty and whose every block has n
  /// granules; at == no_granule if there is none.
  [[nodiscard]] Hole sure(Granule n, const Pages& pages) const;
  /// Good fit's last resort: the lowest block of at least n granules in n's own class.
  [[nodiscard]] Hole lowest_in_class(Granule n, const Pages& pages) const;
  /// The class of a size, in good fit's order.
  [[nodiscard]] u32 size_class(Granule size) const;
  /// The first class whose every block has at least n granules.
  [[nodiscard]] u32 sure_class(Granule n) const;
  /// A block of the largest size; size 0 if there is none.
  [[nodiscard]] Hole largest(const Pages& pages) const;

  void insert(Granule at, Granule size);
  /// A free block goes; its slot still says so.
  void erase(Granule at, Granule size, const Pages& pages);
  /// Forgets every block below `top`.
  void clear(Granule top);

  /// True iff the block is in its bin or in the treap.
  [[nodiscard]] bool holds(Granule at, Granule size) const;

  /// True: ranks are classes. Must be set before the first insert.
  bool by_class = false;

 private:
  static constexpr Granule granules_a_node = 2 * Pages::granules_a_page;
  static constexpr Granule bin_count = granules_a_node;  // bin n: blocks of n granules
  using Number = u32;                                    // of a vertex: 1 + its node; 0 = none

  struct Vertex {
    Number left, right;
    Granule size;
    Granule most;  // the largest size from here down
  };
  struct Key {
    u32 rank;
    Number number;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  [[nodiscard]] static constexpr u32 node_of(Granule g) { return g / granules_a_node; }
  [[nodiscard]] BitTree bin(Granule size) const { return {bins_ + size * shape_.words, shape_}; }
  [[nodiscard]] Hole lowest_in_bin(Granule size, const Pages& pages) const;
  [[nodiscard]] Granule first_bin(Granule n) const;  // not empty; bin_count if there is none

  [[nodiscard]] u32 rank(Granule size) const { return by_class ? size_class(size) : size; }
  [[nodiscard]] Key key(Number v) const { return {rank(vertices_[v].size), v}; }
  [[nodiscard]] Hole hole(Number v, const Pages& pages) const;
  [[nodiscard]] Number first_large(u32 least_rank) const;
  void recount(Number v);
  void plant(Number& root, Number v);
  void split(Number root, const Key& at, Number& below, Number& above);
  [[nodiscard]] Number joined(Number below, Number above);
  void uproot(Number& root, const Key& gone);

  u64* bins_ = nullptr;
  u64 bins_in_use_[bin_count / 64] = {};
  BitTree::Shape shape_;
  Vertex* vertices_ = nullptr;
  Number root_ = 0;
  u32 shift_ = 0;
};

}  // namespace mempool::engine
