// Frames of long logs by their index, which is made on the first occasion and kept in a file
// (shell/index_file.hpp). Short logs are read as they are. Nothing here can fail for the user:
// without an index the log is read as a whole.
#pragma once

#include <optional>
#include <string>

#include "model/timeline.hpp"

namespace mempool::viz {

/// The moment's frame, or why there is none, and the findings of the whole log. None if the log is
/// short or no index can be had; the reader is then where it was.
[[nodiscard]] std::optional<Result<Frame>> load_indexed(const std::string& log, log::Reader& reader,
                                                        const Moment& moment,
                                                        log::Findings& findings);

/// An index that may be believed, with the way to its parts.
struct OpenIndex {
  Index index;
  FetchSection fetch;
};
/// The index of a long log; it is made if there is none yet, which reads the log. None if the log
/// is short or no index can be had. The reader is then where it was.
[[nodiscard]] std::optional<OpenIndex> open_index(const std::string& log, log::Reader& reader);

}  // namespace mempool::viz
