// PoolCheck: one pool's events held against the rules, one by one and call by call. For `check`.
//
//     event --> sequence, calls, order --> its own rules --> Model::apply --> index of free blocks
//     end of call --> touched blocks and their neighbours, now and then everything
//
// Before an event is applied it is held against the model, so that what is broken can be said
// with names and sizes; the model's own answer comes last, for whatever no rule has caught.
#pragma once

#include <unordered_set>

#include "model/free_index.hpp"
#include "model/model.hpp"
#include "model/policy.hpp"
#include "model/rules.hpp"

namespace mempool::viz {

class PoolCheck {
 public:
  /// ours: hold the log against this pool's own contract, too. See rules.hpp.
  explicit PoolCheck(bool ours) : ours_(ours) {}

  /// The next event of this pool. skipped: events since the last one whose kind is unknown; some
  /// of them may have been this pool's.
  [[nodiscard]] Verified see(const pool_event& event, u64 skipped);
  /// The log is over and was not cut: so is the last call.
  [[nodiscard]] Verified finish();

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] u64 calls() const { return calls_; }
  [[nodiscard]] u64 unchecked() const { return unchecked_; }
  /// Which rules are not held against a pool that is no real one, and why; empty: all are.
  [[nodiscard]] std::string left_out() const;
  /// The broken rule is one of the end of the call before the event that see() was given.
  [[nodiscard]] bool broke_at_end_of_call() const { return broke_at_end_; }

 private:
  using E = const pool_event&;
  struct Range {
    u64 first, last;
  };

  // ---- pool_check.cpp: every event
  [[nodiscard]] Verified opening(E event) const;
  [[nodiscard]] Verified sequence(E event) const;
  [[nodiscard]] Verified call_number(E event) const;
  [[nodiscard]] Verified order(E event) const;
  [[nodiscard]] const char* disorder(E event) const;
  [[nodiscard]] Verified facts(E event);
  [[nodiscard]] Verified apply(E event);
  void begin_call(E event);
  void remember(E event);
  void index(u64 first, u64 last);

  // ---- check_blocks.cpp: blocks, split, taken, given back
  [[nodiscard]] Verified number_is_next(u64 number) const;
  [[nodiscard]] Verified is_live(u64 number, u64 offset) const;
  [[nodiscard]] Verified alloc(const pool_event_alloc& e);
  [[nodiscard]] Verified alloc_geometry(const pool_event_alloc& e) const;
  [[nodiscard]] Verified split(const pool_event_split& e);
  [[nodiscard]] Verified free(const pool_event_free& e);
  [[nodiscard]] Verified coalesce(const pool_event_coalesce& e);
  [[nodiscard]] Verified quarantine(const pool_event_quarantine& e) const;
  [[nodiscard]] Verified release(const pool_event_release& e) const;
  void guards_due(u64 number, u64 front, u64 back);

  // ---- check_placement.cpp: where a block is taken, and whether it had to be
  [[nodiscard]] Verified aligned(const pool_event_alloc& e) const;
  [[nodiscard]] Verified alignment_can_be(u64 alignment) const;
  [[nodiscard]] std::string misplaced(const Wanted& wanted, Hole from, Hole chosen) const;
  [[nodiscard]] std::optional<Hole> listed_choice(const Wanted& wanted) const;
  [[nodiscard]] Verified placement(const pool_event_alloc& e) const;
  [[nodiscard]] Verified has_to_move(u64 number, u64 requested) const;
  [[nodiscard]] Verified resize(const pool_event_resize& e);
  [[nodiscard]] Verified resize_geometry(const pool_event_resize& e, const Block& block) const;

  // ---- check_facts.cpp: what events say without changing a block
  [[nodiscard]] Verified create(u64 capacity, u64 align, u64 guards) const;
  [[nodiscard]] Verified snapshot(E event) const;
  [[nodiscard]] Verified snapshot_block(const pool_event_block& e);
  [[nodiscard]] Verified snapshot_geometry(const pool_event_block& e) const;
  [[nodiscard]] Verified alloc_fail(const pool_event_alloc_fail& e) const;
  [[nodiscard]] Verified failure_reason(const pool_event_alloc_fail& e) const;
  [[nodiscard]] Verified guards(const pool_event_guards& e) const;
  [[nodiscard]] Verified guard_write(const pool_event_guard_write& e) const;
  [[nodiscard]] Verified guard_check(const pool_event_guard_check& e);
  [[nodiscard]] Verified poison_check(const pool_event_poison_check& e);
  [[nodiscard]] Verified site(const pool_event_site& e) const;
  [[nodiscard]] Verified both_guards_checked(const Block& block) const;
  [[nodiscard]] Verified misuse(const pool_event_misuse& e) const;
  [[nodiscard]] Verified bytes(const pool_event_bytes& e) const;
  [[nodiscard]] Verified counts(E event);

  // ---- check_calls.cpp: the end of a call
  [[nodiscard]] Verified end_of_call();
  [[nodiscard]] Verified call_is_whole() const;
  [[nodiscard]] Verified around(Range range) const;
  [[nodiscard]] Verified neighbours(const Block& left, const Block& right) const;
  [[nodiscard]] Verified recount() const;

  [[nodiscard]] std::string at(const Block& block) const;

  bool ours_;
  Model model_;
  FreeIndex free_;
  Model snapshot_of_;         // the model that a later snapshot must repeat, while it comes
  bool must_repeat_ = false;  // it must
  bool known_ = true;         // the state is: nothing was dropped since it was told
  bool seen_ = false;         // there was an event
  bool open_call_ = false;    // its end is still to be held against the rules
  bool broke_at_end_ = false;
  u64 calls_ = 0, unchecked_ = 0, skipped_ = 0;

  /// The call so far.
  struct Call {
    u32 main = 0;                     // the event it is about; 0 = none yet
    u32 previous = 0;                 // kind of the last event
    u64 moving = POOL_NONE;           // number of the block that has to be freed, as it moved
    u64 cut_low = 0, cut_high = 0;    // the parts of the last split, while one is to be taken
    u64 due_front = 0, due_back = 0;  // guards to be written, by offset + 1
    u64 due_block = 0;                // of this block
    u64 freed = POOL_NONE;            // offset of the free block that the freed one is part of
    u64 damaged = 0;                  // guards found damaged
    bool released = false;            // blocks left the quarantine
    u64 leaks = 0, leaked_bytes = 0;
    u64 blocks_to_come = 0;  // of a snapshot
  };
  Call call_;
  std::unordered_set<u64> guards_checked_;  // in this call, by offset
  std::unordered_set<u64> leaked_;          // in this call, by number
  std::vector<Range> touched_;              // in this call: ranges where blocks start that changed

  // The free list as the call found it stays in the index until its block is taken.
  bool pending_ = false;
  u64 pending_first_ = 0, pending_last_ = 0;
  u64 calls_since_recount_ = 0;
};

}  // namespace mempool::viz
