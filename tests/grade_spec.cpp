// Grading: the rules held against a log, call by call, and which single mistake explains it. The
// verb, and the example allocators, are tested end to end in cli/grade.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "grade/grade.hpp"
#include "support/scribe.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz::grade;

namespace {

/// A student's log, written by hand: what each call answered.
class Submission {
 public:
  explicit Submission(u64 capacity, u64 align = 1) {
    event("create", "\"capacity\":" + std::to_string(capacity) + ",\"align\":" +
                        std::to_string(align) + R"(,"policy":"first","guards":0,"base":"0x0")");
  }
  Submission& alloc(u64 number, u64 offset, u64 size, u64 requested, u64 header = 0) {
    return event("alloc", block(number) + ",\"offset\":" + std::to_string(offset) +
                              ",\"size\":" + std::to_string(size) +
                              ",\"payload\":" + std::to_string(offset + header) +
                              ",\"requested\":" + std::to_string(requested));
  }
  Submission& fail(u64 number, u64 requested) {
    return event("alloc_fail", block(number) + ",\"requested\":" + std::to_string(requested) +
                                   R"(,"needed":0,"free":0,"largest":0,"reason":"full")");
  }
  Submission& free(u64 number) { return event("free", block(number) + R"(,"offset":0,"size":0)"); }
  [[nodiscard]] Report graded(const std::string& rules) const {
    Result<log::Reader> reader = log::Reader::from_text(text_);
    REQUIRE(reader);
    const Result<Asked> asked = parse_rules(rules);
    REQUIRE(asked);
    Result<Report> report = judge(*reader, *asked, nullptr);
    REQUIRE(report);
    return std::move(*report);
  }
  /// "coalesce at call 4"; "" if every rule holds.
  [[nodiscard]] std::string broken(const std::string& rules) const {
    const Report report = graded(rules);
    const RuleResult* rule = report.first_broken();
    return rule == nullptr ? "" : rule->rule + " at call " + std::to_string(rule->first_call);
  }

 private:
  static std::string block(u64 number) { return "\"block\":" + std::to_string(number); }
  Submission& event(const std::string& name, const std::string& fields) {
    text_ += R"({"seq":)" + std::to_string(calls_ + 1) + R"(,"pool":1,"call":)" +
             std::to_string(calls_) + R"(,"event":")" + name + "\"," + fields + "}\n";
    ++calls_;
    return *this;
  }
  std::string text_ = "{\"mempool_log\":1}\n";
  u64 calls_ = 0;
};

