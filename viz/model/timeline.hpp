// Timeline: from a log to the frame of one call or event. The only place in the viewer that
// folds a log up to a moment; views get the frame, `check` folds for itself (check.hpp).
#pragma once

#include <optional>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/frame.hpp"
#include "model/index.hpp"

namespace mempool::viz {

/// Which moment of which pool.
struct Moment {
  std::optional<u64> call;  // --step; none = the last call
  std::optional<u64> seq;   // --seq, instead of call
  std::optional<u32> pool;  // --pool; none = the lowest in the log
};

/// Reads the whole log once, in bounded memory, and returns the frame of the moment. Fails with
/// a sentence when the log has no such pool, call or event (it says which there are), or when no
/// event can be read. A call number that emitted no event of its own cannot occur: calls are
/// numbered by the events they emit.
[[nodiscard]] Result<Frame> load(log::Reader& reader, const Moment& moment,
                                 const Progress& progress);

/// The same frame, or the same refusal, by an index of this log: what is read is what lies between
/// a keyframe and the moment. None if the index leads nowhere: then it is not one of this log. The
/// reader's own findings are not those of the whole log; the index has them.
[[nodiscard]] std::optional<Result<Frame>> load(log::Reader& reader, const Moment& moment,
                                                const Index& index, const FetchSection& fetch);

}  // namespace mempool::viz
