// Pages: the parts off the hot path: far neighbours, pages that fill and empty, clearing.
#include "engine/pages.hpp"

#include <algorithm>

namespace mempool::engine {

void Pages::layout(Carver& carver, Granule end) {
  const u64 pages = u64{number(end)} + 2;  // one past the right sentinel: windows look over it
  pages_ = carver.take<Page>(pages);
  shape_ = BitTree::Shape(pages);
  summary_ = carver.take<u64>(shape_.words);
}

void Pages::clear(Granule top) {
  const u64 pages = u64{number(top)} + 1;
  std::fill_n(pages_, pages, Page{});
  pages_in_use().clear_below(pages);
}

void Pages::add_page(const Page* page) {
  pages_in_use().insert(static_cast<u32>(page - pages_));
}

void Pages::drop_page(const Page* page) {
  pages_in_use().erase(static_cast<u32>(page - pages_));
}

Granule Pages::next_far(Granule g) const {
  const u32 page = pages_in_use().next(number(g));
  MEMPOOL_ASSERT(page != BitTree::none);
  return page * granules_a_page + static_cast<Granule>(std::countr_zero(pages_[page].start));
}

Granule Pages::previous_far(Granule g) const {
  const u32 page = pages_in_use().previous(number(g));
  MEMPOOL_ASSERT(page != BitTree::none);
  return page * granules_a_page + 63 - static_cast<Granule>(std::countl_zero(pages_[page].start));
}

}  // namespace mempool::engine
