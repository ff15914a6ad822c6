// Pick: a quiz out of all the questions that a log is good for, by a seed.
//
// The same questions and seed give the same quiz on every platform: kinds take turns in a shuffled
// order, each gives one of its questions by chance, until there are enough; then the quiz is put in
// the order of calls, and every question's choices are shuffled.
#pragma once

#include <vector>

#include "quiz/question.hpp"

namespace mempool::viz::quiz {

[[nodiscard]] std::vector<Question> pick(std::vector<Question> all, std::size_t count, u64 seed);

}  // namespace mempool::viz::quiz
