// Tables: the results as text. Pure: the same results give the same text.
//
// What has no figure is "-" in its table, and the reason stands under the last one.
#pragma once

#include <string>

#include "bench/results.hpp"

namespace mempool::bench {

[[nodiscard]] std::string tables(const Results& results);

}  // namespace mempool::bench
