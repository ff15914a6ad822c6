// grade: a student's log judged rule by rule, with the pool at the first broken rule as a picture.
//
// Exit status 1 if a rule is broken, so that a grader can be a shell script; --format json for
// others.
#include <fmt/format.h>

#include <optional>
#include <sstream>

#include "commands/book.hpp"
#include "commands/commands.hpp"
#include "commands/picture.hpp"
#include "grade/grade.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "view/view.hpp"

namespace mempool::viz {

namespace {

/// The call that broke it, as the terminal shows one; nothing if the log cannot be followed so far.
std::string shown(const Result<Frame>& frame, const ViewOptions& look) {
  if (!frame) return "";
  std::ostringstream text;
  find_view("terminal")->write(text, *frame, look);
  return "\n" + std::move(text).str();
}

}  // namespace

Result<int> commands::grade(const Options& options) {
  const Result<grade::Asked> asked = grade::parse_rules(options.rules);
  if (!asked) return tl::make_unexpected(asked.error());
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  Result<grade::Report> report = [&] {
    ProgressLine progress("grading");
    return grade::judge(book->cursor.from_start(), *asked, [&](double share) { progress(share); });
  }();
  if (!report) return failure(fmt::format("{}: {}", book->name, report.error().what));
  const grade::RuleResult* broken = report->first_broken();
  std::optional<Result<Frame>> there;  // where the first rule breaks
  if (broken != nullptr) there = frame_at(*book, broken->first_call);
  std::string text = options.as_json ? report_json(*report, book->name)
                                     : fmt::format("{}\n{}", book->name, report_text(*report));
  if (there && !options.as_json) text += shown(*there, options.view);
  if (const Result<void> written = write_output(options.output, text); !written)
    return tl::make_unexpected(written.error());
  if (options.broken_picture.empty()) return broken != nullptr ? bad : book->status;
  if (!there) {
    say(fmt::format("{}: not drawn: every rule holds", options.broken_picture));
    return book->status;
  }
  const Result<void> drawn =
      *there
          ? draw_picture(**there, options.view, options.broken_picture)
          : failure(fmt::format("{}: not drawn: {}", options.broken_picture, there->error().what));
  if (!drawn) return tl::make_unexpected(drawn.error());
  return bad;
}

}  // namespace mempool::viz
