// Questions about what did not happen: which free would have helped, which policy would have
// chosen otherwise, in which order all would be served. See ask.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/policy.hpp"
#include "model/rescue.hpp"
#include "model/story.hpp"
#include "quiz/ask.hpp"
#include "quiz/rules.hpp"

namespace mempool::viz::quiz {

namespace {

constexpr std::size_t least_choices = 3;  // with fewer it is a coin that is tossed

std::string block_text(const Block& block) {
  return fmt::format("#{}, {} B at {}", block.number, block.size, block.offset);
}

// ---- which single free would have helped

constexpr const char* no_single_free = "none of them alone";

/// Live blocks that would not help, each with the piece that it would leave.
void add_other_blocks(Question& question, const Model& model, const std::vector<Rescue>& helping,
                      u64 needed) {
  for (auto it = model.blocks().begin(); it != model.blocks().end(); ++it) {
    const Block& block = it->second;
    const bool helps = std::ranges::find(helping, block.number, &Rescue::number) != helping.end();
    if (!block.lives() || helps) continue;
    add_wrong(question, block_text(block),
              fmt::format("Freeing #{} alone makes {} bytes free in one piece; {} are needed.",
                          block.number, piece_if_freed(model, it).size, needed));
  }
}

void ask_would_help(const Frame& frame, const Story& story, std::vector<Question>& questions) {
  const Model& model = frame.before;
  const Ground ground = ground_of(model);
  const u64 needed = place(ground, story.requested, rules_of(model)).needed;
  if (needed > model.free_bytes || model.largest_free() >= needed) return;
  const std::vector<Rescue> helping = rescues(model, wanted_in(model, needed, POOL_NONE));
  std::string text = fmt::format(
      "Next is pool_alloc({}), and it fails: it needs {} bytes in one piece. Which block, freed "
      "alone before it, would have made room?",
      story.requested, needed);
  std::string why =
      helping.empty()
          ? fmt::format("Whichever block is freed alone, no {} bytes are in one piece.", needed)
          : fmt::format(
                "Freeing #{} makes {} bytes free in one piece, with the free blocks that "
                "touch it.",
                helping.front().number, helping.front().piece);
  Question question = begin(frame, "would_help", std::move(text), std::move(why));
  add_right(question,
            helping.empty() ? no_single_free : block_text(*model.live(helping.front().number)));
  for (const Rescue& each : helping) question.accept.push_back(fmt::format("#{}", each.number));
  add_other_blocks(question, model, helping, needed);
  if (!helping.empty()) add_wrong(question, no_single_free, question.why);
  if (question.choices.size() >= least_choices) questions.push_back(std::move(question));
}

// ---- which policy would have chosen another block

constexpr std::array all_policies{POOL_FIRST, POOL_BEST, POOL_WORST, POOL_NEXT, POOL_GOOD};

/// What each policy takes. Next fit's own: no picture of another pool shows where its cursor was.
struct Preference {
  u32 policy;
  Hole taken;
};
std::vector<Preference> preferences(const Ground& ground, u64 requested, u32 own) {
  std::vector<Preference> made;
  for (const u32 policy : all_policies) {
    if (policy == POOL_NEXT && own != POOL_NEXT) continue;
    Rules rules;
    rules.policy = policy;
    const Placement placement = place(ground, requested, rules);
    if (placement.taken) made.push_back({policy, *placement.taken});
  }
  return made;
}

void ask_which_policy(const Frame& frame, const Story& story, std::vector<Question>& questions) {
  const Model& model = frame.before;
  const std::vector<Preference> all = preferences(ground_of(model), story.requested, model.policy);
  const auto own = std::ranges::find(all, model.policy, &Preference::policy);
  const Block* block = frame.after.live(story.number);
  const bool predicted = own != all.end() && block != nullptr && block->offset == own->taken.offset;
  if (!predicted) return;
  for (const Preference& other : all) {
    const auto same = std::ranges::count(all, other.taken, &Preference::taken);
    if (other.taken == own->taken || same != 1) continue;
    Question question = begin(
        frame, "which_policy",
        fmt::format("Next is pool_alloc({}). Which policy would take {}?", story.requested,
                    hole_text(other.taken)),
        fmt::format("By {} it is {}; by {}, as in this pool, {}.", policy_in_words(other.policy),
                    hole_text(other.taken), policy_in_words(own->policy), hole_text(own->taken)));
    add_right(question, policy_in_words(other.policy));
    for (const Preference& each : all)
      if (each.policy != other.policy)
        add_wrong(question, policy_in_words(each.policy),
                  fmt::format("It takes {}.", hole_text(each.taken)));
    questions.push_back(std::move(question));
    return;
  }
}

// ---- in which order all are served

using Sizes = std::array<u64, 3>;

std::string order_text(const Sizes& sizes) {
  return fmt::format("{}", fmt::join(sizes, ", "));
}

/// Plays the requests in this order; says why one fails. Empty: all are served.
std::string failure_of(Ground ground, const Rules& rules, const Sizes& order) {
  for (const u64 requested : order) {
    const Placement placement = place(ground, requested, rules);
    if (!placement.taken) {
      u64 largest = 0;
      for (const Hole& hole : ground.free) largest = std::max(largest, hole.size);
      return fmt::format("{} fails: it needs {} bytes, and the largest free block has {} then.",
                         requested, placement.needed, largest);
    }
    ground.free = placement.after;
    ground.cursor = placement.offset + placement.size;
  }
  return "";
}

/// All orders of three requests: those that are served, and those that are not, with the reason.
struct Orders {
  std::vector<Sizes> served;
  std::vector<std::pair<Sizes, std::string>> failing;
};
Orders orders_of(const Ground& ground, const Rules& rules, Sizes sizes) {
  Orders orders;
  std::ranges::sort(sizes);
  do {
    std::string why = failure_of(ground, rules, sizes);
    if (why.empty())
      orders.served.push_back(sizes);
    else
      orders.failing.emplace_back(sizes, std::move(why));
  } while (std::ranges::next_permutation(sizes).found);
  return orders;
}

Question order_question(const Frame& frame, const Orders& orders) {
  Sizes sizes = orders.served.front();
  std::ranges::sort(sizes);
  std::string text = fmt::format(
      "Suppose that next {}, {} and {} bytes are asked for, in any order, and nothing is freed. "
      "In which order are all three served?",
      sizes[0], sizes[1], sizes[2]);
  Question question =
      begin(frame, "order", std::move(text), "Each then finds a free block that is large enough.");
  add_right(question, order_text(orders.served.front()));
  for (const Sizes& each : orders.served) question.accept.push_back(order_text(each));
  for (const auto& [order, why] : orders.failing) add_wrong(question, order_text(order), why);
  return question;
}

/// Requests that would fill three free blocks exactly, if their order matters.
void ask_order(const Frame& frame, std::vector<Question>& questions) {
  constexpr std::size_t most_holes = 8;  // 56 threes, six orders each
  const Ground ground = ground_of(frame.before);
  const Rules rules = rules_of(frame.before);
  const u64 overhead = round_up(ground.guard, ground.align) + ground.guard;
  const Holes& holes = ground.free;
  if (holes.size() < 3 || holes.size() > most_holes) return;
  const auto payload = [&](const Hole& hole) {
    return hole.size > overhead ? hole.size - overhead : 0;
  };
  for (std::size_t i = 0; i < holes.size(); ++i)
    for (std::size_t j = i + 1; j < holes.size(); ++j)
      for (std::size_t k = j + 1; k < holes.size(); ++k) {
        const Sizes sizes{payload(holes[i]), payload(holes[j]), payload(holes[k])};
        if (std::ranges::min(sizes) == 0) continue;
        const Orders orders = orders_of(ground, rules, sizes);
        const bool telling = !orders.served.empty() && orders.failing.size() + 1 >= least_choices;
        if (telling) return questions.push_back(order_question(frame, orders));
      }
}

}  // namespace

void ask_if(const Frame& frame, std::vector<Question>& questions) {
  const Story story = tell(frame, Radix::dec);
  const Model& before = frame.before;
  const bool plain = story.alignment == POOL_NONE && story.requested != POOL_NONE;
  if (before.quarantined_blocks != 0 || before.quarantine != 0 || before.list || !before.open)
    return;
  if (story.op == Op::alloc_fail && plain) ask_would_help(frame, story, questions);
  if (story.op == Op::alloc && plain) ask_which_policy(frame, story, questions);
  if (story.op == Op::alloc || story.op == Op::free) ask_order(frame, questions);
}

}  // namespace mempool::viz::quiz
