// The command line: which verb takes which options, and what their values mean.
//
//     arguments --verb, or an op list--> declared options --CommandLine--> values --> Options
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "command_line.hpp"
#include "help.hpp"
#include "values.hpp"
#include "workload/ops.hpp"

namespace mempool::viz {

namespace {

enum class Offsets { dec, hex, both };

// ---- declaring the options of a verb

constexpr u64 most_guards = 4096;

/// The options that set up a pool; with a log, they would mean nothing.
constexpr help::Option pool_options[] = {help::capacity,   help::align,       help::guards,
                                         help::policy,     help::fill,        help::poison,
                                         help::quarantine, help::check_every, help::records};

class Declare {
 public:
  Declare(CommandLine& line, Options& options) : line_(line), options_(options) {}

  void verb();

 private:
  void ops() {
    line_.value(help::ops, [this](const std::string& text) -> Wrong {
      options_.ops = text;
      return std::nullopt;
    });
  }

  /// The pool that operations run in.
  void pool_setup() {
    PoolSetup& pool = options_.pool;
    line_.value(help::capacity, [&pool](const std::string& text) {
      pool.capacity.emplace();
      return read_bytes(text, *pool.capacity);
    });
    line_.value(help::align,
                [&pool](const std::string& text) { return read_align(text, pool.align); });
    line_.value(help::guards, [&pool](const std::string& text) {
      return read_count(text, pool.guards, most_guards);
    });
    line_.value(help::policy,
                [&pool](const std::string& text) { return read_policy(text, pool.policy); });
    line_.flag(help::fill, pool.fill, true);
    line_.flag(help::poison, pool.poison, true);
    line_.value(help::quarantine,
                [&pool](const std::string& text) { return read_bytes(text, pool.quarantine); });
    line_.flag(help::check_every, pool.check_every, true);
  }

  void records() {
    line_.value(help::records, [this](const std::string& text) {
      return read_count(text, options_.pool.records, std::numeric_limits<u32>::max());
    });
  }

  void moment() {
    Moment& moment = options_.moment;
    count(help::step, moment.call);
    count(help::seq, moment.seq);
    which_pool();
  }

  void offsets() {
    line_.value(help::offsets, [this](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, Offsets>, 3> words{
          {{"dec", Offsets::dec}, {"hex", Offsets::hex}, {"both", Offsets::both}}};
      Offsets chosen = Offsets::dec;
      Wrong wrong = read_word(text, words, chosen);
      options_.view.both_radices = chosen == Offsets::both;
      if (chosen != Offsets::both)
        options_.view.radix = chosen == Offsets::hex ? Radix::hex : Radix::dec;
      return wrong;
    });
  }

