// Being asked before being told: `quiz on`, then next and step ask about the call that comes. See
// session.hpp.
//
//     call 41 is shown --next--> a question about call 42 --answer c--> right or wrong, call 42
//
// Until it is answered call 42 is not shown, nor is any later one in the list of calls.
#include <fmt/format.h>

#include <utility>

#include "quiz/ask.hpp"
#include "quiz/pick.hpp"
#include "quiz/sheet.hpp"
#include "step/session.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

std::string score(const Prediction& prediction) {
  return fmt::format("{} of {} right", prediction.right, prediction.answered);
}

const char* nothing_asked(const Prediction& prediction) {
  return prediction.on ? "nothing is asked yet: next asks" : "nothing is asked: quiz on, then next";
}

/// The n-th wrong choice; nullptr: there are fewer.
const quiz::Choice* wrong_choice(const quiz::Question& question, std::size_t n) {
  for (const quiz::Choice& choice : question.choices)
    if (!choice.right && n-- == 0) return &choice;
  return nullptr;
}

}  // namespace

Answer Session::quiz(std::string_view arguments) {
  constexpr const char* expected = "on, on with a seed, or off is expected: quiz on 7";
  const std::string_view what = take_word(arguments);
  const std::optional<u64> seed = arguments.empty() ? u64{1} : whole_number(arguments);
  if (what == "on" && seed) {
    prediction_ = {.on = true, .seed = *seed, .asked = std::nullopt};
    return good_answer(
        "next and step ask before they show; answer WHAT YOU THINK, or hint. Later calls are "
        "hidden until then. goto and continue do not ask.");
  }
  if (what == "off" && arguments.empty()) {
    const Prediction before = std::exchange(prediction_, {});
    return good_answer(before.answered == 0 ? "the quiz is off" : score(before));
  }
  return bad_answer(expected);
}

Answer Session::asked_again() const {
  return good_answer(quiz::question_text(*prediction_.asked, prediction_.answered + 1) +
                     "answer WHAT YOU THINK, or hint; answer alone tells it\n");
}

/// The question that stands before the next call, if there is to be one.
std::optional<Answer> Session::ask_first() {
  if (!prediction_.on) return std::nullopt;
  if (prediction_.asked) return asked_again();
  const std::optional<Frame> coming = cursor_.at_or_after(frame_.call + 1);
  if (!coming) return std::nullopt;
  std::vector<quiz::Question> picked =
      quiz::pick(quiz::ask(*coming), 1, prediction_.seed + coming->call);
  if (picked.empty()) return std::nullopt;
  if (event_ != 0) show(std::move(frame_));  // what is asked about is the pool after this call
  prediction_.asked = std::move(picked.front());
  prediction_.hints = 0;
  return asked_again();
}

Answer Session::answer(std::string_view arguments) {
  if (!prediction_.asked) return bad_answer(nothing_asked(prediction_));
  const quiz::Question question = std::move(*prediction_.asked);
  const quiz::Graded marked = quiz::grade(question, arguments);
  ++prediction_.answered;
  prediction_.right += marked.right ? 1 : 0;
  std::optional<Frame> frame = cursor_.at_or_after(frame_.call + 1);
  if (!frame) return bad_answer("the call that was asked about cannot be read any more");
  show(std::move(*frame));
  const std::string told = quiz::graded_text(question, marked);
  Answer moved = arrived(score(prediction_));
  moved.text = told + moved.text;
  moved.besides = told;
  return moved;
}

Answer Session::hint(std::string_view) {
  if (!prediction_.asked) return bad_answer(nothing_asked(prediction_));
  const quiz::Question& question = *prediction_.asked;
  const std::size_t given = prediction_.hints++;
  if (given == 0) return good_answer(std::string(quiz::hint_of(question.kind)));
  const quiz::Choice* wrong = wrong_choice(question, given - 1);
  const bool leaves_two = wrong_choice(question, given) != nullptr;
  if (wrong == nullptr || !leaves_two) return good_answer("there are no more hints");
  return good_answer(fmt::format("not {}: {}", wrong->text, wrong->why));
}

}  // namespace mempool::viz::step
