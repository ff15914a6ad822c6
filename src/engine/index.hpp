// Index: where is the lowest free block of at least n granules? Exact, without a walk.
//
// A tree of maxima over the address range. Address order is the order of the lanes, so "the first
// lane that holds n or more", asked from the top down, leads to the lowest address that fits:
//
//     level 1   [ 12 ][ 40 ] ...        one lane: the largest free block in 32 nodes below
//                 |      |
//     level 0   [ 3 ][ 12 ] ...         one lane: the largest free block in 64 slots
//                 |     |
//     slots     0 0 3 0 | 0 12 0 5      one byte: the free block that starts in these 2 granules
//
// A slot is 2 granules because two free blocks are never adjacent: no slot holds two starts.
// A byte says sizes up to 254; 255 means "more: look at the bitmap". A lane of a level holds a
// code, exact below 16384 granules (256 KiB at 16 bytes), then 512 steps an octave: a candidate
// of such size is verified. The wilderness (engine.hpp) is not in the tree, and the tree is only
// as high as the highest block ever made: small and young pools have one level.
//
// Source of the idea: tournament trees; the layout is ours (docs/architecture.md tells the story).
#pragma once

#include "engine/lanes.hpp"
#include "engine/starts.hpp"

namespace mempool::engine {

/// A free block in the tree.
struct Hole {
  Granule at = no_granule;
  Granule size = 0;
};

class Index {
 public:
  /// Places the tree for granules up to `end`; the memory must be zero.
  void layout(Carver& carver, Granule end);

  /// The lowest-address free block of at least n granules; at == no_granule if there is none.
  [[nodiscard]] Hole lowest(Granule n, const Starts& starts) const;
  /// The largest free block, the lowest of them; size 0 if there is none.
  [[nodiscard]] Hole largest(const Starts& starts) const;

  void insert(Granule at, Granule size);
  void erase(Granule at);
  /// The low n granules of a block are taken: what is left starts n higher, or is gone.
  void shrink(Hole hole, Granule n);
  /// A block grows where it starts.
  void grow(Granule at, Granule size) { insert(at, size); }

  /// The tree must cover blocks that start below `top` from now on.
  void cover(Granule top) {
    if (MEMPOOL_UNLIKELY(top / granules_a_node >= covered_nodes_)) add_level(top);
  }
  /// Forgets every block below `top`.
  void clear(Granule top);

  /// What slot and nodes hold for a block that starts at g; for check.cpp.
  [[nodiscard]] u8 slot(Granule g) const { return slots_[g / granules_a_slot]; }
  [[nodiscard]] static constexpr u8 slot_code(Granule size) {
    return static_cast<u8>(size < 255 ? size : 255);
  }
  /// True iff every lane of every level is the maximum of what lies below it.
  [[nodiscard]] bool levels_are_maxima(const Starts& starts, Granule top) const;

 private:
  using Code = lanes::Code;
  static constexpr Granule granules_a_slot = 2;
  static constexpr Granule granules_a_node = granules_a_slot * lanes::byte_lanes;
  static constexpr int max_levels = 6;

  [[nodiscard]] static Code code(Granule size);
  [[nodiscard]] Hole hole_in(u32 slot, const Starts& starts) const;
  [[nodiscard]] u32 slot_of_node(u32 node, u8 wanted) const;
  [[nodiscard]] bool next_node(u32& node, Code wanted) const;
  void raise(u32 node, Code value);
  void change(u32 node, Code value);
  [[gnu::noinline]] void add_level(Granule top);

  u8* slots_ = nullptr;
  Code* levels_[max_levels] = {};
  int height_ = 0;         // levels there are
  int active_ = 1;         // levels in use
  u64 covered_nodes_ = 0;  // level-0 nodes below the top active one
};

}  // namespace mempool::engine
