// Bars: what the project promises, held against what was measured. Pure: figures in, verdicts out.
//
// Each is a ratio of figures from one run on one machine, or a share; times by themselves are no
// promise.
#pragma once

#include <string>
#include <vector>

#include "bench/results.hpp"

namespace mempool::bench {

struct Bar {
  std::string claim;
  double value = 0;  // 0: not measured in this run
  double most = 0;   // met up to here
  std::string unit;  // "", "%", " B"

  [[nodiscard]] bool known() const { return value > 0; }
  [[nodiscard]] bool met() const { return known() && value <= most; }
  [[nodiscard]] std::string verdict() const;  // "met", "missed by 12 %", "not measured"
};

[[nodiscard]] std::vector<Bar> bars(const Results& results);

}  // namespace mempool::bench
