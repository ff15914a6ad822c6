// Lesson options: the classroom's list allocator, and what compare, duel, gen, stats and ostep ask
// for besides a pool, and their declarations on a command line. The rest of the command line is
// options.cpp's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "search/generate.hpp"
#include "workload/contestant.hpp"
#include "workload/ostep.hpp"

namespace mempool::viz {

/// A list allocator is asked for by name or by any of its options.
struct ListChoice {
  std::optional<bool> wanted;  // --model list (true) or pool
  ListModel list;
};

struct CompareOptions {
  std::vector<Contestant> contestants;  // the first is what the others are held against
  std::vector<Contestant> models;       // that stand behind them
  std::string plot;                     // an .svg; empty: none
  bool smallest = true;                 // look for the smallest region, too
};

struct DuelOptions {
  std::optional<Contestant> winner, loser;
  std::string on;  // a trace; empty: search for a list
};

struct GenOptions {
  search::Recipe recipe;
  bool list_wants = false;
};

struct StatsOptions {
  std::string plot, carpet;  // files; empty: none
  bool leaks = false;
  std::optional<std::pair<u64, u64>> between;  // two calls
};

void declare(CommandLine& line, ListChoice& choice);
void declare(CommandLine& line, CompareOptions& options);
void declare(CommandLine& line, DuelOptions& options);
void declare(CommandLine& line, GenOptions& options);
void declare(CommandLine& line, StatsOptions& options);
void declare(CommandLine& line, OstepSetup& setup);

/// What does not fit together in them; nothing if all does.
/// If it is wanted, the list allocator becomes the pool.
[[nodiscard]] Wrong settle(const ListChoice& choice, const CommandLine& line, PoolSetup& pool);
[[nodiscard]] Wrong settle(CompareOptions& options);
[[nodiscard]] Wrong settle(DuelOptions& options, const std::vector<std::string>& names);
[[nodiscard]] Wrong settle(const StatsOptions& options);

}  // namespace mempool::viz
