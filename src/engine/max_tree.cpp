// MaxTree: layout, and the searches that a floor does not answer.
#include "engine/max_tree.hpp"

#include <algorithm>

namespace mempool::engine {

namespace {
constexpr u32 fan = lanes::code_lanes;  // nodes under one lane of the level above

constexpr u32 group(u32 lane) {
  return lane / fan * fan;
}
/// The lanes of its group right of this one.
constexpr u32 right_of(u32 lane) {
  return ~u32{1} << lane % fan;
}
u32 lowest_bit(u64 mask) {
  return static_cast<u32>(std::countr_zero(mask));
}
}  // namespace

Granule MaxTree::smallest_of(Code code) {
  const auto value = static_cast<u32>(code);
  if (value < exact_codes) return value;
  return (512 + (value - exact_codes) % 512) << ((value - exact_codes) / 512 + 5);
}

void MaxTree::layout(Carver& carver, Granule end) {
  u64 pages = pages_ = u64{Pages::number(end)} + 1;
  height_ = 0;
  do {
    pages = (pages + fan - 1) / fan * fan;  // whole groups, so that no load looks over the end
    levels_[height_++] = carver.take<Code>(pages);
    pages /= fan;
  } while (pages > 1);
}

void MaxTree::clear(Granule top) {
  u64 pages = u64{Pages::number(top)} + 1;
  for (int level = 0; level < active_; ++level) {
    pages = (pages + fan - 1) / fan * fan;
    std::fill_n(levels_[level], pages, Code{0});
    pages /= fan;
  }
  active_ = 1;
  covered_pages_ = fan;
  floors_.forget(pages_);
}

void MaxTree::add_level(Granule top) {
  while (Pages::number(top) >= covered_pages_) {
    levels_[active_][0] = lanes::largest(levels_[active_ - 1]);
    ++active_;
    covered_pages_ *= fan;
    MEMPOOL_ASSERT(active_ <= height_);
  }
}

void MaxTree::raise_levels(u32 page, Code value) {
  for (int level = 0; level < active_; ++level, page /= fan) {
    Code& max = levels_[level][page];
    if (max >= value) return;
    max = value;
  }
}

// What the search finds, or not, is the new floor.
Hole MaxTree::search_from_floor(u32 lane, u32 page, Granule n, const Pages& pages) {
  Hole hole = search_page(page, ~u32{0}, n, pages);
  if (hole.at != no_granule) return hole;
  hole = search(0, page, right_of(page), n, pages);
  floors_.found(lane, hole.at == no_granule ? Floors::none : Pages::number(hole.at));
  return hole;
}

Hole MaxTree::lowest_from(Granule n, Granule from, const Pages& pages) {
  const u32 page = Pages::number(from);
  const u32 slot = from % Pages::granules_a_page / Pages::granules_a_slot;
  const Hole hole = search_page(page, ~u32{0} << slot, n, pages);
  return hole.at != no_granule ? hole : search(0, page, right_of(page), n, pages);
}

// Among these slots of a page. A slot of 255 may promise too much; there is only one in a page.
Hole MaxTree::search_page(u32 page, u32 open, Granule n, const Pages& pages) {
  const u32 mask = lanes::at_least(pages.page(page).slots, Pages::code(n)) & open;
  if (mask == 0) return {};
  const Hole hole = pages.hole(page, lowest_bit(mask));
  return hole.size >= n ? hole : Hole{};
}

// Begins among the `open` lanes of the group that `lane` is in: up until a lane to the right
// promises enough, then down along the first lanes that do. A lane whose promise does not hold is
// lowered, and the search goes on to the right of it.
Hole MaxTree::search(int level, u32 lane, u32 open, Granule n, const Pages& pages) {
  const Code wanted = code(n);
  for (;;) {
    u32 mask = lanes::at_least(levels_[level] + group(lane), wanted) & open;
    if (mask == 0) {
      if (++level == active_) return {};
      lane /= fan;
      open = right_of(lane);
      continue;
    }
    lane = group(lane) + lowest_bit(mask);
    for (; level > 0; --level) {
      mask = lanes::at_least(levels_[level - 1] + lane * fan, wanted);
      if (mask == 0) break;
      lane = lane * fan + lowest_bit(mask);
    }
    if (level == 0) {
      const Hole hole = search_page(lane, ~u32{0}, n, pages);
      if (hole.at != no_granule) return hole;
    }
    lower(level, lane, pages);
    open = right_of(lane);
  }
}

/// The lane becomes the maximum of what lies below it.
void MaxTree::lower(int level, u32 lane, const Pages& pages) {
  if (level > 0) {
    levels_[level][lane] = lanes::largest(levels_[level - 1] + lane * fan);
    return;
  }
  const u8* slots = pages.page(lane).slots;
  const u8 most = lanes::largest(slots);
  levels_[0][lane] =
      most < 255 ? most : code(pages.hole(lane, lowest_bit(lanes::equal(slots, most))).size);
}

Granule MaxTree::largest_bound() const {
  const Code most = lanes::largest(levels_[active_ - 1]);
  return most < Code{exact_codes} ? smallest_of(most)
                                  : smallest_of(static_cast<Code>(most + 1)) - 1;
}

// What the top promises is looked for; when the promise does not hold, the search has lowered it.
// An exact code needs one look; sizes that share a coarse one differ by up to 1/512.
Hole MaxTree::largest(const Pages& pages) {
  for (;;) {
    const Code most = lanes::largest(levels_[active_ - 1]);
    if (most == 0) return {no_granule, 0};
    const Granule least = smallest_of(most);
    Hole best = search_all(least, pages);
    if (best.at == no_granule) continue;
    if (most < Code{exact_codes}) return best;
    for (Hole hole = best; hole.at != no_granule;) {
      const u32 page = Pages::number(hole.at);
      hole = search(0, page, right_of(page), least, pages);
      if (hole.at != no_granule && hole.size > best.size) best = hole;
    }
    return best;
  }
}

bool MaxTree::bounds_hold(const Pages& pages, Granule top) const {
  u32 lanes = Pages::number(top) + 1;
  for (u32 page = 0; page < lanes; ++page) {
    for (u32 mask = ~lanes::equal(pages.page(page).slots, 0); mask != 0; mask &= mask - 1) {
      const Hole hole = pages.hole(page, lowest_bit(mask));
      if (levels_[0][page] < code(hole.size)) return false;
      if (!floors_.show(hole.size, page)) return false;
    }
  }
  for (int level = 1; level < active_; ++level) {
    lanes = (lanes + fan - 1) / fan;  // no group more: what lies behind it is another level's
    for (u32 lane = 0; lane < lanes; ++lane)
      if (levels_[level][lane] < lanes::largest(levels_[level - 1] + lane * fan)) return false;
  }
  return true;
}

}  // namespace mempool::engine