bool suspects(const Report& report, const std::string& what) {
  return std::ranges::any_of(report.suspects, [&](const std::string& suspect) {
    return suspect.find(what) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("what the pool does by any policy holds every rule that is asked of it") {
  const char* const names[] = {"first", "next", "best", "worst", "good"};
  for (u64 seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 chance(seed);
    const u64 align = seed % 2 == 0 ? 1 : 16;
    Scribe pool(4096, {.align = align, .policy = static_cast<u32>(POOL_FIRST + seed % 5)});
    std::vector<u64> live;
    for (int i = 0; i < 200; ++i) {
      if (!live.empty() && chance() % 2 == 0) {
        const std::size_t which = chance() % live.size();
        pool.free(live[which]);
        live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
      } else {
        const u64 number = pool.alloc(1 + chance() % 700);
        if (pool.model().live(number) != nullptr) live.push_back(number);
      }
    }
    Result<log::Reader> reader = log::Reader::from_text(pool.text());
    REQUIRE(reader);
    const auto asked = parse_rules(std::string(names[seed % 5]) +
                                   ",coalesce,split,align=" + std::to_string(align));
    REQUIRE(asked);
    const auto report = judge(*reader, *asked, nullptr);
    REQUIRE(report);
    const RuleResult* broken = report->first_broken();
    CHECK_MESSAGE(broken == nullptr, (broken == nullptr ? "" : broken->rule + ": " + broken->why));
    CHECK(report->calls == 200);
  }
}

TEST_CASE("blocks that lie nowhere, over others or are too small break the first rule there is") {
  CHECK(Submission(100).alloc(0, 90, 20, 20).broken("") == "blocks at call 1");
  CHECK(Submission(100).alloc(0, 0, 20, 20).alloc(1, 10, 20, 20).broken("") == "blocks at call 2");
  CHECK(Submission(100).alloc(0, 0, 20, 20).alloc(1, 20, 10, 20).broken("") == "blocks at call 2");
  CHECK(Submission(100).alloc(0, u64_max, 20, 20).broken("") == "blocks at call 1");
  CHECK(Submission(100).alloc(0, 0, 0, 0).broken("") == "blocks at call 1");
}

TEST_CASE("freeing what does not live is broken, and goes on") {
  CHECK(Submission(100).alloc(0, 0, 20, 20).free(0).free(0).broken("") == "frees at call 3");
  CHECK(Submission(100).free(7).broken("") == "frees at call 1");
  CHECK(Submission(100).free(7).alloc(0, 0, 100, 100).graded("").held() == 2);
}

TEST_CASE("a refusal is right when nothing has room, and is blamed on what it comes from") {
  CHECK(Submission(100).alloc(0, 0, 60, 60).fail(1, 50).broken("first,coalesce").empty());
  CHECK(Submission(100).alloc(0, 0, 60, 60).fail(1, 40).broken("first,coalesce") ==
        "serves at call 2");
  Submission apart(60);
  apart.alloc(0, 0, 20, 20).alloc(1, 20, 20, 20).alloc(2, 40, 20, 20).free(0).free(1).fail(3, 40);
  CHECK(apart.broken("first,coalesce") == "coalesce at call 6");
  CHECK(apart.broken("first") == "serves at call 6");  // it was not asked to coalesce
  const Report report = apart.graded("first,coalesce");
  CHECK(suspects(report, "never coalesces"));
  CHECK_FALSE(suspects(report, "split"));
}

TEST_CASE("a wrong place is blamed on the policy, or on coalescing when that explains it") {
  Submission pool(100);
  pool.alloc(0, 0, 20, 20).alloc(1, 20, 10, 10).alloc(2, 30, 10, 10).alloc(3, 40, 20, 20).free(0);
  pool.free(2);
  Submission best = pool;
  best.alloc(4, 30, 10, 10);
  CHECK(best.broken("first") == "first at call 7");
  CHECK(best.broken("best").empty());
  CHECK(suspects(best.graded("first"), "best fit"));
  Submission apart(60);  // 0..20 and 20..30 are free and touch, and 25 do not fit into either
  apart.alloc(0, 0, 20, 20).alloc(1, 20, 10, 10).alloc(2, 30, 5, 5).free(0).free(1);
  apart.alloc(3, 35, 25, 25);
  CHECK(apart.broken("first,coalesce") == "coalesce at call 6");
}

TEST_CASE("alignment, headers and splitting are judged when they are asked for") {
  CHECK(Submission(100).alloc(0, 4, 16, 10).broken("align=8") == "align=8 at call 1");
  CHECK(Submission(100).alloc(0, 0, 16, 10).broken("align=8,first,split").empty());
  CHECK(Submission(100).alloc(0, 0, 24, 10, 8).broken("align=8,header=8,first,split").empty());
  CHECK(Submission(100).alloc(0, 0, 64, 10).broken("align=8,split") == "split at call 1");
  CHECK(Submission(100).alloc(0, 0, 64, 10).broken("align=8").empty());
}

TEST_CASE("the report says the same as text and as JSON") {
  Submission pool(60);
  pool.alloc(0, 0, 20, 20).alloc(1, 20, 20, 20).alloc(2, 40, 20, 20).free(0).free(1).fail(3, 40);
  const Report report = pool.graded("first,coalesce");
  const std::string text = report_text(report), json = report_json(report, "a \"log\"");
  CHECK(text.find("coalesce   BROKEN at call 6") != std::string::npos);
  CHECK(text.find("4 of 5 rules hold, over 6 calls") != std::string::npos);
  CHECK(text.find("though 40 are free in one piece, from 0 to 40") != std::string::npos);
  CHECK(json.find(R"("rule":"coalesce","holds":false)") != std::string::npos);
  CHECK(json.find(R"("log":"a \"log\"")") != std::string::npos);
  for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    end = text.find('\n', at);
    CHECK(end - at <= 100);
  }
}

TEST_CASE("words that are no rule are refused with those that are") {
  for (const char* list : {"frist", "align=3", "align=", "align=99999999999999999999", "header=x",
                           "first,,coalesce", "first coalesce"}) {
    CAPTURE(list);
    const auto asked = parse_rules(list);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().what.find("there are first") != std::string::npos);
  }
}

TEST_CASE("a log without a pool or without calls is nothing to judge") {
  for (const char* text : {"{\"mempool_log\":1}\n"}) {
    Result<log::Reader> reader = log::Reader::from_text(text);
    REQUIRE(reader);
    CHECK_FALSE(judge(*reader, {}, nullptr));
  }
}
