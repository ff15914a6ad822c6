// Predictions, and the table of mistakes: see rules.hpp.
#include "quiz/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/policy.hpp"

namespace mempool::viz::quiz {

namespace {

constexpr Mistake alloc_mistakes[] = {
    {"That forgets the guards: they lie on both sides of the payload and are part of the block.",
     [](Rules& r) { r.front_guard = r.back_guard = false; }},
    {"That counts one guard; there is one before the payload and one behind it.",
     [](Rules& r) { r.front_guard = false; }},
    {"That does not round: a block is a whole multiple of the alignment.",
     [](Rules& r) { r.rounds = false; }},
    {"That hands out the high end of the free block; the pool hands out the low one.",
     [](Rules& r) { r.high_part = true; }},
    {"That does not split: what is not needed of a free block stays free.",
     [](Rules& r) { r.splits = false; }},
    {"That loses what is left of the block; it goes back to the free list.",
     [](Rules& r) { r.keeps_rest = false; }},
    {"That is first fit: the lowest address that fits.", [](Rules& r) { r.policy = POOL_FIRST; }},
    {"That is best fit: the smallest block that fits.", [](Rules& r) { r.policy = POOL_BEST; }},
    {"That is worst fit: the largest block.", [](Rules& r) { r.policy = POOL_WORST; }},
    {"That is next fit: it goes on where the last placement ended.",
     [](Rules& r) { r.policy = POOL_NEXT; }},
    {"That is good fit: the lowest address in the first size class that surely fits.",
     [](Rules& r) { r.policy = POOL_GOOD; }},
};

constexpr Mistake free_mistakes[] = {
    {"That does not coalesce: free blocks that touch become one, at once.",
     [](Rules& r) { r.joins_left = r.joins_right = false; }},
    {"That coalesces with the left neighbour only; the right one is looked at, too.",
     [](Rules& r) { r.joins_right = false; }},
    {"That coalesces with the right neighbour only; the left one is looked at, too.",
     [](Rules& r) { r.joins_left = false; }},
};

u64 whole(const Ground& ground, u64 requested, const Rules& rules) {
  const u64 guard = ground.guard;
  u64 size = requested;
  if (rules.front_guard)
    size = add_saturating(size, rules.rounds ? round_up(guard, ground.align) : guard);
  if (rules.back_guard) size = add_saturating(size, guard);
  if (!rules.rounds) return std::max<u64>(size, 1);
  return std::max(round_up(size, ground.align), ground.align);
}

/// The free list as the policies read it.
struct List {
  std::vector<Block> blocks;
  FreeList list;
};
List list_of(const Holes& holes) {
  List made;
  made.blocks.resize(holes.size());
  for (std::size_t i = 0; i < holes.size(); ++i) {
    made.blocks[i].offset = holes[i].offset;
    made.blocks[i].size = holes[i].size;
    made.blocks[i].number = holes[i].number;
    made.list.push_back(&made.blocks[i]);
  }
  return made;
}

}  // namespace

Holes holes_of(const Model& model) {
  Holes holes;
  for (const Block* block : free_list(model))
    holes.push_back({block->number, block->offset, block->size});
  return holes;
}

Ground ground_of(const Model& model) {
  return {holes_of(model), model.capacity, model.align, model.guard_size,
          model.cursor == POOL_NONE ? 0 : model.cursor};
}

Rules rules_of(const Model& model) {
  Rules rules;
  rules.policy = model.policy;
  return rules;
}

std::span<const Mistake> mistakes_of_alloc() {
  return alloc_mistakes;
}
std::span<const Mistake> mistakes_of_free() {
  return free_mistakes;
}

Placement place(const Ground& ground, u64 requested, const Rules& rules) {
  Placement placement;
  placement.after = ground.free;
  placement.needed = whole(ground, requested, rules);
  const List list = list_of(placement.after);
  const Wanted wanted{.needed = placement.needed, .room = placement.needed};
  const Block* block = choose(rules.policy, list.list, wanted, ground.cursor);
  if (block == nullptr) return placement;
  placement.taken = Hole{block->number, block->offset, block->size};
  const u64 taken = rules.splits ? placement.needed : block->size;
  const u64 start = rules.high_part ? block->end() - taken : block->offset;
  const u64 front = rules.rounds ? round_up(ground.guard, ground.align) : ground.guard;
  placement.offset = start;
  placement.size = taken;
  placement.payload = start + (rules.front_guard ? front : 0);
  const auto hole = std::ranges::find(placement.after, block->offset, &Hole::offset);
  if (taken == block->size || !rules.keeps_rest) {
    placement.after.erase(hole);
  } else {
    hole->size -= taken;
    if (!rules.high_part) hole->offset += taken;
  }
  return placement;
}

Return give_back(const Ground& ground, u64 offset, u64 size, const Rules& rules) {
  Return given;
  given.after = ground.free;
  Hole freed{0, offset, size};
  const auto left = std::ranges::find(given.after, offset,
                                      [](const Hole& hole) { return hole.offset + hole.size; });
  given.left = left != given.after.end() && rules.joins_left;
  if (given.left) {
    freed.number = left->number;
    freed.offset = left->offset;
    freed.size += left->size;
    given.after.erase(left);
  }
  const auto right = std::ranges::find(given.after, offset + size, &Hole::offset);
  given.right = right != given.after.end() && rules.joins_right;
  if (given.right) {
    freed.size += right->size;
    given.after.erase(right);
  }
  given.neighbours = int{given.left} + int{given.right};
  given.after.insert(std::ranges::lower_bound(given.after, freed.offset, {}, &Hole::offset), freed);
  return given;
}

std::string hole_text(const Hole& hole) {
  return fmt::format("f{}, {} B at {}", hole.number, hole.size, hole.offset);
}

std::string sizes_text(const Holes& holes) {
  std::string text;
  for (const Hole& hole : holes) text += fmt::format("{}{}", text.empty() ? "" : ", ", hole.size);
  return text.empty() ? "none" : text;
}

}  // namespace mempool::viz::quiz
