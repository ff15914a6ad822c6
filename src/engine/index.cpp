// Index: search, insertion and removal in the tree of maxima.
#include "engine/index.hpp"

#include <algorithm>
#include <cstring>

namespace mempool::engine {

namespace {
constexpr u32 fan = lanes::code_lanes;  // nodes under one lane of the level above
constexpr u32 slots_a_node = lanes::byte_lanes;

constexpr u32 parent(u32 node) {
  return node / fan;
}
constexpr u32 first_child(u32 node) {
  return node * fan;
}
constexpr u32 lane(u32 node) {
  return node % fan;
}
u32 lowest_bit(u64 mask) {
  return static_cast<u32>(std::countr_zero(mask));
}
}  // namespace

// Sizes below 16384 are their own code; above, the position of the top bit and the 9 bits after
// it. Monotone: a larger size never has a smaller code.
Index::Code Index::code(Granule size) {
  if (MEMPOOL_LIKELY(size < 16384)) return static_cast<Code>(size);
  const int top = 31 - std::countl_zero(size);
  const u32 fraction = (size >> (top - 9)) & 511;
  return static_cast<Code>(16384 + static_cast<u32>(top - 14) * 512 + fraction);
}

void Index::layout(Carver& carver, Granule end) {
  u64 nodes = end / granules_a_node + 1;
  slots_ = carver.take<u8>(nodes * slots_a_node);
  height_ = 0;
  do {
    nodes = (nodes + fan - 1) / fan * fan;  // whole nodes, so that no load looks over the end
    levels_[height_++] = carver.take<Code>(nodes);
    nodes /= fan;
  } while (nodes > 1);
  active_ = 1;
  covered_nodes_ = fan;
}

void Index::add_level(Granule top) {
  while (top / granules_a_node >= covered_nodes_) {
    levels_[active_][0] = lanes::max_without(levels_[active_ - 1], fan);
    ++active_;
    covered_nodes_ *= fan;
    MEMPOOL_ASSERT(active_ <= height_);
  }
}

Hole Index::hole_in(u32 slot, const Starts& starts) const {
  const Granule at = slot * granules_a_slot + !starts.is_free(slot * granules_a_slot);
  const Granule size = slots_[slot];
  return {at, MEMPOOL_LIKELY(size < 255) ? size : starts.next(at) - at};
}

u32 Index::slot_of_node(u32 node, u8 wanted) const {
  return node * slots_a_node + lowest_bit(lanes::at_least(slots_ + node * slots_a_node, wanted));
}

Hole Index::lowest(Granule n, const Starts& starts) const {
  const Code wanted = code(n);
  const u32 roots = lanes::at_least(levels_[active_ - 1], wanted);
  if (roots == 0) return {};
  u32 node = lowest_bit(roots);
  for (int level = active_ - 2; level >= 0; --level) {
    node =
        first_child(node) + lowest_bit(lanes::at_least(levels_[level] + first_child(node), wanted));
  }
  Hole hole = hole_in(slot_of_node(node, slot_code(n)), starts);
  // Only codes of 16384 and more promise too much: there, go on to the next candidate.
  while (MEMPOOL_UNLIKELY(hole.size < n)) {
    if (!next_node(node, wanted)) return {};
    hole = hole_in(slot_of_node(node, slot_code(n)), starts);
  }
  return hole;
}

// The first level-0 node after `node` that holds `wanted` or more: up until a lane to the right
// does, then down along the first lanes.
bool Index::next_node(u32& node, Code wanted) const {
  u32 at = node;
  for (int level = 0; level < active_; ++level, at = parent(at)) {
    const u32 right = ~u32{0} << lane(at) << 1;
    const u32 mask = lanes::at_least(levels_[level] + first_child(parent(at)), wanted) & right;
    if (mask == 0) continue;
    at = first_child(parent(at)) + lowest_bit(mask);
    while (--level >= 0) {
      at = first_child(at) + lowest_bit(lanes::at_least(levels_[level] + first_child(at), wanted));
    }
    node = at;
    return true;
  }
  return false;
}

Hole Index::largest(const Starts& starts) const {
  const Code most = lanes::max_without(levels_[active_ - 1], fan);
  Hole best{no_granule, 0};
  if (most == 0) return best;
  u32 node = lowest_bit(lanes::at_least(levels_[active_ - 1], most));
  for (int level = active_ - 2; level >= 0; --level) {
    node =
        first_child(node) + lowest_bit(lanes::at_least(levels_[level] + first_child(node), most));
  }
  do {  // an exact code needs one turn; a coarse one is shared by sizes up to 1/512 apart
    const u8 slot = most < 255 ? static_cast<u8>(most) : u8{255};
    const Hole hole = hole_in(slot_of_node(node, slot), starts);
    if (hole.size > best.size) best = hole;
  } while (most >= 16384 && next_node(node, most));
  return best;
}

void Index::raise(u32 node, Code value) {
  for (int level = 0; level < active_; ++level, node = parent(node)) {
    Code& max = levels_[level][node];
    if (max >= value) return;
    max = value;
  }
}

// A level-0 node's maximum becomes `value`. A fall has to ask the siblings, level by level, as
// long as the node was the maximum of its parent.
void Index::change(u32 node, Code value) {
  const Code before = levels_[0][node];
  if (value >= before) return raise(node, value);
  levels_[0][node] = value;
  for (int level = 1; level < active_; ++level) {
    Code& max = levels_[level][parent(node)];
    if (max != before) return;
    value = std::max(
        value, lanes::max_without(levels_[level - 1] + first_child(parent(node)), lane(node)));
    if (value == before) return;
    max = value;
    node = parent(node);
  }
}

void Index::insert(Granule at, Granule size) {
  slots_[at / granules_a_slot] = slot_code(size);
  raise(at / granules_a_node, code(size));
}

// At most one block of 128 granules or more starts in a node (it reaches beyond it), so when a
// slot of 255 goes, the other slots' bytes are exact.
void Index::erase(Granule at) {
  const u32 slot = at / granules_a_slot;
  const u32 node = at / granules_a_node;
  const u8 gone = slots_[slot];
  const u8* slots = slots_ + node * slots_a_node;
  if (gone == 255 || gone >= levels_[0][node]) {
    change(node, lanes::max_without(slots, slot % slots_a_node));
  }
  slots_[slot] = 0;
}

//  [ ......... hole ......... ]   =>   [ taken n ][ .... rest .... ]
void Index::shrink(Hole hole, Granule n) {
  const Granule rest = hole.size - n;
  if (rest == 0) return erase(hole.at);
  const Granule rest_at = hole.at + n;
  const u32 node = hole.at / granules_a_node;
  if (rest_at / granules_a_node != node) {
    insert(rest_at, rest);
    return erase(hole.at);
  }
  const u32 slot = hole.at / granules_a_slot;
  const Code before = levels_[0][node];
  if (code(hole.size) >= before) {  // the hole was its node's largest
    const Code others = lanes::max_without(slots_ + node * slots_a_node, slot % slots_a_node);
    change(node, std::max(others, code(rest)));
  }
  slots_[slot] = 0;
  slots_[rest_at / granules_a_slot] = slot_code(rest);
}

void Index::clear(Granule top) {
  u64 nodes = top / granules_a_node + 1;
  std::memset(slots_, 0, nodes * slots_a_node);
  for (int level = 0; level < active_; ++level) {
    nodes = (nodes + fan - 1) / fan * fan;
    std::memset(levels_[level], 0, nodes * sizeof(Code));
    nodes /= fan;
  }
  active_ = 1;
  covered_nodes_ = fan;
}

bool Index::levels_are_maxima(const Starts& starts, Granule top) const {
  u32 nodes = top / granules_a_node + 1;
  for (u32 node = 0; node < nodes; ++node) {
    Granule largest = 0;
    for (u32 i = 0; i < slots_a_node; ++i) {
      const u32 slot = node * slots_a_node + i;
      if (slots_[slot] != 0) largest = std::max(largest, hole_in(slot, starts).size);
    }
    if (levels_[0][node] != code(largest)) return false;
  }
  for (int level = 1; level < active_; ++level) {
    nodes = nodes / fan + 1;
    for (u32 node = 0; node < nodes; ++node) {
      const Code* children = levels_[level - 1] + first_child(node);
      if (levels_[level][node] != *std::max_element(children, children + fan)) return false;
    }
  }
  return true;
}

}  // namespace mempool::engine
