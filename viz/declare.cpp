// The options of each verb: see declare.hpp.
#include "declare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "grade/grade.hpp"
#include "help.hpp"
#include "quiz/ask.hpp"
#include "values.hpp"

namespace mempool::viz {

namespace {

enum class Offsets { dec, hex, both };

// ---- declaring the options of a verb

constexpr u64 most_guards = 4096;
constexpr u64 most_questions = 1000;

/// Is gone when the line is run: what the options set is captured, never `this`.
class Declare {
 public:
  Declare(CommandLine& line, Options& options) : line_(line), options_(options) {}

  void verb();

 private:
  void ops() {
    line_.value(help::ops, [&options = options_](const std::string& text) -> Wrong {
      options.ops = text;
      return std::nullopt;
    });
  }

  /// What pools have in common whose policies differ. Lessons count in bytes.
  void contest_setup() {
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
  }

  /// The pool that operations run in.
  void pool_setup() {
    PoolSetup& pool = options_.pool;
    contest_setup();
    line_.value(help::policy,
                [&pool](const std::string& text) { return read_policy(text, pool.policy); });
    line_.flag(help::fill, pool.fill, true);
    line_.flag(help::poison, pool.poison, true);
    line_.value(help::quarantine,
                [&pool](const std::string& text) { return read_bytes(text, pool.quarantine); });
    line_.flag(help::check_every, pool.check_every, true);
    declare(line_, options_.list);
  }

  void records() {
    line_.value(help::records, [&options = options_](const std::string& text) {
      return read_count(text, options.pool.records, std::numeric_limits<u32>::max());
    });
  }

  void pool() {
    line_.value(help::pool, [&options = options_](const std::string& text) {
      u64 id = 0;
      Wrong wrong = read_count(text, id, std::numeric_limits<u32>::max());
      options.moment.pool = static_cast<u32>(id);
      return wrong;
    });
  }

  void moment() {
    Moment& moment = options_.moment;
    const bool begins = options_.verb == Verb::step;
    count(begins ? help::begin : help::step, moment.call);
    count(help::seq, moment.seq);
    pool();
  }

  void offsets() {
    line_.value(help::offsets, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, Offsets>, 3> words{
          {{"dec", Offsets::dec}, {"hex", Offsets::hex}, {"both", Offsets::both}}};
      Offsets chosen = Offsets::dec;
      Wrong wrong = read_word(text, words, chosen);
      options.view.both_radices = chosen == Offsets::both;
      if (chosen != Offsets::both)
        options.view.radix = chosen == Offsets::hex ? Radix::hex : Radix::dec;
      return wrong;
    });
  }

  void color() {
    line_.value(help::color, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, Colour>, 3> words{
          {{"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}}};
      return read_word(text, words, options.colour);
    });
  }

  void output(const help::Option& option) {
    line_.value(option, [&options = options_](const std::string& text) -> Wrong {
      options.output = text == "-" ? "" : text;
      if (text.empty()) return "the name of a file is expected";
      if (text == "-" && options.verb == Verb::replay)
        return "a log goes to a file, the summary to standard output";
      return std::nullopt;
    });
  }

  void sequence() {
    line_.value(help::steps, [&options = options_](const std::string& text) {
      return read_range(text, options.steps.emplace());
    });
    line_.value(help::format, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, const char*>, 4> words{
          {{"svg", "svg"}, {"png", "png"}, {"pdf", "pdf"}, {"dot", "dot"}}};
      const char* format = "svg";
      Wrong wrong = read_word(text, words, format);
      options.format = format;
      return wrong;
    });
  }

  void blank() {
    line_.value(help::blank, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, Blank>, 3> words{
          {{"lists", Blank::lists}, {"sizes", Blank::sizes}, {"all", Blank::all}}};
      return read_word(text, words, options.view.blank);
    });
  }

  void quiz() {
    line_.value(help::quiz_seed, [&options = options_](const std::string& text) {
      return read_count(text, options.seed);
    });
    line_.value(help::count, [&options = options_](const std::string& text) {
      return read_some(text, options.count, "a quiz has at least one question");
    });
    line_.value(help::variants, [&options = options_](const std::string& text) {
      return read_some(text, options.variants, "at least one sheet is expected");
    });
    line_.value(help::kinds, [&options = options_](const std::string& text) -> Wrong {
      options.kinds = split_list(text, ',');
      for (const std::string& kind : options.kinds)
        if (std::ranges::find(quiz::kinds(), kind) == quiz::kinds().end())
          return fmt::format("'{}' is none of {}", kind, fmt::join(quiz::kinds(), ", "));
      return std::nullopt;
    });
    line_.value(help::quiz_format, [&options = options_](const std::string& text) {
      return read_word(text, quiz::formats, options.quiz_format);
    });
    line_.flag(help::with_answers, options_.with_answers, true);
    line_.value(help::answers, [&options = options_](const std::string& text) -> Wrong {
      options.answers = split_list(text, ';');
      return std::nullopt;
    });
  }

