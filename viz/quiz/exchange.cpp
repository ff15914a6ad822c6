// Quizzes for programs: GIFT and Moodle XML for learning platforms, JSON for the lesson page and
// for graders. All hold the answers.
#include <fmt/format.h>

#include "markup.hpp"
#include "quiz/sheet.hpp"

namespace mempool::viz::quiz {

namespace {

/// GIFT's own signs are escaped; a line break is written as one.
std::string gift(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '\n') {
      made += "\\n";
      continue;
    }
    if (std::string_view("~=#{}:\\").find(c) != std::string_view::npos) made += '\\';
    made += c;
  }
  return made;
}

std::string name_of(const Question& question, std::size_t number) {
  return fmt::format("{:02} call {} {}", number, question.call, question.kind);
}

std::string gift_question(const Question& question, std::size_t number) {
  std::string text =
      fmt::format("::{}::[html]<pre>{}</pre><p>{}</p> {{\n", gift(name_of(question, number)),
                  gift(markup_text(question.picture)), gift(markup_text(question.text)));
  for (const Choice& choice : question.choices)
    text += fmt::format("{}{}#{}\n", choice.right ? '=' : '~', gift(markup_text(choice.text)),
                        gift(markup_text(choice.why)));
  if (question.choices.empty())
    for (const std::string& accepted : question.accept)
      text += fmt::format("={}#{}\n", gift(accepted), gift(markup_text(question.why)));
  return text + "}\n\n";
}

std::string moodle_answer(std::string_view text, bool right, std::string_view why) {
  return fmt::format(
      "    <answer fraction=\"{}\" format=\"html\"><text>{}</text>\n"
      "      <feedback format=\"html\"><text>{}</text></feedback></answer>\n",
      right ? 100 : 0, markup_text(markup_text(text)), markup_text(markup_text(why)));
}

std::string moodle_question(const Question& question, std::size_t number) {
  const bool choose = !question.choices.empty();
  std::string text = fmt::format(
      "  <question type=\"{}\">\n    <name><text>{}</text></name>\n"
      "    <questiontext format=\"html\"><text>{}</text></questiontext>\n"
      "    <generalfeedback format=\"html\"><text>{}</text></generalfeedback>\n"
      "    <defaultgrade>1</defaultgrade>\n",
      choose ? "multichoice" : "shortanswer", markup_text(name_of(question, number)),
      markup_text(fmt::format("<pre>{}</pre><p>{}</p>", markup_text(question.picture),
                              markup_text(question.text))),
      markup_text(markup_text(question.why)));
  if (choose) {
    text +=
        "    <single>true</single><shuffleanswers>true</shuffleanswers>\n"
        "    <answernumbering>abc</answernumbering>\n";
    for (const Choice& choice : question.choices)
      text += moodle_answer(choice.text, choice.right, choice.right ? question.why : choice.why);
  } else {
    text += "    <usecase>0</usecase>\n";
    for (const std::string& accepted : question.accept)
      text += moodle_answer(accepted, true, question.why);
  }
  return text + "  </question>\n";
}

std::string json_question(const Question& question) {
  std::string choices, accept;
  for (const Choice& choice : question.choices)
    choices += fmt::format("{}{{\"text\":{},\"right\":{},\"why\":{}}}", choices.empty() ? "" : ",",
                           json_text(choice.text), choice.right, json_text(choice.why));
  for (const std::string& accepted : question.accept)
    accept += fmt::format("{}{}", accept.empty() ? "" : ",", json_text(accepted));
  return fmt::format(
      "{{\"call\":{},\"kind\":{},\"question\":{},\"choices\":[{}],\"accept\":[{}],\"why\":{}}}",
      question.call, json_text(question.kind), json_text(question.text), choices, accept,
      json_text(question.why));
}

}  // namespace

std::string write_import(const Quiz& quiz, Format format) {
  std::string text;
  if (format == Format::gift)
    text = fmt::format("// {}. The pool: {}. Seed {}.\n\n", quiz.title, quiz.pool, quiz.seed);
  if (format == Format::moodle) text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n";
  if (format == Format::json) text = "[";
  for (std::size_t i = 0; i < quiz.questions.size(); ++i) {
    const Question& question = quiz.questions[i];
    if (format == Format::gift) text += gift_question(question, i + 1);
    if (format == Format::moodle) text += moodle_question(question, i + 1);
    if (format == Format::json) text += (i == 0 ? "\n" : ",\n") + json_question(question);
  }
  if (format == Format::moodle) text += "</quiz>\n";
  if (format == Format::json) text += "\n]\n";
  return text;
}

}  // namespace mempool::viz::quiz
