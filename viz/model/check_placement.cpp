// PoolCheck: places. Which free block is taken and where in it; whether a block that pool_realloc()
// moves had to, and what one that stays takes or gives.
//
// The free list as the call found it is still in the index, whatever was split since.
#include <fmt/format.h>

#include "model/pool_check.hpp"
#include "model/story.hpp"

namespace mempool::viz {

/// Only more than the pool's own alignment is said; then the payload's address is a multiple of it.
Verified PoolCheck::aligned(const pool_event_alloc& e) const {
  if (e.alignment == POOL_NONE) return std::nullopt;
  if (auto broken = alignment_can_be(e.alignment)) return broken;
  const bool can_be_held = is_power_of_two(e.alignment) && e.alignment <= page_bytes;
  if (!can_be_held || (model_.base_in_page + e.payload) % e.alignment == 0) return std::nullopt;
  return Broken{Rule::aligned,
                fmt::format("the payload at {}{} is no multiple of {}", e.payload,
                            model_.base_in_page == 0
                                ? ""
                                : fmt::format(" of a region that begins {} bytes into a page",
                                              model_.base_in_page),
                            e.alignment)};
}

Verified PoolCheck::alignment_can_be(u64 alignment) const {
  const bool possible =
      alignment == POOL_NONE ||
      (is_power_of_two(alignment) && model_.align < alignment && alignment <= page_bytes);
  if (possible || !ours_) return std::nullopt;
  return Broken{Rule::aligned,
                fmt::format("{} is no alignment that is said: a power of two above the pool's, {}, "
                            "up to {}",
                            alignment, model_.align, page_bytes)};
}

/// Why the block that was taken is not the policy's choice.
std::string PoolCheck::misplaced(const Wanted& wanted, Hole from, Hole chosen) const {
  const Block* block = model_.containing(chosen.end() - 1);  // its rest, if it was split
  const bool named = block != nullptr && !block->used;
  const std::string it = fmt::format(
      "{} at {} ({} bytes)", named ? block->name() : "the free block", chosen.offset, chosen.size);
  const std::string taken = fmt::format("the block taken at {} ({} bytes)", from.offset, from.size);
  std::string room = std::to_string(wanted.room);
  if (wanted.room != wanted.needed)
    room += fmt::format(" ({} and a gap of up to {})", wanted.needed, wanted.room - wanted.needed);
  if (chosen.size < wanted.room)
    return fmt::format(
        "no free block has {} bytes, so the lowest is taken in which the block fits as it lies; "
        "that is {}, not {}",
        room, it, taken);
  if (model_.list)
    return fmt::format("{}: for {} that is {}, not {}", policy_text(model_), room, it, taken);
  switch (model_.policy) {
    case POOL_FIRST:
      return fmt::format(
          "first fit takes the lowest free block that fits; {} fits {} and lies below {}", it, room,
          taken);
    case POOL_NEXT:
      return fmt::format(
          "next fit goes on from the end of the last placement, {}; {} is the first there that "
          "fits {}, not {}",
          model_.cursor, it, room, taken);
    case POOL_BEST:
      return fmt::format(
          "best fit takes the smallest free block that fits, the lowest of equals; for {} that is "
          "{}, not {}",
          room, it, taken);
    case POOL_WORST:
      return fmt::format(
          "worst fit takes the largest free block, the lowest of equals; that is {}, not {}", it,
          taken);
    default:
      return fmt::format(
          "good fit takes the lowest address in the first size class that surely fits; for {} "
          "that is {}, not {}",
          room, it, taken);
  }
}

/// What a walk along the list takes, as the call found it: the parts of a split are one block
/// again.
std::optional<Hole> PoolCheck::listed_choice(const Wanted& wanted) const {
  const Block* rest = call_.cut_high == 0 ? nullptr : model_.at(call_.cut_high);
  std::vector<Block> blocks;
  for (const auto& [offset, block] : model_.blocks()) {
    if (block.used || &block == rest) continue;
    blocks.push_back(block);
    if (rest != nullptr && offset == call_.cut_low) blocks.back().size += rest->size;
  }
  FreeList list;
  for (const Block& block : blocks) list.push_back(&block);
  sort_list(list, model_.list_order());
  const Block* chosen = choose(model_.policy, list, wanted, model_.cursor);
  return chosen == nullptr ? std::nullopt : std::optional(Hole{chosen->offset, chosen->size});
}

//  [ ......... from ......... ]   =>   [ gap ][ block ][ rest ]
Verified PoolCheck::placement(const pool_event_alloc& e) const {
  const auto from = free_.at_or_before(e.offset);
  if (!from || from->end() < e.offset + e.size) return std::nullopt;  // never: it was free
  const Wanted wanted = wanted_in(model_, e.size, e.alignment);
  const u64 gap = wanted.gap(from->offset);
  if (e.offset - from->offset != gap)
    return Broken{Rule::split, fmt::format("{} bytes of the free block at {} are left in front of "
                                           "it: {}",
                                           e.offset - from->offset, from->offset,
                                           gap == 0 ? "the low part is to be handed out"
                                                    : fmt::format("its alignment needs {}", gap))};
  if (model_.policy == POOL_NEXT && model_.cursor == POOL_NONE) return std::nullopt;
  const auto chosen = model_.list ? listed_choice(wanted) : free_.choose(wanted, model_.cursor);
  if (!chosen || chosen->offset == from->offset) return std::nullopt;
  return Broken{Rule::placement, misplaced(wanted, *from, *chosen)};
}

/// pool_realloc() moves a block, or fails, only where it cannot be resized in place.
Verified PoolCheck::has_to_move(u64 number, u64 requested) const {
  const Block* block = model_.live(number);
  if (block == nullptr || model_.list) return std::nullopt;
  if (call_.released) return std::nullopt;  // it was tried before they made room
  const auto right = free_.at_or_before(block->end());
  const bool free_right = right && right->offset == block->end();
  const u64 room = block->size + (free_right ? right->size : 0);
  const u64 in_place = whole_block(model_, requested, block->guard);
  if (in_place > room) return std::nullopt;
  return Broken{Rule::resize, fmt::format("{} could stay: {} bytes asked for need {} in place, and "
                                          "there is room for {}",
                                          at(*block), requested, in_place, room)};
}

Verified PoolCheck::resize(const pool_event_resize& e) {
  if (auto broken = is_live(e.block, e.offset)) return broken;
  const Block& block = *model_.at(e.offset);
  const auto refuse = [](std::string what) { return Broken{Rule::resize, std::move(what)}; };
  if (e.old_size != block.size)
    return refuse(fmt::format("{} did not have {} bytes", at(block), e.old_size));
  const Block* right = model_.at(block.end());
  const u64 room = block.size + (right != nullptr && !right->used ? right->size : 0);
  if (e.size > room)
    return refuse(fmt::format("{} has room for {} bytes, not for {}", at(block), room, e.size));
  if (e.rest_size != room - e.size)
    return refuse(
        fmt::format("{} of {} bytes leave {}, not {}", e.size, room, room - e.size, e.rest_size));
  const u64 rest_offset = e.rest_size == 0 ? 0 : e.offset + e.size;
  if (e.rest_offset != rest_offset && (ours_ || e.rest_size != 0))
    return refuse(e.rest_size == 0 ? fmt::format("nothing is left, but at {}", e.rest_offset)
                                   : fmt::format("what is left starts at {}, not at {}",
                                                 rest_offset, e.rest_offset));
  return ours_ ? resize_geometry(e, block) : std::nullopt;
}

/// It keeps the guards it was given: they are checked where they are, and written where they come.
Verified PoolCheck::resize_geometry(const pool_event_resize& e, const Block& block) const {
  const u64 whole = whole_block(model_, e.requested, block.guard);
  if (e.size != whole)
    return Broken{Rule::geometry, fmt::format("the block has {} bytes, but {} asked for need {}",
                                              e.size, e.requested, whole)};
  return both_guards_checked(block);
}

}  // namespace mempool::viz
