// Tells an allocation: what was needed, what was searched, what was taken; or why nothing was, and
// which free would have helped.
//
// Every number comes from an event or from the model before it; sums are written out.
#include <fmt/format.h>

#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// "56 + 2×8 guard = 72 B (rounded up to 16: 80 B)". The sum that makes a block of a request.
std::string need_text(const Model& before, u64 requested, u64 needed) {
  const u64 guard = before.guard_size;
  const u64 front = round_up(guard, before.align);
  const u64 sum = add_saturating(add_saturating(front, requested), guard);
  if (needed == u64_max || sum == u64_max) return "more bytes than can be counted";
  std::string text = fmt::format("{} B", requested);
  if (guard != 0 && front == guard)
    text = fmt::format("{} + 2×{} guard = {} B", requested, guard, sum);
  else if (guard != 0)
    text = fmt::format("{} front guard + {} + {} back guard = {} B", front, requested, guard, sum);
  if (sum == needed) return text;
  if (sum == 0) return fmt::format("0 B, but every block has at least {} B", needed);
  if (round_up(sum, before.align) == needed)
    return text + fmt::format(" (rounded up to {}: {} B)", before.align, needed);
  return fmt::format("{} B for {} B of payload", needed, requested);
}

void say_need(const Telling& t) {
  t.say("Needs " + need_text(t.frame.before, t.story.requested, t.story.needed) + ".");
}

//  [ .......... from .......... ]   =>   [ gap ][ block ][ rest ]
void say_split(const Telling& t, const pool_event_alloc& e) {
  const Block* from = t.frame.before.containing(e.offset);
  if (from == nullptr || from->used) return;
  const u64 gap = e.offset - from->offset;
  if (e.size > from->size - gap) {
    t.say(fmt::format("#{} takes several free blocks that were coalesced without an event.",
                      e.block));
    return;
  }
  const u64 rest = from->size - gap - e.size;
  if (gap == 0 && rest == 0) {
    t.say(fmt::format("{} ({} B) fits exactly: nothing is split off.", from->name(), from->size));
    return;
  }
  std::string sentence =
      fmt::format("{} ({} B) is split: {} B for #{}", from->name(), from->size, e.size, e.block);
  if (gap != 0) sentence += fmt::format(", {} B before it stay free", gap);
  if (rest != 0) sentence += fmt::format(", {} B stay free as {}", rest, from->name());
  t.say(sentence + ".");
}

void say_guards(const Telling& t) {
  u64 front = 0, back = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_GUARD_WRITE) continue;
    (event->as.guard_write.side == POOL_SIDE_FRONT ? front : back) += event->as.guard_write.size;
  }
  if (front + back == 0) return;
  t.say(fmt::format("Guards are written: {} B of AB before the payload, {} B after it.", front,
                    back));
}

void say_slab(const Telling& t) {
  const pool_event* slab = t.find(POOL_EVENT_SLAB);
  if (slab == nullptr) return;
  t.say(slab->as.slab.fallback != 0
            ? fmt::format("The slab is exhausted: {} come from a fallback allocation.",
                          count_text(slab->as.slab.records, "record"))
            : fmt::format("The slab gets {}.", count_text(slab->as.slab.records, "record")));
}

/// Bytes that would be free in one piece if this block were freed.
u64 freed_size(const Model& model, Model::Blocks::const_iterator it) {
  u64 size = it->second.size;
  if (it != model.blocks().begin()) {
    const Block& left = std::prev(it)->second;
    if (!left.used) size += left.size;
  }
  const auto right = std::next(it);
  if (right != model.blocks().end() && !right->second.used) size += right->second.size;
  return size;
}

/// Which one free would have made room.
void say_saviours(const Telling& t) {
  const Model& before = t.frame.before;
  std::vector<std::string> saviours;
  for (auto it = before.blocks().begin(); it != before.blocks().end(); ++it) {
    const Block& block = it->second;
    if (!block.used || block.number == t.story.number) continue;
    const u64 size = freed_size(before, it);
    if (size < t.story.needed) continue;
    saviours.push_back(size == block.size
                           ? fmt::format("{} ({} B)", block.name(), size)
                           : fmt::format("{} ({} B with its free neighbours)", block.name(), size));
  }
  if (before.used_blocks == 0) return;
  t.say(saviours.empty() ? "No single free would have made room."
                         : "Freeing " + list_text(saviours, 3, "or") + " would have made room.");
}

