// Changes: what is not as it was. Marks for the blocks that are there after the call, and the runs
// of bytes that the call told.
//
// Follows the events one by one, as the blocks did: a part that coalesces later in the call is a
// part of what it coalesced into. Which words go with a mark is for the views.
#include <algorithm>

#include "model/telling.hpp"

namespace mempool::viz {

namespace {

using Changes = std::map<u64, Change>;

void set(Changes& changes, u64 offset, Mark mark, u64 was_size = 0) {
  changes[offset] = Change{mark, was_size, {}};
}

/// The sizes that went into a free block, and what is known of it is forgotten.
std::vector<u64> take_parts(Changes& changes, u64 offset, u64 size) {
  std::vector<u64> parts{size};
  const auto it = changes.find(offset);
  if (it == changes.end()) return parts;
  if (it->second.mark == Mark::coalesced) parts = it->second.parts;
  changes.erase(it);
  return parts;
}

void coalesced(Changes& changes, const pool_event_coalesce& e) {
  const u64 left_size = e.side == POOL_SIDE_LEFT ? e.with_size : e.size - e.with_size;
  const u64 right_offset = e.offset + left_size;
  std::vector<u64> parts = take_parts(changes, e.offset, left_size);
  const std::vector<u64> right = take_parts(changes, right_offset, e.size - left_size);
  parts.insert(parts.end(), right.begin(), right.end());
  changes[e.offset] = Change{Mark::coalesced, 0, std::move(parts)};
}

/// One part stays free, or both when the block is taken from the middle: then the second split cuts
/// what the first one left, and the free block that was searched is larger than either says.
void split(Changes& changes, const pool_event_split& e) {
  const auto cut = changes.find(e.offset);
  const u64 was = cut == changes.end() ? e.size + e.rest_size : cut->second.was_size;
  set(changes, e.offset, Mark::rest, was);
  set(changes, e.rest_offset, Mark::rest, was);
}

/// What a split has left free so far in front of the block is its gap.
void taken(Changes& changes, const Model& before, const pool_event_alloc& e) {
  const auto it = changes.lower_bound(e.offset);
  if (it != changes.begin() && std::prev(it)->second.mark == Mark::rest)
    std::prev(it)->second.mark = Mark::gap;
  set(changes, e.offset, before.live(e.block) == nullptr ? Mark::fresh : Mark::moved);
}

//  grow    [ block ][ .. right .. ]   =>   [ .. block .. ][ rest ]
//  shrink  [ .. block .. ][ right ]   =>   [ block ][ tail + right ]
void resized(Changes& changes, const Model& before, const pool_event_resize& e) {
  set(changes, e.offset, Mark::resized, e.size == e.old_size ? 0 : e.old_size);
  if (e.rest_size == 0 || e.size == e.old_size) return;
  const Block* right = before.at(e.offset + e.old_size);
  const u64 was = right == nullptr || right->used ? 0 : right->size;
  if (e.size > e.old_size)
    set(changes, e.rest_offset, Mark::rest, was);
  else if (was == 0)
    set(changes, e.rest_offset, Mark::freed);
  else
    changes[e.rest_offset] = Change{Mark::coalesced, 0, {e.old_size - e.size, was}};
}

void mark_event(Telling& t, const pool_event& event) {
  Changes& changes = t.story.changes;
  switch (event.kind) {
    case POOL_EVENT_SPLIT: return split(changes, event.as.split);
    case POOL_EVENT_ALLOC: return taken(changes, t.frame.before, event.as.alloc);
    case POOL_EVENT_FREE: return set(changes, event.as.free.offset, Mark::freed);
    case POOL_EVENT_QUARANTINE: return set(changes, event.as.quarantine.offset, Mark::quarantined);
    case POOL_EVENT_RELEASE: return set(changes, event.as.release.offset, Mark::freed);
    case POOL_EVENT_COALESCE: return coalesced(changes, event.as.coalesce);
    case POOL_EVENT_RESIZE: return resized(changes, t.frame.before, event.as.resize);
    case POOL_EVENT_RESET: return set(changes, 0, Mark::freed);
    default: return;
  }
}

/// Guards and free bytes that are known to be damaged since this call, or were found so by it. A
/// block that was resized has new guards by now.
void mark_damage(Telling& t) {
  const Model& after = t.frame.after;
  const auto mark = [&](const Block& block) {
    const auto change = t.story.changes.find(block.offset);
    const bool resized = change != t.story.changes.end() && change->second.mark == Mark::resized;
    const bool known = block.lives() || after.stain_in(block.offset, block.size) != nullptr;
    if (known && !resized) set(t.story.changes, block.offset, Mark::found_damaged);
  };
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind == POOL_EVENT_GUARD_CHECK && event->as.guard_check.damaged != 0) {
      const Block* block = after.containing(event->as.guard_check.offset);
      if (block != nullptr) mark(*block);
    }
    if (event->kind == POOL_EVENT_POISON_CHECK && event->as.poison_check.damaged != 0) {
      const Block* block = after.containing(event->as.poison_check.first);
      if (block != nullptr && !block->lives()) mark(*block);
    }
    if (event->kind != POOL_EVENT_BYTES) continue;
    const pool_event_bytes& e = event->as.bytes;
    const Block* block = after.containing(e.offset);
    for (; block != nullptr && block->offset < e.offset + e.hex.size;
         block = after.containing(block->end())) {
      const Damage* stain = after.stain_in(block->offset, block->size);
      const bool new_damage = block->front().bad_call == t.frame.call ||
                              block->back().bad_call == t.frame.call ||
                              (stain != nullptr && stain->bad_call == t.frame.call);
      if (new_damage) mark(*block);
    }
  }
}

}  // namespace

void mark_changes(Telling& t) {
  for (const OwnedEvent& event : t.frame.events) mark_event(t, *event);
  mark_damage(t);
  // Marks are for blocks that are there after the call.
  std::erase_if(t.story.changes,
                [&](const auto& change) { return t.frame.after.at(change.first) == nullptr; });
}

void mark_written(Telling& t) {
  const Model& before = t.frame.before;
  std::vector<Written>& written = t.story.written;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_BYTES) continue;
    const pool_event_bytes& e = event->as.bytes;
    for (u64 i = 0; i < e.hex.size; ++i) {
      const u64 offset = e.offset + i;
      const Byte was = before.byte(offset);
      if (was.known && was.value == e.hex.data[i]) continue;
      if (!written.empty() && written.back().offset + written.back().size == offset)
        ++written.back().size;
      else
        written.push_back({offset, 1});
      const Block* block = was.known ? t.frame.after.containing(offset) : nullptr;
      if (block != nullptr)
        t.story.changes.try_emplace(block->offset, Change{Mark::written, 0, {}});
    }
  }
}

}  // namespace mempool::viz
