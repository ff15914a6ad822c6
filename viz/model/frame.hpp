// Frame: all that a view may know: the pool before, the events, the pool after, and their place
// in the log. Loading one is the timeline's work (timeline.hpp); views never see a log or a file.
#pragma once

#include <string>
#include <vector>

#include "model/model.hpp"

namespace mempool::viz {

/// An event that owns its text and bytes. Copying keeps the pointers inside right.
class OwnedEvent {
 public:
  explicit OwnedEvent(const pool_event& event);
  OwnedEvent(const OwnedEvent& other) : OwnedEvent(other.event_) {}
  OwnedEvent& operator=(const OwnedEvent& other);
  [[nodiscard]] const pool_event& operator*() const { return event_; }
  [[nodiscard]] const pool_event* operator->() const { return &event_; }

 private:
  pool_event event_;
  std::vector<std::string> storage_;
};

struct Frame {
  Model before;                    // as the call found it
  std::vector<OwnedEvent> events;  // of this call (or the single one that --seq chose)
  Model after;
  u64 call = 0;                  // the call shown
  u64 last_call = 0;             // of this pool in the log
  bool one_event = false;        // --seq: the fine grain
  bool complete = false;         // the log ended with `end`
  std::vector<u32> other_pools;  // pools of the log that are not shown
};

}  // namespace mempool::viz
