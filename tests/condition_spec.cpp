// The language of conditions: what holds for which call, and what is said of a text that is none.
// Each case asks a small log for the calls for which a condition holds.
#include "step/condition.hpp"

#include <doctest/doctest.h>

#include <random>

#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::step::parse_condition;

namespace {

/// The calls of a log for which a condition holds: "1 2 7".
struct Asking : viz::step::Gather {
  explicit Asking(const viz::step::Condition& c) : Gather(true), condition(c) {}
  void start(const viz::Model&) override {}
  bool judge(const viz::step::CallFacts& facts, const viz::Model& after) override {
    if (condition.holds(facts, after, largest()))
      calls += (calls.empty() ? "" : " ") + std::to_string(facts.call);
    return true;
  }
  const viz::step::Condition& condition;
  std::string calls;
};

std::string calls_with(const Scribe& pool, std::string_view text) {
  const auto condition = parse_condition(text);
  REQUIRE_MESSAGE(condition.has_value(), (condition ? "" : condition.error().what));
  viz::Cursor cursor = cursor_of(pool.text());
  Asking asking(*condition);
  static_cast<void>(cursor.scan(0, u64_max, asking, nullptr));
  return asking.calls;
}

std::string wrong(std::string_view text) {
  const auto condition = parse_condition(text);
  REQUIRE(!condition.has_value());
  return condition.error().what.substr(0, condition.error().what.find(". Examples"));
}

}  // namespace

TEST_CASE("a word asks for what happened") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "alloc") == "1 2 3 4 5 6 7 12");
  CHECK(calls_with(pool, "free") == "8 9 10 11");
  CHECK(calls_with(pool, "fail") == "12");
  CHECK(calls_with(pool, "split") == "1 2 3 4 5 6");
  CHECK(calls_with(pool, "coalesce").empty());
  CHECK(calls_with(pool, "alloc and not fail and not split") == "7");
  CHECK(calls_with(overrun_lesson(), "guard") == "5");
  CHECK(calls_with(overrun_lesson(), "check") == "4 5");
}

TEST_CASE("sizes are those that were asked for, when a block is freed as well") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "alloc >= 50") == "4 12");
  CHECK(calls_with(pool, "alloc >= 50 and not fail") == "4");
  CHECK(calls_with(pool, "alloc size>=50 or free<25") == "4 10 12");
  CHECK(calls_with(pool, "alloc = 20") == "2 5");
  CHECK(calls_with(pool, "free != 30") == "9 10");
}

TEST_CASE("a number names a block, alone or with what happens to it") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "#2") == "3 9");
  CHECK(calls_with(pool, "free #2") == "9");
  CHECK(calls_with(pool, "alloc #2 or alloc #7") == "3 12");
}

TEST_CASE("a realloc is neither an alloc nor a free, also when the block moves") {
  Scribe pool(200);
  pool.alloc(20);
  pool.alloc(20);
  pool.realloc(0, 60);
  CHECK(calls_with(pool, "realloc") == "3");
  CHECK(calls_with(pool, "alloc") == "1 2");
  CHECK(calls_with(pool, "free").empty());
  CHECK(calls_with(pool, "realloc #0 >= 50") == "3");
}

TEST_CASE("the pool after a call can be asked for") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "frag > 50%") == "10 11 12");
  CHECK(calls_with(pool, "largest <= 30 and free") == "8");
  CHECK(calls_with(pool, "freebytes = 0") == "7");
  CHECK(calls_with(pool, "used >= 190") == "7");
  CHECK(calls_with(pool, "blocks = 3") == "3 11 12");
  CHECK(calls_with(pool, "holes > 3") == "11 12");
}

TEST_CASE("calls and events have numbers") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "call 4") == "4");
  CHECK(calls_with(pool, "4") == "4");
  CHECK(calls_with(pool, "call >= 11") == "11 12");
  CHECK(calls_with(pool, "event 3") == "1");
}

TEST_CASE("and binds before or, not before both, and brackets before all") {
  const Scribe pool = enough_bytes_no_room();
  CHECK(calls_with(pool, "free or alloc and fail") == "8 9 10 11 12");
  CHECK(calls_with(pool, "(free or alloc) and fail") == "12");
  CHECK(calls_with(pool, "not free and not alloc") == "0");
  CHECK(calls_with(pool, "not (free or alloc)") == "0");
  CHECK(calls_with(pool, "free if frag > 50%") == "10 11");
}

TEST_CASE("a condition about the pool alone is a state") {
  CHECK(parse_condition("frag > 50% and blocks < 9")->is_state());
  CHECK(parse_condition("call 4")->is_state());
  CHECK(!parse_condition("alloc and frag > 50%")->is_state());
}

TEST_CASE("what is wrong is said with what was expected") {
  CHECK(wrong("") == "a condition is expected");
  CHECK(wrong("aloc") == "'aloc' is nothing that can be asked for; did you mean alloc?");
  CHECK(wrong("alloc >") == "a number is expected at the end");
  CHECK(wrong("alloc > x") == "a number is expected at 'x'");
  CHECK(wrong("frag") == "a comparison such as frag > 50 is expected at the end");
  CHECK(wrong("alloc and") == "a word, a #number or a bracket is expected at the end");
  CHECK(wrong("(alloc") == "a closing bracket is expected at the end");
  CHECK(wrong("alloc free") == "and, or, or the end is expected at 'free'");
  CHECK(wrong("alloc \x1b[2J").find('\n') == std::string::npos);
  CHECK(wrong(std::string(5000, '(')) == "a condition of fewer brackets is expected at '('");
}

TEST_CASE("words in any order are a condition or an error, and the answer to both is quick") {
  constexpr std::string_view words[] = {"alloc", "free",  "#2", "(",    ")",  "and",       "or",
                                        "not",   ">=",    "50", "%",    "if", "frag",      "call",
                                        "size",  "holes", "7",  "\xFF", "",   "realloc #0"};
  std::mt19937 random(5);
  u64 conditions = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (u64 word = random() % 9; word-- > 0;)
      text += std::string(words[random() % std::size(words)]) + " ";
    const auto condition = parse_condition(text);
    if (!condition) continue;
    ++conditions;
    if (i % 50 == 0) static_cast<void>(calls_with(enough_bytes_no_room(), text));
  }
  CHECK(conditions > 50);
}

TEST_CASE("an error gives examples") {
  CHECK(parse_condition("?").error().what.find("Examples: alloc >= 50 and not fail") !=
        std::string::npos);
}
