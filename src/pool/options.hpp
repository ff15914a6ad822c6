// Settings: what a pool is to be, after program, environment and defaults have had their say.
//
//     pool_options (program)  ->  MEMPOOL_OPTIONS, MEMPOOL_LOG (fill what was left)  ->  defaults
//
// A program's bad option fails the creation (EINVAL). A bad word in the environment warns once on
// stderr and is passed over: the environment must never break the host.
#pragma once

#include <mempool.h>

#include <string>

#include "base/units.hpp"

namespace mempool {

inline constexpr u64 most_guard_bytes = 4096;
inline constexpr u64 default_guard_bytes = 16;
inline constexpr u64 most_alignment = 4096;
inline constexpr u64 most_captured = u64{1} << 20;  // the largest region with option `capture`

struct Settings {
  u64 capacity = 0;  // bytes of the region, a multiple of align
  u64 align = 16;
  u32 policy = POOL_FIRST;
  u32 errors = POOL_ERRORS_REPORT;
  u64 guards = 0;
  u32 records = 0;
  std::string name;
  std::string log;                    // empty: none
  bool log_from_environment = false;  // the file goes on where this process left it
  u64 flush = 0;
  u64 max = 0;
  u64 ring = 0;        // 0: no flight recorder
  u64 quarantine = 0;  // bytes
  bool check_every = false;
  bool poison = false;
  bool capture = false;
  bool fill = false;
  bool thread_safe = false;
  bool clock = false;
  bool debug = false;
  bool hide_addresses = false;  // a replay: base is 0x0 and addresses are left out
  std::string recorded;         // of a recording's replay: the program
};

/// Works the settings out. Returns 0, or the errno that the creation fails with.
[[nodiscard]] int settle(u64 size, const pool_options* options, bool use_environment,
                         Settings& settings);

}  // namespace mempool
