// Condition: a question about one call, as a person types it.
//
//     "alloc >= 50 and not fail" --parse_condition--> Condition --holds(facts, pool)--> yes or no
//
//     what happened   alloc, free, realloc, fail, split, coalesce, guard, damage, misuse, check,
//                     note, reset, leak, destroy, quarantine, release
//     of whom         alloc #9, free #9, #9 (any event names it)
//     how large       alloc >= 50, free < 64, fail > 100: bytes that were asked for
//     the pool then   frag > 50%, largest < 100, freebytes, used, blocks, holes
//     where           call 42, call >= 42, event 117; and, or, not, brackets
//
// A condition about the pool alone (frag > 50%) is a state that may last: watchers of it care for
// the call at which it comes about (is_state). Pure: it knows no log and no breakpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "step/facts.hpp"

namespace mempool::viz::step {

class Condition {
 public:
  /// largest: bytes of the largest free block.
  [[nodiscard]] bool holds(const CallFacts& facts, const Model& after, u64 largest) const {
    return holds(root_, facts, after, largest);
  }
  /// It asks for the pool, and for nothing that happens.
  [[nodiscard]] bool is_state() const { return is_state_; }
  /// It asks for the largest free block.
  [[nodiscard]] bool measures() const { return measures_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  friend class ConditionParser;
  enum class Op : u8 {
    all,
    any,
    none,
    happened,
    names,
    call,
    event,
    frag,
    largest,
    free,
    used,
    blocks,
    holes
  };
  enum class Compare : u8 { nothing, equal, not_equal, less, at_most, more, at_least };
  enum class Kind : u8 { events, alloc, free, realloc, guard, damage };
  struct Node {
    Op op = Op::happened;
    Kind kind = Kind::events;
    u64 events = 0;  // happened: any of these
    u64 number = POOL_NONE;
    Compare compare = Compare::nothing;
    u64 value = 0;
    std::size_t left = 0, right = 0;
  };
  [[nodiscard]] bool holds(std::size_t node, const CallFacts& facts, const Model& after,
                           u64 largest) const;
  [[nodiscard]] static bool happened(const Node& node, const CallFacts& facts);
  [[nodiscard]] static bool compares(const Node& node, u64 value);

  std::vector<Node> nodes_;
  std::size_t root_ = 0;
  bool is_state_ = false, measures_ = false;
  std::string text_;
};

/// Fails with what was expected, and an example.
[[nodiscard]] Result<Condition> parse_condition(std::string_view text);

/// "31 %" of the free bytes lie outside the largest free block; 0 when nothing is free.
[[nodiscard]] u64 fragmentation(const Model& model, u64 largest);

}  // namespace mempool::viz::step
