// Sink: where events go. The seam between the pool (which makes events) and everything that
// keeps or shows them. A sink never calls back into the pool.
#pragma once

#include <mempool/event.h>

namespace mempool {

class Sink {
 public:
  virtual ~Sink() = default;
  /// One event, borrowed for the call.
  virtual void event(const pool_event& event) noexcept = 0;
  /// The API call that emitted the events is over.
  virtual void end_call() noexcept {}
};

}  // namespace mempool
