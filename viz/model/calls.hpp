// Calls: every call of a log as a frame, one after the other, in one reading. For short logs, of
// which all calls are to be told; timeline.hpp finds single ones in long logs.
#pragma once

#include <functional>

#include "log/reader.hpp"
#include "model/frame.hpp"

namespace mempool::viz {

/// Of the first pool in the log. The frame is borrowed for the call; its last_call is its own.
void each_call(log::Reader& reader, const std::function<void(const Frame&)>& take);

}  // namespace mempool::viz
