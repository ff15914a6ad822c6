// PoolCheck: blocks. Numbers and geometry; what is cut, taken, given back, coalesced.
//
// Each function holds one event against the model before it, and changes nothing but what the rest
// of the call has to keep to.
#include <fmt/format.h>

#include "model/pool_check.hpp"

namespace mempool::viz {

/// "f2 at 128 (48 bytes)"
std::string PoolCheck::at(const Block& block) const {
  return fmt::format("{} at {} ({} bytes)", block.name(), block.offset, block.size);
}

/// An allocation takes the next number, unless it resizes a block that lives.
Verified PoolCheck::number_is_next(u64 number) const {
  if (number == model_.next_number || model_.live(number) != nullptr) return std::nullopt;
  return Broken{Rule::numbers,
                fmt::format("the allocation is #{}, but #{} is next", number, model_.next_number)};
}

Verified PoolCheck::is_live(u64 number, u64 offset) const {
  const Block* block = model_.at(offset);
  if (block != nullptr && block->used && block->number == number) return std::nullopt;
  std::string there = fmt::format("no block starts at {}", offset);
  if (block != nullptr) there = fmt::format("at {} there is {}", offset, block->name());
  const Block* live = model_.live(number);
  if (live == nullptr)
    return Broken{Rule::numbers, fmt::format("#{} does not live; {}", number, there)};
  return Broken{Rule::numbers, fmt::format("#{} lives at {}, but {}", number, live->offset, there)};
}

Verified PoolCheck::alloc_geometry(const pool_event_alloc& e) const {
  const u64 align = model_.align;
  if (e.offset % align != 0)
    return Broken{Rule::geometry, fmt::format("offset {} is no multiple of {}", e.offset, align)};
  const u64 front = front_bytes(model_, model_.guard_size);
  if (e.payload != e.offset + front)
    return Broken{
        Rule::geometry,
        fmt::format("the payload starts at {}, but {} bytes of {} from {} end at {}", e.payload,
                    front, model_.list ? "header" : "front guard", e.offset, e.offset + front)};
  if (e.size != whole_block(model_, e.requested, model_.guard_size))
    return Broken{Rule::geometry,
                  fmt::format("the block has {} bytes, but {} asked for need {}", e.size,
                              e.requested, whole_block(model_, e.requested, model_.guard_size))};
  return std::nullopt;
}

Verified PoolCheck::alloc(const pool_event_alloc& e) {
  if (auto broken = number_is_next(e.block)) return broken;
  const bool in_region = e.offset <= model_.capacity && e.size <= model_.capacity - e.offset;
  if (!in_region || e.size == 0)
    return Broken{Rule::inside, fmt::format("{} bytes at {} are not inside the region of {}",
                                            e.size, e.offset, model_.capacity)};
  if (auto broken = aligned(e)) return broken;
  if (ours_)
    if (auto broken = alloc_geometry(e)) return broken;
  const Block* there = model_.containing(e.offset);
  if (there != nullptr && there->used)
    return Broken{Rule::inside, fmt::format("the place is not free: {} lies there", at(*there))};
  if (!ours_) return std::nullopt;
  if (there == nullptr || there->offset != e.offset || there->size != e.size)
    return Broken{
        Rule::split,
        there == nullptr
            ? fmt::format("no free block starts at {}", e.offset)
            : fmt::format("{} bytes at {} are not the whole of {}: a split was to come first",
                          e.size, e.offset, at(*there))};
  const bool off_split =
      call_.cut_high != 0 && e.offset != call_.cut_low && e.offset != call_.cut_high;
  if (off_split)
    return Broken{Rule::split,
                  fmt::format("the split was for the block at {}, the one at {} is taken",
                              call_.cut_low, e.offset)};
  if (auto broken = placement(e)) return broken;
  if (auto broken = has_to_move(e.block, e.requested)) return broken;
  if (model_.live(e.block) != nullptr) call_.moving = e.block;
  if (model_.guard_size != 0) guards_due(e.block, e.offset, e.payload + e.requested);
  return std::nullopt;
}

/// Both guards of a block are to be written in this call.
void PoolCheck::guards_due(u64 number, u64 front, u64 back) {
  call_.due_block = number;
  call_.due_front = front + 1;
  call_.due_back = back + 1;
}

Verified PoolCheck::split(const pool_event_split& e) {
  const Block* block = model_.at(e.offset);
  if (block == nullptr) return Broken{Rule::split, fmt::format("no block starts at {}", e.offset)};
  if (block->used) return Broken{Rule::split, fmt::format("{} is not free", at(*block))};
  if (ours_ && call_.cut_high != 0 && e.offset != call_.cut_high)
    return Broken{Rule::split,
                  fmt::format("{} is not what is left of the free block behind the gap "
                              "that was cut off before",
                              at(*block))};
  const bool adjacent = e.rest_offset == e.offset + e.size;
  const bool adds_up = e.size != 0 && e.rest_size != 0 && e.size < block->size &&
                       e.rest_size == block->size - e.size;
  if (adjacent && adds_up) return std::nullopt;
  return Broken{Rule::split, fmt::format("{} bytes at {} and {} at {} are not the parts of {}",
                                         e.size, e.offset, e.rest_size, e.rest_offset, at(*block))};
}

Verified PoolCheck::free(const pool_event_free& e) {
  if (auto broken = is_live(e.block, e.offset)) return broken;
  const Block& block = *model_.at(e.offset);
  if (block.size != e.size)
    return Broken{Rule::numbers, fmt::format("{} gives back {} bytes", at(block), e.size)};
  return ours_ ? both_guards_checked(block) : std::nullopt;
}

Verified PoolCheck::quarantine(const pool_event_quarantine& e) const {
  if (auto broken = is_live(e.block, e.offset)) return broken;
  const Block& block = *model_.at(e.offset);
  if (block.size != e.size)
    return Broken{Rule::numbers, fmt::format("{} gives back {} bytes", at(block), e.size)};
  if (e.size > model_.quarantine)
    return Broken{Rule::quarantine, fmt::format("{} is larger than the quarantine of {} bytes",
                                                at(block), model_.quarantine)};
  return ours_ ? both_guards_checked(block) : std::nullopt;
}

Verified PoolCheck::release(const pool_event_release& e) const {
  const Block* block = model_.at(e.offset);
  const auto refuse = [](std::string what) { return Broken{Rule::quarantine, std::move(what)}; };
  if (block == nullptr) return refuse(fmt::format("no block starts at {}", e.offset));
  if (!block->quarantined) return refuse(fmt::format("{} is not in quarantine", at(*block)));
  if (block->number == e.block && block->size == e.size) return std::nullopt;
  return refuse(
      fmt::format("{} bytes of #{} are released, but {} lies there", e.size, e.block, at(*block)));
}

//  [ left ][ right ]   =>   [ offset, size ]
Verified PoolCheck::coalesce(const pool_event_coalesce& e) {
  const bool to_left = e.side == POOL_SIDE_LEFT;
  const Block* left = model_.at(e.offset);
  const Block* right = left == nullptr ? nullptr : model_.at(left->end());
  const auto refuse = [](std::string what) { return Broken{Rule::coalesce, std::move(what)}; };
  if (left == nullptr) return refuse(fmt::format("no block starts at {}", e.offset));
  if (right == nullptr) return refuse(fmt::format("nothing lies right of {}", at(*left)));
  if (left->used || right->used)
    return refuse(fmt::format("{} is not free", at(left->used ? *left : *right)));
  const Block& with = to_left ? *left : *right;
  if (e.side != POOL_SIDE_LEFT && e.side != POOL_SIDE_RIGHT)
    return refuse("the side is neither left nor right");
  if (with.offset != e.with_offset || with.size != e.with_size)
    return refuse(fmt::format("the {} neighbour is {}, not {} bytes at {}",
                              to_left ? "left" : "right", at(with), e.with_size, e.with_offset));
  if (e.size != left->size + right->size)
    return refuse(fmt::format("{} and {} make {} bytes, not {}", at(*left), at(*right),
                              left->size + right->size, e.size));
  const Block& freed = to_left ? *right : *left;
  if (ours_ && freed.offset != call_.freed)
    return refuse(fmt::format("{} was not freed in this call", at(freed)));
  return std::nullopt;
}

}  // namespace mempool::viz
