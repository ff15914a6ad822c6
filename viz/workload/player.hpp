// Player: carries a workload out on a real pool, through the C API.
//
// Every operation that is executed makes exactly one numbered call, so call k of the log is the
// k-th operation executed; only a write that a log's own program made is no call, here as there.
// Freeing, resizing or writing through an allocation that failed is
// skipped and counted. A dead allocation's old pointer is handed on as it is: what the pool says
// to that is the point. The pool does not look at the environment's options, reports nothing on
// stderr and is destroyed at the end, so what still lives is in the log as leaks.
#pragma once

#include <mempool/event.h>

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/list_model.hpp"
#include "model/progress.hpp"
#include "workload/capacity.hpp"
#include "workload/workload.hpp"

namespace mempool::viz {

/// The pool that a workload runs in.
struct PoolSetup {
  std::optional<u64> capacity;  // none: choose_capacity()
  u64 align = 16;
  u64 guards = 0;
  u64 records = 0;  // slab size; 0 = the library's choice
  u32 policy = POOL_FIRST;
  bool fill = false;
  bool poison = false;
  u64 quarantine = 0;  // most bytes of freed blocks; 0 = off
  bool check_every = false;
  bool capture = false;            // bytes that change are told at every call
  std::optional<ListModel> model;  // the classroom's list allocator in place of a pool

  [[nodiscard]] Geometry geometry() const { return {align, guards, model ? model->header : 0}; }
};

/// Where the events go besides the tally: a file, a text, or nowhere.
struct Destination {
  std::string log_path;         // empty: no file
  std::string* text = nullptr;  // borrowed; gets a whole log, up to largest_text bytes
  /// Gets every event from `create` to `destroy`; borrowed for the call.
  std::function<void(const pool_event&)> watch = {};
};
inline constexpr std::size_t largest_text = std::size_t{256} << 20;

/// What came of it.
struct Outcome {
  u64 capacity = 0;
  std::string capacity_why;
  u64 executed = 0;
  u64 skipped = 0;
  u64 allocs = 0, frees = 0, reallocs = 0, misuse = 0;
  u64 failures = 0;
  std::array<u64, 5> failures_by_reason{};  // by pool_reason
  u64 first_failure_call = 0;               // 0: nothing failed
  u64 peak_bytes = 0;                       // payload
  u64 peak_call = 0;                        // the first call that reached the peak
  u64 live_blocks = 0, live_bytes = 0;      // before the pool is destroyed
  u64 events = 0;                           // from `create` to `destroy`
  std::optional<u64> looks;                 // of a list allocator: free blocks looked at
};

/// Fails when there can be no such pool, or when the log cannot be written to its end.
[[nodiscard]] Result<Outcome> play(const Workload& workload, const PoolSetup& setup,
                                   const Destination& destination, const Progress& progress);

}  // namespace mempool::viz
