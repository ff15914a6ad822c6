// html: the lesson page of a log or an op list, in one file. What of a long log it holds is
// lesson_page.hpp's.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "commands/commands.hpp"
#include "commands/lesson_page.hpp"
#include "commands/source.hpp"
#include "shell/output.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

/// The quiz is the page's to understand; here it is text.
Result<std::string> read_quiz(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.find_first_not_of(" \t\r\n") == std::string::npos)
    return failure(fmt::format("{}: cannot be read as a quiz", path));
  if (text[text.find_first_not_of(" \t\r\n")] != '[')
    return failure(fmt::format("{}: a quiz is a JSON array of questions", path));
  return text;
}

std::string title_of(const Options& options) {
  if (!options.title.empty()) return options.title;
  if (options.ops) return "A memory pool, call by call";
  if (options.input == "-") return "A log, call by call";
  return options.input.substr(options.input.rfind('/') + 1);
}

}  // namespace

Result<int> commands::html(const Options& options) {
  if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
    return failure("a page is not for a terminal: say -o FILE.html");
  const Result<std::string> quiz = read_quiz(options.quiz_file);
  if (!quiz) return tl::make_unexpected(quiz.error());
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  const std::string name = source->name.substr(source->name.rfind('/') + 1);
  const auto& moment = options.moment;
  const Result<LessonPage> page =
      make_lesson_page(source->reader, {title_of(options), options.ops ? "" : name, options.ops,
                                        *quiz, options.view.radix == Radix::hex, moment.pool,
                                        options.from, options.to, moment.call});
  const int status = say_findings(source->reader.findings(), source->name);
  if (!page) return failure(fmt::format("{}: {}", source->name, page.error().what));
  if (!page->left_out.empty()) {
    const bool others = page->left_out.find("call") != std::string::npos;
    say(fmt::format("{}: left out of the page: {}{}", source->name, page->left_out,
                    others ? " (--from A --to B, or --step N for those around N)" : ""));
  }
  const Result<void> written = write_output(options.output, page->text);
  if (!written) return tl::make_unexpected(written.error());
  return status;
}

}  // namespace mempool::viz
