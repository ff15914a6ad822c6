// Rules: what one call makes of a free list, by the right rules and by wrong ones.
//
//     free list, call --predict(right rules)--> the answer
//                     --predict(a mistake)----> a wrong choice, and the mistake is its explanation
//
// A prediction is of one call: no pool is played, nothing is remembered. Wrong rules are what
// students really do: forget a guard, round nothing, coalesce with one side only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.hpp"

namespace mempool::viz::quiz {

/// A free block, as far as predictions need it.
struct Hole {
  u64 number = 0, offset = 0, size = 0;
  bool operator==(const Hole&) const = default;
};
using Holes = std::vector<Hole>;  // in address order

[[nodiscard]] Holes holes_of(const Model& model);

/// What a call finds.
struct Ground {
  Holes free;
  u64 capacity = 0, align = 1;
  u64 guard = 0;   // bytes that a block has on either side of its payload
  u64 cursor = 0;  // next fit's
};
[[nodiscard]] Ground ground_of(const Model& model);

struct Rules {
  u32 policy = POOL_FIRST;
  bool front_guard = true, back_guard = true;
  bool rounds = true;      // blocks are whole multiples of the alignment
  bool splits = true;      // what is left of a block stays free
  bool high_part = false;  // the block is cut from the high end
  bool keeps_rest = true;  // what is left goes back to the list
  bool joins_left = true, joins_right = true;
};

/// The pool's own.
[[nodiscard]] Rules rules_of(const Model& model);

/// A way to be wrong, and what to say to it.
struct Mistake {
  std::string_view why;
  void (*make)(Rules& rules);
};
/// Those about allocating and those about freeing.
[[nodiscard]] std::span<const Mistake> mistakes_of_alloc();
[[nodiscard]] std::span<const Mistake> mistakes_of_free();

/// What an allocation comes to.
struct Placement {
  u64 needed = 0;             // bytes of the whole block
  std::optional<Hole> taken;  // none: nothing fits
  u64 offset = 0, size = 0;   // of the block
  u64 payload = 0;            // offset
  Holes after;
};
[[nodiscard]] Placement place(const Ground& ground, u64 requested, const Rules& rules);

/// What a free comes to.
struct Return {
  int neighbours = 0;  // free ones that it coalesced with
  bool left = false, right = false;
  Holes after;
};
[[nodiscard]] Return give_back(const Ground& ground, u64 offset, u64 size, const Rules& rules);

/// "f2, 48 B at 100".
[[nodiscard]] std::string hole_text(const Hole& hole);
/// "48, 40, 112"; "none" if there is none.
[[nodiscard]] std::string sizes_text(const Holes& holes);

}  // namespace mempool::viz::quiz
