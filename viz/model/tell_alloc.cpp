// Tells an allocation: what was needed, what was searched, what was taken; or why nothing was, and
// which free would have helped.
//
// Every number comes from an event or from the model before it; sums are written out.
#include <fmt/format.h>

#include <algorithm>

#include "model/policy.hpp"
#include "model/rescue.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// "56 + 2×8 guard = 72 B (rounded up to 16: 80 B)". The sum that makes a block of a request.
std::string need_text(const Model& model, u64 guard, u64 requested, u64 needed) {
  const u64 align = model.align;
  const u64 front = front_bytes(model, guard);
  const u64 sum = add_saturating(add_saturating(front, requested), guard);
  if (needed == u64_max || sum == u64_max) return "more bytes than can be counted";
  std::string text = fmt::format("{} B", requested);
  if (guard != 0 && front == guard)
    text = fmt::format("{} + 2×{} guard = {} B", requested, guard, sum);
  else if (guard == 0 && front != 0)
    text = fmt::format("{} header + {} = {} B", front, requested, sum);
  else if (guard != 0)
    text = fmt::format("{} front guard + {} + {} back guard = {} B", front, requested, guard, sum);
  if (sum == needed) return text;
  if (sum == 0) return fmt::format("0 B, but every block has at least {} B", needed);
  if (round_up(sum, align) == needed)
    return text + fmt::format(" (rounded up to {}: {} B)", align, needed);
  return fmt::format("{} B for {} B of payload", needed, requested);
}

//  [ .......... from .......... ]   =>   [ gap ][ block ][ rest ]
void say_split(const Telling& t, const pool_event_alloc& e) {
  const Block* from = t.searched.containing(e.offset);
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
  if (gap != 0) {
    const Block* before_it = t.frame.after.at(from->offset);
    const bool named = before_it != nullptr && !before_it->used && before_it->size == gap;
    sentence += fmt::format(", {} B in front of it stay free{}", gap,
                            named ? " as " + before_it->name() : "");
  }
  if (rest != 0) sentence += fmt::format(", {} B stay free as {}", rest, from->name());
  t.say(sentence + ".");
}

void say_slab(const Telling& t) {
  const pool_event* slab = t.find(POOL_EVENT_SLAB);
  if (slab == nullptr) return;
  t.say(slab->as.slab.fallback != 0
            ? fmt::format("The slab is exhausted: {} come from a fallback allocation.",
                          count_text(slab->as.slab.records, "record"))
            : fmt::format("The slab gets {}.", count_text(slab->as.slab.records, "record")));
}

/// Which one free would have made room. resized: the block that could not be.
void say_saviours(const Telling& t, const Block* resized) {
  const Model& before = t.searched;
  const Wanted wanted = wanted_in(before, t.story.needed, t.story.alignment);
  const u64 grown = resized == nullptr ? 0 : whole_block(before, t.story.requested, resized->guard);
  if (before.used_blocks == 0) return;
  const std::vector<Rescue> found = rescues(before, wanted, resized, grown);
  std::vector<std::string> saviours;
  for (const Rescue& each : found)
    saviours.push_back(fmt::format("#{}{} ({} B{}{})", each.number,
                                   found.size() == 1 ? " alone" : "", each.piece,
                                   each.piece == each.own ? "" : " with its free neighbours",
                                   each.to_grow ? ", right where it is to grow" : ""));
  t.say(saviours.empty() ? "No single free would have made room."
                         : "Freeing " + list_text(saviours, 3, "or") + " would have made room.");
}

/// The most free bytes without a used one between them: more than a free block only where free
/// neighbours are left apart.
u64 largest_run(const Model& model) {
  u64 largest = 0, run = 0;
  for (const auto& [offset, block] : model.blocks()) {
    run = block.used ? 0 : run + block.size;
    largest = std::max(largest, run);
  }
  return largest;
}

std::string short_by(u64 needed, u64 there) {
  return fmt::format("{} short", needed > there ? needed - there : 0);
}

