// Grading: what counts as the same answer. See question.hpp.
#include "quiz/question.hpp"

#include <algorithm>
#include <cctype>

namespace mempool::viz::quiz {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '#';
}

std::string lower(std::string_view text) {
  std::string made;
  for (const char c : text) made += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return made;
}

/// "0x28" is "40"; other words stay as they are. Numbers lose leading zeros.
std::string decimal(const std::string& word) {
  const bool hex = word.starts_with("0x") && word.size() > 2;
  const std::string digits = hex ? word.substr(2) : word;
  const auto is_digit = [&](char c) {
    return hex ? std::isxdigit(static_cast<unsigned char>(c)) != 0 : c >= '0' && c <= '9';
  };
  if (!std::ranges::all_of(digits, is_digit) || digits.size() > 16) return word;
  return std::to_string(std::stoull(digits, nullptr, hex ? 16 : 10));
}

/// An answer as its words: "48 B, 0x28" and "[48,40]" are the same.
std::vector<std::string> words_of(std::string_view answer) {
  std::vector<std::string> words;
  const std::string text = lower(answer);
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string word = decimal(text.substr(i, end - i));
    if (word != "b" && word != "bytes" && word != "byte") words.push_back(word);
    i = end;
  }
  return words;
}

/// The one choice that this word belongs to: "f2", "best", "both". A number belongs to too much.
const Choice* choice_of_word(const Question& question, const std::vector<std::string>& words) {
  const auto is_name = [](unsigned char c) { return std::isalpha(c) != 0 || c == '#'; };
  const bool is_one_word = words.size() == 1 && std::ranges::any_of(words[0], is_name);
  const Choice* found = nullptr;
  for (const Choice& choice : question.choices) {
    const std::vector<std::string> said = words_of(choice.text);
    if (!is_one_word || std::ranges::find(said, words[0]) == said.end()) continue;
    if (found != nullptr) return nullptr;
    found = &choice;
  }
  return found;
}

}  // namespace

const Choice* right_choice(const Question& question) {
  const auto right = std::ranges::find(question.choices, true, &Choice::right);
  return right == question.choices.end() ? nullptr : &*right;
}

std::string answer_text(const Question& question) {
  const Choice* right = right_choice(question);
  return right != nullptr ? right->text : question.accept.empty() ? "" : question.accept.front();
}

Graded grade(const Question& question, std::string_view answer) {
  const std::string text = lower(answer);
  const std::size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t).\r");
  if (first == std::string::npos || last == std::string::npos || last < first) return {};
  const std::string trimmed = text.substr(first, last - first + 1);
  const auto letter = static_cast<std::size_t>(trimmed[0] - 'a');
  if (trimmed.size() == 1 && trimmed[0] >= 'a' && letter < question.choices.size()) {
    const Choice& choice = question.choices[letter];
    return {true, choice.right, choice.right ? question.why : choice.why};
  }
  const std::vector<std::string> words = words_of(trimmed);
  if (words.empty()) return {};
  for (const Choice& choice : question.choices)
    if (words_of(choice.text) == words)
      return {true, choice.right, choice.right ? question.why : choice.why};
  if (const Choice* choice = choice_of_word(question, words))
    return {true, choice->right, choice->right ? question.why : choice->why};
  const bool right = std::ranges::any_of(
      question.accept, [&](const std::string& accepted) { return words_of(accepted) == words; });
  return {true, right, question.why};
}

u64 Chance::next() {
  u64 z = state_ += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace mempool::viz::quiz
