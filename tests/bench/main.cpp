// mempool-bench: Mempool and its peers, side by side, on recorded and generated programs.
//
// A program of its own, built only when asked for (-Dbench=enabled); no test depends on a time.
//
//     options ─► plan ─► for each program: measure (workers in turn) ─► table, bars, plots
#include <csignal>
#include <cstdio>

#include "bench/bench.hpp"
#include "bench/worker.hpp"

int main(int argc, char** argv) {
  namespace bench = mempool::bench;
  if (argc == 4 && std::string(argv[1]) == "--worker") return bench::work(argv[2], argv[3]);
  std::signal(SIGPIPE, SIG_IGN);  // a worker that died is told by its silence
  const auto options = bench::parse(argc, argv);
  if (!options) {
    std::fprintf(stderr, "mempool-bench: %s\n", options.error().what.c_str());
    return 2;
  }
  if (options->help) {
    std::fputs(bench::help_text().c_str(), stdout);
    return 0;
  }
  return bench::run(*options);
}
