// Measuring: one program through every peer, round by round in turn.
//
// Rounds of different peers alternate, so that whatever else the machine does meets all of them;
// each round starts with another peer; the figure of a peer is the median of its rounds. The
// workers are started anew a few times, as where a process happens to lie in memory has its share.
#pragma once

#include <functional>
#include <vector>

#include "bench/results.hpp"

namespace mempool::bench {

struct Effort {
  u64 starts = 3;             // times the workers are started anew
  u64 rounds = 3;             // timed rounds of each
  bool single = true;         // single operations, and what is measured by itself
  bool room = true;           // the smallest region that is large enough
  bool instructions = false;  // under callgrind: slow
};

using Progress = std::function<void(double)>;

/// Everything there is to know about one program.
[[nodiscard]] Row measure(const Program& program, const std::vector<const Peer*>& peers,
                          const Effort& effort, const Progress& progress);

/// Is there time to carry the program out a dozen times more, or under callgrind?
[[nodiscard]] inline bool short_enough(const Row& row, const Cell& cell) {
  return cell.ns * static_cast<double>(row.outline.ops) < 6e8;
}

/// The smallest region that is large enough, by bisection, for each peer in a fixed one.
void measure_room(int program_file, const std::vector<const Peer*>& peers, Row& row);

/// Instructions per operation, of each peer in a process under callgrind.
void measure_instructions(int program_file, const std::vector<const Peer*>& peers, Row& row);

}  // namespace mempool::bench
