// Plots: the results as SVG, readable on light and on dark pages. Pure.
//
// Our own few lines of SVG: a style sheet with two palettes, of which the viewer takes the one it
// is asked for, and marks with classes instead of colours (view/sheet.hpp).
#pragma once

#include <string>

#include "bench/results.hpp"

namespace mempool::bench {

/// Grouped bars: the time of each peer relative to first fit, program by program.
[[nodiscard]] std::string plot_peers(const Results& results);

/// Lines: the cost of an operation over the number of live blocks.
[[nodiscard]] std::string plot_growth(const Results& results);

}  // namespace mempool::bench
