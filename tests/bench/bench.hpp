// The run: everything that is planned, measured, and told as tables. It decides nothing
// about how: measure.hpp does.
#pragma once

#include "bench/options.hpp"

namespace mempool::bench {

/// The status to exit with: 0 good, 1 the input is bad.
[[nodiscard]] int run(const Options& options);

}  // namespace mempool::bench
