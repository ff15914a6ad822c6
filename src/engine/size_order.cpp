// SizeOrder: bins first, then the treap.
#include "engine/size_order.hpp"

#include <algorithm>
#include <utility>

namespace mempool::engine {

namespace {

constexpr Granule large = 2 * Pages::granules_a_page;

/// The first slot of a node with this code; there must be one.
Hole hole_in(u32 node, u8 code, const Pages& pages) {
  u32 page = 2 * node;
  u32 lanes = lanes::equal(pages.page(page).slots, code);
  if (lanes == 0) lanes = lanes::equal(pages.page(++page).slots, code);
  MEMPOOL_ASSERT(lanes != 0);
  return pages.hole(page, static_cast<u32>(std::countr_zero(lanes)));
}

/// A fixed hash of the vertex's number: the treap's shape follows from what is in it.
u64 priority(u32 number) {
  u64 x = number * 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace

void SizeOrder::layout(Carver& carver, Granule end, u32 shift) {
  shift_ = shift;
  const u64 nodes = u64{node_of(end)} + 1;
  shape_ = BitTree::Shape(nodes);
  bins_ = carver.take<u64>(bin_count * shape_.words);
  vertices_ = carver.take<Vertex>(nodes + 1);
}

void SizeOrder::clear(Granule top) {
  for (Granule size = first_bin(0); size < bin_count; size = first_bin(size + 1))
    bin(size).clear_below(u64{node_of(top)} + 1);
  std::fill_n(bins_in_use_, bin_count / 64, u64{0});
  root_ = 0;
}

u32 SizeOrder::size_class(Granule size) const {
  const u64 bytes = u64{size} << shift_;
  if (bytes < 512) return static_cast<u32>(bytes);
  const u32 octave = static_cast<u32>(std::bit_width(bytes)) - 10;  // 0 for 512 to 1023
  return 512 + octave * 32 + static_cast<u32>(bytes >> (octave + 4)) - 32;
}

// ---- bins ---------------------------------------------------------------------------------------

Granule SizeOrder::first_bin(Granule n) const {
  for (Granule word = n / 64; word < bin_count / 64; ++word, n = 0) {
    const u64 bits = bins_in_use_[word] & (~u64{0} << (n % 64));
    if (bits != 0) return word * 64 + static_cast<Granule>(std::countr_zero(bits));
  }
  return bin_count;
}

Hole SizeOrder::lowest_in_bin(Granule size, const Pages& pages) const {
  return hole_in(bin(size).first(), Pages::code(size), pages);
}

void SizeOrder::insert(Granule at, Granule size) {
  const u32 node = node_of(at);
  if (size >= large) {
    vertices_[node + 1] = {0, 0, size, size};
    return plant(root_, node + 1);
  }
  bin(size).insert(node);
  bins_in_use_[size / 64] |= u64{1} << (size % 64);
}

void SizeOrder::erase(Granule at, Granule size, const Pages& pages) {
  const u32 node = node_of(at);
  if (size >= large) return uproot(root_, key(node + 1));
  const u8 code = Pages::code(size);
  const u64 alike = u64{lanes::equal(pages.page(2 * node).slots, code)} << 32 |
                    lanes::equal(pages.page(2 * node + 1).slots, code);
  if ((alike & (alike - 1)) != 0) return;  // another one of its size is in the node
  bin(size).erase(node);
  if (bin(size).empty()) bins_in_use_[size / 64] &= ~(u64{1} << (size % 64));
}

// ---- searches -----------------------------------------------------------------------------------

Hole SizeOrder::smallest(Granule n, const Pages& pages) const {
  const Granule size = n < large ? first_bin(n) : bin_count;
  return size < bin_count ? lowest_in_bin(size, pages) : hole(first_large(rank(n)), pages);
}

//  class     | 64 65 | 66 67 | 68 69 | ...    (granules of 16 bytes)
//  n = 65       own    first that is sure
u32 SizeOrder::sure_class(Granule n) const {
  const u32 own = size_class(n);
  return size_class(n - 1) < own ? own : own + 1;
}

Hole SizeOrder::sure(Granule n, const Pages& pages) const {
  const u32 least = sure_class(n);
  for (Granule size = first_bin(n); size < bin_count; size = first_bin(size + 1)) {
    const u32 its_class = size_class(size);
    if (its_class < least) continue;  // n's own class: at most one more size
    Hole lowest = lowest_in_bin(size, pages);
    // From 64 granules on a class may have two sizes; below, one.
    size = first_bin(size + 1);
    if (size == bin_count || size_class(size) != its_class) return lowest;
    const Hole other = lowest_in_bin(size, pages);
    return other.at < lowest.at ? other : lowest;
  }
  return hole(first_large(least), pages);
}

Hole SizeOrder::lowest_in_class(Granule n, const Pages& pages) const {
  const u32 own = size_class(n);
  Hole lowest{};
  for (Granule size = first_bin(n); size < bin_count && size_class(size) == own;
       size = first_bin(size + 1)) {
    const Hole hole = lowest_in_bin(size, pages);
    if (hole.at < lowest.at) lowest = hole;
  }
  if (lowest.at != no_granule) return lowest;
  // The first vertex of the class that is large enough: `most` says where there is one.
  Number found = 0;
  const auto search = [&](auto&& self, Number v) -> void {
    if (v == 0 || found != 0 || vertices_[v].most < n) return;
    if (rank(vertices_[v].size) >= own) self(self, vertices_[v].left);
    if (found == 0 && vertices_[v].size >= n && rank(vertices_[v].size) == own) found = v;
    if (rank(vertices_[v].size) <= own) self(self, vertices_[v].right);
  };
  search(search, root_);
  return hole(found, pages);
}

Hole SizeOrder::largest(const Pages& pages) const {
  if (root_ != 0) {
    const Granule most = vertices_[root_].most;
    Number v = root_;
    while (vertices_[v].size != most) {
      const Number left = vertices_[v].left;
      v = left != 0 && vertices_[left].most == most ? left : vertices_[v].right;
    }
    return hole(v, pages);
  }
  for (Granule word = bin_count / 64; word-- > 0;) {
    if (bins_in_use_[word] != 0)
      return lowest_in_bin(
          word * 64 + 63 - static_cast<Granule>(std::countl_zero(bins_in_use_[word])), pages);
  }
  return {no_granule, 0};
}

// ---- the treap of large blocks ------------------------------------------------------------------

Hole SizeOrder::hole(Number v, const Pages& pages) const {
  return v == 0 ? Hole{} : hole_in(v - 1, Pages::code(vertices_[v].size), pages);
}

SizeOrder::Number SizeOrder::first_large(u32 least_rank) const {
  Number first = 0;
  for (Number v = root_; v != 0;) {
    if (rank(vertices_[v].size) >= least_rank) {
      first = v;
      v = vertices_[v].left;
    } else {
      v = vertices_[v].right;
    }
  }
  return first;
}

void SizeOrder::recount(Number v) {
  Vertex& vertex = vertices_[v];
  vertex.most = std::max({vertex.size, vertex.left != 0 ? vertices_[vertex.left].most : 0,
                          vertex.right != 0 ? vertices_[vertex.right].most : 0});
}

/// Down to where v's priority is the higher one; what is there is split into its two sides.
void SizeOrder::plant(Number& root, Number v) {
  if (root == 0 || priority(root) < priority(v)) {
    split(root, key(v), vertices_[v].left, vertices_[v].right);
    root = v;
  } else {
    plant(key(v) < key(root) ? vertices_[root].left : vertices_[root].right, v);
  }
  recount(root);
}

void SizeOrder::split(Number root, const Key& at, Number& below, Number& above) {
  if (root == 0) {
    below = above = 0;
    return;
  }
  if (key(root) < at) {
    below = root;
    split(vertices_[root].right, at, vertices_[root].right, above);
  } else {
    above = root;
    split(vertices_[root].left, at, below, vertices_[root].left);
  }
  recount(root);
}

SizeOrder::Number SizeOrder::joined(Number below, Number above) {
  if (below == 0 || above == 0) return below != 0 ? below : above;
  const bool below_is_root = priority(below) > priority(above);
  const Number root = below_is_root ? below : above;
  if (below_is_root)
    vertices_[root].right = joined(vertices_[root].right, above);
  else
    vertices_[root].left = joined(below, vertices_[root].left);
  recount(root);
  return root;
}

void SizeOrder::uproot(Number& root, const Key& gone) {
  MEMPOOL_ASSERT(root != 0);
  if (root == gone.number) {
    root = joined(vertices_[root].left, vertices_[root].right);
    return;
  }
  uproot(gone < key(root) ? vertices_[root].left : vertices_[root].right, gone);
  recount(root);
}

// ---- for check.cpp ------------------------------------------------------------------------------

bool SizeOrder::holds(Granule at, Granule size) const {
  const u32 node = node_of(at);
  if (size < large) return bin(size).contains(node);
  Number v = root_;
  const Key wanted{rank(size), node + 1};
  while (v != 0 && v != node + 1) v = wanted < key(v) ? vertices_[v].left : vertices_[v].right;
  return v != 0 && vertices_[v].size == size;
}

}  // namespace mempool::engine
