// Wild: a program that does to a pool all that no op list can: aligned blocks, guards that come and
// go, resets, wrong pointers of every kind, places in a source, dumps, a log that opens late. By a
// seed, the same every time.
#pragma once

#include <string>

#include "base/units.hpp"

namespace mempool::page {

/// The whole log of one such program.
[[nodiscard]] std::string wild_log(u64 seed);

}  // namespace mempool::page
