// Sheets and keys for people: see sheet.hpp.
#include "quiz/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "markup.hpp"
#include "view/text.hpp"

namespace mempool::viz::quiz {

namespace {

constexpr std::size_t page_width = 80;

std::string wrapped(std::string_view text, const std::string& head) {
  std::string lines;
  for (const std::string& line : wrap(text, page_width - head.size())) lines += head + line + "\n";
  return lines;
}

/// Characters that Markdown would take for marks.
std::string markdown(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>#|").find(c) != std::string_view::npos) made += '\\';
    made += c;
  }
  return made;
}

std::string intro(const Quiz& quiz) {
  return fmt::format("The pool: {}. Seed {}.", quiz.pool, quiz.seed);
}

constexpr std::string_view page_head =
    R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{0}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>
body{{font:16px/1.5 "DejaVu Sans",Helvetica,Arial,sans-serif;color:#111;background:#fff;
  max-width:46em;margin:2em auto;padding:0 1em}}
pre{{font:13px/1.4 "DejaVu Sans Mono",Menlo,Consolas,monospace;border:1px solid #999;
  padding:.6em;overflow-x:auto}}
li.q{{margin:1.6em 0;break-inside:avoid}} ol.c{{list-style:lower-alpha}}
.blank{{border-bottom:1px solid #555;display:inline-block;width:16em}}
.name{{float:right;font-size:14px}} h1{{font-size:1.5em}}
@media print{{body{{margin:0;font-size:11pt}} pre{{font-size:8.5pt}}}}
</style></head><body>
)";

std::string html_sheet(const Quiz& quiz) {
  std::string page = fmt::format(page_head, markup_text(quiz.title));
  page += fmt::format(
      "<p class=\"name\">Name <span class=\"blank\"></span></p>\n<h1>{}</h1>\n<p>{}</p>\n<ol>\n",
      markup_text(quiz.title), markup_text(intro(quiz)));
  for (const Question& question : quiz.questions) {
    page += fmt::format("<li class=\"q\"><pre>{}</pre>\n<p>{}</p>\n", markup_text(question.picture),
                        markup_text(question.text));
    if (question.choices.empty()) {
      page += "<p>Answer: <span class=\"blank\"></span></p>";
    } else {
      page += "<ol class=\"c\">\n";
      for (const Choice& choice : question.choices)
        page += fmt::format("<li>{}</li>\n", markup_text(choice.text));
      page += "</ol>";
    }
    page += "</li>\n";
  }
  return page + "</ol>\n</body></html>\n";
}

std::string html_key(const Quiz& quiz) {
  std::string page = fmt::format(page_head, markup_text(quiz.title + ": key"));
  page += fmt::format("<h1>{}: key</h1>\n<p>{}</p>\n<ol>\n", markup_text(quiz.title),
                      markup_text(intro(quiz)));
  for (const Question& question : quiz.questions) {
    page += fmt::format("<li class=\"q\"><b>{}</b><br>{}\n", markup_text(lettered_answer(question)),
                        markup_text(question.why));
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      if (!question.choices[i].right)
        page += fmt::format("<br>{}) {}: {}\n", letter(i), markup_text(question.choices[i].text),
                            markup_text(question.choices[i].why));
    page += "</li>\n";
  }
  return page + "</ol>\n</body></html>\n";
}

std::string md_sheet(const Quiz& quiz) {
  std::string page = fmt::format("# {}\n\n{}\n", markdown(quiz.title), markdown(intro(quiz)));
  std::size_t number = 0;
  for (const Question& question : quiz.questions) {
    page += fmt::format("\n## {}\n\n```\n{}```\n\n{}\n\n", ++number, question.picture,
                        markdown(question.text));
    if (question.choices.empty()) page += "Answer: ______________\n";
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      page += fmt::format("- [ ] {}) {}\n", letter(i), markdown(question.choices[i].text));
  }
  return page;
}

std::string md_key(const Quiz& quiz) {
  std::string page = fmt::format("# {}: key\n\n{}\n", markdown(quiz.title), markdown(intro(quiz)));
  std::size_t number = 0;
  for (const Question& question : quiz.questions) {
    page += fmt::format("\n## {}\n\n**{}**\n\n{}\n\n", ++number,
                        markdown(lettered_answer(question)), markdown(question.why));
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      if (!question.choices[i].right)
        page += fmt::format("- {}) {}: {}\n", letter(i), markdown(question.choices[i].text),
                            markdown(question.choices[i].why));
  }
  return page;
}

std::string text_sheet(const Quiz& quiz) {
  std::string page = quiz.title + "\n" + wrapped(intro(quiz), "");
  std::size_t number = 0;
  for (const Question& question : quiz.questions) page += "\n" + question_text(question, ++number);
  return page;
}

std::string text_key(const Quiz& quiz) {
  std::string page = quiz.title + ": key\n" + wrapped(intro(quiz), "");
  std::size_t number = 0;
  for (const Question& question : quiz.questions) {
    page += fmt::format("\n{}. {}\n", ++number, lettered_answer(question));
    page += wrapped(question.why, "   ");
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      if (!question.choices[i].right)
        page += wrapped(
            fmt::format("{}) {}: {}", letter(i), question.choices[i].text, question.choices[i].why),
            "      ");
  }
  return page;
}

}  // namespace

std::string letter(std::size_t choice) {
  return std::string(1, static_cast<char>('a' + choice));
}

std::string lettered_answer(const Question& question) {
  const auto right = std::ranges::find(question.choices, true, &Choice::right);
  if (right == question.choices.end()) return answer_text(question);
  return fmt::format("{}) {}", letter(static_cast<std::size_t>(right - question.choices.begin())),
                     right->text);
}

std::string question_text(const Question& question, std::size_t number) {
  std::string text = question.picture;
  text += wrapped(fmt::format("{}. {}", number, question.text), "");
  for (std::size_t i = 0; i < question.choices.size(); ++i)
    text += wrapped(fmt::format("{}) {}", letter(i), question.choices[i].text), "   ");
  return text;
}

std::string graded_text(const Question& question, const Graded& marked) {
  const std::string answer = fmt::format("The answer is {}.", lettered_answer(question));
  if (!marked.understood) return wrapped(fmt::format("{} {}", answer, question.why), "   ");
  if (marked.right) return wrapped("Right. " + marked.why, "   ");
  return wrapped(fmt::format("Wrong. {} {} {}", marked.why, answer,
                             marked.why == question.why ? "" : question.why),
                 "   ");
}

std::string write_sheet(const Quiz& quiz, Format format) {
  switch (format) {
    case Format::md: return md_sheet(quiz);
    case Format::html: return html_sheet(quiz);
    default: return text_sheet(quiz);
  }
}

std::string write_key(const Quiz& quiz, Format format) {
  switch (format) {
    case Format::md: return md_key(quiz);
    case Format::html: return html_key(quiz);
    default: return text_key(quiz);
  }
}

}  // namespace mempool::viz::quiz
