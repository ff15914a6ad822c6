// The run: see bench.hpp.
#include "bench/bench.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "bench/json.hpp"
#include "bench/plan.hpp"
#include "bench/plots.hpp"
#include "bench/results.hpp"
#include "bench/single.hpp"
#include "bench/tables.hpp"
#include "shell/progress.hpp"

namespace mempool::bench {

namespace {

std::vector<const Peer*> chosen_peers(const Options& options) {
  std::vector<const Peer*> chosen;
  for (const Peer& peer : peers())
    if (options.peers.empty()) chosen.push_back(&peer);
  for (const std::string& name : options.peers) chosen.push_back(find_peer(name));
  return chosen;
}

/// Every program in its turn. Fails when a recording cannot be read.
Result<Results> measure_all(const std::vector<Planned>& programs, const Options& options) {
  Results results;
  results.machine = this_machine();
  results.peers = chosen_peers(options);
  std::size_t done = 0;
  for (const Planned& planned : programs) {
    viz::ProgressLine progress(fmt::format("{} ({} of {})", planned.name, ++done, programs.size()));
    progress(0);
    const Result<Program> program = planned.make();
    if (!program) return failure(program.error().what);
    results.rows.push_back(measure(*program, results.peers, options.effort, std::ref(progress)));
    for (const Cell& cell : results.rows.back().cells)
      if (cell.spread.clock > 0) results.tick_cost = cell.spread.clock;
  }
  if (options.effort.single) {
    viz::ProgressLine progress("what is measured by itself");
    progress(0);
    results.singles = measure_singles(options.quick);
    results.overheads = measure_overheads();
  }
  return results;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  fmt::print(stderr, "mempool-bench: {} cannot be written\n", path);
  return false;
}

/// --svg plot.svg: plot-peers.svg and plot-growth.svg.
std::string with_suffix(const std::string& path, const char* suffix) {
  const std::string stem = path.ends_with(".svg") ? path.substr(0, path.size() - 4) : path;
  return stem + suffix + ".svg";
}

}  // namespace

int run(const Options& options) {
  const auto programs = plan(options);
  const auto results =
      programs ? measure_all(*programs, options) : Result<Results>(failure(programs.error().what));
  if (!results) {
    fmt::print(stderr, "mempool-bench: {}\n", results.error().what);
    return 1;
  }
  fmt::print("{}", tables(*results));
  bool written = true;
  if (!options.json.empty()) written = write_file(options.json, to_json(*results));
  if (!options.svg.empty()) {
    written &= write_file(with_suffix(options.svg, "-peers"), plot_peers(*results));
    written &= write_file(with_suffix(options.svg, "-growth"), plot_growth(*results));
  }
  return written ? 0 : 1;
}

}  // namespace mempool::bench
