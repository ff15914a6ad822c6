// The small pool: see small_pool.hpp.
#include "search/small_pool.hpp"

#include <algorithm>
#include <utility>

#include "model/policy.hpp"

namespace mempool::viz::search {

u32 Rules::block_size(u32 requested) const {
  return std::max((requested + overhead + align - 1) / align * align, align);
}

Rules rules_of(const Contestant& contestant, const PoolSetup& common) {
  Rules rules;
  rules.policy = contestant.policy;
  rules.align = static_cast<u32>(common.align);
  if (contestant.model) {
    rules.order = contestant.model->order;
    rules.coalesces = contestant.model->coalesces;
    rules.overhead = static_cast<u32>(round_up(contestant.model->header, common.align));
  } else {
    rules.overhead = static_cast<u32>(round_up(common.guards, common.align) + common.guards);
  }
  return rules;
}

std::optional<u32> SmallPool::alloc(const Rules& rules, u32 size) {
  const auto place = choose(rules, size);
  if (!place) return std::nullopt;
  const Hole hole = holes_[*place];
  const Hole rest{static_cast<u16>(hole.offset + size), static_cast<u16>(hole.size - size),
                  hole.since};
  const bool by_size = rules.order == ListOrder::size_up || rules.order == ListOrder::size_down;
  if (rest.size != 0 && !by_size) {
    holes_[*place] = rest;
  } else {
    erase(*place);
    if (rest.size != 0) insert(rules, rest);
  }
  cursor_ = static_cast<u16>(hole.offset + size);
  return hole.offset;
}

std::optional<std::size_t> SmallPool::choose(const Rules& rules, u32 size) const {
  if (rules.policy == POOL_GOOD) return good_fit(size);
  std::optional<std::size_t> chosen;
  if (rules.policy == POOL_NEXT) {
    std::size_t start = 0;
    while (start < count_ && holes_[start].end() <= cursor_) ++start;
    for (std::size_t i = start; i < count_; ++i)
      if (holes_[i].size >= size) return i;
  }
  for (std::size_t i = 0; i < count_; ++i) {
    if (holes_[i].size < size) continue;
    if (rules.policy == POOL_FIRST || rules.policy == POOL_NEXT) return i;
    const bool better =
        !chosen || (rules.policy == POOL_BEST ? holes_[i].size < holes_[*chosen].size
                                              : holes_[i].size > holes_[*chosen].size);
    if (better) chosen = i;
  }
  return chosen;
}

std::optional<std::size_t> SmallPool::good_fit(u32 size) const {
  const u64 sure = good_class_that_fits(size);
  std::optional<std::size_t> good, fits;
  u64 lowest = u64_max;
  for (std::size_t i = 0; i < count_; ++i) {
    if (holes_[i].size >= size && !fits) fits = i;
    const u64 its_class = good_class(holes_[i].size);
    if (its_class < sure || its_class >= lowest) continue;
    good = i;
    lowest = its_class;
  }
  return good ? good : fits;
}

bool SmallPool::free(const Rules& rules, u32 offset, u32 size) {
  Hole freed{static_cast<u16>(offset), static_cast<u16>(size), listed_++};
  for (std::size_t i = 0; rules.coalesces && i < count_;) {
    const Hole& other = holes_[i];
    if (other.end() != freed.offset && freed.end() != other.offset) {
      ++i;
      continue;
    }
    freed.offset = std::min(freed.offset, other.offset);
    freed.size = static_cast<u16>(freed.size + other.size);
    erase(i);
    i = 0;
  }
  if (count_ == most_holes) return false;
  insert(rules, freed);
  return true;
}

bool SmallPool::precedes(const Rules& rules, const Hole& hole, const Hole& there) const {
  switch (rules.order) {
    case ListOrder::address: return hole.offset < there.offset;
    case ListOrder::lifo: return true;
    case ListOrder::fifo: return false;
    case ListOrder::size_up:
      return std::pair(hole.size, hole.since) < std::pair(there.size, there.since);
    case ListOrder::size_down:
      return std::pair(there.size, hole.since) < std::pair(hole.size, there.since);
  }
  return false;
}

void SmallPool::insert(const Rules& rules, Hole hole) {
  std::size_t place = 0;
  while (place < count_ && !precedes(rules, hole, holes_[place])) ++place;
  for (std::size_t i = count_; i > place; --i) holes_[i] = holes_[i - 1];
  holes_[place] = hole;
  ++count_;
}

void SmallPool::erase(std::size_t place) {
  for (std::size_t i = place; i + 1 < count_; ++i) holes_[i] = holes_[i + 1];
  --count_;
}

void SmallPool::hash(const Rules& rules, u64& low, u64& high) const {
  const bool ages_count = rules.order == ListOrder::size_up || rules.order == ListOrder::size_down;
  const auto mix = [&](u64 value) {
    low = mixed(low, value);
    high = mixed(high + 0x632BE59BD9B4E019, value);
  };
  for (std::size_t i = 0; i < count_; ++i)
    mix(u64{holes_[i].offset} << 32 | u64{holes_[i].size} << 16 |
        (ages_count ? holes_[i].since : 0U));
  mix(u64{count_} << 32 | (rules.policy == POOL_NEXT ? cursor_ : 0U));
}

}  // namespace mempool::viz::search
