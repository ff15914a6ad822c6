// grade: a student's log judged rule by rule, with the pool at the first broken rule as a picture.
//
// Exit status 1 if a rule is broken, so that a grader can be a shell script; --format json for
// others.
#include <fmt/format.h>

#include <sstream>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "commands/text.hpp"
#include "grade/grade.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "view/view.hpp"

namespace mempool::viz {

namespace {

/// The call that broke it, as the terminal shows one; nothing if the log cannot be folded.
std::string picture(const Options& options, u64 call) {
  const Result<Loaded> loaded = load_frame(options, call);
  if (!loaded) return "";
  std::ostringstream text;
  ViewOptions look = options.view;
  find_view("terminal")->write(text, loaded->frame, look);
  return std::move(text).str();
}

}  // namespace

Result<int> commands::grade(const Options& options) {
  const Result<grade::Asked> asked = grade::parse_rules(options.rules);
  if (!asked) return tl::make_unexpected(asked.error());
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  Result<grade::Report> report = [&] {
    ProgressLine progress("grading");
    return grade::judge(source->reader, *asked, [&](double share) { progress(share); });
  }();
  const int damage = say_damage(source->reader.findings(), source->name);
  if (!report) return failure(fmt::format("{}: {}", source->name, report.error().what));
  std::string text;
  const grade::RuleResult* broken = report->first_broken();
  if (options.as_json) {
    text = report_json(*report, source->name);
  } else {
    text = fmt::format("{}\n{}", source->name, report_text(*report));
    if (broken != nullptr && options.input != "-")
      text += "\n" + picture(options, broken->first_call);
  }
  if (const Result<void> written = write_output(options.output, text); !written)
    return tl::make_unexpected(written.error());
  return broken != nullptr ? bad : damage;
}

}  // namespace mempool::viz
