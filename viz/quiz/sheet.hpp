// Sheets: a quiz as text, Markdown, a page to print, and for learning platforms.
//
//     Quiz --write_sheet--> questions alone: nothing in the text tells an answer
//          --write_key----> the answers, and why
//          --write_import-> GIFT, Moodle XML, JSON: these hold the answers, for a program to keep
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quiz/question.hpp"

namespace mempool::viz::quiz {

struct Quiz {
  std::string title;  // "Quiz on lesson.jsonl"
  std::string pool;   // "1000 B, alignment 1, first fit"
  u64 seed = 0;
  std::vector<Question> questions;
};

enum class Format { text, md, html, gift, moodle, json };
inline constexpr std::array<std::pair<std::string_view, Format>, 6> formats{
    {{"text", Format::text},
     {"md", Format::md},
     {"html", Format::html},
     {"gift", Format::gift},
     {"moodle-xml", Format::moodle},
     {"json", Format::json}}};
/// Programs read it, and it holds the answers.
[[nodiscard]] constexpr bool is_import(Format format) {
  return format == Format::gift || format == Format::moodle || format == Format::json;
}

[[nodiscard]] std::string write_sheet(const Quiz& quiz, Format format);
[[nodiscard]] std::string write_key(const Quiz& quiz, Format format);
[[nodiscard]] std::string write_import(const Quiz& quiz, Format format);

/// One question as text, without its answer.
[[nodiscard]] std::string question_text(const Question& question, std::size_t number);
/// What is said to an answer: right or wrong, and why; indented lines.
[[nodiscard]] std::string graded_text(const Question& question, const Graded& marked);
/// The letter of a choice: "a".
[[nodiscard]] std::string letter(std::size_t choice);
/// The right answer with its letter, if it has one: "b) f2, 200 B at 100".
[[nodiscard]] std::string lettered_answer(const Question& question);

}  // namespace mempool::viz::quiz
