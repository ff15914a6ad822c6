// Policy: five loops over a list.
#include "model/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "model/story.hpp"

namespace mempool::viz {

namespace {

const Block* first_fit(const FreeList& list, u64 needed) {
  for (const Block* block : list)
    if (block->size >= needed) return block;
  return nullptr;
}

const Block* next_fit(const FreeList& list, u64 needed, u64 cursor) {
  const auto start = std::ranges::find_if(list, [&](const Block* b) { return b->end() > cursor; });
  const auto fits = [&](const Block* block) { return block->size >= needed; };
  const auto found = std::find_if(start, list.end(), fits);
  return found != list.end() ? *found : first_fit(list, needed);
}

const Block* best_fit(const FreeList& list, u64 needed) {
  const Block* best = nullptr;
  for (const Block* block : list)
    if (block->size >= needed && (best == nullptr || block->size < best->size)) best = block;
  return best;
}

const Block* worst_fit(const FreeList& list, u64 needed) {
  const Block* worst = nullptr;
  for (const Block* block : list)
    if (block->size >= needed && (worst == nullptr || block->size > worst->size)) worst = block;
  return worst;
}

const Block* good_fit(const FreeList& list, u64 needed) {
  const u64 sure = good_class_that_fits(needed);
  const Block* good = nullptr;
  u64 lowest_class = u64_max;
  for (const Block* block : list) {
    const u64 its_class = good_class(block->size);
    if (its_class < sure || its_class >= lowest_class) continue;
    good = block;
    lowest_class = its_class;
  }
  // No class is left that surely fits, so whatever fits is in the request's own class.
  return good != nullptr ? good : first_fit(list, needed);
}

const Block* by_policy(u32 policy, const FreeList& list, u64 needed, u64 cursor) {
  switch (policy) {
    case POOL_FIRST: return first_fit(list, needed);
    case POOL_NEXT: return next_fit(list, needed, cursor);
    case POOL_BEST: return best_fit(list, needed);
    case POOL_WORST: return worst_fit(list, needed);
    case POOL_GOOD: return good_fit(list, needed);
    default: return nullptr;
  }
}

}  // namespace

FreeList free_list(const Model& model) {
  return model.free_list();
}

bool is_policy_of(const Model& model, u32 policy) {
  return is_policy(policy) && !(model.list && policy == POOL_GOOD);
}

u64 front_bytes(const Model& model, u64 guard) {
  return model.header_bytes() + round_up(guard, model.align);
}

u64 whole_block(const Model& model, u64 requested, u64 guard) {
  const u64 sum = add_saturating(add_saturating(front_bytes(model, guard), requested), guard);
  return std::max(round_up(sum, model.align), model.align);
}

Wanted wanted_in(const Model& model, u64 needed, u64 alignment) {
  Wanted wanted{.needed = needed, .room = needed};
  const bool asked = alignment != POOL_NONE && is_power_of_two(alignment) &&
                     alignment > model.align && alignment <= page_bytes;
  if (!asked) return wanted;
  wanted.alignment = alignment;
  wanted.phase = model.base_in_page + front_bytes(model, model.guard_size);
  wanted.room = add_saturating(needed, alignment - model.align);
  return wanted;
}

const Block* choose(u32 policy, const FreeList& list, const Wanted& wanted, u64 cursor) {
  const Block* block = by_policy(policy, list, wanted.room, cursor);
  if (block != nullptr || !is_policy(policy)) return block;
  for (const Block* lowest : list)
    if (wanted.fits(lowest->offset, lowest->size)) return lowest;
  return nullptr;
}

u64 good_class(u64 size) {
  if (size < 512) return size;
  const u64 octave = static_cast<u64>(std::bit_width(size)) - 1;  // 9 for 512 to 1023
  return 512 + (octave - 9) * 32 + (size >> (octave - 5)) - 32;
}

u64 good_class_that_fits(u64 size) {
  const u64 own = good_class(size);
  return size == 0 || good_class(size - 1) < own ? own : own + 1;
}

std::string good_class_text(u64 good_class) {
  if (good_class < 512) return fmt::format("{} B", good_class);
  const u64 shift = (good_class - 512) / 32 + 4;  // a class of the octave from 512 on has 16 sizes
  const u64 first = (32 + good_class % 32) << shift;
  return fmt::format("{} to {} B", first, first + ((u64{1} << shift) - 1));
}

std::string_view policy_name(u32 policy) {
  switch (policy) {
    case POOL_FIRST: return "First fit";
    case POOL_NEXT: return "Next fit";
    case POOL_BEST: return "Best fit";
    case POOL_WORST: return "Worst fit";
    case POOL_GOOD: return "Good fit";
    default: return "An unknown policy";
  }
}

std::string policy_text(const Model& model) {
  std::string text = policy_in_words(model.policy);
  if (!model.list) return model.model.empty() ? text : text + " of a kind that is not known here";
  text += fmt::format(" over a list, {}", in_words(model.list->order));
  if (!model.list->coalesces) text += ", not coalescing";
  if (model.list->header != 0) text += fmt::format(", headers of {} B", model.list->header);
  return text;
}

std::string policy_in_words(u32 policy) {
  std::string name(policy_name(policy));
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name;
}

}  // namespace mempool::viz
