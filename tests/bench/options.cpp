// The command line: see options.hpp.
#include "bench/options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <array>
#include <sstream>

#include "workload/number.hpp"

namespace mempool::bench {

namespace {

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

Result<u64> number_of(const char* text, const char* option) {
  const auto number = viz::whole_number(text);
  if (!number || *number == 0 || *number > 1000)
    return failure(fmt::format("{}: '{}' is not a number from 1 to 1000", option, text));
  return *number;
}

}  // namespace

Result<Options> parse(int argc, char** argv) {
  static constexpr std::array<option, 13> names{{{"traces", required_argument, nullptr, 't'},
                                                 {"only", required_argument, nullptr, 'o'},
                                                 {"programs", required_argument, nullptr, 'p'},
                                                 {"starts", required_argument, nullptr, 's'},
                                                 {"rounds", required_argument, nullptr, 'r'},
                                                 {"quick", no_argument, nullptr, 'q'},
                                                 {"svg", required_argument, nullptr, 'v'},
                                                 {"json", required_argument, nullptr, 'j'},
                                                 {"beside", required_argument, nullptr, 'b'},
                                                 {"times", no_argument, nullptr, 'T'},
                                                 {"instructions", no_argument, nullptr, 'i'},
                                                 {"help", no_argument, nullptr, 'h'},
                                                 {nullptr, 0, nullptr, 0}}};
  Options options;
  opterr = 0;
  for (int found; (found = getopt_long(argc, argv, "", names.data(), nullptr)) != -1;) {
    switch (found) {
      case 't': options.traces.push_back(optarg); break;
      case 'o': options.peers = split_commas(optarg); break;
      case 'p': options.programs = split_commas(optarg); break;
      case 's':
      case 'r': {
        const Result<u64> number = number_of(optarg, found == 's' ? "--starts" : "--rounds");
        if (!number) return failure(number.error().what);
        (found == 's' ? options.effort.starts : options.effort.rounds) = *number;
        break;
      }
      case 'q': options.quick = true; break;
      case 'T': options.effort.single = options.effort.room = false; break;
      case 'i': options.effort.instructions = true; break;
      case 'v': options.svg = optarg; break;
      case 'j': options.json = optarg; break;
      case 'b': add_other(optarg); break;
      case 'h': options.help = true; break;
      default: return failure(fmt::format("{}: not an option; see --help", argv[optind - 1]));
    }
  }
  if (options.quick) options.effort.starts = options.effort.rounds = 1;
  if (optind != argc) return failure(fmt::format("{}: too much; see --help", argv[optind]));
  for (const std::string& name : options.peers)
    if (find_peer(name) == nullptr)
      return failure(fmt::format("--only: there is no '{}'; see --help", name));
  return options;
}

std::string help_text() {
  std::string text =
      "mempool-bench: Mempool and its peers, side by side\n"
      "\n"
      "  mempool-bench [--traces DIR] [--only PEER,...] [--programs PART,...] [--times]\n"
      "\n"
      "  --traces DIR     more recordings to carry out (*.rep, *.rep.gz); may be given again\n"
      "  --only PEERS     these peers alone, by name\n"
      "  --programs PARTS programs whose names contain one of these, for example real-,fifo\n"
      "  --times          times alone: no tails, no utilisation, nothing by itself\n"
      "  --instructions   instructions per operation too, by callgrind: slow\n"
      "  --starts N       times every worker is started anew (3)\n"
      "  --rounds N       timed rounds of each (3)\n"
      "  --beside LIB     one more peer, `other`: first fit as this libmempool.so does it\n"
      "  --quick          one round of small programs: does it work at all?\n"
      "  --json FILE      write every figure\n"
      "  --svg FILE       draw FILE-peers.svg and FILE-growth.svg\n"
      "\n"
      "Every program is carried out by every peer in a process of its own, in turn; each figure "
      "is\n"
      "the median of its rounds. Recorded programs are those called real-*.\n"
      "\n"
      "Example: mempool-bench --traces recordings --only first,boost-rbtree,glibc --times\n"
      "\n"
      "Peers:\n";
  for (const Peer& peer : peers())
    text += fmt::format("  {:<13} {}{}\n", peer.name, peer.what,
                        peer.make == nullptr ? " (absent)" : "");
  return text;
}

}  // namespace mempool::bench
