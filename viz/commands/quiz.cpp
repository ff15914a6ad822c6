// quiz: questions about the calls of a log, asked in a terminal or written as sheets.
//
//     calls (all, or some by the seed) --ask--> questions --pick--> Quiz --> terminal, sheet and
//     key
//
// In a pipe nothing is asked: the sheet is written. Answers may be given as an option, and are
// graded; so a quiz can be scripted.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "commands/book.hpp"
#include "commands/commands.hpp"
#include "model/policy.hpp"
#include "quiz/ask.hpp"
#include "quiz/pick.hpp"
#include "quiz/sheet.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "view/terminal_strip.hpp"
#include "view/text.hpp"

namespace mempool::viz {

namespace {

using namespace quiz;

constexpr u64 most_calls = 400;  // of a log, that are looked at; more are drawn by lot
constexpr std::size_t strip_width = 72;

/// The pool before the call, as two lines or a few more.
std::string picture_of(const Model& model) {
  std::string text =
      fmt::format(" map  |{}|\n", draw_strip(model, Story{}, strip_width, Palette::none));
  std::vector<std::string> holes;
  for (const Block* block : free_list(model))
    holes.push_back(fmt::format("{} {} B at {}", block->name(), block->size, block->offset));
  constexpr std::size_t most = 12;
  const std::size_t more = holes.size() > most ? holes.size() - most : 0;
  holes.resize(holes.size() - more);
  if (more != 0) holes.push_back(fmt::format("and {} more", more));
  if (holes.empty()) holes.emplace_back("nothing");
  for (const std::string& line : wrap(fmt::format("free list: {}", fmt::join(holes, ", ")), 78))
    text += " " + line + "\n";
  return text;
}

std::string pool_text(const Model& model) {
  std::string text = fmt::format("{} B, alignment {}, {}", model.capacity, model.align,
                                 policy_in_words(model.policy));
  if (model.guard_size != 0)
    text += fmt::format(", guards of {} B on both sides", model.guard_size);
  if (model.list) text += fmt::format("; {}", mempool::viz::text(*model.list));
  return text;
}

/// The calls that are looked at: all of them, or as many as there may be, by lot.
std::vector<u64> calls_of(u64 last, u64 seed) {
  std::vector<u64> calls;
  if (last <= most_calls) {
    for (u64 call = 1; call <= last; ++call) calls.push_back(call);
    return calls;
  }
  Chance chance(seed);
  std::set<u64> drawn;
  while (drawn.size() < most_calls) drawn.insert(1 + chance.next() % last);
  return {drawn.begin(), drawn.end()};
}

struct Gathered {
  std::vector<Question> questions;
  std::string pool;
  int status = good;
};

Result<Gathered> gather(const Options& options) {
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  const Result<Frame> last = last_frame(*book);
  if (!last) return tl::make_unexpected(last.error());
  Gathered gathered{{}, pool_text(last->before), book->status};
  const std::vector<u64> calls = calls_of(last->last_call, options.seed);
  ProgressLine progress("looking for questions");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Result<Frame> frame = frame_at(*book, calls[i]);
    if (!frame) return tl::make_unexpected(frame.error());
    for (Question& question : ask(*frame)) {
      const auto& kinds = options.kinds;
      if (!kinds.empty() && std::ranges::find(kinds, question.kind) == kinds.end()) continue;
      question.picture = picture_of(frame->before);
      gathered.questions.push_back(std::move(question));
    }
    progress(static_cast<double>(i + 1) / static_cast<double>(calls.size()));
  }
  if (gathered.questions.empty())
    return failure(
        "there is nothing to ask: no call of this log is an allocation or a free that the pool's "
        "rules predict");
  return gathered;
}

// ---- asking

struct Score {
  std::size_t right = 0, asked = 0;
};

std::string score_text(const Score& score) {
  return fmt::format("{} of {} right\n", score.right, score.asked);
}

/// Answers from an option, one after the other.
std::string grade_all(const Quiz& quiz, const std::vector<std::string>& answers) {
  Score score;
  std::string text;
  for (std::size_t i = 0; i < quiz.questions.size(); ++i) {
    const Question& question = quiz.questions[i];
    const std::string answer = i < answers.size() ? answers[i] : "";
    const Graded marked = grade(question, answer);
    ++score.asked;
    score.right += marked.right ? 1 : 0;
    text += fmt::format("{}. {}\n", i + 1, answer.empty() ? "(no answer)" : printable(answer));
    text += graded_text(question, marked);
  }
  return text + score_text(score);
}

/// Asks until the quiz or the input is at its end.
Result<int> ask_people(const Quiz& quiz) {
  std::cout << quiz.title << "\nThe pool: " << quiz.pool
            << ".\nAnswer with a letter, or with what you think; an empty line shows the answer.\n";
  Score score;
  for (std::size_t i = 0; i < quiz.questions.size(); ++i) {
    const Question& question = quiz.questions[i];
    std::cout << "\n" << question_text(question, i + 1) << "   > " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) {
      std::cout << "\n";
      break;
    }
    const Graded marked = grade(question, answer);
    ++score.asked;
    score.right += marked.right ? 1 : 0;
    std::cout << graded_text(question, marked);
  }
  std::cout << "\n" << score_text(score) << std::flush;
  return good;
}

