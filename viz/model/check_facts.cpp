// PoolCheck: what events say without changing a block. Guards, failures, misuse, bytes, counts.
//
// A fact is right when the model counts the same; what the model cannot know (bytes, addresses) is
// believed.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "event/table.hpp"
#include "model/pool_check.hpp"

namespace mempool::viz {

namespace {

constexpr u64 most_guard = 4096;
constexpr u64 most_bytes = 4096;

Broken miscounted(std::string_view what, u64 said, u64 counted) {
  return {Rule::counts, fmt::format("{}: {} said, {} counted", what, said, counted)};
}

std::string_view side_name(u32 side) {
  return event::word(event::Type::SIDE, side);
}

bool is_guard_side(u32 side) {
  return side == POOL_SIDE_FRONT || side == POOL_SIDE_BACK;
}

/// What the bytes shown of a guard say against the rest of the event; nullptr: nothing. They begin
/// at the first bad one. A flight recorder keeps none.
const char* contradiction(const pool_event_guard_check& e) {
  const std::span expected(e.expected.data, e.expected.size), found(e.found.data, e.found.size);
  if (expected.size() != found.size()) return "not as many bytes are found as are expected";
  if (expected.empty()) return nullptr;
  if (e.damaged == 0 || e.first < e.offset || e.first - e.offset >= e.size)
    return "bytes are shown where none is bad";
  const u64 behind = e.size - (e.first - e.offset);  // from the first bad byte on
  if (found.size() > behind) return "the bytes shown reach beyond the guard";
  if (std::ranges::any_of(expected, [](u8 byte) { return byte != guard_byte; }))
    return "the bytes expected are not those of a guard";
  if (found.front() == guard_byte) return "the first bad byte is as it should be";
  const auto bad = found.size() - static_cast<u64>(std::ranges::count(found, guard_byte));
  const bool all = found.size() == behind;
  if (bad > e.damaged || (all && bad != e.damaged))
    return "the bad bytes shown are not as many as are told";
  return nullptr;
}

}  // namespace

Verified PoolCheck::create(u64 capacity, u64 align, u64 guards) const {
  if (capacity == 0 || !is_power_of_two(align))
    return Broken{Rule::geometry,
                  fmt::format("capacity {} and alignment {} make no pool", capacity, align)};
  if (!ours_) return std::nullopt;
  if (align > page_bytes)
    return Broken{Rule::geometry, fmt::format("alignment {} is over 4096", align)};
  if (capacity % align != 0)
    return Broken{Rule::geometry, fmt::format("capacity {} is no multiple of {}", capacity, align)};
  if (guards > most_guard)
    return Broken{Rule::geometry, fmt::format("guards of {} are over 4096", guards)};
  return std::nullopt;
}

Verified PoolCheck::snapshot(E event) const {
  const pool_event_snapshot& e = event.as.snapshot;
  if (auto broken = create(e.capacity, e.align, e.guards)) return broken;
  if (!model_.open || event.call != model_.last_call + 1 || event.seq != model_.last_seq + 1)
    return std::nullopt;
  const bool same = e.capacity == model_.capacity && e.align == model_.align &&
                    e.policy == model_.policy && e.guards == model_.guard_size;
  if (!same)
    return Broken{Rule::snapshot, "the pool was of another size or had other options before"};
  if (e.allocs != model_.next_number)
    return Broken{Rule::snapshot,
                  fmt::format("{} allocations were tried, not {}", model_.next_number, e.allocs)};
  return std::nullopt;
}

Verified PoolCheck::snapshot_block(const pool_event_block& e) {
  if (call_.blocks_to_come == 0) return Broken{Rule::snapshot, "more blocks come than were said"};
  --call_.blocks_to_come;
  const u64 told = model_.blocks().empty() ? 0 : model_.blocks().rbegin()->second.end();
  if (e.offset != told)
    return Broken{Rule::tiling,
                  fmt::format("the next block starts at {}, the last ended at {}", e.offset, told)};
  if (e.block != POOL_NONE) {
    if (e.block >= model_.next_number || model_.live(e.block) != nullptr)
      return Broken{Rule::numbers,
                    fmt::format("#{} was {}", e.block,
                                model_.live(e.block) != nullptr ? "told before" : "never tried")};
    if (ours_)
      if (auto broken = snapshot_geometry(e)) return broken;
  }
  if (!must_repeat_) return std::nullopt;
  const Block* block = snapshot_of_.at(e.offset);
  const bool free = e.block == POOL_NONE;
  const bool same = block != nullptr && block->size == e.size && block->used != free &&
                    block->quarantined == (e.quarantined != 0) &&
                    (free || (block->number == e.block && block->requested == e.requested));
  if (same) return std::nullopt;
  return Broken{Rule::snapshot, fmt::format("{} bytes at {} are told, but there was {}", e.size,
                                            e.offset, block == nullptr ? "no block" : at(*block))};
}

/// A live block has the guards it was given, whatever later ones get.
Verified PoolCheck::snapshot_geometry(const pool_event_block& e) const {
  if (e.payload == POOL_NONE || e.requested == POOL_NONE)
    return Broken{Rule::geometry, fmt::format("#{} has no payload", e.block)};
  const u64 guard = e.guard == POOL_NONE ? 0 : e.guard;
  const bool fits = e.payload == e.offset + round_up(guard, model_.align) &&
                    e.size == whole_block(model_, e.requested, guard);
  if (fits) return std::nullopt;
  return Broken{Rule::geometry,
                fmt::format("{} bytes at {} with the payload at {} are no block for {} "
                            "bytes with guards of {}",
                            e.size, e.offset, e.payload, e.requested, guard)};
}

Verified PoolCheck::alloc_fail(const pool_event_alloc_fail& e) const {
  if (auto broken = number_is_next(e.block)) return broken;
  if (ours_ && e.needed != whole_block(model_, e.requested, model_.guard_size))
    return Broken{Rule::geometry,
                  fmt::format("{} bytes need a block of {}, not of {}", e.requested,
                              whole_block(model_, e.requested, model_.guard_size), e.needed)};
  if (auto broken = alignment_can_be(e.alignment)) return broken;
  if (ours_)
    if (auto broken = has_to_move(e.block, e.requested)) return broken;
  const auto refuse = [](std::string what) { return Broken{Rule::failure, std::move(what)}; };
  if (e.free != model_.free_bytes)
    return refuse(fmt::format("{} bytes are free, not {}", model_.free_bytes, e.free));
  // An allocator that coalesces without telling has larger free blocks than the log.
  const u64 largest = free_.largest();
  if (ours_ ? e.largest != largest : e.largest < largest || e.largest > e.free)
    return refuse(fmt::format("the largest free block has {} bytes, not {}", largest, e.largest));
  return failure_reason(e);
}

/// The reason follows from the figures; whether an aligned block fits, from the free list.
Verified PoolCheck::failure_reason(const pool_event_alloc_fail& e) const {
  const auto refuse = [](std::string what) { return Broken{Rule::failure, std::move(what)}; };
  const Wanted wanted = wanted_in(model_, e.needed, e.alignment);
  const bool alike = wanted.room == wanted.needed;  // else blocks of one size may fit or not
  if (!ours_ && !alike) return std::nullopt;
  const bool fits = alike ? e.needed <= e.largest : free_.lowest_that_fits(wanted).has_value();
  if (e.reason == POOL_FAIL_NO_RECORD && fits) return std::nullopt;
  const u32 reason = e.needed > model_.capacity ? POOL_FAIL_TOO_LARGE
                     : e.free < e.needed        ? POOL_FAIL_FULL
                     : !fits                    ? POOL_FAIL_FRAGMENTED
                                                : 0;
  if (reason == 0 && alike)
    return refuse(
        fmt::format("{} bytes fit into the largest free block of {}", e.needed, e.largest));
  if (reason == 0)
    return refuse(
        fmt::format("{} bytes with the payload at a multiple of {} fit into the free "
                    "block at {}",
                    e.needed, e.alignment, free_.lowest_that_fits(wanted)->offset));
  if (e.reason == reason) return std::nullopt;
  return refuse(fmt::format("{} needed of {} free, the largest {}: the reason is {}, not {}",
                            e.needed, e.free, e.largest, event::word(event::Type::REASON, reason),
                            event::word(event::Type::REASON, e.reason)));
}

// ---- guards

Verified PoolCheck::guards(const pool_event_guards& e) const {
  if (!ours_) return std::nullopt;
  const auto refuse = [](std::string what) { return Broken{Rule::guards, std::move(what)}; };
  if ((e.enabled != 0) != (e.guard_size != 0) || e.guard_size > most_guard)
    return refuse(fmt::format("guards of {} bytes cannot be {}", e.guard_size,
                              e.enabled != 0 ? "on" : "off"));
  if (e.ok == 0 && e.guard_size != model_.guard_size)
    return refuse(fmt::format("refused, yet {} bytes became {}", model_.guard_size, e.guard_size));
  if (e.ok != 0 && e.enabled == 0 && model_.used_blocks != 0)
    return refuse(fmt::format("they are off though {} blocks live", model_.used_blocks));
  return std::nullopt;
}

Verified PoolCheck::guard_write(const pool_event_guard_write& e) const {
  if (!ours_) return std::nullopt;
  const Block* block = model_.live(e.block);
  const auto refuse = [](std::string what) { return Broken{Rule::guards, std::move(what)}; };
  if (block == nullptr) return Broken{Rule::numbers, fmt::format("#{} does not live", e.block)};
  if (model_.guard_size == 0) return refuse("guards are off");
  if (!is_guard_side(e.side)) return refuse("the side is neither front nor back");
  const bool front = e.side == POOL_SIDE_FRONT;
  if (front ? call_.due_front == 0 : call_.due_front != 0 || call_.due_back == 0)
    return refuse(fmt::format("the {} guard of #{} is not due", side_name(e.side), e.block));
  const u64 offset = front ? block->offset : block->payload_end();
  const u64 end = front ? block->payload : block->end();
  if (e.offset == offset && e.size == end - offset) return std::nullopt;
  return refuse(fmt::format("the {} guard of #{} is {} to {}, not {} to {}", side_name(e.side),
                            e.block, offset, end, e.offset, add_saturating(e.offset, e.size)));
}

Verified PoolCheck::guard_check(const pool_event_guard_check& e) {
  if (!ours_) return std::nullopt;
  const auto refuse = [](std::string what) { return Broken{Rule::guards, std::move(what)}; };
  const Block* block = model_.containing(e.offset);
  if (block == nullptr || !block->used || block->number != e.block)
    return Broken{Rule::numbers, fmt::format("#{} has no block at {}", e.block, e.offset)};
  if (!is_guard_side(e.side)) return refuse("the side is neither front nor back");
  const Guard& guard = e.side == POOL_SIDE_FRONT ? block->front() : block->back();
  if (guard.size == 0)
    return refuse(fmt::format("#{} has no {} guard", e.block, side_name(e.side)));
  if (guard.offset != e.offset || guard.size != e.size)
    return refuse(fmt::format("the {} guard of #{} is {} to {}, not {} to {}", side_name(e.side),
                              e.block, guard.offset, guard.end(), e.offset,
                              add_saturating(e.offset, e.size)));
  if (e.damaged > e.size || (e.damaged != 0) != (e.first != POOL_NONE))
    return refuse(fmt::format("{} of {} bytes damaged, and the first bad byte is {}", e.damaged,
                              e.size, e.first == POOL_NONE ? "left out" : "told"));
  if (const char* against = contradiction(e)) return refuse(against);
  guards_checked_.insert(e.offset);
  if (e.damaged != 0) ++call_.damaged;
  return std::nullopt;
}

Verified PoolCheck::poison_check(const pool_event_poison_check& e) {
  const auto refuse = [](std::string what) { return Broken{Rule::poison, std::move(what)}; };
  if (!model_.poison) return refuse("the pool does not poison");
  const bool in_region = e.offset <= model_.capacity && e.size <= model_.capacity - e.offset;
  if (!in_region || e.size == 0)
    return refuse(fmt::format("{} bytes at {} are not inside the region of {}", e.size, e.offset,
                              model_.capacity));
  const Block* block = model_.containing(e.offset);
  if (block == nullptr || (block->used && !block->quarantined) ||
      (ours_ && e.size > block->end() - e.offset))
    return refuse(fmt::format("{} bytes at {} are not in one free block", e.size, e.offset));
  const bool first_inside = e.first >= e.offset && e.first - e.offset < e.size;
  if (e.damaged > e.size || (e.damaged != 0) != (e.first != POOL_NONE) ||
      (e.damaged != 0 && !first_inside))
    return refuse(fmt::format("{} of {} bytes differ, the first at {}", e.damaged, e.size,
                              e.first == POOL_NONE ? "nowhere" : std::to_string(e.first)));
  if (e.damaged != 0) ++call_.damaged;
  return std::nullopt;
}

Verified PoolCheck::site(const pool_event_site& e) const {
  if (model_.live(e.block) != nullptr) return std::nullopt;
  return Broken{Rule::numbers, fmt::format("#{} does not live", e.block)};
}

Verified PoolCheck::both_guards_checked(const Block& block) const {
  for (const Guard* guard : {&block.front(), &block.back()}) {
    if (guard->size == 0 || guards_checked_.contains(guard->offset)) continue;
    return Broken{Rule::guards,
                  fmt::format("the {} guard of #{} was not checked before it goes",
                              guard == &block.front() ? "front" : "back", block.number)};
  }
  return std::nullopt;
}

// ---- misuse, bytes, counts

Verified PoolCheck::misuse(const pool_event_misuse& e) const {
  if (e.offset == POOL_NONE) return std::nullopt;
  const auto refuse = [](std::string what) { return Broken{Rule::misuse, std::move(what)}; };
  const Block* block = model_.containing(e.offset);
  const bool live = block != nullptr && block->used && !block->quarantined;
  switch (e.kind) {
    case POOL_ERROR_DOUBLE_FREE:
      if (!live) return std::nullopt;
      return refuse(fmt::format("{} lies in {}, which was not freed", e.offset, at(*block)));
    case POOL_ERROR_INTERIOR_FREE:
      if (!live) return refuse(fmt::format("no live block holds {}", e.offset));
      if (e.block != POOL_NONE && e.block != block->number)
        return refuse(fmt::format("{} lies in {}, not in #{}", e.offset, at(*block), e.block));
      if (e.offset != block->payload) return std::nullopt;
      return refuse(fmt::format("{} is the payload of {}: it can be freed", e.offset, at(*block)));
    default: return std::nullopt;
  }
}

Verified PoolCheck::bytes(const pool_event_bytes& e) const {
  if (e.hex.size > most_bytes)
    return Broken{Rule::bytes, fmt::format("{} bytes are more than {}", e.hex.size, most_bytes)};
  const bool in_region = e.offset <= model_.capacity && e.hex.size <= model_.capacity - e.offset;
  if (!in_region)
    return Broken{Rule::bytes, fmt::format("{} bytes at {} are not inside the region of {}",
                                           e.hex.size, e.offset, model_.capacity)};
  if (!ours_ || model_.capture) return std::nullopt;
  for (u64 at_byte = e.offset; at_byte < e.offset + e.hex.size;) {
    const Block* block = model_.containing(at_byte);
    if (block == nullptr || !block->used || block->quarantined)
      return Broken{Rule::bytes, fmt::format("the byte at {} is not of a live block", at_byte)};
    at_byte = block->end();
  }
  return std::nullopt;
}

Verified PoolCheck::counts(E event) {
  const u64 blocks = model_.used_blocks;
  const u64 live = model_.payload_bytes;
  switch (event.kind) {
    case POOL_EVENT_CHECK: {
      const pool_event_check& e = event.as.check;
      if (e.blocks != blocks) return miscounted("live blocks", e.blocks, blocks);
      if (e.violations < call_.damaged)
        return miscounted("violations", e.violations, call_.damaged);
      return std::nullopt;
    }
    case POOL_EVENT_LEAK: {
      const pool_event_leak& e = event.as.leak;
      if (auto broken = is_live(e.block, e.offset)) return broken;
      const Block& block = *model_.at(e.offset);
      if (e.requested != block.requested)
        return miscounted("bytes asked for", e.requested, block.requested);
      if (!leaked_.insert(e.block).second)
        return Broken{Rule::counts, fmt::format("#{} leaks twice", e.block)};
      ++call_.leaks;
      return ours_ ? both_guards_checked(block) : std::nullopt;
    }
    case POOL_EVENT_RESET: {
      const pool_event_reset& e = event.as.reset;
      if (e.live_blocks != blocks) return miscounted("live blocks", e.live_blocks, blocks);
      if (e.live_bytes != live) return miscounted("live bytes", e.live_bytes, live);
      return std::nullopt;
    }
    default: {
      const pool_event_destroy& e = event.as.destroy;
      if (e.live_blocks != blocks) return miscounted("live blocks", e.live_blocks, blocks);
      if (e.live_bytes != live) return miscounted("live bytes", e.live_bytes, live);
      if ((ours_ || call_.leaks != 0) && call_.leaks != blocks)
        return miscounted("leaks", call_.leaks, blocks);
      return std::nullopt;
    }
  }
}

}  // namespace mempool::viz
