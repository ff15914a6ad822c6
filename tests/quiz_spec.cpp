// Quizzes: the right answer is what the log says, each wrong one is a mistake that is named, the
// same seed gives the same quiz, and no sheet gives an answer away.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "quiz/ask.hpp"
#include "quiz/pick.hpp"
#include "quiz/rules.hpp"
#include "quiz/sheet.hpp"
#include "support/golden.hpp"
#include "support/stories.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz::quiz;

namespace {

std::vector<Question> questions_of(const Scribe& pool) {
  return ask(frame_of(pool));
}

const Question& of_kind(const std::vector<Question>& questions, std::string_view kind) {
  const auto found = std::ranges::find(questions, kind, &Question::kind);
  REQUIRE(found != questions.end());
  return *found;
}

/// What is said to somebody who chooses this.
std::string why(const Question& question, std::string_view choice) {
  const auto found = std::ranges::find(question.choices, choice, &Choice::text);
  return found == question.choices.end() ? "no such choice" : found->why;
}

/// Used 100, free 48, used 64, free 160, used 40, free 212; then this is asked for.
std::vector<Question> asking(u64 size, Style style = {}) {
  Scribe pool(624, style);
  for (const u64 each : {100, 48, 64, 160, 40}) pool.alloc(each);
  pool.free(1);
  pool.free(3);
  pool.alloc(size);
  return questions_of(pool);
}

/// All that can be asked about what a program does by chance.
std::vector<Question> by_chance(u64 seed, Style style) {
  std::mt19937_64 chance(seed);
  Scribe pool(2048, style);
  std::vector<u64> live;
  std::vector<Question> all;
  for (int i = 0; i < 60; ++i) {
    if (!live.empty() && chance() % 2 == 0) {
      const std::size_t which = chance() % live.size();
      pool.free(live[which]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      const u64 number = pool.alloc(1 + chance() % 500);
      if (pool.model().live(number) != nullptr) live.push_back(number);
    }
    const viz::Frame frame = frame_of(pool);
    for (Question& question : ask(frame)) {
      // The answer again, from the model after the call and not from a prediction.
      const std::string right = answer_text(question);
      if (question.kind == "free_list") CHECK(right == sizes_text(holes_of(frame.after)));
      if (question.kind == "offset")
        CHECK(right == std::to_string(frame.after.live(frame.after.next_number - 1)->payload));
      if (question.kind == "block_size" && pool.model().failures == frame.before.failures)
        CHECK(grade(question, std::to_string(frame.after.live(frame.after.next_number - 1)->size))
                  .right);
      if (question.kind == "fits")
        CHECK((right == "yes") == (frame.after.failures == frame.before.failures));
      if (question.kind == "fragmentation")
        CHECK(viz::sum_of_fragmentation(frame.after).find(right) != std::string::npos);
      all.push_back(std::move(question));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("right answers are what the log says, whatever the pool; choices differ, one is right") {
  std::set<std::string_view> seen;
  for (u64 seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const u64 aligns[] = {1, 8, 16};
    const Style style{.align = aligns[seed % 3],
                      .policy = static_cast<u32>(POOL_FIRST + seed % 5),
                      .guards = seed % 2 * 8};
    for (const Question& question : by_chance(seed, style)) {
      CAPTURE(question.text);
      seen.insert(question.kind);
      const auto right = std::ranges::count(question.choices, true, &Choice::right);
      CHECK(right == (question.choices.empty() ? 0 : 1));
      CHECK(question.choices.size() != 1);
      CHECK(question.choices.size() <= most_choices);
      CHECK((!question.choices.empty() || !question.accept.empty()));
      CHECK_FALSE(question.why.empty());
      std::set<std::string> texts;
      for (const Choice& choice : question.choices) {
        CHECK_FALSE(choice.why.empty());
        texts.insert(choice.text);
        CHECK(grade(question, choice.text).right == choice.right);
      }
      CHECK(texts.size() == question.choices.size());
      for (const std::string& accepted : question.accept) CHECK(grade(question, accepted).right);
    }
  }
  CHECK(seen.size() == kinds().size() - 1);  // no damage here
}

TEST_CASE("a wrong choice is explained by the rule that it breaks") {
  const std::vector<Question> guarded = asking(56, {.align = 8, .guards = 8});
  const Question& size = of_kind(guarded, "block_size");
  CHECK(answer_text(size) == "72 B");
  CHECK(why(size, "56 B").find("forgets the guards") != std::string::npos);
  CHECK(why(size, "64 B").find("counts one guard") != std::string::npos);
  const std::vector<Question> plain = asking(45);
  const Question& which = of_kind(plain, "which_block");
  CHECK(answer_text(which) == "f2, 48 B at 100");
  CHECK(why(which, "f1, 212 B at 412").find("worst fit") != std::string::npos);
  const Question& list = of_kind(plain, "free_list");
  CHECK(answer_text(list) == "3, 160, 212");
  CHECK(why(list, "160, 212").find("does not split") != std::string::npos);
  const std::vector<Question> large = asking(300);
  const Question& served = of_kind(large, "fits");
  CHECK(answer_text(served) == "no: enough bytes are free, but not in one piece");
  CHECK(why(served, "yes").find("the largest free block has 212") != std::string::npos);
}

TEST_CASE("questions about a free know both neighbours") {
  Scribe pool = four_holes({});
  pool.free(1);
  const std::vector<Question> questions = questions_of(pool);
  const Question& coalesces = of_kind(questions, "coalesces");
  CHECK(answer_text(coalesces) == "with both neighbours");
  CHECK(why(coalesces, "with none").find("at once") != std::string::npos);
  CHECK(why(coalesces, "with the left neighbour only").find("left neighbour only") !=
        std::string::npos);
  CHECK(answer_text(of_kind(questions, "fragmentation")).find("1 - ") == 0);
}

TEST_CASE("a damaged guard is asked for by its first byte, and by nothing when it is intact") {
  Scribe pool(256, {.guards = 8});
  for (const u64 size : {24, 40, 16}) pool.alloc(size);
  pool.check_finds(1, "XYZ");
  const std::vector<Question> questions = questions_of(pool);
  REQUIRE(questions.size() == 1);
  CHECK(questions[0].kind == "first_damage");
  CHECK(answer_text(questions[0]) == "88");
  CHECK(why(questions[0], "89").find("counts from 1") != std::string::npos);
  pool.check();
  CHECK(questions_of(pool).empty());
}

/// Used #1 #3 #5 between free 30, 40 and 20; 200 bytes in all, byte by byte.
Scribe with_holes() {
  Scribe pool(200);
  for (const u64 each : {30, 20, 40, 50, 20, 40}) pool.alloc(each);
  for (const u64 each : {0, 2, 4}) pool.free(each);
  return pool;
}

TEST_CASE("a failure is asked for the one free that would have helped") {
  Scribe pool = with_holes();
  pool.alloc(85);
  const std::vector<Question> questions = questions_of(pool);
  const Question& question = of_kind(questions, "would_help");
  CHECK(answer_text(question) == "#1, 20 B at 30");
  CHECK(grade(question, "#1").right);
  CHECK(grade(question, "#3").right);
  CHECK_FALSE(grade(question, "#5").right);
  CHECK(why(question, "#5, 40 B at 160") ==
        "Freeing #5 alone makes 60 bytes free in one piece; 85 are needed.");
  CHECK(why(question, "none of them alone").starts_with("Freeing #1 makes 90 bytes"));
}

TEST_CASE("where no single free would have helped, that is the answer") {
  Scribe pool(200);
  for (int i = 0; i < 10; ++i) pool.alloc(20);
  for (const u64 each : {0, 3, 5, 7}) pool.free(each);
  pool.alloc(75);
  const std::vector<Question> questions = questions_of(pool);
  CHECK(answer_text(of_kind(questions, "would_help")) == "none of them alone");
}

TEST_CASE("a block that one other policy would take is asked for by that policy") {
  Scribe pool = with_holes();
  pool.alloc(15);
  const std::vector<Question> questions = questions_of(pool);
  const Question& question = of_kind(questions, "which_policy");
  CHECK(question.text == "Next is pool_alloc(15). Which policy would take f3, 40 B at 50?");
  CHECK(answer_text(question) == "worst fit");
  CHECK(grade(question, "worst").right);
  CHECK(why(question, "best fit") == "It takes f4, 20 B at 140.");
}

TEST_CASE("of three requests the order is asked in which all are served") {
  Scribe pool = with_holes();
  pool.alloc(10);
  const std::vector<Question> questions = questions_of(pool);
  const Question& question = of_kind(questions, "order");
  CHECK(grade(question, answer_text(question)).right);
  CHECK(grade(question, "30, 40, 20").right);
  CHECK(why(question, "20, 30, 40") ==
        "40 fails: it needs 40 bytes, and the largest free block has 20 then.");
}

TEST_CASE("every kind of question has a hint") {
  for (const std::string_view kind : kinds()) {
    CAPTURE(kind);
    CHECK(hint_of(kind).size() > 20);
  }
  CHECK(hint_of("no such kind").empty());
}

TEST_CASE("nothing is asked that the pool's rules do not predict") {
  Scribe aligned(1024, {.align = 16});
  aligned.aligned_alloc(128, 100);
  CHECK(questions_of(aligned).empty());
  Scribe quarantine(256, {.quarantine = 64});
  quarantine.alloc(32);
  quarantine.free(0);
  CHECK(questions_of(quarantine).empty());
  Scribe other(100);
  other.note("hello");
  CHECK(questions_of(other).empty());
}

TEST_CASE("answers are understood in every form people write them") {
  Question question;
  question.accept = {"40", "f2"};
  for (const char* form : {"40", "0x28", "0X28", " 40 ", "40 B", "40 bytes", "(40)", "F2", "040"})
    CHECK_MESSAGE(grade(question, form).right, form);
  for (const char* form : {"41", "0x29", "f3", "40 41", "-", "4 0"})
    CHECK_FALSE_MESSAGE(grade(question, form).right, form);
  for (const char* form : {"", "   ", "?", "..."}) CHECK_FALSE(grade(question, form).understood);
  question.accept = {"48, 40, 112"};
  for (const char* form :
       {"48,40,112", "48 40 112", "[48, 40, 112]", "48 -> 40 -> 112", "0x30 40 112"})
    CHECK_MESSAGE(grade(question, form).right, form);
  CHECK_FALSE(grade(question, "40, 48, 112").right);
  question.choices = {{"f2, 48 B at 100", true, "why"}, {"f1", false, "wrong"}};
  question.why = "because";
  CHECK(grade(question, "a").right);
  CHECK(grade(question, "A)").right);
  CHECK(grade(question, "b").why == "wrong");
  CHECK(grade(question, "F2 48 at 0x64").right);
  CHECK_FALSE(grade(question, "c").right);
  CHECK(grade(question, std::string(100'000, '9')).understood);
}

TEST_CASE("a word stands for the only choice that has it") {
  Question question;
  question.choices = {{"f2, 48 B at 100", true, ""}, {"f3, 160 B at 212", false, "too high"}};
  CHECK(grade(question, "f2").right);
  CHECK(grade(question, "f3").why == "too high");
  CHECK_FALSE(grade(question, "at").right);
  CHECK_FALSE(grade(question, "100").right);
}

TEST_CASE("a seed gives the same quiz anywhere, and kinds take turns") {
  Chance chance(0);
  CHECK(chance.next() == 0xE220A8397B1DCDAF);  // splitmix64 from 0, as published
  CHECK(chance.next() == 0x6E789E6AA1B965F4);
  const std::vector<Question> all = by_chance(3, {.align = 8, .guards = 8});
  const auto texts = [&](u64 seed) {
    std::string text;
    for (const Question& question : pick(all, 8, seed)) text += question_text(question, 1);
    return text;
  };
  CHECK(texts(1) == texts(1));
  CHECK(texts(1) != texts(2));
  std::set<std::string_view> seen;
  u64 call = 0;
  for (const Question& question : pick(all, 7, 1)) {
    seen.insert(question.kind);
    CHECK(question.call >= call);
    call = question.call;
  }
  CHECK(seen.size() == 7);
  CHECK(pick(all, 100'000, 1).size() == all.size());
  CHECK(pick({}, 8, 1).empty());
}

TEST_CASE("no sheet gives an answer away, and every key has them all") {
  const Quiz quiz{"Quiz on <b>x</b>", "1000 B", 1,
                  pick(by_chance(5, {.align = 8, .guards = 8}), 30, 1)};
  for (const Format format : {Format::text, Format::md, Format::html}) {
    const std::string sheet = write_sheet(quiz, format), key = write_key(quiz, format);
    for (const Question& question : quiz.questions)
      CHECK(sheet.find(question.why.substr(0, 30)) == std::string::npos);
    // What is right is nowhere in the sheet: with another choice right it is the same text.
    Quiz other = quiz;
    for (Question& question : other.questions)
      for (Choice& choice : question.choices) choice.right = !choice.right;
    CHECK(write_sheet(other, format) == sheet);
    CHECK(key != sheet);
    CHECK(sheet.find("<b>x") ==
          (format == Format::text ? std::string("Quiz on ").size() : std::string::npos));
  }
}

TEST_CASE("a quiz as text, with its key") {
  const std::vector<Question> questions = asking(45, {.align = 8, .guards = 8});
  const Quiz quiz{"Quiz on holes", "624 B, alignment 8, first fit", 1, pick(questions, 3, 1)};
  check_golden("quiz.txt", write_sheet(quiz, Format::text) + "\n" + write_key(quiz, Format::text));
}
