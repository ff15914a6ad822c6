// FreeIndex: pages of holes, and the orders that some policies search in.
#include "model/free_index.hpp"

#include <algorithm>

namespace mempool::viz {

/// The page that holds offset, or would.
std::size_t FreeIndex::page_of(u64 offset) const {
  const auto after = std::ranges::upper_bound(first_, offset);
  return after == first_.begin() ? 0 : static_cast<std::size_t>(after - first_.begin()) - 1;
}

void FreeIndex::describe(std::size_t page) {
  const std::vector<Hole>& holes = pages_[page].holes;
  first_[page] = holes.front().offset;
  largest_[page] = std::ranges::max_element(holes, {}, &Hole::size)->size;
}

void FreeIndex::insert(Hole hole) {
  if (pages_.empty()) {
    pages_.emplace_back();
    first_.push_back(hole.offset);
    largest_.push_back(0);
  }
  const std::size_t page = page_of(hole.offset);
  std::vector<Hole>& holes = pages_[page].holes;
  holes.insert(std::ranges::lower_bound(holes, hole.offset, {}, &Hole::offset), hole);
  first_[page] = holes.front().offset;
  largest_[page] = std::max(largest_[page], hole.size);
  ++count_;
  sort_in(hole);
  if (holes.size() <= most_in_page) return;
  const auto middle = holes.begin() + static_cast<std::ptrdiff_t>(holes.size() / 2);
  Page upper{std::vector<Hole>(middle, holes.end())};
  holes.erase(middle, holes.end());
  const auto behind = static_cast<std::ptrdiff_t>(page) + 1;
  pages_.insert(pages_.begin() + behind, std::move(upper));
  first_.insert(first_.begin() + behind, 0);
  largest_.insert(largest_.begin() + behind, 0);
  describe(page);
  describe(page + 1);
}

void FreeIndex::remove(u64 first, u64 last) {
  std::size_t page = pages_.empty() ? 0 : page_of(first);
  while (page < pages_.size() && first_[page] <= last) {
    std::vector<Hole>& holes = pages_[page].holes;
    const auto from = std::ranges::lower_bound(holes, first, {}, &Hole::offset);
    const auto to = std::ranges::upper_bound(from, holes.end(), last, {}, &Hole::offset);
    const bool largest_goes =
        std::any_of(from, to, [&](const Hole& hole) { return hole.size == largest_[page]; });
    std::for_each(from, to, [&](const Hole& hole) { sort_out(hole); });
    count_ -= static_cast<u64>(to - from);
    holes.erase(from, to);
    if (!holes.empty()) {
      first_[page] = holes.front().offset;
      if (largest_goes) describe(page);
      ++page;
      continue;
    }
    const auto here = static_cast<std::ptrdiff_t>(page);
    pages_.erase(pages_.begin() + here);
    first_.erase(first_.begin() + here);
    largest_.erase(largest_.begin() + here);
  }
}

void FreeIndex::sort_in(Hole hole) {
  if (policy_ == POOL_BEST || policy_ == POOL_WORST) by_size_.emplace(hole.size, hole.offset);
  if (policy_ == POOL_GOOD) by_class_[good_class(hole.size)].emplace(hole.offset, hole.size);
}

void FreeIndex::sort_out(Hole hole) {
  if (policy_ == POOL_BEST || policy_ == POOL_WORST) by_size_.erase({hole.size, hole.offset});
  if (policy_ != POOL_GOOD) return;
  const auto its_class = by_class_.find(good_class(hole.size));
  its_class->second.erase({hole.offset, hole.size});
  if (its_class->second.empty()) by_class_.erase(its_class);
}

/// The hole of the lowest address, from `from` on, that fits. Pages without a hole of `needed`
/// bytes are passed over.
template <class Fits>
std::optional<Hole> FreeIndex::lowest(u64 needed, u64 from, Fits fits) const {
  for (std::size_t page = pages_.empty() ? 0 : page_of(from); page < pages_.size(); ++page) {
    if (largest_[page] < needed) continue;
    for (const Hole& hole : pages_[page].holes)
      if (hole.offset >= from && fits(hole)) return hole;
  }
  return std::nullopt;
}

std::optional<Hole> FreeIndex::lowest(u64 needed, u64 from) const {
  return lowest(needed, from, [&](const Hole& hole) { return hole.size >= needed; });
}

std::optional<Hole> FreeIndex::lowest_that_fits(const Wanted& wanted) const {
  return lowest(wanted.needed, 0,
                [&](const Hole& hole) { return wanted.fits(hole.offset, hole.size); });
}

std::optional<Hole> FreeIndex::at_or_before(u64 offset) const {
  if (pages_.empty() || first_.front() > offset) return std::nullopt;
  const std::vector<Hole>& holes = pages_[page_of(offset)].holes;
  return *std::prev(std::ranges::upper_bound(holes, offset, {}, &Hole::offset));
}

u64 FreeIndex::largest() const {
  return largest_.empty() ? 0 : *std::ranges::max_element(largest_);
}

std::optional<Hole> FreeIndex::next_fit(u64 needed, u64 cursor) const {
  const auto here = at_or_before(cursor);
  if (here && here->end() > cursor && here->size >= needed) return here;
  const auto behind = lowest(needed, add_saturating(cursor, 1));
  return behind ? behind : lowest(needed, 0);
}

std::optional<Hole> FreeIndex::good_fit(u64 needed) const {
  const auto sure = by_class_.lower_bound(good_class_that_fits(needed));
  if (sure == by_class_.end()) return lowest(needed, 0);  // only its own class is left
  const auto& [offset, size] = *sure->second.begin();
  return Hole{offset, size};
}

std::optional<Hole> FreeIndex::best_fit(u64 needed) const {
  const auto best = by_size_.lower_bound({needed, 0});
  if (best == by_size_.end()) return std::nullopt;
  return Hole{best->second, best->first};
}

std::optional<Hole> FreeIndex::worst_fit(u64 needed) const {
  if (by_size_.empty() || by_size_.rbegin()->first < needed) return std::nullopt;
  const auto worst = by_size_.lower_bound({by_size_.rbegin()->first, 0});
  return Hole{worst->second, worst->first};
}

std::optional<Hole> FreeIndex::by_policy(u64 needed, u64 cursor) const {
  switch (policy_) {
    case POOL_FIRST: return lowest(needed, 0);
    case POOL_NEXT: return next_fit(needed, cursor);
    case POOL_BEST: return best_fit(needed);
    case POOL_WORST: return worst_fit(needed);
    case POOL_GOOD: return good_fit(needed);
    default: return std::nullopt;
  }
}

std::optional<Hole> FreeIndex::choose(const Wanted& wanted, u64 cursor) const {
  const auto chosen = by_policy(wanted.room, cursor);
  return chosen || !is_policy(policy_) ? chosen : lowest_that_fits(wanted);
}

}  // namespace mempool::viz
