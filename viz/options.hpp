// Options: what the command line asks for. parse() is pure: it reads no file, no environment and
// no terminal; commands do (commands/commands.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/timeline.hpp"
#include "view/view.hpp"
#include "workload/player.hpp"

namespace mempool::viz {

enum class Verb { text, ops, replay, check, show, diagram, dump, convert, html };
enum class Colour { automatic, always, never };

struct Options {
  Verb verb = Verb::text;
  std::string text;                // Verb::text: what --help or --version asked for
  std::string input;               // the LOG or TRACE; "-" is standard input
  std::optional<std::string> ops;  // an op list in its place
  std::string output;              // empty: standard output
  PoolSetup pool;                  // for replays and op lists
  Moment moment;                   // what a view shows
  std::optional<u64> diff;         // dump: mark what changed since this call
  std::optional<u64> from, to;     // html: the calls of a window
  std::string title;               // html: empty: the input's name
  std::string quiz_file;           // html: questions
  bool check_policy = true;
  Colour colour = Colour::automatic;
  ViewOptions view;
};

/// The arguments after the program's name. An error is one of usage (exit status 2) and says what
/// to do.
[[nodiscard]] Result<Options> parse(const std::vector<std::string>& arguments);

}  // namespace mempool::viz
