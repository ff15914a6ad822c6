// Ask: the questions that one call is good for.
//
//     Frame --ask--> which_block, offset, block_size, fits, free_list      an allocation
//                    coalesces, free_list, fragmentation                   a free
//                    first_damage                                          a damaged guard
//                    which_policy, would_help, order                       what did not happen
//
// The answer is what the log says happened. Where the right rules do not predict that (another
// allocator's log, an aligned request, a quarantine), nothing is asked.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/frame.hpp"
#include "quiz/question.hpp"

namespace mempool::viz::quiz {

/// The kinds there are, in the order in which pages name them.
[[nodiscard]] std::span<const std::string_view> kinds();
/// How to go about a question of this kind, without its answer.
[[nodiscard]] std::string_view hint_of(std::string_view kind);

/// At most this many choices, the right one among them.
inline constexpr std::size_t most_choices = 4;

/// Every question about this call, choices in the order right, then wrong; pick() shuffles them.
/// Pictures are left empty.
[[nodiscard]] std::vector<Question> ask(const Frame& frame);

/// A question about this call, still without choices. `why` is told with its answer.
[[nodiscard]] Question begin(const Frame& frame, std::string_view kind, std::string text,
                             std::string why);
/// Adds the right choice; its reason is the question's. Before the wrong ones.
void add_right(Question& question, std::string text);
/// Adds a wrong choice, unless it says what another one says or there are enough.
void add_wrong(Question& question, std::string text, std::string_view why);

void ask_alloc(const Frame& frame, std::vector<Question>& questions);
void ask_free(const Frame& frame, std::vector<Question>& questions);
void ask_damage(const Frame& frame, std::vector<Question>& questions);
void ask_if(const Frame& frame, std::vector<Question>& questions);

}  // namespace mempool::viz::quiz
