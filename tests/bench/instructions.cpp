// Instructions per operation, counted by callgrind: the figure that no other process disturbs.
//
// The worker runs under valgrind and switches the counting on around the body alone. Slow, so only
// when asked for. What the loop itself executes is counted too, the same for all.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/measure.hpp"
#include "bench/worker.hpp"

namespace mempool::bench {

namespace {

/// What callgrind wrote down in all; 0 if there is nothing.
double total_of(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("totals:")) return std::strtod(line.c_str() + line.find(':') + 1, nullptr);
  return 0;
}

double count(const Peer& peer, int program_file, const Row& row) {
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("mempool-bench-" + std::to_string(getpid()) + ".callgrind"))
                               .string();
  std::string reason;
  {
    Worker worker(peer, program_file,
                  {"valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
                   "--callgrind-out-file=" + path});
    constexpr u64 least = u64{8} << 20;
    Reply reply = worker.ask({What::open, std::max(least, 4 * row.outline.peak_rounded)});
    if (reply.reason[0] == '\0') reply = worker.ask({What::fit, 0});  // as warm as for the times
    if (reason_of(reply).empty()) reply = worker.ask({What::count, 0});
    reason = reason_of(reply);
  }  // it writes its file when it ends
  const double total = total_of(path);
  std::filesystem::remove(path);
  return reason.empty() ? total / static_cast<double>(row.body()) : 0;
}

}  // namespace

void measure_instructions(int program_file, const std::vector<const Peer*>& peers, Row& row) {
  for (std::size_t i = 0; i < peers.size(); ++i)
    if (row.cells[i].missing.empty() && short_enough(row, row.cells[i]))
      row.cells[i].instructions = count(*peers[i], program_file, row);
}

}  // namespace mempool::bench
