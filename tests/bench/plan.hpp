// Plan: which programs are carried out: recordings from the repository and from folders, and
// generated ones. Knows nothing of peers.
#pragma once

#include <functional>
#include <vector>

#include "base/result.hpp"
#include "bench/options.hpp"
#include "bench/program.hpp"

namespace mempool::bench {

/// A program that is made when its turn comes: all of them at once would take gigabytes.
struct Planned {
  std::string name;
  std::function<Result<Program>()> make;
};

/// Fails when a folder cannot be read.
[[nodiscard]] Result<std::vector<Planned>> plan(const Options& options);

}  // namespace mempool::bench
