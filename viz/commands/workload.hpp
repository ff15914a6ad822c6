// Workloads for commands: an op list, a trace, or the calls of a log, whichever was given. How each
// is read is viz/workload's.
#pragma once

#include "options.hpp"

namespace mempool::viz {

/// A workload and the pool that it asks for: a log's own, but for what the options say.
struct Given {
  Workload workload;
  PoolSetup pool;
};
[[nodiscard]] Result<Given> given_workload(const std::string& input,
                                           const std::optional<std::string>& ops,
                                           const PoolSetup& pool);

}  // namespace mempool::viz
