// Rules: what `check` holds a log against, numbered once. docs/invariants.md lists them from here.
//
// Some rules every allocator must keep; others are this pool's own contract ("ours": its order of
// events, its geometry, its policy), and `check --no-policy` leaves those out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace mempool::viz {

enum class Rule : u8 {
  opening = 1,
  sequence,
  calls,
  order,
  numbers,
  geometry,
  placement,
  inside,
  split,
  coalesce,
  guards,
  resize,
  failure,
  misuse,
  bytes,
  counts,
  snapshot,
  tiling,
  coalesced,
  aligned,
  poison,
  quarantine
};

struct RuleText {
  Rule rule;
  std::string_view name;
  bool ours;  // not held with --no-policy
  std::string_view text;
};

/// All rules, in order: rules()[0] is R1.
[[nodiscard]] std::span<const RuleText> rules();
[[nodiscard]] const RuleText& text(Rule rule);

/// A rule that does not hold, and what shows it.
struct Broken {
  Rule rule;
  std::string witness;
};
/// What a check of one thing answers: nothing, or what is broken.
using Verified = std::optional<Broken>;

/// "R7 placement: first fit takes ..."
[[nodiscard]] std::string text(const Broken& broken);

}  // namespace mempool::viz
