// PoolCheck: what holds for every event, and the way it takes.
#include "model/pool_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "event/table.hpp"

namespace mempool::viz {

namespace {

std::string kind_name(u32 code) {
  const event::Kind* kind = event::find(code);
  return kind == nullptr ? "?" : std::string(kind->name);
}

/// The rule that an event breaks if it cannot be applied, and nothing else was wrong with it.
Rule rule_of(u32 kind) {
  switch (kind) {
    case POOL_EVENT_SPLIT: return Rule::split;
    case POOL_EVENT_COALESCE: return Rule::coalesce;
    case POOL_EVENT_RESIZE: return Rule::resize;
    case POOL_EVENT_GUARD_WRITE:
    case POOL_EVENT_GUARD_CHECK: return Rule::guards;
    case POOL_EVENT_FREE:
    case POOL_EVENT_QUARANTINE:
    case POOL_EVENT_LEAK: return Rule::numbers;
    case POOL_EVENT_RELEASE: return Rule::quarantine;
    case POOL_EVENT_POISON_CHECK: return Rule::poison;
    case POOL_EVENT_BLOCK: return Rule::tiling;
    case POOL_EVENT_BYTES: return Rule::bytes;
    case POOL_EVENT_CREATE:
    case POOL_EVENT_SNAPSHOT: return Rule::geometry;
    default: return Rule::inside;
  }
}

/// The event that a call is about; the others are parts of what it does, or evidence.
bool is_main(u32 kind) {
  switch (kind) {
    case POOL_EVENT_SPLIT:
    case POOL_EVENT_SLAB:
    case POOL_EVENT_GUARD_WRITE:
    case POOL_EVENT_GUARD_CHECK:
    case POOL_EVENT_BLOCK:
    case POOL_EVENT_POISON_CHECK:
    case POOL_EVENT_RELEASE:
    case POOL_EVENT_COALESCE:  // of what is freed, or leaves the quarantine before a search
    case POOL_EVENT_SITE:
    case POOL_EVENT_RECORDED:
    case POOL_EVENT_CHECK:  // it may come before the work of any call
    case POOL_EVENT_BYTES: return false;
    default: return true;
  }
}

}  // namespace

Verified PoolCheck::see(E event, u64 skipped) {
  broke_at_end_ = false;
  skipped_ = skipped;
  if (auto broken = opening(event)) return broken;
  if (auto broken = sequence(event)) return broken;
  if (auto broken = call_number(event)) return broken;
  if (!seen_ || event.call != model_.last_call) {
    if (auto broken = end_of_call()) {
      broke_at_end_ = true;
      return broken;
    }
    begin_call(event);
  }
  seen_ = true;
  if (event.kind == POOL_EVENT_SNAPSHOT) known_ = true;
  if (event.kind == POOL_EVENT_DROPPED) known_ = false;
  if (!known_) {  // what happened meanwhile nobody knows: seq and calls are all that can be held
    ++unchecked_;
    open_call_ = false;
    model_.last_seq = event.seq;
    model_.last_call = event.call;
    return std::nullopt;
  }
  if (ours_)
    if (auto broken = order(event)) return broken;
  if (auto broken = facts(event)) return broken;
  return apply(event);
}

Verified PoolCheck::opening(E event) const {
  const bool opens = event.kind == POOL_EVENT_CREATE || event.kind == POOL_EVENT_SNAPSHOT;
  if (!seen_ && !opens)
    return Broken{Rule::opening,
                  fmt::format("the pool's first event is `{}`", kind_name(event.kind))};
  if (seen_ && event.kind == POOL_EVENT_CREATE)
    return Broken{Rule::opening, "the pool is there already"};
  if (model_.destroyed) return Broken{Rule::opening, "the pool was destroyed"};
  return std::nullopt;
}

Verified PoolCheck::sequence(E event) const {
  const u64 next = model_.last_seq + 1;
  if (event.kind == POOL_EVENT_DROPPED) {
    const pool_event_dropped& e = event.as.dropped;
    const bool names_gap =
        e.from == next && e.from <= e.to && (event.seq == e.to || event.seq == e.to + 1);
    if (names_gap) return std::nullopt;
    return Broken{Rule::sequence,
                  fmt::format("`dropped` names the events {} to {} and has seq {}, after seq {}",
                              e.from, e.to, event.seq, model_.last_seq)};
  }
  // A log may open late on a pool, and another time after it was closed.
  if (event.kind == POOL_EVENT_SNAPSHOT && event.seq >= next) return std::nullopt;
  if (next <= event.seq && event.seq - next <= skipped_) return std::nullopt;
  return Broken{Rule::sequence, fmt::format("seq is {}, {} was expected", event.seq, next)};
}

Verified PoolCheck::call_number(E event) const {
  const u64 last = model_.last_call;
  if (event.kind == POOL_EVENT_CREATE && event.call != 0)
    return Broken{Rule::calls, fmt::format("the creation is call {}, not 0", event.call)};
  if (!seen_) return std::nullopt;
  const bool may_skip =
      event.kind == POOL_EVENT_SNAPSHOT || event.kind == POOL_EVENT_DROPPED || !known_;
  const bool fits = last <= event.call && (may_skip || event.call - last <= 1 + skipped_);
  if (!fits)
    return Broken{Rule::calls, fmt::format("the call is {}, after call {}", event.call, last)};
  return std::nullopt;
}

void PoolCheck::begin_call(E) {
  call_ = {};
  guards_checked_.clear();
  leaked_.clear();
  touched_.clear();
  open_call_ = true;
  ++calls_;
}

/// Which events may follow which, within a call; docs/log-format.md has the groups. What is wrong
/// with this one, nullptr if nothing is.
const char* PoolCheck::disorder(E event) const {
  const u32 main = call_.main;
  const u32 previous = call_.previous;
  const bool taking = event.kind == POOL_EVENT_SPLIT || event.kind == POOL_EVENT_ALLOC;
  if (call_.cut_high != 0 && !taking) return "what a split cuts off is handed out next";
  const auto unless = [](bool fits, const char* what) { return fits ? nullptr : what; };
  switch (event.kind) {
    case POOL_EVENT_SPLIT:
    case POOL_EVENT_ALLOC: return unless(main == 0, "a call takes one block, and before all else");
    case POOL_EVENT_GUARD_WRITE:
      return unless(previous == POOL_EVENT_ALLOC || previous == POOL_EVENT_RESIZE ||
                        previous == POOL_EVENT_GUARD_WRITE,
                    "guards are written right after their block is taken");
    case POOL_EVENT_FREE:
    case POOL_EVENT_QUARANTINE: {
      const u64 block =
          event.kind == POOL_EVENT_FREE ? event.as.free.block : event.as.quarantine.block;
      return unless(main == 0 || (main == POOL_EVENT_ALLOC && call_.moving == block),
                    "a call gives back one block, or the old place of one that moves");
    }
    case POOL_EVENT_RELEASE:
      return unless(main == 0 || main == POOL_EVENT_QUARANTINE,
                    "blocks leave the quarantine when another comes, or before one is taken");
    case POOL_EVENT_COALESCE:
      return unless(
          previous == POOL_EVENT_FREE || previous == POOL_EVENT_RELEASE ||
              (previous == POOL_EVENT_COALESCE && event.as.coalesce.side == POOL_SIDE_LEFT),
          "a freed block coalesces to the right, then to the left");
    case POOL_EVENT_SITE:
      return unless(main == POOL_EVENT_ALLOC || main == POOL_EVENT_RESIZE,
                    "it says where a block was asked for");
    case POOL_EVENT_RECORDED:
      return unless(previous == POOL_EVENT_CREATE, "it says whose calls the pool is created for");
    case POOL_EVENT_CHECK:
      return unless(main == 0, "everything is looked at before anything else happens");
    case POOL_EVENT_BLOCK: return unless(main == POOL_EVENT_SNAPSHOT, "it belongs to a snapshot");
    case POOL_EVENT_LEAK:
    case POOL_EVENT_DESTROY:
      return unless(main == 0 || main == POOL_EVENT_LEAK,
                    "nothing else happens in the call that destroys a pool");
    case POOL_EVENT_SLAB:
    case POOL_EVENT_GUARD_CHECK:
    case POOL_EVENT_POISON_CHECK:
    case POOL_EVENT_BYTES: return nullptr;  // wherever they are of use
    default: return unless(main == 0, "it needs a call of its own");
  }
}

Verified PoolCheck::order(E event) const {
  const char* what = disorder(event);
  if (what == nullptr) return std::nullopt;
  const std::string place = call_.previous == 0
                                ? "begins the call"
                                : fmt::format("follows `{}`", kind_name(call_.previous));
  return Broken{Rule::order, fmt::format("`{}` {}, but {}", kind_name(event.kind), place, what)};
}

/// What the event itself says, held against the model before it.
Verified PoolCheck::facts(E event) {
  switch (event.kind) {
    case POOL_EVENT_CREATE: {
      const pool_event_create& e = event.as.create;
      return create(e.capacity, e.align, e.guards);
    }
    case POOL_EVENT_SNAPSHOT: return snapshot(event);
    case POOL_EVENT_BLOCK: return snapshot_block(event.as.block);
    case POOL_EVENT_ALLOC: return alloc(event.as.alloc);
    case POOL_EVENT_ALLOC_FAIL: return alloc_fail(event.as.alloc_fail);
    case POOL_EVENT_SPLIT: return split(event.as.split);
    case POOL_EVENT_FREE: return free(event.as.free);
    case POOL_EVENT_COALESCE: return coalesce(event.as.coalesce);
    case POOL_EVENT_RESIZE: return resize(event.as.resize);
    case POOL_EVENT_GUARDS: return guards(event.as.guards);
    case POOL_EVENT_GUARD_WRITE: return guard_write(event.as.guard_write);
    case POOL_EVENT_GUARD_CHECK: return guard_check(event.as.guard_check);
    case POOL_EVENT_POISON_CHECK: return poison_check(event.as.poison_check);
    case POOL_EVENT_QUARANTINE: return quarantine(event.as.quarantine);
    case POOL_EVENT_RELEASE: return release(event.as.release);
    case POOL_EVENT_SITE: return site(event.as.site);
    case POOL_EVENT_MISUSE: return misuse(event.as.misuse);
    case POOL_EVENT_BYTES: return bytes(event.as.bytes);
    case POOL_EVENT_CHECK:
    case POOL_EVENT_RESET:
    case POOL_EVENT_LEAK:
    case POOL_EVENT_DESTROY: return counts(event);
    default: return std::nullopt;
  }
}

Verified PoolCheck::apply(E event) {
  const bool is_snapshot = event.kind == POOL_EVENT_SNAPSHOT;
  // A snapshot that skips no call repeats what is known; after a gap it may tell anything.
  if (is_snapshot) {
    must_repeat_ =
        model_.open && event.call == model_.last_call + 1 && event.seq == model_.last_seq + 1;
    snapshot_of_ = must_repeat_ ? model_ : Model();
  }
  const Fault fault = model_.apply(event);
  if (fault != Fault::none) return Broken{rule_of(event.kind), text(fault)};
  if (!model_.model.empty() && !model_.list) ours_ = false;
  if (is_snapshot || event.kind == POOL_EVENT_CREATE)
    free_ = FreeIndex(ours_ ? model_.policy : 0);  // an order that nobody asks for costs time
  remember(event);
  return std::nullopt;
}

/// What the rest of the call depends on, and which blocks are touched.
void PoolCheck::remember(E event) {
  const u32 kind = event.kind;
  switch (kind) {
    case POOL_EVENT_CREATE: index(0, model_.capacity); break;
    case POOL_EVENT_SNAPSHOT: call_.blocks_to_come = event.as.snapshot.blocks; break;
    case POOL_EVENT_BLOCK: index(event.as.block.offset, event.as.block.offset); break;
    case POOL_EVENT_SPLIT: {
      const pool_event_split& e = event.as.split;
      call_.cut_low = e.offset;
      call_.cut_high = e.rest_offset;
      pending_first_ = pending_ ? std::min(pending_first_, e.offset) : e.offset;
      pending_last_ = pending_ ? std::max(pending_last_, e.rest_offset) : e.rest_offset;
      pending_ = true;
      break;
    }
    case POOL_EVENT_ALLOC: {
      const pool_event_alloc& e = event.as.alloc;
      const Block* left = e.offset == 0 ? nullptr : model_.containing(e.offset - 1);
      index(left == nullptr ? e.offset : left->offset, e.offset + e.size);
      call_.cut_low = call_.cut_high = 0;
      break;
    }
    case POOL_EVENT_GUARD_WRITE:
      (event.as.guard_write.side == POOL_SIDE_FRONT ? call_.due_front : call_.due_back) = 0;
      break;
    case POOL_EVENT_FREE:
      index(event.as.free.offset, event.as.free.offset);
      call_.freed = event.as.free.offset;
      call_.moving = POOL_NONE;
      break;
    case POOL_EVENT_QUARANTINE:
      index(event.as.quarantine.offset, event.as.quarantine.offset);
      call_.moving = POOL_NONE;
      break;
    case POOL_EVENT_RELEASE:
      index(event.as.release.offset, event.as.release.offset);
      call_.released = true;
      call_.freed = event.as.release.offset;
      break;
    case POOL_EVENT_COALESCE:
      index(event.as.coalesce.offset, event.as.coalesce.offset + event.as.coalesce.size - 1);
      call_.freed = event.as.coalesce.offset;
      break;
    case POOL_EVENT_RESIZE: {
      const pool_event_resize& e = event.as.resize;
      index(e.offset, e.offset + std::max(e.size, e.old_size));
      const Block& block = *model_.at(e.offset);
      if (ours_ && block.guard != 0) guards_due(e.block, block.offset, block.payload_end());
      break;
    }
    case POOL_EVENT_RESET: index(0, model_.capacity); break;
    default: break;
  }
  if (is_main(kind)) call_.main = kind;
  call_.previous = kind;
}

/// Brings the index up to date with the blocks that start in [first, last], and remembers them.
void PoolCheck::index(u64 first, u64 last) {
  if (pending_) {
    first = std::min(first, pending_first_);
    last = std::max(last, pending_last_);
    pending_ = false;
  }
  touched_.push_back({first, last});
  free_.remove(first, last);
  for (auto it = model_.blocks().lower_bound(first);
       it != model_.blocks().end() && it->first <= last; ++it)
    if (!it->second.used) free_.insert({it->second.offset, it->second.size});
}

std::string PoolCheck::left_out() const {
  if (model_.model.empty()) return "";
  if (!model_.list)
    return "is of a kind that is not known here: only what any allocator must keep was checked";
  const auto rule = [](Rule each) {
    return fmt::format("R{} {}", static_cast<u8>(each), text(each).name);
  };
  std::string rules = rule(Rule::resize) + " (a list allocator always moves)";
  if (!model_.coalesces()) rules += " and " + rule(Rule::coalesced);
  return "is a list allocator: left out " + rules;
}

Verified PoolCheck::finish() {
  if (auto broken = end_of_call()) return broken;
  return known_ && seen_ && !model_.blocks().empty() ? recount() : std::nullopt;
}

}  // namespace mempool::viz
