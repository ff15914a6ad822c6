// Story: what one call did and why, worked out from its frame. Told once, used by every view:
// title and sentences in pictures and text, the look trail, what changed where, the sums.
//
// The engine does not log its search. It does not have to: the model holds the free list that was
// searched, so what a list walk would have looked at follows from it ("a list walk would look at
// 62 of 76": the engine itself does not walk).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/frame.hpp"

namespace mempool::viz {

enum class Op {
  create,
  alloc,
  alloc_fail,
  realloc,
  realloc_fail,
  free,
  misuse,
  guards,
  check,
  note,
  dump,
  reset,
  destroy,
  snapshot,
  other
};

/// passed: looked at, and it would fit, but the policy prefers another (best, worst and good fit).
/// lies_wrong: large enough, but not with the gap that an aligned block needs there.
enum class Verdict { too_small, taken, not_looked_at, passed, lies_wrong };

/// One free block of the list that was searched.
struct Look {
  u64 number = 0;  // f8
  u64 offset = 0;
  u64 size = 0;
  Verdict verdict = Verdict::not_looked_at;
  u64 shortfall = 0;  // bytes missing; 0 when it fits
  u64 ordinal = 0;    // its place in the walk, from 1; 0 = not looked at
  u64 gap = 0;        // bytes that an aligned block would leave free in front of it
  u64 place = 0;      // its place in the list, from 1: by address, unless a list model says other
};

/// What happened to a block of the pool after the call. written: bytes that were known before are
/// known to be others now (bytes that are told for the first time mark no block).
/// gap: what an aligned block leaves free in front of it. moved: the new place of a block that
/// moves.
/// quarantined: freed, and kept from reuse.
enum class Mark {
  fresh,
  moved,
  rest,
  gap,
  freed,
  quarantined,
  coalesced,
  resized,
  written,
  found_damaged
};

struct Change {
  Mark mark = Mark::fresh;
  u64 was_size = 0;        // of what was split or resized; 0: not known, or as it was
  std::vector<u64> parts;  // coalesced: sizes, left to right
};

/// A run of bytes that the call told (a write that was noted, a dump), for marking what is new.
struct Written {
  u64 offset = 0;
  u64 size = 0;
};

struct Story {
  Op op = Op::other;
  u64 number = POOL_NONE;  // the allocation concerned
  u64 requested = POOL_NONE;
  u64 needed = POOL_NONE;     // whole block
  u64 alignment = POOL_NONE;  // asked of pool_aligned_alloc()
  u64 room = POOL_NONE;       // bytes the policy looked for: needed, and a gap's, if any
  bool as_it_lies = false;    // none had them: the lowest free block that fits with its own gap
  std::string title;          // "pool_alloc(56) → #17 at 472"
  std::vector<std::string> sentences;  // why and what, in order; numbers carry their sums
  std::vector<Look> trail;             // by address; empty when nothing was searched
  std::size_t walk_start = 0;          // the walk begins after so many places of the list, and
                                       // goes round
  u64 looked_at = 0;                   // looks up to and including the taken one
  std::map<u64, Change> changes;       // by offset of the block after the call
  std::vector<Written> written;        // bytes that the call told and that were not known so
  std::optional<u64> fits;  // free blocks of the searched list that could serve the request

  /// The trail in the order of the walk; what was not looked at comes last.
  [[nodiscard]] std::vector<Look> walk() const;
};

/// "first fit"; "first fit over a list, newest first, not coalescing, headers of 8 B".
[[nodiscard]] std::string policy_text(const Model& model);

/// How offsets are said.
enum class Radix { dec, hex };

/// With --seq (frame.one_event) the title names the event, the sentence is its narration.
[[nodiscard]] Story tell(const Frame& frame, Radix radix);

/// "good at call 31, bad at call 42: written between them".
[[nodiscard]] std::string window_text(u64 good_call, u64 bad_call);
/// "back guard of #9: 3 of 8 B, first at 680; good at call 31, bad at ..."; "freed bytes of #2:
/// ..."
[[nodiscard]] std::string damage_text(const Damage& damage, Radix radix);
/// "parser.c:118", printable whatever the log says; empty if it does not tell.
[[nodiscard]] std::string site_text(const Model& model, u64 number);
/// "These are the recorded calls of git log in this pool, not its own heap."; empty if they are not
/// recorded.
[[nodiscard]] std::string recorded_text(const Model& model);
[[nodiscard]] std::string recorded_text(const std::string& program);
/// "1024 B = used 656 (payload 528 + guards 128) + free 368"; padding is named when there is any.
[[nodiscard]] std::string sum_of_bytes(const Model& model);
/// "external fragmentation = 1 - 192/368 = 48 %"; says so when nothing is free.
[[nodiscard]] std::string sum_of_fragmentation(const Model& model);
/// "1 block", "2 blocks": the noun gets an s unless there is exactly one.
[[nodiscard]] std::string count_text(u64 count, std::string_view noun);
/// An offset as this radix says it: 472 or 0x1D8.
[[nodiscard]] std::string offset_text(u64 offset, Radix radix);

}  // namespace mempool::viz
