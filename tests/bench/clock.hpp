// The clocks of the benchmarks.
//
// A round is timed by the thread's processor time, so that being put aside for another process on
// a shared machine does not count; single operations by the time stamp counter (latency.hpp).
#pragma once

#include <time.h>

#include <algorithm>

#include "base/units.hpp"

namespace mempool::bench {

/// Processor time of this thread since it was made.
class CpuClock {
 public:
  CpuClock() : start_(now()) {}
  /// Less what reading the clock costs by itself.
  [[nodiscard]] u64 nanoseconds() const {
    const u64 elapsed = now() - start_;
    return elapsed > own_cost() ? elapsed - own_cost() : 0;
  }
  [[nodiscard]] static u64 own_cost() {
    static const u64 cost = measure_own_cost();
    return cost;
  }

 private:
  static u64 now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<u64>(time.tv_sec) * 1'000'000'000 + static_cast<u64>(time.tv_nsec);
  }
  static u64 measure_own_cost() {
    u64 least = u64_max;
    for (int i = 0; i < 1000; ++i) {
      const u64 start = now();
      least = std::min(least, now() - start);
    }
    return least;
  }
  u64 start_;
};

/// When a round has taken too long to be worth waiting for, in processor time as well. Under
/// callgrind all is slower.
class Deadline {
 public:
  static inline u64 patience = 6;  // seconds
  [[nodiscard]] bool passed() const { return clock_.nanoseconds() > patience * 1'000'000'000; }

 private:
  CpuClock clock_;
};

}  // namespace mempool::bench
