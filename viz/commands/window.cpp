// Choosing a stretch of calls: see window.hpp.
#include "commands/window.hpp"

#include <algorithm>

namespace mempool::viz {

namespace {

constexpr u64 events_a_mark = 1024;
constexpr u64 page_events = 150'000;  // fewer than a page may have: their bytes are limited, too
constexpr u64 events_after = 30'000;  // of these: the peak is seen to pass

}  // namespace

void Window::see(const pool_event& event) {
  if (events_++ % events_a_mark == 0) marks_.push_back({events_, event.call});
}

std::optional<std::pair<u64, u64>> Window::around(u64 call) const {
  if (events_ <= page_events) return std::nullopt;
  const auto at = std::ranges::lower_bound(marks_, call, {}, &Mark::call);
  const u64 peak = at == marks_.end() ? events_ : at->events;
  const u64 end = std::min(std::max(peak + events_after, page_events), events_);
  const auto call_at = [&](u64 events) {
    const auto mark = std::ranges::lower_bound(marks_, events, {}, &Mark::events);
    return mark == marks_.end() ? marks_.back().call : mark->call;
  };
  return std::pair{call_at(end - page_events) + 1, call_at(end)};
}

}  // namespace mempool::viz
