// Ring: the flight recorder. The last things that happened to a pool, in memory, until somebody
// wants them: misuse, abort, pool_log_save().
//
// It keeps changes, not events: a call that takes or gives a block is one slot of 64 bytes, which
// explain() turns into its two to eight events when the ring is written. So keeping costs one
// cache line a call, and because a change says what was before, too, it can be undone: a ring is
// written behind a snapshot of the pool as it was when the oldest kept call began.
//
// What happens seldom (failures, misuse, notes, ...) is kept as an event of its own. Not kept are
// bytes of the region, only that they were told.
#pragma once

#include <bit>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "explain/explain.hpp"

namespace mempool {

class Ring {
 public:
  /// Keeps the last `size` changes and events of a pool that is about to be created. With times
  /// if there is a clock. May throw bad_alloc.
  Ring(u64 size, u64 guards, bool clock);

  // ---- keeping
  void keep(const explain::Taken& taken, u64 call, u64 time) noexcept;
  void keep(const explain::Given& given, u64 call, u64 time) noexcept;
  void keep(const explain::Quarantined& freed, u64 call, u64 time) noexcept;
  void keep(const explain::Released& released, u64 call, u64 time) noexcept;
  void keep(const explain::Resized& resized, u64 call, u64 time) noexcept;
  void keep(const pool_event& event) noexcept;

  // ---- what is kept: entries, numbered from 0 for the pool's life
  /// The first entry of the oldest call that is kept whole.
  [[nodiscard]] u64 begin() const;
  [[nodiscard]] u64 end() const { return count_; }
  [[nodiscard]] u64 call_of(u64 entry) const { return slot(entry).call; }
  /// Does nothing lie before this entry: is it the creation of the pool?
  [[nodiscard]] bool is_creation(u64 entry) const { return entry == 0; }
  /// The next allocation's number, and the guard size of later blocks, as they were then.
  [[nodiscard]] u64 next_number_at(u64 entry) const;
  [[nodiscard]] u64 guards_at(u64 entry) const;

  /// Hands an entry over: visit(change or event, call, time). Nothing for half an entry.
  template <class Visit>
  void visit(u64 entry, const Visit& visit) const;

 private:
  enum What : u8 {
    taken_new,
    taken_again,
    given,
    quarantined,
    released,
    resized,
    resized_rest,
    other
  };

  /// A cache line. A block's guards take at most 16383 bytes, an alignment at most 4096.
  struct alignas(64) Slot {
    u64 call;
    u64 number, offset, size, requested;  // of the block
    u64 a,
        b;  // taken: from, gap; given, released: left, right; resized: size, requested afterwards
    u16 guard, front, back;
    u8 more;  // taken: the alignment's logarithm, 0 if none was asked for; others: guards_intact
    What what;
  };
  static_assert(sizeof(Slot) == 64);

  /// An event, with its text.
  struct Event {
    u64 entry;
    pool_event event;
    u64 before;  // alloc_fail: the next number; guards: the guard size
    std::vector<std::string> storage;
  };

  [[nodiscard]] const Slot& slot(u64 entry) const { return slots_[entry % slots_.size()]; }
  Slot& next(u64 call, u64 time, What what) {
    Slot& slot = slots_[next_];
    if (clock_) times_[next_] = time;
    if (++next_ == slots_.size()) next_ = 0;
    ++count_;
    slot.call = call;
    slot.what = what;
    return slot;
  }
  static void put(const explain::Layout& block, Slot& slot) {
    slot.number = block.number;
    slot.offset = block.offset;
    slot.size = block.size;
    slot.requested = block.requested;
    slot.guard = static_cast<u16>(block.guard);
    slot.front = static_cast<u16>(block.front);
    slot.back = static_cast<u16>(block.back);
  }
  [[nodiscard]] static explain::Layout layout(const Slot& slot);
  void keep_event(const pool_event& event);
  bool add_to_last(const pool_event& event);
  void forget_events();
  [[nodiscard]] const Event* find_event(u64 entry) const;

  std::vector<Slot> slots_;
  std::vector<u64> times_;  // of the slots, if there is a clock
  bool clock_;
  u64 next_ = 0;   // the slot to be filled
  u64 count_ = 0;  // entries so far
  u64 floor_ = 0;  // entries before this one are of no use: a reset has forgotten their blocks
  u64 next_number_ = 0;
  u64 guards_;
  std::deque<Event> events_;  // of entries that are kept, in order
};

inline void Ring::keep(const explain::Taken& taken, u64 call, u64 time) noexcept {
  const bool is_new = taken.block.number == next_number_;
  next_number_ += is_new ? 1 : 0;
  Slot& slot = next(call, time, is_new ? taken_new : taken_again);
  put(taken.block, slot);
  slot.a = taken.from;
  slot.b = taken.gap;
  const bool aligned = taken.alignment != POOL_NONE;
  slot.more = aligned ? static_cast<u8>(std::countr_zero(taken.alignment)) : u8{0};
}

inline void Ring::keep(const explain::Given& given, u64 call, u64 time) noexcept {
  Slot& slot = next(call, time, What::given);
  put(given.block, slot);
  slot.a = given.left;
  slot.b = given.right;
  slot.more = given.guards_intact ? 1 : 0;
}

template <class Visit>
void Ring::visit(u64 entry, const Visit& visit) const {
  const Slot& at = slot(entry);
  const u64 time = clock_ ? times_[entry % slots_.size()] : POOL_NONE;
  const bool intact = at.more != 0;
  switch (at.what) {
    case taken_new:
    case taken_again: {
      const u64 alignment = at.more == 0 ? POOL_NONE : u64{1} << at.more;
      return visit(explain::Taken{layout(at), at.a, at.b, alignment}, at.call, time);
    }
    case given: return visit(explain::Given{layout(at), at.a, at.b, intact}, at.call, time);
    case quarantined: return visit(explain::Quarantined{layout(at), intact}, at.call, time);
    case released: return visit(explain::Released{layout(at), at.a, at.b}, at.call, time);
    case resized: {
      explain::Resized change{layout(at), layout(at), slot(entry + 1).a, intact};
      change.after.size = at.a;
      change.after.requested = at.b;
      change.after.back = slot(entry + 1).back;
      return visit(change, at.call, time);
    }
    case resized_rest: return;
    case other:
      if (const Event* event = find_event(entry)) visit(event->event, at.call, time);
  }
}

}  // namespace mempool
