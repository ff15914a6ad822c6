// The list allocator: search, split, insert, coalesce. See list_allocator.hpp.
#include "classroom/list_allocator.hpp"

#include <algorithm>
#include <utility>

#include "event/table.hpp"

namespace mempool::viz::classroom {

ListAllocator::ListAllocator(u64 capacity, u64 align, u32 policy, const ListModel& model, Tell tell)
    : capacity_(capacity),
      align_(align),
      policy_(policy),
      model_(model),
      header_(round_up(model.header, align)),
      tell_(std::move(tell)) {
  list_.push_back({0, capacity, 0});
}

//  [ header | requested | padding ]   = one block, a multiple of the alignment
u64 ListAllocator::needed(u64 requested) const {
  return std::max(round_up(add_saturating(header_, requested), align_), align_);
}

// ---- taking a block

std::optional<u64> ListAllocator::alloc(u64 number, u64 requested) {
  const u64 size = needed(requested);
  const Place found = search(size);
  if (found == list_.end()) {
    fail(number, requested);
    return std::nullopt;
  }
  const u64 offset = found->offset;
  if (found->size > size)
    split(found, size);
  else
    list_.erase(found);
  used_[offset] = {number, size, requested};
  cursor_ = offset + size;
  tell_(event::of(pool_event_alloc{number, offset, size, offset + header_, requested, POOL_NONE}));
  return offset + header_;
}

/// Which free block: the policies, over the list in its order.
ListAllocator::Place ListAllocator::search(u64 needed) {
  switch (policy_) {
    case POOL_BEST: return extreme_fit(needed, true);
    case POOL_WORST: return extreme_fit(needed, false);
    case POOL_NEXT: {
      // On from the first block that ends behind the last one handed out, and round.
      const auto start =
          std::ranges::find_if(list_, [&](const FreeBlock& b) { return b.end() > cursor_; });
      const Place found = first_fit(start, list_.end(), needed);
      return found != list_.end() ? found : first_fit(list_.begin(), start, needed);
    }
    default: return first_fit(list_.begin(), list_.end(), needed);
  }
}

ListAllocator::Place ListAllocator::first_fit(Place from, Place to, u64 needed) {
  for (Place place = from; place != to; ++place) {
    ++looks_;
    if (place->size >= needed) return place;
  }
  return list_.end();
}

/// Of blocks that are alike, the first in the list.
ListAllocator::Place ListAllocator::extreme_fit(u64 needed, bool smallest) {
  Place found = list_.end();
  for (Place place = list_.begin(); place != list_.end(); ++place) {
    ++looks_;
    if (place->size < needed) continue;
    const bool better =
        found == list_.end() || (smallest ? place->size < found->size : place->size > found->size);
    if (better) found = place;
  }
  return found;
}

//  [ .... free .... ]   =>   [ kept ][ rest ]      the rest keeps the place in the list,
//                                                  unless the list is in order of size
void ListAllocator::split(Place place, u64 kept) {
  const FreeBlock rest{place->offset + kept, place->size - kept, place->since};
  tell_(event::of(pool_event_split{place->offset, kept, rest.offset, rest.size}));
  if (model_.order == ListOrder::size_up || model_.order == ListOrder::size_down) {
    list_.erase(place);
    insert(rest);
  } else {
    *place = rest;
  }
}

void ListAllocator::fail(u64 number, u64 requested) {
  pool_event_alloc_fail failed{number, requested, needed(requested), 0, 0, 0, POOL_NONE};
  for (const FreeBlock& block : list_) {
    failed.free += block.size;
    failed.largest = std::max(failed.largest, block.size);
  }
  failed.reason = failed.needed > capacity_     ? POOL_FAIL_TOO_LARGE
                  : failed.free < failed.needed ? POOL_FAIL_FULL
                                                : POOL_FAIL_FRAGMENTED;
  tell_(event::of(failed));
}

// ---- giving it back

bool ListAllocator::free(u64 payload) {
  const auto block = payload < header_ ? used_.end() : used_.find(payload - header_);
  if (block == used_.end()) return false;
  const FreeBlock freed{block->first, block->second.size, 0};
  tell_(event::of(pool_event_free{block->second.number, freed.offset, freed.size}));
  used_.erase(block);
  FreeBlock entry = model_.coalesces ? coalesce(freed) : freed;
  entry.since = listed_++;
  insert(entry);
  return true;
}

//  [ left ][ freed ][ right ]   =>   [ ........ one free block ........ ]
//  Neighbours in the region, wherever they stand in the list; they leave it.
FreeBlock ListAllocator::coalesce(FreeBlock freed) {
  const auto right =
      std::ranges::find_if(list_, [&](const FreeBlock& b) { return b.offset == freed.end(); });
  if (right != list_.end()) {
    const FreeBlock with = *right;
    freed.size += with.size;
    list_.erase(right);
    tell_(event::of(
        pool_event_coalesce{freed.offset, freed.size, with.offset, with.size, POOL_SIDE_RIGHT}));
  }
  const auto left =
      std::ranges::find_if(list_, [&](const FreeBlock& b) { return b.end() == freed.offset; });
  if (left != list_.end()) {
    const FreeBlock with = *left;
    freed = {with.offset, with.size + freed.size, 0};
    list_.erase(left);
    tell_(event::of(
        pool_event_coalesce{freed.offset, freed.size, with.offset, with.size, POOL_SIDE_LEFT}));
  }
  return freed;
}

/// Into the list, where its order wants it.
void ListAllocator::insert(const FreeBlock& block) {
  list_.insert(std::ranges::find_if(list_, [&](const FreeBlock& b) { return precedes(block, b); }),
               block);
}

/// Does a block that comes into the list stand before one that is there?
bool ListAllocator::precedes(const FreeBlock& block, const FreeBlock& there) const {
  switch (model_.order) {
    case ListOrder::address: return block.offset < there.offset;
    case ListOrder::lifo: return true;
    case ListOrder::fifo: return false;
    case ListOrder::size_up:
      return std::pair(block.size, block.since) < std::pair(there.size, there.since);
    case ListOrder::size_down:
      return std::pair(there.size, block.since) < std::pair(block.size, there.since);
  }
  return false;
}

}  // namespace mempool::viz::classroom
