// The cursor: a log as a book that opens at any call. Held against the timeline, which reads the
// log from its start for every single moment.
#include "model/cursor.hpp"

#include <doctest/doctest.h>

#include <random>

#include "model/keyframe.hpp"
#include "step/facts.hpp"
#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Cursor;
using viz::Frame;

namespace {

/// So many calls by chance, a few of them refused.
Scribe busy_pool(u32 seed, u64 calls) {
  std::mt19937 random(seed);
  Scribe pool(4096, {.align = 8, .guards = 8});
  std::vector<u64> live;
  for (u64 i = 0; i < calls; ++i) {
    if (live.empty() || random() % 5 < 3) {
      const u64 number = pool.alloc(random() % 200);
      if (pool.model().live(number) != nullptr) live.push_back(number);
    } else {
      const std::size_t which = random() % live.size();
      pool.free(live[which]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }
  pool.end();
  return pool;
}

bool same(const Frame& a, const Frame& b) {
  return a.call == b.call && a.last_call == b.last_call && a.events.size() == b.events.size() &&
         viz::Keyframe::pack(a.before) == viz::Keyframe::pack(b.before) &&
         viz::Keyframe::pack(a.after) == viz::Keyframe::pack(b.after);
}

/// Counts calls, and remembers what went by.
struct Counting : viz::Onlooker {
  void begin(const viz::Model& model) override { before_first = model.last_call; }
  void event(const pool_event&, const viz::Model&) override { ++events; }
  bool end_of_call(u64 call, const viz::Model&) override {
    calls.push_back(call);
    return calls.size() < most;
  }
  u64 before_first = 0, events = 0;
  std::size_t most = u64_max;
  std::vector<u64> calls;
};

}  // namespace

TEST_CASE("any call of a log can be opened, in any order, as if the log had been read up to it") {
  const Scribe pool = busy_pool(1, 300);
  const std::string log = pool.text();
  Cursor cursor = cursor_of(log);
  CHECK(cursor.first_call() == 0);
  CHECK(cursor.last_call() == 300);
  std::mt19937 random(2);
  for (int i = 0; i < 60; ++i) {
    const u64 call = random() % 301;
    const auto frame = cursor.at_or_after(call);
    REQUIRE(frame.has_value());
    CHECK(same(*frame, frame_of(log, {call, {}, {}})));
  }
}

TEST_CASE("going back one call after the other shows what going on has shown") {
  const std::string log = busy_pool(3, 200).text();
  Cursor cursor = cursor_of(log);
  std::vector<Frame> frames;
  for (u64 call = 0; call <= 200; ++call) frames.push_back(*cursor.at_or_after(call));
  for (u64 call = 201; call-- > 0;) CHECK(same(*cursor.at_or_before(call), frames[call]));
}

TEST_CASE("calls that were never written are passed over in either direction") {
  Scribe pool(100);
  pool.alloc(10);
  for (int i = 0; i < 7; ++i) pool.begin_call();
  pool.alloc(10);
  Cursor cursor = cursor_of(pool.text());
  CHECK(cursor.at_or_after(2)->call == 9);
  CHECK(cursor.at_or_before(8)->call == 1);
  CHECK(!cursor.at_or_after(10).has_value());
}

TEST_CASE("a log ends for the cursor where its events cannot be true") {
  Scribe pool(100);
  for (int i = 0; i < 3; ++i) pool.alloc(10);
  std::string log = pool.text();
  log = replaced(log, R"("block":2,"offset":20)", R"("block":2,"offset":5)");
  Cursor cursor = cursor_of(log);
  CHECK(cursor.last_call() == 2);
  CHECK(cursor.fault().starts_with("line "));
  CHECK(!cursor.at_or_after(3).has_value());
}

TEST_CASE("calls that do not rise end it too") {
  Scribe pool(100);
  for (int i = 0; i < 2; ++i) pool.alloc(10);
  Scribe other(100);
  other.alloc(10);
  const std::string log = pool.text() + other.lines().back() + "\n";
  Cursor cursor = cursor_of(log);
  CHECK(cursor.last_call() == 2);
  CHECK(cursor.fault().find("call 1 stands behind call 2") == 0);
}

TEST_CASE("of several pools the lowest is followed, or the one that is asked for") {
  Scribe low(100), high(200, {.pool = 2});
  low.alloc(10);
  for (int i = 0; i < 3; ++i) high.alloc(10);
  std::string log = high.text();
  for (const std::string& line : low.lines()) log += line + "\n";
  CHECK(cursor_of(log).pool() == 1);
  CHECK(cursor_of(log).other_pools() == std::vector<u32>{2});
  CHECK(cursor_of(log, 2).last_call() == 3);
  auto reader = log::Reader::from_text(log);
  const auto none = Cursor::open(std::move(*reader), 7, nullptr);
  REQUIRE(!none.has_value());
  CHECK(none.error().what == "the log has pools 1, 2; there is no pool 7");
}

TEST_CASE("a scan shows the calls of a range once, and ends when the onlooker has seen enough") {
  Cursor cursor = cursor_of(busy_pool(5, 100).text());
  Counting all;
  CHECK(cursor.scan(20, 60, all, nullptr));
  CHECK(all.calls.size() == 41);
  CHECK(all.calls.front() == 20);
  CHECK(all.calls.back() == 60);
  CHECK(all.before_first == 19);
  Counting three;
  three.most = 3;
  CHECK(cursor.scan(20, 60, three, nullptr));
  CHECK(three.calls == std::vector<u64>{20, 21, 22});
}

TEST_CASE("a scan that is given up says so") {
  Cursor cursor = cursor_of(busy_pool(5, 3000).text());
  Counting counting;
  CHECK(!cursor.scan(0, 3000, counting, [](double) { return false; }));
}

TEST_CASE("an index serves a cursor as the whole log does") {
  const std::string log = busy_pool(7, 400).text();
  std::string kept;
  auto reader = log::Reader::from_text(log);
  const viz::Index index = viz::make_index(
      *reader, {.events = 50, .sizes = 0},
      [&kept](std::string_view part) {
        kept += part;
        return viz::Section{kept.size() - part.size(), part.size()};
      },
      nullptr);
  REQUIRE(index.pools.front().models.size() > 3);
  const auto fetch = [&kept](viz::Section section) -> std::optional<std::string> {
    return kept.substr(section.offset, section.size);
  };
  auto again = log::Reader::from_text(log);
  auto cursor = Cursor::open(std::move(*again), {}, index, fetch);
  REQUIRE(cursor.has_value());
  Cursor plain = cursor_of(log);
  for (u64 call = 401; call-- > 0;)
    if (call % 7 == 0) CHECK(same(*cursor->at_or_before(call), *plain.at_or_before(call)));
  CHECK(cursor->call_of_event(500, nullptr) == plain.call_of_event(500, nullptr));
}

TEST_CASE("the events of calls can be had without the pool around them") {
  Cursor cursor = cursor_of(enough_bytes_no_room().text());
  const auto calls = cursor.bare_calls(10, 99);
  REQUIRE(calls.size() == 3);
  CHECK(calls.front().call == 10);
  CHECK(calls.back().events.front()->kind == POOL_EVENT_ALLOC_FAIL);
}

TEST_CASE("the largest free block is known without a walk, whatever happens") {
  struct Measure : viz::step::Gather {
    Measure() : Gather(true) {}
    void start(const viz::Model&) override {}
    bool judge(const viz::step::CallFacts&, const viz::Model& after) override {
      wrong += largest() == after.largest_free() ? 0 : 1;
      return true;
    }
    u64 wrong = 0;
  };
  for (const u32 seed : {11, 12, 13}) {
    Cursor cursor = cursor_of(busy_pool(seed, 500).text());
    Measure measure;
    CHECK(cursor.scan(0, 500, measure, nullptr));
    CHECK(measure.wrong == 0);
  }
}
