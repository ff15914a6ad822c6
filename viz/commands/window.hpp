// Window: which calls of a long run to look at, when a page cannot hold all of them. It knows a
// run by the events that pass, and chooses the stretch around a call, such as the peak.
#pragma once

#include <mempool/event.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// Notes, while a run's events pass, at which of them its calls begin.
class Window {
 public:
  void see(const pool_event& event);

  /// First and last call of a stretch that a page holds, the peak in it. None: all fit.
  [[nodiscard]] std::optional<std::pair<u64, u64>> around(u64 call) const;

 private:
  struct Mark {
    u64 events, call;
  };
  std::vector<Mark> marks_;  // every so many events
  u64 events_ = 0;
};

}  // namespace mempool::viz
