// The rules of check about freed memory: poison (R21) and quarantine (R22). A log with one thing
// wrong is caught, and one with nothing wrong is not. The others are check_rules_spec.cpp's.
#include "event/table.hpp"
#include "support/checking.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

/// A pool that poisons and has a quarantine of 64 bytes, in which the block #0 (64) waits. Lines:
/// those of two_blocks(), and the quarantine.
Scribe one_waits() {
  Scribe pool = two_blocks({.poison = true, .quarantine = 64});
  pool.begin_call();
  pool_event waits = event::make(POOL_EVENT_QUARANTINE);
  waits.as.quarantine = {0, 0, 64};
  pool.event(waits);
  return pool;
}

void compare_poison(Scribe& pool, u64 offset, u64 size) {
  pool_event compared = event::make(POOL_EVENT_POISON_CHECK);
  compared.as.poison_check = {offset, size, 0, POOL_NONE, {nullptr, 0}, {nullptr, 0}, POOL_NONE};
  pool.event(compared);
}

void release(Scribe& pool, u64 number, u64 offset, u64 size) {
  pool_event released = event::make(POOL_EVENT_RELEASE);
  released.as.release = {number, offset, size};
  pool.event(released);
}

/// It waited, and makes room for another block.
std::string one_leaves() {
  Scribe pool = one_waits();
  pool.begin_call();
  compare_poison(pool, 0, 64);
  release(pool, 0, 0, 64);
  pool.alloc(64);
  return pool.text();
}

}  // namespace

TEST_CASE("R21 poison: it is compared where it should be") {
  const std::string text = one_leaves();
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("poison":true,)", "")) ==
        "line 8 (pool 1, call 4, poison_check): R21 poison: the pool does not poison");
  const std::string_view right = R"("event":"poison_check","offset":0,"size":64)";
  CHECK(broken(replaced(text, right, R"("event":"poison_check","offset":64,"size":64)")) ==
        "line 8 (pool 1, call 4, poison_check): R21 poison: 64 bytes at 64 are not in one free "
        "block");
  CHECK(broken(replaced(text, right, R"("event":"poison_check","offset":0,"size":80)")) ==
        "line 8 (pool 1, call 4, poison_check): R21 poison: 80 bytes at 0 are not in one free "
        "block");
  CHECK(broken(replaced(text, right, R"("event":"poison_check","offset":0,"size":300)")) ==
        "line 8 (pool 1, call 4, poison_check): R21 poison: 300 bytes at 0 are not inside the "
        "region of 256");
  CHECK(broken(replaced(text, R"("size":64,"damaged":0})", R"("size":64,"damaged":2})")) ==
        "line 8 (pool 1, call 4, poison_check): R21 poison: 2 of 64 bytes differ, the first at "
        "nowhere");
}

TEST_CASE("R22 quarantine: who leaves it was in it, and it holds no more than its limit") {
  const std::string text = one_leaves();
  CHECK(
      broken(replaced(text, R"("event":"release","block":0)", R"("event":"release","block":1)")) ==
      "line 9 (pool 1, call 4, release): R22 quarantine: 64 bytes of #1 are released, but #0q at "
      "0 (64 bytes) lies there");
  CHECK(broken(replaced(text, R"("release","block":0,"offset":0)",
                        R"("release","block":1,"offset":64)")) ==
        "line 9 (pool 1, call 4, release): R22 quarantine: #1 at 64 (64 bytes) is not in "
        "quarantine");
  CHECK(broken(replaced(text, R"("release","block":0,"offset":0)",
                        R"("release","block":0,"offset":8)")) ==
        "line 9 (pool 1, call 4, release): R22 quarantine: no block starts at 8");
  CHECK(
      broken(replaced(text, R"("quarantine":64)", R"("quarantine":60)")) ==
      "line 7 (pool 1, call 3, quarantine): R22 quarantine: #0 at 0 (64 bytes) is larger than the "
      "quarantine of 60 bytes");
  pool_event waits = event::make(POOL_EVENT_QUARANTINE);
  Scribe full = one_waits();
  full.begin_call();
  waits.as.quarantine = {1, 64, 64};
  full.event(waits);
  full.note("x");
  CHECK(broken(full.text()) ==
        "line 8 (pool 1, end of call 4): R22 quarantine: 128 bytes lie in a quarantine of 64");
}

TEST_CASE("what leaves the quarantine may coalesce before its bytes are handed out") {
  Scribe pool = one_waits();
  pool.alloc(128);  // nothing is free any more
  pool.begin_call();
  release(pool, 0, 0, 64);
  pool_event waits = event::make(POOL_EVENT_ALLOC);
  waits.as.alloc = {3, 0, 64, 0, 64, POOL_NONE};
  pool.event(waits);
  CHECK(broken(pool.text()) == "");
}
