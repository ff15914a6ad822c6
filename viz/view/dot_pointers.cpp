// Pointers: what points into the region from outside. A pointer that was misused, the place where a
// check found damage, next fit's cursor, a payload that was to be aligned. Boxes over the strip,
// each with an arrow to its byte.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr std::size_t most_pointers = 5;

struct Pointer {
  u64 offset = POOL_NONE;  // POOL_NONE: outside of the region
  std::string text;
  bool alarming = false;
};

void add_misuse(const Picture& p, const pool_event_misuse& e, std::vector<Pointer>& pointers) {
  const bool is_pointer = e.kind == POOL_ERROR_DOUBLE_FREE || e.kind == POOL_ERROR_INTERIOR_FREE ||
                          e.kind == POOL_ERROR_FOREIGN_FREE || e.kind == POOL_ERROR_WRONG_POOL;
  if (!is_pointer) return;
  if (e.offset == POOL_NONE) {
    pointers.push_back({POOL_NONE, "the pointer lies outside of this region", true});
    return;
  }
  std::string text = "the pointer: " + p.at(e.offset);
  const Block* block = p.model().containing(e.offset);
  if (block != nullptr && block->quarantined)
    text += fmt::format(", {} in quarantine", block->name());
  else if (block != nullptr && !block->used)
    text += ", free memory";
  else if (block != nullptr && e.offset != block->payload)
    text += fmt::format(", inside {}", block->name());
  pointers.push_back({e.offset, text, true});
}

std::string damage_text(const Picture& p, u64 number, u64 damaged, u64 size, u64 first) {
  return fmt::format("✗ #{}: {} of {} guard bytes, from {}", number, damaged, size, p.at(first));
}

void add_check(const Picture& p, const pool_event_guard_check& e, std::vector<Pointer>& pointers) {
  if (e.damaged == 0) return;
  const u64 first = e.first == POOL_NONE ? e.offset : e.first;
  pointers.push_back({first, damage_text(p, e.block, e.damaged, e.size, first), true});
}

/// "✗ byte 4 of #0, freed at call 3": where somebody wrote too late.
std::string stain_text(const Picture& p, u64 number, u64 first) {
  const Grave* grave = number == POOL_NONE ? nullptr : p.model().gone(number);
  if (grave == nullptr || first < grave->payload || !grave->holds(first))
    return fmt::format("✗ written after free: {}", p.at(first));
  return fmt::format("✗ byte {} of #{}, freed at call {}", first - grave->payload, number,
                     grave->call);
}

void add_poison_check(const Picture& p, const pool_event_poison_check& e,
                      std::vector<Pointer>& pointers) {
  if (e.damaged != 0) pointers.push_back({e.first, stain_text(p, e.block, e.first), true});
}

/// Damage that was told by bytes of this call.
void add_told_damage(const Picture& p, std::vector<Pointer>& pointers) {
  for (const Card& card : p.strip.cards) {
    if (card.stain != nullptr && card.stain->bad_call == p.frame.call) {
      const auto there = [&](const Pointer& each) { return each.offset == card.stain->first; };
      if (std::ranges::none_of(pointers, there))
        pointers.push_back(
            {card.stain->first, stain_text(p, card.stain->number, card.stain->first), true});
    }
    if (!card.used()) continue;
    for (const Guard* guard : {&card.block->front(), &card.block->back()}) {
      if (guard->damaged == 0 || guard->bad_call != p.frame.call) continue;
      const auto same = [&](const Pointer& pointer) { return pointer.offset == guard->first; };
      if (std::ranges::any_of(pointers, same)) continue;
      pointers.push_back(
          {guard->first,
           damage_text(p, card.block->number, guard->damaged, guard->size, guard->first), true});
    }
  }
}

void add_cursor(const Picture& p, std::vector<Pointer>& pointers) {
  const Model& before = p.frame.before;
  if (before.policy != POOL_NEXT || before.cursor == POOL_NONE || p.story.trail.empty()) return;
  pointers.push_back({before.cursor, "next fit looks from " + p.at(before.cursor), false});
}

/// In a caller's buffer, the multiple is of an address, which is nobody's to see.
void add_aligned(const Picture& p, const pool_event_alloc& e, std::vector<Pointer>& pointers) {
  if (e.alignment == POOL_NONE || e.alignment == 0) return;
  const bool shown = p.frame.before.base_in_page == 0 && e.payload % e.alignment == 0;
  pointers.push_back({e.payload,
                      shown ? fmt::format("the payload: {} = {} × {}", p.at(e.payload),
                                          e.payload / e.alignment, e.alignment)
                            : fmt::format("the payload, its address a multiple of {}", e.alignment),
                      false});
}

std::vector<Pointer> pointers_of(const Picture& p) {
  std::vector<Pointer> pointers;
  for (const OwnedEvent& event : p.frame.events) {
    if (event->kind == POOL_EVENT_MISUSE) add_misuse(p, event->as.misuse, pointers);
    if (event->kind == POOL_EVENT_ALLOC) add_aligned(p, event->as.alloc, pointers);
    if (event->kind == POOL_EVENT_POISON_CHECK)
      add_poison_check(p, event->as.poison_check, pointers);
    if (event->kind == POOL_EVENT_GUARD_CHECK) add_check(p, event->as.guard_check, pointers);
  }
  add_told_damage(p, pointers);
  add_cursor(p, pointers);
  if (pointers.size() > most_pointers) {
    const std::size_t more = pointers.size() - most_pointers;
    pointers.resize(most_pointers);
    pointers.push_back({POOL_NONE, fmt::format("and {} more", more), true});
  }
  std::ranges::stable_sort(pointers, {}, &Pointer::offset);  // POOL_NONE is the last
  return pointers;
}

}  // namespace

void draw_pointers(Picture& p) {
  const std::vector<Pointer> pointers = pointers_of(p);
  if (pointers.empty()) return;
  const int size = p.style.small, height = size + 10, arrow = 16;
  std::vector<Seat> row;
  for (const Pointer& pointer : pointers) {
    const double x = pointer.offset == POOL_NONE ? p.full_width() : p.x_of(pointer.offset);
    row.push_back({x, static_cast<int>(std::ceil(text_width(pointer.text, size))) + 12});
  }
  seat(row, 8, p.left(), p.full_width());
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    const Pointer& pointer = pointers[i];
    const std::string name = fmt::format("pointer_{}", i);
    const std::string_view edge = pointer.alarming ? colour::damage : colour::grey;
    p.canvas.table(
        name, {row[i].x, p.y, row[i].width, height},
        {fmt::format("BORDER=\"2\" COLOR=\"{}\" BGCOLOR=\"{}\" CELLBORDER=\"0\" "
                     "CELLSPACING=\"0\" CELLPADDING=\"0\"",
                     edge, colour::white),
         "<TR>" + cell(row[i].width - 4, height - 4, "", p.say(pointer.text, size)) + "</TR>"});
    if (pointer.offset == POOL_NONE) continue;
    p.canvas.anchor(name + "_byte", p.x_of(pointer.offset), p.y + height + arrow);
    p.canvas.edge(name + ":s", name + "_byte", fmt::format("color=\"{}\", penwidth=2", edge));
  }
  p.y += height + arrow;
}

}  // namespace mempool::viz::dot
