// One reading, a frame a call: see calls.hpp.
#include "model/calls.hpp"

#include <utility>

namespace mempool::viz {

void each_call(log::Reader& reader, const std::function<void(const Frame&)>& take) {
  Frame frame;
  const auto finish = [&] {
    if (frame.events.empty()) return;
    take(frame);
    frame.before = frame.after;
    frame.events.clear();
  };
  pool_event event;
  u32 pool = 0;
  while (reader.next(event)) {
    if (event.kind == POOL_EVENT_END) break;
    if (pool == 0) pool = event.pool;
    if (event.pool != pool) continue;
    if (event.call != frame.call) finish();
    frame.call = frame.last_call = event.call;
    frame.events.emplace_back(event);
    static_cast<void>(frame.after.apply(event));  // what cannot be applied changes nothing
  }
  frame.complete = true;
  finish();
}

}  // namespace mempool::viz