// ---- writing

/// "sheet.md" and 2: "sheet-2.md"; its key: "sheet-2-key.md".
std::string name_of(const std::string& file, const std::string& part) {
  const std::size_t slash = file.rfind('/');
  const std::size_t dot = file.rfind('.');
  const bool none = dot == std::string::npos || (slash != std::string::npos && dot < slash);
  return none ? file + part : file.substr(0, dot) + part + file.substr(dot);
}

Result<void> write_files(const Quiz& quiz, const Options& options, const std::string& part) {
  const std::string file = name_of(options.output, part);
  if (is_import(options.quiz_format))
    return write_output(file, write_import(quiz, options.quiz_format));
  Result<void> written = write_output(file, write_sheet(quiz, options.quiz_format));
  if (!written) return written;
  return write_output(name_of(options.output, part + "-key"), write_key(quiz, options.quiz_format));
}

Result<void> write_text(const Quiz& quiz, const Options& options) {
  if (is_import(options.quiz_format))
    return write_output("", write_import(quiz, options.quiz_format));
  std::string text = write_sheet(quiz, options.quiz_format);
  if (options.with_answers) text += "\n" + write_key(quiz, options.quiz_format);
  return write_output("", text);
}

}  // namespace

Result<int> commands::quiz(const Options& options) {
  Result<Gathered> gathered = gather(options);
  if (!gathered) return tl::make_unexpected(gathered.error());
  const std::string name = options.ops            ? "an op list"
                           : options.input == "-" ? "a log"
                                                  : options.input;
  for (u64 variant = 0; variant < options.variants; ++variant) {
    const u64 seed = options.seed + variant;
    const std::string title =
        options.title.empty() ? fmt::format("Quiz on {}", name) : options.title;
    Quiz quiz{printable(title), gathered->pool, seed,
              pick(gathered->questions, options.count, seed)};
    if (!options.answers.empty()) {
      const Result<void> written = write_output("", grade_all(quiz, options.answers));
      if (!written) return tl::make_unexpected(written.error());
      continue;
    }
    const bool people = options.output.empty() && !options.with_answers &&
                        options.quiz_format == Format::text && ::isatty(STDIN_FILENO) == 1 &&
                        ::isatty(STDOUT_FILENO) == 1;
    if (people) return ask_people(quiz);
    const std::string part = options.variants > 1 ? fmt::format("-{}", variant + 1) : "";
    const Result<void> written =
        options.output.empty() ? write_text(quiz, options) : write_files(quiz, options, part);
    if (!written) return tl::make_unexpected(written.error());
  }
  return gathered->status;
}

}  // namespace mempool::viz
