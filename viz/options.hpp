// Options: what the command line asks for. parse() is pure: it reads no file, no environment and
// no terminal; commands do (commands/commands.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "lesson_options.hpp"
#include "model/timeline.hpp"
#include "quiz/sheet.hpp"
#include "record_options.hpp"
#include "view/view.hpp"
#include "workload/player.hpp"

namespace mempool::viz {

enum class Verb {
  text,
  ops,
  record,
  replay,
  check,
  show,
  diagram,
  dump,
  step,
  html,
  convert,
  compare,
  duel,
  gen,
  stats,
  ostep,
  quiz,
  grade
};
enum class Colour { automatic, always, never };

struct Options {
  Verb verb = Verb::text;
  std::string text;                // Verb::text: what --help or --version asked for
  std::string input;               // the LOG or TRACE; "-" is standard input
  std::optional<std::string> ops;  // an op list in its place
  std::string output;              // empty: standard output
  PoolSetup pool;                  // for replays and op lists
  ListChoice list;                 // a list allocator in the pool's place, if it is wanted
  Moment moment;                   // what a view shows
  std::optional<u64> diff;         // dump: mark what changed since this call
  std::optional<std::pair<u64, u64>> steps;  // diagram: calls from, to
  std::string format = "svg";                // diagram: of the files in a folder
  std::optional<u64> from, to;               // html, convert: the calls of a window
  std::optional<u64> slices;                 // convert: most blocks of a .trace.json
  std::string title;                         // html, quiz; empty: by the input
  std::string quiz_file;                     // html: questions
  bool check_policy = true;
  std::vector<std::string> commands;  // step: what it is to do at first
  bool batch = false, plain = false;  // step: nothing but those; lines in place of a screen
  Colour colour = Colour::automatic;
  ViewOptions view;
  CompareOptions compare;
  DuelOptions duel;
  GenOptions gen;
  StatsOptions stats;
  RecordOptions record;
  OstepSetup ostep;

  // quiz
  u64 seed = 1;
  u64 count = 8;
  u64 variants = 1;
  std::vector<std::string> kinds;    // empty: all
  std::vector<std::string> answers;  // to be graded
  bool with_answers = false;
  quiz::Format quiz_format = quiz::Format::text;

  // grade
  std::string rules = "first,coalesce";
  std::string broken_picture;  // a file; empty: none
  bool as_json = false;
};

/// The verb of that name in help::verbs().
[[nodiscard]] std::optional<Verb> verb_named(std::string_view name);

/// The arguments after the program's name. An error is one of usage (exit status 2) and says what
/// to do.
[[nodiscard]] Result<Options> parse(const std::vector<std::string>& arguments);

}  // namespace mempool::viz
