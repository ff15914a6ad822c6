// Timeline: from a log to the frame of one call or event. The only place in the viewer that
// folds a log up to a moment; views get the frame, `check` folds for itself (check.hpp).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/frame.hpp"

namespace mempool::viz {

/// Which moment of which pool.
struct Moment {
  std::optional<u64> call;  // --step; none = the last call
  std::optional<u64> seq;   // --seq, instead of call
  std::optional<u32> pool;  // --pool; none = the lowest in the log
};

/// Called now and then with the share of the log that has been read, 0 to 1.
using Progress = std::function<void(double)>;

/// Reads the whole log once, in bounded memory, and returns the frame of the moment. Fails with
/// a sentence when the log has no such pool, call or event (it says which there are), or when no
/// event can be read. A call number that emitted no event of its own cannot occur: calls are
/// numbered by the events they emit.
[[nodiscard]] Result<Frame> load(log::Reader& reader, const Moment& moment,
                                 const Progress& progress);

}  // namespace mempool::viz
