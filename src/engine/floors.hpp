// Floors: what searches have found out, remembered: no free block of n granules or more starts in
// a page below floor(n).
//
//     an answer to a search for n     moves the floor of n up, to the page where it lies
//     a free block that comes         moves the floors of its size and of all smaller ones down
//
// So a search begins at the floor, and mostly the page there has the answer. 32 sizes have a floor:
// 1 to 24 always, and 8 larger ones, those that were asked for last. All 32 are moved at once.
#pragma once

#include "base/assert.hpp"
#include "engine/lanes.hpp"

namespace mempool::engine {

class Floors {
 public:
  static constexpr u32 none = ~u32{0};
  static constexpr u32 largest_size = 16383;  // above, sizes have no floor

  /// Nothing is known of any size; pages are numbered below `pages`.
  void forget(u64 pages);

  /// The lane of size n. A larger one takes it over from another, and begins at page 0.
  [[nodiscard]] u32 lane(u32 n) {
    const u32 shared = fixed + (n * 0x9E3779B1u >> 29);  // one of 8, by a hash of n
    const u32 lane = n <= fixed ? n - 1 : shared;
    if (MEMPOOL_UNLIKELY(static_cast<u32>(sizes_[lane]) != n)) {
      sizes_[lane] = static_cast<lanes::Code>(n);
      heights_[lane] = most;
    }
    return lane;
  }
  /// The first page that may hold a block of the lane's size; none: no page does.
  [[nodiscard]] u32 page(u32 lane) const {
    const auto height = static_cast<u32>(heights_[lane]);
    return MEMPOOL_LIKELY(height != 0) ? (most - height) << shift_ : none;
  }
  /// A search has found the lowest block in this page, or none.
  void found(u32 lane, u32 page) { heights_[lane] = page == none ? lanes::Code{0} : height(page); }
  /// A free block comes into this page.
  void lower(lanes::Code size, u32 page) {
    lanes::raise_up_to(heights_, sizes_, size, height(page));
  }

  /// True iff a block of this size in this page is not hidden; for check.cpp.
  [[nodiscard]] bool show(u32 size, u32 page) const;

 private:
  static constexpr u32 fixed = lanes::code_lanes - 8;  // lane i is size i + 1 below it
  static constexpr lanes::Code most = 0x7FFF;          // of page 0

  // Floors are kept upside down, so that "no page" is 0 and a masked lane needs no case of its own.
  // They have 15 bits: in large regions they count 2^shift_ pages.
  [[nodiscard]] lanes::Code height(u32 page) const {
    return static_cast<lanes::Code>(most - (page >> shift_));
  }

  alignas(64) lanes::Code heights_[lanes::code_lanes];
  alignas(64) lanes::Code sizes_[lanes::code_lanes];
  u32 shift_ = 0;
};

}  // namespace mempool::engine