  void color() {
    line_.value(help::color, [this](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, Colour>, 3> words{
          {{"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}}};
      return read_word(text, words, options_.colour);
    });
  }

  void output(const help::Option& option) {
    line_.value(option, [this](const std::string& text) -> Wrong {
      options_.output = text == "-" ? "" : text;
      if (text.empty()) return "the name of a file is expected";
      if (text == "-" && options_.verb == Verb::replay)
        return "a log goes to a file, the summary to standard output";
      return std::nullopt;
    });
  }

  void look() {
    line_.value(help::look, [this](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
          {{"doc", false}, {"slide", true}}};
      return read_word(text, words, options_.view.for_slide);
    });
    line_.flag(help::ascii, options_.view.ascii_labels, true);
  }

  void dump_look() {
    line_.value(help::diff, [this](const std::string& text) {
      return read_count(text, options_.diff.emplace());
    });
    line_.flag(help::no_fold, options_.view.fold, false);
    line_.flag(help::utf8, options_.view.utf8, true);
    line_.flag(help::light, options_.view.light, true);
    line_.value(help::width, [this](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, unsigned>, 2> words{
          {{"64", 64U}, {"32", 32U}}};
      return read_word(text, words, options_.view.width);
    });
  }

  void text(const help::Option& option, std::string& target) {
    line_.value(option, [&target](const std::string& given) -> Wrong {
      target = given;
      return given.empty() ? Wrong("a text is expected") : std::nullopt;
    });
  }

  void count(const help::Option& option, std::optional<u64>& target) {
    line_.value(option, [&target](const std::string& given) {
      return read_count(given, target.emplace());
    });
  }

  void which_pool() {
    line_.value(help::pool, [&moment = options_.moment](const std::string& text) {
      u64 id = 0;
      Wrong wrong = read_count(text, id, std::numeric_limits<u32>::max());
      moment.pool = static_cast<u32>(id);
      return wrong;
    });
  }

  void view();
  void page();

  CommandLine& line_;
  Options& options_;
};

void Declare::view() {
  if (options_.verb != Verb::ops) ops();
  moment();
  offsets();
  pool_setup();
  options_.view.radix = options_.verb == Verb::dump ? Radix::hex : Radix::dec;
}

void Declare::page() {
  output(help::page_file);
  ops();
  text(help::title, options_.title);
  text(help::quiz_file, options_.quiz_file);
  count(help::open_at, options_.moment.call);
  count(help::from, options_.from);
  count(help::to, options_.to);
  which_pool();
  offsets();
  pool_setup();
}

void Declare::verb() {
  switch (options_.verb) {
    case Verb::replay:
      output(help::log_file);
      ops();
      pool_setup();
      return records();
    case Verb::check:
      line_.flag(help::no_policy, options_.check_policy, false);
      ops();
      return pool_setup();
    case Verb::html: return page();
    case Verb::convert:
      output(help::export_file);
      ops();
      return pool_setup();
    case Verb::diagram:
      output(help::picture_file);
      look();
      return view();
    case Verb::dump:
      output(help::text_file);
      color();
      dump_look();
      return view();
    case Verb::show:
    case Verb::ops:
      output(help::text_file);
      color();
      return view();
    case Verb::text: return;
  }
}

// ---- what must fit together

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> extensions) {
  return std::ranges::any_of(extensions, [&](std::string_view e) { return name.ends_with(e); });
}

Wrong check_output(const Options& options) {
  const std::string& file = options.output;
  const bool no_extension = file.find('.', file.rfind('/') + 1) == std::string::npos;
  if (options.verb == Verb::convert && file.empty())
    return "-o FILE.jsonl, -o FILE.mplog or -o FILE.csv is expected";
  if (file.empty()) return std::nullopt;
  if (options.verb == Verb::diagram && !ends_with_any(file, {".dot", ".svg", ".png", ".pdf"}))
    return fmt::format("'{}': a picture's name ends in .dot, .svg, .png or .pdf", file);
  if (options.verb != Verb::replay && options.verb != Verb::convert) return std::nullopt;
  if (ends_with_any(file, {".trace.json"}))
    return fmt::format("'{}': the format .trace.json is not built yet", file);
  if (options.verb == Verb::replay && !ends_with_any(file, {".jsonl", ".mplog"}) && !no_extension)
    return fmt::format("'{}': a log's name ends in .jsonl or .mplog", file);
  if (options.verb == Verb::convert && !ends_with_any(file, {".jsonl", ".mplog", ".csv"}))
    return fmt::format("'{}': the name ends in .jsonl, .mplog or .csv", file);
  return std::nullopt;
}

Wrong check_input(const Options& options, const std::string& pool_option) {
  const bool replay = options.verb == Verb::replay;
  const char* const file = replay ? "TRACE" : "LOG";
  if (options.verb == Verb::ops && !options.input.empty())
    return fmt::format("'{}' is no operation: one starts with + - ~ ! ? or @", options.input);
  if (options.ops && !options.input.empty())
    return fmt::format("give a {} or --ops, not both ('{}' is there too)", file, options.input);
  if (!options.ops && options.input.empty())
    return fmt::format("a {} is expected, or --ops LIST", file);
  if (!replay && !options.ops && !pool_option.empty())
    return fmt::format("{} is for --ops: a log has its own pool", pool_option);
  if (options.moment.call && options.moment.seq) return "give --step or --seq, not both";
  if (options.from && options.to && *options.from > *options.to)
    return fmt::format("--from {} is after --to {}", *options.from, *options.to);
  if (options.diff && options.input == "-")
    return "--diff reads the log twice, so it cannot be standard input";
  if (options.diff && options.moment.seq) return "--diff compares calls: give --step, not --seq";
  return std::nullopt;
}

// ---- verbs

constexpr std::pair<std::string_view, Verb> verbs[] = {
    {"replay", Verb::replay},   {"check", Verb::check}, {"show", Verb::show},
    {"diagram", Verb::diagram}, {"dump", Verb::dump},   {"convert", Verb::convert},
    {"html", Verb::html}};

constexpr std::string_view verbs_to_come[] = {"record", "step", "stats", "compare",
                                              "duel",   "quiz", "grade"};

std::string unknown_verb(const std::string& word) {
  constexpr const char* more = " (mempool-viz --help lists the verbs)";
  if (word.starts_with('-')) return fmt::format("a verb is expected before {}{}", word, more);
  if (std::ranges::find(verbs_to_come, word) != std::end(verbs_to_come))
    return fmt::format("'{}' is not built yet{}", word, more);
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

Result<Options> parse_command(const help::Verb& verb, const std::vector<std::string>& arguments,
                              Options options) {
  CommandLine line(verb);
  Declare(line, options).verb();
  Wrong wrong = line.run(arguments, options.input);
  if (line.help_wanted()) {
    Options answer;
    answer.text = line.page();
    return answer;
  }
  if (!wrong) wrong = check_input(options, line.first_given(pool_options));
  if (!wrong) wrong = check_output(options);
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