std::string short_by(u64 needed, u64 there) {
  return fmt::format("{} short", needed > there ? needed - there : 0);
}

/// Why there was no room. `free` and `largest` are the event's own figures.
std::string reason_text(const Telling& t, const pool_event_alloc_fail& e) {
  switch (e.reason) {
    case POOL_FAIL_TOO_LARGE:
      return fmt::format("The whole region has {} B: this can never be served.",
                         t.frame.before.capacity);
    case POOL_FAIL_FULL:
      return fmt::format("Only {} B are free ({}): the pool is full.", e.free,
                         short_by(e.needed, e.free));
    case POOL_FAIL_NO_RECORD:
      return "Free memory there is, but no record for another block could be had.";
    default: break;
  }
  if (e.largest >= e.needed) return "A free block would fit; the log does not say what was wrong.";
  std::string largest = "the largest";
  for (const auto& [offset, block] : t.frame.before.blocks()) {
    if (block.used || block.size != e.largest) continue;
    largest += ", " + block.name() + ",";
    break;
  }
  return fmt::format(
      "No single free block has {} B: {} has {} ({}), though {} are free: external "
      "fragmentation.",
      e.needed, largest, e.largest, short_by(e.needed, e.largest), e.free);
}

}  // namespace

void tell_alloc(Telling& t, const pool_event_alloc& e) {
  Story& story = t.story;
  const Block* old = t.frame.before.live(e.block);
  story.op = old == nullptr ? Op::alloc : Op::realloc;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.size;
  story.title = old == nullptr ? fmt::format("pool_alloc({}) → #{} at {}", e.requested, e.block,
                                             t.at(e.payload))
                               : fmt::format("pool_realloc(#{}, {}) → moved to {}", e.block,
                                             e.requested, t.at(e.payload));
  if (old != nullptr)
    t.say(
        fmt::format("#{} had {} B asked for; it moves: a new block is taken, the payload copied, "
                    "the old block given back.",
                    e.block, old->requested));
  look(t, e.offset);
  say_need(t);
  say_search(t);
  say_split(t, e);
  say_slab(t);
  say_guards(t);
}

void tell_resize(Telling& t, const pool_event_resize& e) {
  Story& story = t.story;
  story.op = Op::realloc;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.size;
  story.title = fmt::format("pool_realloc(#{}, {}) → resized in place", e.block, e.requested);
  say_need(t);
  if (e.size > e.old_size)
    t.say(fmt::format("#{} grows by {} B into the free block on its right, from {} to {} B.",
                      e.block, e.size - e.old_size, e.old_size, e.size));
  else if (e.size < e.old_size)
    t.say(fmt::format("#{} gives back {} B at its end, from {} to {} B.", e.block,
                      e.old_size - e.size, e.old_size, e.size));
  else
    t.say(fmt::format("The block of {} B serves the new size as well.", e.size));
  if (e.rest_size != 0) t.say(fmt::format("{} B are free to the right of it.", e.rest_size));
  say_guards(t);
}

void tell_alloc_fail(Telling& t, const pool_event_alloc_fail& e) {
  Story& story = t.story;
  const bool resizing = t.frame.before.live(e.block) != nullptr;
  story.op = resizing ? Op::realloc_fail : Op::alloc_fail;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.needed;
  story.title = resizing ? fmt::format("pool_realloc(#{}, {}) fails", e.block, e.requested)
                         : fmt::format("pool_alloc({}) fails", e.requested);
  if (e.reason != POOL_FAIL_NO_RECORD) look(t, POOL_NONE);
  if (e.needed != e.requested) say_need(t);
  t.say(reason_text(t, e));
  if (resizing) t.say(fmt::format("#{} stays as it is.", e.block));
  if (e.reason == POOL_FAIL_FULL || e.reason == POOL_FAIL_FRAGMENTED) say_saviours(t);
}

}  // namespace mempool::viz
