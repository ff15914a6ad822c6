// Tells a free: the guards that were checked, the bytes given back and the neighbours they
// coalesced with; or that they wait in quarantine, and who left it.
#include <fmt/format.h>

#include <algorithm>

#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// The name of a block that was free before or during the call; "free memory" if it has none.
std::string free_name(const Telling& t, u64 offset, u64 size) {
  for (const Model* model : {&t.frame.before, &t.frame.after}) {
    const Block* block = model->at(offset);
    if (block != nullptr && !block->used && block->size == size) return block->name();
  }
  return "free memory";
}

/// Title and numbers, unless the free is a part of a pool_realloc().
void begin(Telling& t, u64 number, const char* where_to) {
  if (t.story.op == Op::realloc) return;
  t.story.op = Op::free;
  t.story.number = number;
  t.story.title = fmt::format("pool_free(#{}){}", number, where_to);
}

/// The pool compares pointers, not histories: a stale one is as good as the new owner's.
void say_stale(const Telling& t, u64 number, u64 offset) {
  const Block* block = t.frame.before.at(offset);
  if (t.story.op != Op::free || block == nullptr || !block->lives()) return;
  const std::optional<Freed> old = t.frame.before.freed(block->payload);
  if (!old || old->number == number) return;
  t.story.title += fmt::format(", at the place of #{}", old->number);
  t.say(
      fmt::format("The pointer was #{}'s until call {}. If it is that old pointer which is freed "
                  "here, #{} loses its block, and the pool cannot tell.",
                  old->number, old->call, number));
}

/// Of an allocator that does not coalesce: what it leaves apart.
std::string left_apart_text(const Model& after, const Block& freed) {
  std::vector<std::string> apart;
  const Block* left = freed.offset == 0 ? nullptr : after.containing(freed.offset - 1);
  const Block* right = after.at(freed.end());
  for (const Block* block : {left, right})
    if (block != nullptr && !block->used)
      apart.push_back(fmt::format("{} ({} B)", block->name(), block->size));
  if (apart.empty()) return "; no neighbour is free";
  return fmt::format("; {} beside it {} free, too, but this allocator does not coalesce",
                     list_text(apart, 2, "and"), apart.size() == 1 ? "is" : "are");
}

}  // namespace

//  [ left, free ][ block ][ right, free ]   =>   [ .... one free block .... ]
void tell_free(Telling& t, const pool_event_free& e) {
  begin(t, e.block, "");
  std::vector<std::string> touches;
  bool ours = false;  // what a release coalesces with comes later or earlier
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind == POOL_EVENT_FREE || event->kind == POOL_EVENT_RELEASE)
      ours = event->kind == POOL_EVENT_FREE;
    if (event->kind != POOL_EVENT_COALESCE || !ours) continue;
    const pool_event_coalesce& c = event->as.coalesce;
    touches.push_back(fmt::format("{} ({} B) on its {}", free_name(t, c.with_offset, c.with_size),
                                  c.with_size, c.side == POOL_SIDE_LEFT ? "left" : "right"));
  }
  say_checked(t, e.block);
  say_damage(t);
  const Block* now = t.frame.after.containing(e.offset);
  if (now == nullptr) return;
  t.say(!t.frame.after.coalesces()
            ? fmt::format("{} B freed at {}: they become {}{}.", e.size, t.at(e.offset),
                          now->name(), left_apart_text(t.frame.after, *now))
        : touches.empty()
            ? fmt::format("{} B freed at {}: they become {}; no neighbour is free.", e.size,
                          t.at(e.offset), now->name())
            : fmt::format("{} B freed; it touches {}: coalesced to one block of {} B, {}.", e.size,
                          list_text(touches, touches.size(), "and"), now->size, now->name()));
  if (t.frame.before.quarantine != 0 && e.size > t.frame.before.quarantine)
    t.say(fmt::format("It is larger than the quarantine of {} B, so it does not wait there.",
                      t.frame.before.quarantine));
  say_stale(t, e.block, e.offset);
  if (t.story.op == Op::free) say_site(t, t.frame.before, e.block);
}

//  [ block ]   =>   [ block, freed: waits ]   ...   =>   [ free ]
void tell_quarantine(Telling& t, const pool_event_quarantine& e) {
  begin(t, e.block, " → quarantine");
  say_checked(t, e.block);
  say_damage(t);
  const Block* now = t.frame.after.at(e.offset);
  const bool waits = now != nullptr && now->quarantined;
  t.say(fmt::format("#{} is freed, but its {} B at {} are nobody's yet: they wait in quarantine{}.",
                    e.block, e.size, t.at(e.offset),
                    t.frame.after.poison && waits ? ", poisoned" : ""));
  say_released(t, false);
  const Model& after = t.frame.after;
  t.say(fmt::format("The quarantine holds {}, {} of at most {} B.",
                    count_text(after.quarantined_blocks, "block"), after.quarantined_bytes,
                    after.quarantine));
  say_stale(t, e.block, e.offset);
  if (t.story.op == Op::free) say_site(t, t.frame.before, e.block);
}

void say_released(const Telling& t, bool for_room) {
  std::vector<std::string> left;
  u64 bytes = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (for_room && (event->kind == POOL_EVENT_ALLOC || event->kind == POOL_EVENT_ALLOC_FAIL))
      break;
    if (event->kind == POOL_EVENT_QUARANTINE) {
      left.clear();
      bytes = 0;
    }
    if (event->kind != POOL_EVENT_RELEASE) continue;
    const pool_event_release& e = event->as.release;
    left.push_back(fmt::format("#{} ({} B)", e.block, e.size));
    bytes += e.size;
  }
  if (left.empty()) return;
  const std::string who = list_text(left, 4, "and");
  const bool one = left.size() == 1;
  if (for_room)
    t.say(fmt::format("No free block was large enough, so the oldest {} the quarantine: {}.",
                      one ? "leaves" : "leave", who));
  else
    t.say(fmt::format("{} B would be over its limit of {}, so the oldest {}: {}; {} free now.",
                      t.frame.after.quarantined_bytes + bytes, t.frame.after.quarantine,
                      one ? "leaves" : "leave", who, one ? "it is" : "they are"));
}

std::optional<Model> with_released(const Frame& frame) {
  const auto begins_search = [](const OwnedEvent& event) {
    return event->kind == POOL_EVENT_SPLIT || event->kind == POOL_EVENT_ALLOC ||
           event->kind == POOL_EVENT_ALLOC_FAIL;
  };
  const auto search = std::ranges::find_if(frame.events, begins_search);
  const auto released = std::find_if(frame.events.begin(), search, [](const OwnedEvent& event) {
    return event->kind == POOL_EVENT_RELEASE;
  });
  if (search == frame.events.end() || released == search) return std::nullopt;
  Model model = frame.before;
  for (auto event = frame.events.begin(); event != search; ++event)
    static_cast<void>(model.apply(**event));
  return model;
}

}  // namespace mempool::viz
