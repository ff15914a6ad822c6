// Log call: what is known of a call of a log while its events come, before it becomes an operation.
// Filled in by from_log.cpp, which decides which operation it was.
#pragma once

#include <mempool/event.h>

#include <optional>
#include <string>
#include <vector>

#include "workload/workload.hpp"

namespace mempool::viz {

/// What is known of an allocation's pointer.
struct LogPointer {
  u64 payload = POOL_NONE;  // NONE: the allocation failed
  u64 requested = 0;
  bool live = false;
};

/// Bytes as an event tells them, and whose they are, if it says.
struct LogLook {
  u64 offset = 0;
  std::string told;
  u64 owner = POOL_NONE;
};

/// One call, while its events come.
struct LogCall {
  u64 number = 0;
  std::optional<Operation> operation;
  std::optional<std::string> note;
  std::optional<LogPointer> after;  // of the operation's allocation
  u64 moved_from = POOL_NONE;       // payload before; the operation's block moves in this call
  bool checked = false;             // everything was looked at
  bool only_bytes = true;           // so far: a dump, or a note that follows
  bool over = false;                // the pool is destroyed
  // What is found before the call's own event: a write that is noted then may be the reason.
  std::vector<LogLook> looks;
};

}  // namespace mempool::viz
