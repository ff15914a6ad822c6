// Single operations: each one timed by itself, for the tail that a mean hides.
//
// On x86-64 by the time stamp counter, fenced on either side so that neither the operation nor its
// neighbours overlap with the reading; elsewhere by steady_clock. What two readings with nothing
// between them cost is taken off each figure. Interrupts and being put aside do count here: they
// are far rarer than one operation in a thousand, but they are what the largest figure shows.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/units.hpp"
#ifdef __x86_64__
#include <x86intrin.h>
#endif

namespace mempool::bench {

class TickClock {
 public:
#ifdef __x86_64__
  static u64 begin() {
    _mm_lfence();
    const u64 ticks = __rdtsc();
    _mm_lfence();
    return ticks;
  }
  static u64 end() {
    unsigned processor = 0;
    const u64 ticks = __rdtscp(&processor);
    _mm_lfence();
    return ticks;
  }
#else
  static u64 begin() {
    return static_cast<u64>(std::chrono::steady_clock::now().time_since_epoch().count());
  }
  static u64 end() {
    return begin();
  }
#endif

  TickClock() {
    std::vector<u64> empty(1001);
    for (u64& ticks : empty) {
      const u64 start = begin();
      ticks = end() - start;
    }
    std::nth_element(empty.begin(), empty.begin() + 500, empty.end());
    own_cost_ = empty[500];
    const auto start = std::chrono::steady_clock::now();
    const u64 first = begin();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(10)) continue;
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;
    nanoseconds_ = elapsed.count() / static_cast<double>(end() - first);
  }

  [[nodiscard]] u64 own_cost() const {
    return own_cost_;
  }
  [[nodiscard]] double nanoseconds(u64 ticks) const {
    return nanoseconds_ * static_cast<double>(ticks);
  }

 private:
  u64 own_cost_ = 0;        // ticks
  double nanoseconds_ = 1;  // a tick
};

/// What single operations took, in nanoseconds.
struct Spread {
  double middle = 0;  // half of them took no more
  double tail = 0;    // 999 in 1000 took no more
  double most = 0;
  double clock = 0;  // what was taken off each
};

/// Sorts the ticks on its way.
[[nodiscard]] inline Spread spread_of(std::vector<u32>& ticks, const TickClock& clock) {
  if (ticks.empty()) return {};
  std::sort(ticks.begin(), ticks.end());
  const auto at = [&](std::size_t index) {
    return clock.nanoseconds(ticks[index] - std::min<u64>(ticks[index], clock.own_cost()));
  };
  const std::size_t last = ticks.size() - 1;
  return {at(last / 2), at(last - last / 1000), at(last), clock.nanoseconds(clock.own_cost())};
}

}  // namespace mempool::bench
