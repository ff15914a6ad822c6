// JSON: every figure of a run, for the page and for whoever wants to plot them. Pure.
//
// One object: machine, peers, programs with a list of figures by peer, singles, overheads, bars.
#pragma once

#include <string>

#include "bench/results.hpp"

namespace mempool::bench {

[[nodiscard]] std::string to_json(const Results& results);

}  // namespace mempool::bench
