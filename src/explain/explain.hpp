// explain: one change, in the order of events that the contract gives. Pure: facts in, events out.
//
//     alloc   [split: the gap] [split] alloc [guard_write front, back]
//     free    [guard_check front, back] free [coalesce right] [coalesce left]
//     resize  [guard_check front, back] resize [guard_write front, back]
//     quarantined  [guard_check front, back] quarantine
//     released     release [coalesce right] [coalesce left]
//
// Called only while somebody watches. It knows bytes and numbers, which the pool has worked out
// of the engine's change; it does not know engine, pool, sinks, text or files. `tell` is whoever
// wants the events: a function of a pool_event& that is lent for the call.
#pragma once

#include "event/table.hpp"

namespace mempool::explain {

/// Where a live block lies and what belongs to whom. A guard of size 0 is not there.
struct Layout {
  u64 number;
  u64 offset;
  u64 size;
  u64 payload;  // offset
  u64 requested;
  u64 front;  // bytes of front guard, from offset on
  u64 back;   // bytes of back guard, behind the payload up to the block's end
  u64 guard;  // the guard size it was given; front and back are this and padding
};

/// A block was taken from the low end of a free block, or behind a gap.
struct Taken {
  Layout block;
  u64 from;       // bytes of the free block
  u64 gap;        // bytes in front of the block, which stay free
  u64 alignment;  // that was asked for, if more than the pool's; else POOL_NONE
};

/// A block was given back, between free neighbours of these sizes (0: not free).
struct Given {
  Layout block;
  u64 left, right;
  bool guards_intact;  // it has guards, they were compared, and nobody was told yet
};

/// A block was freed, and is kept from reuse.
struct Quarantined {
  Layout block;
  bool guards_intact;
};

/// A block that was freed before is given back now, as Given.
struct Released {
  Layout block;
  u64 left, right;
};

/// A block was resized in place: it gave bytes to the free block on its right, or took some.
struct Resized {
  Layout before, after;
  u64 rest;  // bytes of that free block afterwards; 0: there is none
  bool guards_intact;
};

/// A guard was compared; what is found starts at `first`.
struct GuardCheck {
  u64 number;
  u32 side;  // POOL_SIDE_FRONT or POOL_SIDE_BACK
  u64 offset;
  u64 size;
  u64 damaged = 0;
  u64 first = POOL_NONE;            // offset in the region
  pool_bytes expected{nullptr, 0};  // at most 16 bytes
  pool_bytes found{nullptr, 0};
};

template <class Tell, class Fields>
void say(const Tell& tell, const Fields& fields) {
  pool_event event = event::of(fields);
  tell(event);
}

template <class Tell>
void explain(const GuardCheck& check, const Tell& tell) {
  say(tell, pool_event_guard_check{check.number, check.side, check.offset, check.size,
                                   check.damaged, check.first, check.expected, check.found});
}

template <class Tell>
void say_guards_intact(const Layout& block, const Tell& tell) {
  explain(GuardCheck{block.number, POOL_SIDE_FRONT, block.offset, block.front}, tell);
  explain(GuardCheck{block.number, POOL_SIDE_BACK, block.payload + block.requested, block.back},
          tell);
}

template <class Tell>
void say_guards_written(const Layout& block, const Tell& tell) {
  if (block.guard == 0) return;
  say(tell, pool_event_guard_write{block.number, POOL_SIDE_FRONT, block.offset, block.front});
  say(tell, pool_event_guard_write{block.number, POOL_SIDE_BACK, block.payload + block.requested,
                                   block.back});
}

//  [ ....... free, from ....... ]   =>   [ .. gap .. ][ front | payload | back ][ .. rest .. ]
template <class Tell>
void explain(const Taken& taken, const Tell& tell) {
  const Layout& block = taken.block;
  const u64 left = taken.from - taken.gap;
  if (taken.gap != 0)
    say(tell, pool_event_split{block.offset - taken.gap, taken.gap, block.offset, left});
  if (left != block.size)
    say(tell,
        pool_event_split{block.offset, block.size, block.offset + block.size, left - block.size});
  say(tell, pool_event_alloc{block.number, block.offset, block.size, block.payload, block.requested,
                             taken.alignment});
  say_guards_written(block, tell);
}

//  [ left ][ block ][ right ]   =>   [ left ][ block + right ]   =>   [ left + block + right ]
template <class Tell>
void say_coalesced(const Layout& block, u64 left, u64 right, const Tell& tell) {
  if (right != 0)
    say(tell, pool_event_coalesce{block.offset, block.size + right, block.offset + block.size,
                                  right, POOL_SIDE_RIGHT});
  if (left != 0)
    say(tell, pool_event_coalesce{block.offset - left, left + block.size + right,
                                  block.offset - left, left, POOL_SIDE_LEFT});
}

template <class Tell>
void explain(const Given& given, const Tell& tell) {
  const Layout& block = given.block;
  if (given.guards_intact) say_guards_intact(block, tell);
  say(tell, pool_event_free{block.number, block.offset, block.size});
  say_coalesced(block, given.left, given.right, tell);
}

template <class Tell>
void explain(const Quarantined& freed, const Tell& tell) {
  if (freed.guards_intact) say_guards_intact(freed.block, tell);
  say(tell, pool_event_quarantine{freed.block.number, freed.block.offset, freed.block.size});
}

template <class Tell>
void explain(const Released& released, const Tell& tell) {
  const Layout& block = released.block;
  say(tell, pool_event_release{block.number, block.offset, block.size});
  say_coalesced(block, released.left, released.right, tell);
}

//  [ block ][ right ]   =>   [ .. block .. ][ rest ]
template <class Tell>
void explain(const Resized& resized, const Tell& tell) {
  const Layout& block = resized.after;
  if (resized.guards_intact) say_guards_intact(resized.before, tell);
  const u64 rest = resized.rest;
  say(tell, pool_event_resize{block.number, block.offset, block.size, resized.before.size,
                              block.requested, rest == 0 ? 0 : block.offset + block.size, rest});
  say_guards_written(block, tell);
}

}  // namespace mempool::explain
