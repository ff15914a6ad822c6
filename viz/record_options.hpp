// Record options: what `record` asks for besides a pool. Its command line ends where the program's
// begins, which takes a look at the arguments before they are parsed.
#pragma once

#include <string>
#include <vector>

#include "command_line.hpp"

namespace mempool::viz {

struct RecordOptions {
  std::vector<std::string> command;  // the program and its arguments
  std::string page;                  // --html: a page of it; empty: none
  bool children = false;
  u64 max_calls = 0;  // 0: no limit
  u32 depth = 1;      // addresses of a call site
};

/// Takes the program off the arguments: what follows "--", or begins with the first one that is
/// neither an option nor its value.
[[nodiscard]] std::vector<std::string> take_command(std::vector<std::string>& arguments);

void declare(CommandLine& line, RecordOptions& options);

}  // namespace mempool::viz
