// Tells a pool_realloc() that stays in place, and why one that moves could not.
//
// The parts of one that moves, its allocation and its free, are told as those are.
#include <fmt/format.h>

#include "model/policy.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

/// The block that lies right of this one; nullptr at the end of the region.
const Block* right_of(const Model& model, const Block& block) {
  return model.at(block.end());
}

/// What is on its right and how much room that leaves.
std::string right_text(const Block* right) {
  if (right == nullptr) return "it lies at the end of the region";
  if (right->used) return fmt::format("{} lies on its right", right->name());
  return fmt::format("{} on its right has only {} B", right->name(), right->size);
}

//  [ block ][ .. right .. ]   =>   [ .. block .. ][ rest ]
std::string grown_text(const Telling& t, const pool_event_resize& e, const Block& old) {
  const Block* right = right_of(t.frame.before, old);
  const std::string into =
      right == nullptr ? "the free block" : fmt::format("{} ({} B)", right->name(), right->size);
  const std::string left = e.rest_size == 0 ? "all of it is used up"
                                            : fmt::format("{} B of it stay free, at {}",
                                                          e.rest_size, t.at(e.rest_offset));
  return fmt::format("#{} grows in place from {} to {} B, into {} on its right: {}.", e.block,
                     e.old_size, e.size, into, left);
}

//  [ .. block .. ][ right ]   =>   [ block ][ ... rest ... ]
std::string shrunk_text(const Telling& t, const pool_event_resize& e, const Block& old) {
  const u64 tail = e.old_size - e.size;
  const Block* right = right_of(t.frame.before, old);
  const Block* rest = t.frame.after.at(e.offset + e.size);
  const std::string text = fmt::format("#{} shrinks in place from {} to {} B: the {} B at its end",
                                       e.block, e.old_size, e.size, tail);
  if (right != nullptr && !right->used)
    return fmt::format("{} coalesce with {} ({} B) on its right, to {} B at {}.", text,
                       right->name(), right->size, e.rest_size, t.at(e.rest_offset));
  return fmt::format("{} are free{}, at {}.", text, rest == nullptr ? "" : " as " + rest->name(),
                     t.at(e.rest_offset));
}

std::string resized_text(const Telling& t, const pool_event_resize& e, const Block& old) {
  if (e.size > e.old_size) return grown_text(t, e, old);
  if (e.size < e.old_size) return shrunk_text(t, e, old);
  return fmt::format(
      "#{} keeps its {} B, which serve the new size as well: only what was asked for "
      "changes, from {} to {} B.",
      e.block, e.size, old.requested, e.requested);
}

}  // namespace

void tell_resize(Telling& t, const pool_event_resize& e) {
  Story& story = t.story;
  story.op = Op::realloc;
  story.number = e.block;
  story.requested = e.requested;
  story.needed = e.size;
  story.title = fmt::format("pool_realloc(#{}, {}) → resized in place", e.block, e.requested);
  const Block* old = t.frame.before.at(e.offset);
  if (old == nullptr) return;
  say_need(t, old->guard);
  say_checked(t, e.block);
  t.say(resized_text(t, e, *old));
  say_guards(t);
}

void say_why_not_in_place(const Telling& t, const Block& old) {
  const Model& before = t.frame.before;
  const Block* right = right_of(before, old);
  const u64 in_place = whole_block(before, t.story.requested, old.guard);
  const u64 room = old.size + (right == nullptr || right->used ? 0 : right->size);
  if (in_place <= room)
    return t.say(fmt::format("{} had {} B asked for.", old.name(), old.requested));
  t.say(fmt::format("{} cannot grow in place: it has {} B and would need {}, and {}.", old.name(),
                    old.size, in_place, right_text(right)));
}

}  // namespace mempool::viz