/// Why there was no room. `free` and `largest` are the event's own figures.
std::string reason_text(const Telling& t, const pool_event_alloc_fail& e) {
  switch (e.reason) {
    case POOL_FAIL_TOO_LARGE:
      return fmt::format("The whole region has {} B: this can never be served.",
                         t.searched.capacity);
    case POOL_FAIL_FULL:
      return fmt::format("Only {} B are free ({}): the pool is full.", e.free,
                         short_by(e.needed, e.free));
    case POOL_FAIL_NO_RECORD:
      return "Free memory there is, but no record for another block could be had.";
    default: break;
  }
  if (e.largest >= e.needed && t.story.alignment != POOL_NONE)
    return fmt::format(
        "Free blocks of {} B there are, but with the payload at a multiple of {} the block fits "
        "into "
        "none of them.",
        e.needed, t.story.alignment);
  if (e.largest >= e.needed) return "A free block would fit; the log does not say what was wrong.";
  std::string largest = "the largest";
  for (const auto& [offset, block] : t.searched.blocks()) {
    if (block.used || block.size != e.largest) continue;
    largest += ", " + block.name() + ",";
    break;
  }
  return fmt::format(
      "No single free block has {} B: {} has {} ({}), though {} are free: external "
      "fragmentation{}.",
      e.needed, largest, e.largest, short_by(e.needed, e.largest), e.free,
      largest_run(t.searched) >= e.needed ? ", for free neighbours were not coalesced" : "");
}

/// "pool_alloc(56)", or with the alignment that was asked for.
std::string call_text(u64 requested, u64 alignment) {
  return alignment == POOL_NONE ? fmt::format("pool_alloc({})", requested)
                                : fmt::format("pool_aligned_alloc({}, {})", alignment, requested);
}

}  // namespace

void say_need(const Telling& t, u64 guard) {
  const Model& before = t.searched;
  const Story& story = t.story;
  std::string text = "Needs " + need_text(before, guard, story.requested, story.needed) + ".";
  if (story.alignment != POOL_NONE && story.room != POOL_NONE && story.room != story.needed)
    text += fmt::format(
        " At a multiple of {}, a gap of up to {} B may be needed in front of it: {} + {} = {} B "
        "are "
        "looked for.",
        story.alignment, story.room - story.needed, story.needed, story.room - story.needed,
        story.room);
  t.say(text);
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

void tell_alloc(Telling& t, const pool_event_alloc& e) {
  Story& story = t.story;
  const Block* old = t.searched.live(e.block);
  story.op = old == nullptr ? Op::alloc : Op::realloc;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.size;
  story.alignment = e.alignment;
  story.title = old == nullptr ? fmt::format("{} → #{} at {}", call_text(e.requested, e.alignment),
                                             e.block, t.at(e.payload))
                               : fmt::format("pool_realloc(#{}, {}) → moved to {}", e.block,
                                             e.requested, t.at(e.payload));
  if (old != nullptr) {
    say_why_not_in_place(t, *old);
    t.say("It moves: a new block is taken, the payload copied, the old block given back.");
  }
  look(t, e.offset);
  say_need(t, t.searched.guard_size);
  say_released(t, true);
  say_search(t);
  say_split(t, e);
  say_slab(t);
  say_guards(t);
  say_site(t, t.frame.after, e.block);
}

void tell_alloc_fail(Telling& t, const pool_event_alloc_fail& e) {
  Story& story = t.story;
  const Block* old = t.searched.live(e.block);
  story.op = old != nullptr ? Op::realloc_fail : Op::alloc_fail;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.needed;
  story.alignment = e.alignment;
  story.title = old != nullptr ? fmt::format("pool_realloc(#{}, {}) fails", e.block, e.requested)
                               : call_text(e.requested, e.alignment) + " fails";
  if (e.reason != POOL_FAIL_NO_RECORD) look(t, POOL_NONE);
  if (old != nullptr) say_why_not_in_place(t, *old);
  if (e.needed != e.requested) say_need(t, t.searched.guard_size);
  say_released(t, true);
  t.say(reason_text(t, e));
  if (old != nullptr) t.say(fmt::format("#{} stays as it is.", e.block));
  if (e.reason == POOL_FAIL_FULL || e.reason == POOL_FAIL_FRAGMENTED) say_saviours(t, old);
}

}  // namespace mempool::viz
