// The command line: verbs, op lists, and which options fit together.
//
//     arguments --verb, or an op list--> declared options --CommandLine--> values --> Options
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "command_line.hpp"
#include "declare.hpp"
#include "help.hpp"
#include "spelling/spelling.hpp"
#include "values.hpp"
#include "workload/ops.hpp"

namespace mempool::viz {

namespace {

// ---- what must fit together

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> extensions) {
  return std::ranges::any_of(extensions, [&](std::string_view e) { return name.ends_with(e); });
}

/// --steps: a folder, or one picture that moves.
Wrong check_sequence(const Options& options) {
  const std::string& file = options.output;
  if (options.moment.call || options.moment.seq) return "give --steps or --step, not both";
  if (options.view.blank != Blank::nothing) return "--blank is of one call: give --step";
  if (file.empty()) return "--steps makes several pictures: -o FOLDER or -o FILE.svg is expected";
  if (options.input == "-")
    return "--steps reads the log more than once, so it cannot be standard input";
  if (ends_with_any(file, {".png", ".pdf", ".dot"}))
    return fmt::format("'{}': one file that moves is an .svg; or name a folder, with --format {}",
                       file, file.substr(file.size() - 3));
  return std::nullopt;
}

/// A log that is converted is carried over whole; what is for looking at may be a part.
Wrong check_conversion(const Options& options) {
  const std::string& file = options.output;
  if (options.verb != Verb::convert || file.ends_with(".trace.json")) return std::nullopt;
  if (!ends_with_any(file, {".jsonl", ".mplog", ".csv"}))
    return fmt::format("'{}': the name ends in .jsonl, .mplog, .csv or .trace.json", file);
  if (options.from || options.to || options.slices)
    return "--from, --to and --slices are for a .trace.json";
  return std::nullopt;
}

Wrong check_output(const Options& options) {
  if (options.view.blank != Blank::nothing && options.output.empty())
    return "--blank draws the key beside the drawing: -o FILE is expected";
  const std::string& file = options.output;
  const bool no_extension = file.find('.', file.rfind('/') + 1) == std::string::npos;
  if (options.verb == Verb::convert && file.empty())
    return "-o FILE.jsonl, .mplog, .csv or .trace.json is expected";
  if (options.steps) return check_sequence(options);
  if (file.empty()) return std::nullopt;
  if (options.verb == Verb::diagram && !ends_with_any(file, {".dot", ".svg", ".png", ".pdf"}))
    return fmt::format("'{}': a picture's name ends in .dot, .svg, .png or .pdf", file);
  if (options.verb != Verb::replay && options.verb != Verb::convert) return std::nullopt;
  if (options.verb == Verb::replay && !ends_with_any(file, {".jsonl", ".mplog"}) && !no_extension)
    return fmt::format("'{}': a log's name ends in .jsonl or .mplog", file);
  return check_conversion(options);
}

/// The name of a sheet says its format, unless that is given.
Wrong check_quiz(Options& options) {
  if (options.verb != Verb::quiz) return std::nullopt;
  if (options.input == "-")
    return "quiz reads the log more than once, so it cannot be standard input";
  if (options.variants > 1 && options.output.empty())
    return "--variants makes several sheets: -o FILE is expected";
  if (options.quiz_format != quiz::Format::text) return std::nullopt;
  for (const auto& [word, format] : quiz::formats)
    if (options.output.ends_with(fmt::format(".{}", word))) options.quiz_format = format;
  return std::nullopt;
}

Wrong check_record(const Options& options, const std::string& pool_option) {
  if (options.record.command.empty())
    return "a program is expected: mempool-viz record -- PROG ARGS";
  if (!pool_option.empty() && options.record.page.empty())
    return fmt::format("{} is for --html: a recording has no pool, replay gives it one",
                       pool_option);
  return std::nullopt;
}

/// Files that hold calls, and no pool: they get one on the spot, as op lists do.
bool is_recording_name(std::string_view name) {
  return name.ends_with(".mprec");
}

Wrong check_input(const Options& options, const std::string& pool_option) {
  const bool no_input =
      options.verb == Verb::duel || options.verb == Verb::gen || options.verb == Verb::ostep;
  if (no_input) return std::nullopt;
  if (options.verb == Verb::record) return check_record(options, pool_option);
  const bool replay = options.verb == Verb::replay || options.verb == Verb::compare;
  const char* const file = replay ? "TRACE" : "LOG";
  if (options.verb == Verb::ops && !options.input.empty())
    return fmt::format("'{}' is no operation: one starts with + - ~ ! ? or @", options.input);
  if (options.ops && !options.input.empty())
    return fmt::format("give a {} or --ops, not both ('{}' is there too)", file, options.input);
  if (!options.ops && options.input.empty())
    return fmt::format("a {} is expected, or --ops LIST", file);
  if (!replay && !options.ops && !is_recording_name(options.input) && !pool_option.empty())
    return fmt::format("{} is for --ops: a log has its own pool", pool_option);
  if (options.moment.call && options.moment.seq) return "give --step or --seq, not both";
  if (options.batch && options.commands.empty())
    return "--batch needs a command: -ex 'goto last' -ex why";
  if (options.plain && !options.batch && options.input == "-")
    return "--plain reads commands from standard input, so the log has to be a file";
  if (options.from && options.to && *options.from > *options.to)
    return fmt::format("--from {} is after --to {}", *options.from, *options.to);
  if (options.diff && options.moment.seq) return "--diff compares calls: give --step, not --seq";
  return std::nullopt;
}

// ---- verbs

constexpr std::pair<std::string_view, Verb> verbs[] = {
    {"record", Verb::record},   {"replay", Verb::replay},   {"check", Verb::check},
    {"show", Verb::show},       {"diagram", Verb::diagram}, {"dump", Verb::dump},
    {"convert", Verb::convert}, {"compare", Verb::compare}, {"duel", Verb::duel},
    {"gen", Verb::gen},         {"stats", Verb::stats},     {"ostep", Verb::ostep},
    {"quiz", Verb::quiz},       {"grade", Verb::grade},     {"step", Verb::step},
    {"html", Verb::html}};

std::string unknown_verb(const std::string& word) {
  constexpr const char* more = " (mempool-viz --help lists the verbs)";
  if (word.starts_with('-')) return fmt::format("a verb is expected before {}{}", word, more);
  std::vector<std::string_view> known;
  for (const auto& [name, verb] : verbs) known.push_back(name);
  const std::string_view meant = help::nearest(word, known);
  return fmt::format("there is no verb '{}'{}{}", word,
                     meant.empty() ? "" : fmt::format("; did you mean {}?", meant), more);
}

/// The arguments that are op lists make up one list; the others are left.
std::vector<std::string> take_ops(const std::vector<std::string>& arguments, Options& options) {
  std::vector<std::string> others;
  std::string list;
  for (const std::string& argument : arguments) {
    if (!looks_like_ops(argument)) {
      others.push_back(argument);
      continue;
    }
    if (!list.empty() && !list.ends_with(',')) list += ',';
    list += argument;
  }
  if (!list.empty()) options.ops = list;
  return others;
}

std::size_t most_inputs(Verb verb) {
  if (verb == Verb::gen || verb == Verb::ostep || verb == Verb::record) return 0;
  return verb == Verb::duel ? 2 : 1;
}

Wrong settle_lesson(Options& options, const std::vector<std::string>& inputs) {
  switch (options.verb) {
    case Verb::compare: return settle(options.compare);
    case Verb::duel: return settle(options.duel, inputs);
    case Verb::stats: return settle(options.stats);
    default: return std::nullopt;
  }
}

/// gdb's -ex, which to others would be -e x.
std::vector<std::string> spelt_out(std::vector<std::string> arguments, Verb verb) {
  if (verb == Verb::step) std::ranges::replace(arguments, "-ex", "--ex");
  return arguments;
}

Result<Options> parse_command(const help::Verb& verb, const std::vector<std::string>& arguments,
                              Options options) {
  CommandLine line(verb);
  declare(line, options);
  std::vector<std::string> inputs;
  std::vector<std::string> ours = spelt_out(arguments, options.verb);
  if (options.verb == Verb::record) options.record.command = take_command(ours);
  Wrong wrong = line.run(std::move(ours), inputs, most_inputs(options.verb));
  if (options.verb != Verb::duel && !inputs.empty()) options.input = inputs.front();
  if (line.help_wanted()) {
    Options answer;
    answer.text = line.page();
    return answer;
  }
  if (!wrong) wrong = check_input(options, line.first_given(pool_options));
  if (!wrong) wrong = settle(options.list, line, options.pool);
  if (!wrong) wrong = settle_lesson(options, inputs);
  if (!wrong) wrong = check_output(options);
  if (!wrong) wrong = check_quiz(options);
  if (!wrong) return options;
  const bool bare = options.verb == Verb::ops;
  return failure(fmt::format("{} (mempool-viz {}--help says more)", *wrong,
                             bare ? "" : fmt::format("{} ", verb.name)));
}

Options answer(std::string text) {
  Options options;
  options.text = std::move(text);
  return options;
}

}  // namespace

