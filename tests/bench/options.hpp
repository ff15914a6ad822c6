// The command line of the benchmarks. Pure: arguments in, options out; it
// opens no file and asks no peer.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/measure.hpp"

namespace mempool::bench {

struct Options {
  std::vector<std::string> traces;    // folders of .rep files
  std::vector<std::string> peers;     // --only; empty = all
  std::vector<std::string> programs;  // --programs: parts of names; empty = all
  bool quick = false;
  bool help = false;
  std::string svg, json;  // files to write; empty = none
  Effort effort;
};

[[nodiscard]] Result<Options> parse(int argc, char** argv);
[[nodiscard]] std::string help_text();

}  // namespace mempool::bench