  static Wrong read_some(const std::string& text, u64& number, const char* none) {
    Wrong wrong = read_count(text, number, most_questions);
    return !wrong && number == 0 ? Wrong(none) : wrong;
  }

  void look() {
    line_.value(help::look, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
          {{"doc", false}, {"slide", true}}};
      return read_word(text, words, options.view.for_slide);
    });
    line_.flag(help::ascii, options_.view.ascii_labels, true);
  }

  void dump_look() {
    line_.value(help::diff, [&options = options_](const std::string& text) {
      return read_count(text, options.diff.emplace());
    });
    line_.flag(help::no_fold, options_.view.fold, false);
    line_.flag(help::utf8, options_.view.utf8, true);
    line_.flag(help::light, options_.view.light, true);
    line_.value(help::width, [&options = options_](const std::string& text) {
      static constexpr std::array<std::pair<std::string_view, unsigned>, 2> words{
          {{"64", 64U}, {"32", 32U}}};
      return read_word(text, words, options.view.width);
    });
  }

  void stepper() {
    line_.flag(help::batch, options_.batch, true);
    line_.flag(help::plain, options_.plain, true);
    line_.values(help::execute, [&options = options_](const std::string& text) -> Wrong {
      options.commands.push_back(text);
      return std::nullopt;
    });
    line_.values(help::script, [&options = options_](const std::string& text) -> Wrong {
      options.commands.push_back("source " + text);
      return std::nullopt;
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

  void view();
  void page();
  void lesson_verb();

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
  pool();
  offsets();
  pool_setup();
}

void Declare::verb() {
  const bool contest = options_.verb == Verb::duel || options_.verb == Verb::gen;
  if (contest) options_.pool.align = 1;  // lessons count bytes
  switch (options_.verb) {
    case Verb::record:
      output(help::recording_file);
      declare(line_, options_.record);
      text(help::title, options_.title);
      return pool_setup();
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
      count(help::slices, options_.slices);
      count(help::trace_from, options_.from);
      count(help::trace_to, options_.to);
      ops();
      return pool_setup();
    case Verb::diagram:
      output(help::picture_file);
      sequence();
      blank();
      look();
      return view();
    case Verb::dump:
      output(help::text_file);
      color();
      dump_look();
      return view();
    case Verb::step:
      stepper();
      color();
      return view();
    case Verb::show:
    case Verb::ops:
      output(help::text_file);
      color();
      return view();
    case Verb::compare:
    case Verb::duel:
    case Verb::gen:
    case Verb::stats:
    case Verb::ostep:
    case Verb::quiz:
    case Verb::grade: return lesson_verb();
    case Verb::text: return;
  }
}

void Declare::lesson_verb() {
  switch (options_.verb) {
    case Verb::compare:
      declare(line_, options_.compare);
      ops();
      color();
      return contest_setup();
    case Verb::duel:
      declare(line_, options_.duel);
      color();
      return contest_setup();
    case Verb::gen: declare(line_, options_.gen); return contest_setup();
    case Verb::stats:
      declare(line_, options_.stats);
      ops();
      pool();
      return pool_setup();
    case Verb::ostep: declare(line_, options_.ostep); return output(help::log_file);
    case Verb::quiz:
      output(help::sheet_file);
      text(help::title, options_.title);
      quiz();
      ops();
      pool();
      return pool_setup();
    case Verb::grade:
      output(help::text_file);
      line_.value(help::rules, [&options = options_](const std::string& text) -> Wrong {
        options.rules = text;
        const Result<grade::Asked> asked = grade::parse_rules(text);
        return asked ? Wrong() : asked.error().what;
      });
      line_.value(help::broken_picture,
                  picture_name(options_.broken_picture, {".svg", ".png", ".pdf", ".dot"}));
      line_.value(help::report_format, [&options = options_](const std::string& text) {
        static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
            {{"text", false}, {"json", true}}};
        return read_word(text, words, options.as_json);
      });
      ops();
      return pool_setup();
    default: return;
  }
}

}  // namespace

void declare(CommandLine& line, Options& options) {
  Declare(line, options).verb();
}

}  // namespace mempool::viz
