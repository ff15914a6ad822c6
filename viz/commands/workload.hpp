// Workloads for commands: an op list, a trace, a recording, or the calls of a log, whichever was
// given. How each is read is viz/workload's.
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

/// Whether call sites are wanted with their names, which take time to find.
enum class Names { none, of_call_sites };

/// A .rep trace or a recording, which its first bytes tell; what is amiss in it is said.
[[nodiscard]] Result<Workload> read_trace(const std::string& path, Names names);

}  // namespace mempool::viz
