// check: does a log tell a consistent story? Every event is held against the state before it and
// against the contract (rules.hpp numbers the rules), every call against the whole pool.
//
//     reader --event--> check --> PoolCheck, one a pool --> Model, FreeIndex
//
// It trusts nothing and shares nothing with the engine, so it checks the library as well as a
// student's own allocator (`policy` off). It stops at the first rule that does not hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/progress.hpp"

namespace mempool::viz {

struct CheckOptions {
  /// Hold the log against this pool's own contract: the policy that `create` names, its geometry,
  /// the order of events. Off for logs of other allocators: what any allocator must keep remains.
  bool policy = true;
};

/// What a check found.
struct CheckResult {
  u64 events = 0, calls = 0, pools = 0;
  u64 live_blocks = 0, live_bytes = 0;  // at the end: leaks, which do not fail a check
  u64 unchecked = 0;  // events after a gap (`dropped`): only their seq and calls could be checked
  std::vector<std::string> left_out;  // sentences: rules that do not hold for what `create` says
  std::optional<std::string> broken;  // the first rule that does not hold, with its witness
  u64 broken_line = 0;
};

[[nodiscard]] CheckResult check(log::Reader& reader, const CheckOptions& options,
                                const Progress& progress);

}  // namespace mempool::viz