std::optional<Verb> verb_named(std::string_view name) {
  if (name == "ops") return Verb::ops;
  const auto* found = std::ranges::find(verbs, name, &std::pair<std::string_view, Verb>::first);
  return found == std::end(verbs) ? std::nullopt : std::optional(found->second);
}

Result<Options> parse(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    return failure(fmt::format("a verb or an op list is expected\n\n{}", help::overview()));
  const std::string& first = arguments[0];
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  Options options;
  for (const auto& [name, verb] : verbs) {
    if (first != name) continue;
    options.verb = verb;
    return parse_command(*help::find(name), rest, std::move(options));
  }
  if (first == "help" && rest.size() == 1) return parse({rest[0], "--help"});
  if (first == "--help" || first == "-h" || first == "help") return answer(help::overview());
  if (first == "--version") return answer("mempool-viz " MEMPOOL_VIZ_VERSION "\n");
  if (first == "--about-itself" && !rest.empty()) {  // for the build: completions, the manual page
    const std::string text = spelling::written_as(rest[0], rest.size() > 1 ? rest[1] : "");
    if (!text.empty()) return answer(text);
  }
  const bool option_first = first.starts_with("--");
  const auto is_ops = [](const std::string& argument) { return looks_like_ops(argument); };
  if (looks_like_ops(first) || (option_first && std::ranges::any_of(rest, is_ops))) {
    options.verb = Verb::ops;
    const std::vector<std::string> others = take_ops(arguments, options);
    return parse_command(*help::find("ops"), others, std::move(options));
  }
  return failure(unknown_verb(first));
}

}  // namespace mempool::viz
