// Tells a free: the guards that were checked, the bytes given back, the neighbours it coalesced
// with; and damage, whenever a call finds or tells it.
#include <fmt/format.h>

#include <algorithm>

#include "model/telling.hpp"

namespace mempool::viz {

namespace {

std::string hex_text(const u8* bytes, u64 count) {
  std::string text;
  for (u64 i = 0; i < count; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : " ", bytes[i]);
  return text;
}

const char* side_text(bool front) {
  return front ? "front" : "back";
}

/// "✗ Guard: the back guard of #9 has 3 of 8 bytes overwritten, ..."
std::string damage_text(const Telling& t, u64 number, bool front, const Guard& guard) {
  std::string text =
      fmt::format("✗ Guard: the {} guard of #{} has {} of {} bytes overwritten, first at {}",
                  side_text(front), number, guard.damaged, guard.size, t.at(guard.first));
  const u64 shown = std::min<u64>({guard.shown, guard.damaged, 4});
  if (shown != 0)
    text += fmt::format(" (expected {}, found {})", hex_text(guard.expected.data(), shown),
                        hex_text(guard.found.data(), shown));
  text += guard.good_call == POOL_NONE ? "; never seen good"
                                       : fmt::format("; good at call {}", guard.good_call);
  return text + fmt::format(", bad at call {}.", guard.bad_call);
}

/// The guard as this call's check found it: the block may be gone afterwards.
Guard as_checked(const Telling& t, const pool_event_guard_check& e) {
  Guard guard;
  guard.offset = e.offset;
  guard.size = e.size;
  guard.damaged = e.damaged;
  guard.first = e.first;
  const u64 shown = std::min<u64>({e.expected.size, e.found.size, guard.found.size()});
  guard.shown = static_cast<u8>(shown);
  std::copy_n(e.expected.data, shown, guard.expected.begin());
  std::copy_n(e.found.data, shown, guard.found.begin());
  guard.bad_call = t.frame.call;
  const Block* block = t.frame.before.containing(e.offset);
  const Guard* known = block == nullptr ? nullptr : block->guard_at(e.offset);
  if (known == nullptr) return guard;
  guard.good_call = known->good_call;
  if (known->bad_call != POOL_NONE) guard.bad_call = known->bad_call;
  return guard;
}

/// The name of a block that was free before or during the call; "free memory" if it has none.
std::string free_name(const Telling& t, u64 offset, u64 size) {
  for (const Model* model : {&t.frame.before, &t.frame.after}) {
    const Block* block = model->at(offset);
    if (block != nullptr && !block->used && block->size == size) return block->name();
  }
  return "free memory";
}

}  // namespace

void say_damage(Telling& t) {
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind == POOL_EVENT_GUARD_CHECK && event->as.guard_check.damaged != 0) {
      const pool_event_guard_check& e = event->as.guard_check;
      t.say(damage_text(t, e.block, e.side == POOL_SIDE_FRONT, as_checked(t, e)));
    }
    if (event->kind != POOL_EVENT_BYTES) continue;
    const pool_event_bytes& e = event->as.bytes;
    const Model& after = t.frame.after;
    const Block* block = after.containing(e.offset);
    for (; block != nullptr && block->offset < e.offset + e.hex.size;
         block = after.containing(block->end())) {
      for (const Guard* guard : {&block->front(), &block->back()}) {
        const bool told_here = guard->bad_call == t.frame.call && guard->first >= e.offset &&
                               guard->first - e.offset < e.hex.size;
        if (told_here) t.say(damage_text(t, block->number, guard == &block->front(), *guard));
      }
    }
  }
}

void say_checked(const Telling& t, u64 number) {
  u64 checked = 0, damaged = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_GUARD_CHECK) continue;
    ++checked;
    damaged += event->as.guard_check.damaged;
  }
  if (checked != 0 && damaged == 0)
    t.say(fmt::format("The guards of #{} are checked: intact.", number));
}

//  [ left, free ][ block ][ right, free ]   =>   [ .... one free block .... ]
void tell_free(Telling& t, const pool_event_free& e) {
  Story& story = t.story;
  if (story.op != Op::realloc) {
    story.op = Op::free;
    story.number = e.block;
    story.title = fmt::format("pool_free(#{})", e.block);
  }
  std::vector<std::string> touches;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_COALESCE) continue;
    const pool_event_coalesce& c = event->as.coalesce;
    touches.push_back(fmt::format("{} ({} B) on its {}", free_name(t, c.with_offset, c.with_size),
                                  c.with_size, c.side == POOL_SIDE_LEFT ? "left" : "right"));
  }
  say_checked(t, e.block);
  say_damage(t);
  const Block* now = t.frame.after.containing(e.offset);
  if (now == nullptr) return;
  t.say(touches.empty()
            ? fmt::format("{} B freed at {}: they become {}; no neighbour is free.", e.size,
                          t.at(e.offset), now->name())
            : fmt::format("{} B freed; it touches {}: coalesced to one block of {} B, {}.", e.size,
                          list_text(touches, touches.size(), "and"), now->size, now->name()));
}

}  // namespace mempool::viz
