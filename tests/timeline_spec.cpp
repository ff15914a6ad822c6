// The timeline: from a log to the frame of one call or one event, and what is said when the log
// does not have it.
#include <doctest/doctest.h>

#include "support/scribe.hpp"
#include "support/shape.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

std::string refusal(const std::string& text, const viz::Moment& moment) {
  auto reader = log::Reader::from_text(text);
  REQUIRE(reader.has_value());
  const auto frame = viz::load(*reader, moment, nullptr);
  REQUIRE_FALSE(frame.has_value());
  return frame.error().what;
}

viz::Moment call(u64 number) {
  return {.call = number, .seq = {}, .pool = {}};
}
viz::Moment seq(u64 number) {
  return {.call = {}, .seq = number, .pool = {}};
}
viz::Moment of_pool(u32 number) {
  return {.call = {}, .seq = {}, .pool = number};
}

/// Lines of several scribes in one log, turn by turn.
std::string shared_log(const Scribe& one, const Scribe& other) {
  std::string text = Scribe(1).text();
  text.resize(text.find('\n') + 1);
  for (std::size_t i = 0; i < std::max(one.lines().size(), other.lines().size()); ++i) {
    if (i < one.lines().size()) text += one.lines()[i];
    if (i < other.lines().size()) text += other.lines()[i];
  }
  return text;
}

}  // namespace

TEST_CASE("without a moment, the frame is the last call's") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(32);
  pool.free(0);
  const viz::Frame frame = frame_of(pool.text(), {});
  CHECK(frame.call == 3);
  CHECK(frame.last_call == 3);
  CHECK(shape(frame.before) == "U64 U32 F160");
  CHECK(shape(frame.after) == "F64 U32 F160");
  REQUIRE(frame.events.size() == 1);
  CHECK(frame.events[0]->kind == POOL_EVENT_FREE);
}

TEST_CASE("a frame holds the pool before a call, the call's events and the pool after it") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(32);
  pool.free(1);
  SUBCASE("call 0 is the creation, and before it there is no pool") {
    const viz::Frame frame = frame_of(pool.text(), call(0));
    CHECK_FALSE(frame.before.open);
    CHECK(shape(frame.before) == "");
    CHECK(shape(frame.after) == "F256");
  }
  SUBCASE("in the middle") {
    const viz::Frame frame = frame_of(pool.text(), call(2));
    CHECK(shape(frame.before) == "U64 F192");
    CHECK(shape(frame.after) == "U64 U32 F160");
    CHECK(frame.events.size() == 2);
    CHECK(frame.last_call == 3);
    CHECK_FALSE(frame.one_event);
  }
}

TEST_CASE("a single event is a frame of its own, with the invariants not yet restored") {
  Scribe pool(256);
  pool.alloc(64);
  const viz::Frame frame = frame_of(pool.text(), seq(2));
  CHECK(frame.one_event);
  CHECK(frame.call == 1);
  CHECK(shape(frame.before) == "F256");
  CHECK(shape(frame.after) == "F64 F192");
  REQUIRE(frame.events.size() == 1);
  CHECK(frame.events[0]->kind == POOL_EVENT_SPLIT);
}

TEST_CASE("a log is complete when it ended; a cut one is shown as far as it goes") {
  Scribe pool(256);
  pool.alloc(64);
  CHECK_FALSE(frame_of(pool.text(), {}).complete);
  const std::string cut = pool.text().substr(0, pool.text().size() - 10);
  CHECK(shape(frame_of(cut, {}).after) == "F64 F192");
  pool.end();
  CHECK(frame_of(pool.text(), {}).complete);
}

TEST_CASE("of several pools the lowest is shown and the others are named") {
  Scribe one(256);
  Scribe two(512, {.pool = 2});
  one.alloc(10);
  two.alloc(20);
  two.alloc(30);
  const std::string text = shared_log(two, one);
  const viz::Frame lowest = frame_of(text, {});
  CHECK(lowest.after.pool == 1);
  CHECK(lowest.last_call == 1);
  CHECK(lowest.other_pools == std::vector<u32>{2});
  const viz::Frame chosen = frame_of(text, of_pool(2));
  CHECK(shape(chosen.after) == "U20 U30 F462");
  CHECK(chosen.other_pools == std::vector<u32>{1});
}

TEST_CASE("what is not in the log is refused, with what there is") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(64);
  CHECK(refusal(pool.text(), call(99)) ==
        "the log has calls 0 to 2 of pool 1; there is no call 99");
  CHECK(refusal(pool.text(), seq(17)) ==
        "the log has events 1 to 5 of pool 1; there is no event 17");
  CHECK(refusal(pool.text(), of_pool(7)) == "the log has pool 1; there is no pool 7");
  const std::string empty = pool.text().substr(0, pool.text().find('\n') + 1);
  CHECK(refusal(empty, {}) == "the log holds no events");
}

TEST_CASE("a log that opens on a pool in use begins with a later call") {
  Scribe pool(256);
  pool.alloc(64);
  pool.snapshot();
  pool.alloc(8);
  std::string text = pool.text();
  const std::size_t header = text.find('\n') + 1;
  text.erase(header, text.find("{\"seq\":4") - header);
  CHECK(shape(frame_of(text, {}).after) == "U64 U8 F184");
  CHECK(frame_of(text, call(2)).before.blocks().empty());
  CHECK(refusal(text, call(1)) == "the log has calls 2 to 3 of pool 1; there is no call 1");
}

TEST_CASE("an event that cannot be true is named; calls before it can still be seen") {
  Scribe pool(256);
  pool.alloc(64);
  pool.free(0);
  const std::string text = replaced(pool.text(), R"("event":"free","block":0,"offset":0)",
                                    R"("event":"free","block":0,"offset":8)");
  CHECK(refusal(text, {}) ==
        "line 5 (pool 1, call 2, free) cannot be true: it names a block that is not there; "
        "`mempool-viz check` tells more, and calls before it can be shown");
  CHECK(shape(frame_of(text, call(1)).after) == "U64 F192");
}

TEST_CASE("a call that was lost is missing, not absent") {
  Scribe pool(256);
  for (int i = 0; i < 3; ++i) pool.alloc(1000);
  const std::string text = replaced(pool.text(), pool.lines()[2], "");
  CHECK(refusal(text, call(2)) == "the log has calls 0 to 3 of pool 1, but call 2 is missing");
}
