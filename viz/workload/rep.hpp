// .rep traces: the format of the CS:APP malloc lab, which recorders and graders write too.
//
//     20000      suggested heap size, in bytes        a 0 512     allocate 512 bytes as id 0
//     3          number of ids                        r 0 640     make them 640
//     5          number of operations                 f 0         free id 0
//     1          weight, not used here                f -1        free(NULL): skipped and counted
//
// An id may be used again once it is freed, and takes the next allocation number then; `r ID 0`
// frees. Plain or compressed by gzip, told apart by the first bytes. Read as a stream: memory is
// 16 bytes an operation and a table of the ids that are live.
#pragma once

#include <string>

#include "base/result.hpp"
#include "workload/workload.hpp"

namespace mempool::viz {

/// Reads a trace; "-" is standard input. Fails with the line and what is wrong there.
[[nodiscard]] Result<Workload> read_rep(const std::string& path);

}  // namespace mempool::viz
