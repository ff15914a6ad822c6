// The rules of check about places: which free block is taken and where in it (R7, R20), and what
// pool_realloc() may do where (R12). The fault is planted into the text of a right log; what is
// expected is the whole sentence.
#include <random>

#include "event/table.hpp"
#include "support/checking.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

std::string policy_text(u32 policy) {
  return "\"policy\":\"" + std::string(event::word(event::Type::POLICY, policy)) + "\"";
}

/// A log that was written under one policy, read as another's.
std::string as_if(const Scribe& pool, u32 policy) {
  return broken(replaced(pool.text(), policy_text(pool.model().policy), policy_text(policy)));
}

/// Free: f2 (160 at 48), f3 (208 at 256) and f4 (208 at 512) of 768.
Scribe crooked_holes() {
  Scribe pool(768, {.align = 16});
  for (const u64 size : {40, 160, 40, 200, 40, 200, 40}) pool.alloc(size);
  for (const u64 number : {1, 3, 5}) pool.free(number);
  return pool;
}

/// An allocation where the spec wants it.
struct Taken {
  u64 from = 0, gap = 0, size = 0, alignment = POOL_NONE;
  bool block_first = false;  // the splits come the other way round
};

void take(Scribe& pool, const Taken& taken) {
  pool.begin_call();
  const u64 offset = taken.from + taken.gap;
  const auto split = [&](u64 at, u64 size) {
    pool_event event = event::make(POOL_EVENT_SPLIT);
    event.as.split = {at, size, at + size, pool.model().at(at)->size - size};
    if (event.as.split.rest_size != 0 && size != 0) pool.event(event);
  };
  if (taken.block_first) split(taken.from, taken.gap + taken.size);
  split(taken.from, taken.gap);
  split(offset, taken.size);
  pool_event event = event::make(POOL_EVENT_ALLOC);
  event.as.alloc = {pool.model().next_number, offset, taken.size, offset, taken.size,
                    taken.alignment};
  pool.event(event);
}

/// Calls by chance, in a pool in which they often fail.
Scribe by_chance(u32 policy, unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](u64 below) { return random() % below; };
  Scribe pool(64 * (90 + pick(30)),
              {.align = u64{1} << pick(6), .policy = policy, .guards = 4 * pick(4)});
  for (int i = 0; i < 150; ++i) {
    const u64 number = pool.model().next_number == 0 ? 0 : pick(pool.model().next_number);
    const bool live = pool.model().live(number) != nullptr;
    const u64 size = pick(8) == 0 ? 700 + pick(600) : pick(200);
    switch (live ? pick(8) : pick(3)) {
      case 0:
      case 1: pool.alloc(size); break;
      case 2: pool.aligned_alloc(u64{1} << pick(11), size); break;
      case 3:
      case 4: pool.realloc(number, 1 + size); break;
      default: pool.free(number); break;
    }
  }
  return pool;
}

}  // namespace

TEST_CASE("what a right pool does by chance breaks no rule, whatever its policy") {
  for (const event::Word& policy : event::policies) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      CAPTURE(policy.text);
      CAPTURE(seed);
      Scribe pool = by_chance(policy.code, seed);
      pool.snapshot();
      pool.destroy();
      REQUIRE(broken(pool.text()) == "");
    }
  }
}

TEST_CASE("what one policy does by chance is sooner or later not what another would do") {
  for (const event::Word& policy : event::policies) {
    for (const event::Word& other : event::policies) {
      if (policy.code == other.code) continue;
      CAPTURE(policy.text);
      CAPTURE(other.text);
      bool caught = false;
      for (unsigned seed = 1; seed <= 40 && !caught; ++seed)
        caught = as_if(by_chance(policy.code, seed), other.code).find("R7 ") != std::string::npos;
      CHECK(caught);
    }
  }
}

TEST_CASE("R7 placement: every policy takes its own block") {
  // Free: f2 at 0 (48), f3 at 112 (40), f4 at 216 (160), f1 at 440 (584). 40 are asked for.
  const auto misplaced = [](u32 policy, u32 said) {
    Scribe pool(1024, {.policy = policy});
    for (const u64 size : {48, 64, 40, 64, 160, 64}) pool.alloc(size);
    for (const u64 number : {0, 2, 4}) pool.free(number);
    pool.alloc(40);
    const std::string was = "\"policy\":\"" + std::string(event::word(event::Type::POLICY, policy));
    const std::string is = "\"policy\":\"" + std::string(event::word(event::Type::POLICY, said));
    return broken(replaced(pool.text(), was, is));
  };
  CHECK(misplaced(POOL_NEXT, POOL_FIRST) ==
        "line 19 (pool 1, call 10, alloc): R7 placement: first fit takes the lowest free block "
        "that fits; f2 at 0 (48 bytes) fits 40 and lies below the block taken at 440 (584 bytes)");
  CHECK(misplaced(POOL_FIRST, POOL_NEXT) ==
        "line 19 (pool 1, call 10, alloc): R7 placement: next fit goes on from the end of the last "
        "placement, 440; f1 at 440 (584 bytes) is the first there that fits 40, not the block "
        "taken at 0 (48 bytes)");
  CHECK(misplaced(POOL_FIRST, POOL_BEST) ==
        "line 19 (pool 1, call 10, alloc): R7 placement: best fit takes the smallest free block "
        "that fits, the lowest of equals; for 40 that is f3 at 112 (40 bytes), not the block taken "
        "at 0 (48 bytes)");
  CHECK(misplaced(POOL_FIRST, POOL_WORST) ==
        "line 19 (pool 1, call 10, alloc): R7 placement: worst fit takes the largest free block, "
        "the lowest of equals; that is f1 at 440 (584 bytes), not the block taken at 0 (48 bytes)");
  CHECK(misplaced(POOL_FIRST, POOL_GOOD) ==
        "line 19 (pool 1, call 10, alloc): R7 placement: good fit takes the lowest address in the "
        "first size class that surely fits; for 40 that is f3 at 112 (40 bytes), not the block "
        "taken at 0 (48 bytes)");
}

TEST_CASE("R7 placement: an aligned allocation asks its policy for room for the largest gap") {
  // Free: f2 at 0 (48), f3 at 112 (176), f4 at 352 (160), f1 at 576 (448). 64 bytes at a multiple
  // of 64 may need 112: f2 has not enough, though the block would fit.
  const auto misplaced = [](u32 policy, u32 said) {
    Scribe pool(1024, {.align = 16, .policy = policy});
    for (const u64 size : {48, 64, 176, 64, 160, 64}) pool.alloc(size);
    for (const u64 number : {0, 2, 4}) pool.free(number);
    pool.aligned_alloc(64, 64);
    CHECK(broken(pool.text()) == "");
    return as_if(pool, said);
  };
  const std::string where = ", alloc): R7 placement: ";
  CHECK(misplaced(POOL_BEST, POOL_FIRST) ==
        "line 20 (pool 1, call 10" + where +
            "first fit takes the lowest free block that fits; f3 at 112 (176 bytes) fits 112 (64 "
            "and a gap of up to 48) and lies below the block taken at 352 (160 bytes)");
  CHECK(misplaced(POOL_FIRST, POOL_BEST) ==
        "line 20 (pool 1, call 10" + where +
            "best fit takes the smallest free block that fits, the lowest of equals; for 112 (64 "
            "and a gap of up to 48) that is f4 at 352 (160 bytes), not the block taken at 112 (176 "
            "bytes)");
}

TEST_CASE("R7 placement: where nothing has room for every gap, the lowest that fits as it lies") {
  Scribe pool = crooked_holes();
  Scribe wrong = pool;
  pool.aligned_alloc(128, 100);
  CHECK(pool.model().live(7)->offset == 256);
  CHECK(broken(pool.text()) == "");
  take(wrong, {.from = 512, .size = 112, .alignment = 128});
  CHECK(
      broken(wrong.text()) ==
      "line 20 (pool 1, call 11, alloc): R7 placement: no free block has 224 (112 and a gap of up "
      "to 112) bytes, so the lowest is taken in which the block fits as it lies; that is f3 at "
      "256 (208 bytes), not the block taken at 512 (208 bytes)");
}

TEST_CASE("R9 split: in front of a block stays what its alignment needs, and no more") {
  Scribe pool(1024, {.align = 16});
  pool.alloc(40);
  const std::string where = "line 7 (pool 1, call 2, alloc): R9 split: ";
  SUBCASE("nothing without one") {
    take(pool, {.from = 48, .gap = 16, .size = 64});
    CHECK(broken(pool.text()) ==
          where +
              "16 bytes of the free block at 48 are left in front of it: the low part is to be "
              "handed out");
  }
  SUBCASE("no second gap") {
    take(pool, {.from = 48, .gap = 80, .size = 64, .alignment = 64});
    CHECK(broken(pool.text()) == where +
                                     "80 bytes of the free block at 48 are left in front of it: "
                                     "its alignment needs 16");
  }
  SUBCASE("the gap is cut off first, then the block") {
    take(pool, {.from = 48, .gap = 16, .size = 64, .alignment = 64, .block_first = true});
    CHECK(
        broken(pool.text()) ==
        "line 6 (pool 1, call 2, split): R9 split: f2 at 48 (80 bytes) is not what is left of the "
        "free block behind the gap that was cut off before");
    CHECK(broken_for_any(pool.text()) == "");
  }
}

TEST_CASE("R12 resize: the free memory on the right gives or takes") {
  Scribe pool = two_blocks();
  pool.realloc(1, 100);
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  const std::string where = "line 7 (pool 1, call 3, resize): R12 resize: ";
  CHECK(broken(replaced(text, R"("rest_size":92)", R"("rest_size":90)")) ==
        where + "100 of 192 bytes leave 92, not 90");
  CHECK(broken(replaced(text, R"("size":100,"old)", R"("size":300,"old)")) ==
        where + "#1 at 64 (64 bytes) has room for 192 bytes, not for 300");
  CHECK(broken(replaced(text, R"("old_size":64)", R"("old_size":60)")) ==
        where + "#1 at 64 (64 bytes) did not have 60 bytes");
  CHECK(broken(replaced(text, R"("rest_offset":164)", R"("rest_offset":165)")) ==
        where + "what is left starts at 164, not at 165");
  pool.realloc(1, 192);
  CHECK(broken(pool.text()) == "");
  CHECK(broken(replaced(pool.text(), R"("rest_offset":0,"rest_size":0)",
                        R"("rest_offset":256,"rest_size":0)")) ==
        "line 8 (pool 1, call 4, resize): R12 resize: nothing is left, but at 256");
  CHECK(broken(replaced(text, R"("requested":100)", R"("requested":90)")) ==
        "line 7 (pool 1, call 3, resize): R6 geometry: the block has 100 bytes, but 90 asked for "
        "need 90");
}

TEST_CASE("R12 resize: a block moves, or fails, only where it cannot stay") {
  Scribe pool = two_blocks();
  SUBCASE("for less it always can") {
    pool.move(0, 40);
    CHECK(broken(pool.text()) ==
          "line 8 (pool 1, call 3, alloc): R12 resize: #0 at 0 (64 bytes) could stay: 40 bytes "
          "asked for need 40 in place, and there is room for 64");
    CHECK(broken_for_any(pool.text()) == "");
  }
  SUBCASE(
      "for more it can where the right neighbour is free, even if it is the one that is taken") {
    pool.move(1, 100);
    CHECK(broken(pool.text()) ==
          "line 8 (pool 1, call 3, alloc): R12 resize: #1 at 64 (64 bytes) could stay: 100 bytes "
          "asked for need 100 in place, and there is room for 192");
  }
  SUBCASE("and then it cannot fail") {
    pool.alloc(64);
    pool.move(1, 100);
    pool.free(2);
    const std::string failed = pool.lines()[7];
    CHECK(failed.find("alloc_fail") != std::string::npos);
    std::string text = replaced(pool.text(), failed, "");
    text = replaced(replaced(text, R"("seq":9)", R"("seq":8)"), R"("seq":10)", R"("seq":9)");
    text = replaced(text, R"("seq":8,"pool":1,"call":5)", R"("seq":8,"pool":1,"call":4)");
    text = replaced(text, R"("seq":9,"pool":1,"call":5)", R"("seq":9,"pool":1,"call":4)");
    text +=
        replaced(replaced(failed, R"("seq":8,"pool":1,"call":4)", R"("seq":10,"pool":1,"call":5)"),
                 R"("free":64)", R"("free":128)");
    CHECK(broken(text) ==
          "line 11 (pool 1, call 5, alloc_fail): R12 resize: #1 at 64 (64 bytes) could stay: 100 "
          "bytes asked for need 100 in place, and there is room for 192");
  }
  SUBCASE("its own guards count, not those of later blocks") {
    pool.guards(16);
    pool.realloc(1, 190);
    CHECK(pool.model().live(1)->size == 190);
    CHECK(broken(pool.text()) == "");
  }
}

TEST_CASE("R11 guards: those of a block are checked before it is resized, and written after it") {
  Scribe pool(256, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.realloc(0, 20);
  pool.note("and on");
  CHECK(broken(pool.text()) == "");
  const auto without = [&](std::size_t line) {
    std::string shorter = replaced(pool.text(), pool.lines()[line], "");
    for (std::size_t seq = line + 2; seq <= pool.lines().size(); ++seq)
      shorter = replaced(shorter, "{\"seq\":" + std::to_string(seq) + ",",
                         "{\"seq\":" + std::to_string(seq - 1) + ",");
    return shorter;
  };
  CHECK(broken(without(6)) ==
        "line 8 (pool 1, call 2, resize): R11 guards: the back guard of #0 was not checked before "
        "it goes");
  CHECK(broken(without(8)) ==
        "line 10 (pool 1, call 2, guard_write): R11 guards: the back guard of #0 is not due");
  CHECK(broken(without(9)) ==
        "line 10 (pool 1, end of call 2): R11 guards: the back guard of #0 was not written");
}

TEST_CASE("R13 failure: an aligned allocation may fail where a free block is large enough") {
  Scribe pool = crooked_holes();
  pool.aligned_alloc(512, 200);
  CHECK(pool.model().failures == 0);
  pool.aligned_alloc(512, 120);
  CHECK(pool.model().failures == 1);
  CHECK(broken(pool.text()) == "");
  const std::string said = R"("reason":"fragmented","alignment":512)";
  const std::string where = "line 20 (pool 1, call 12, alloc_fail): R13 failure: ";
  CHECK(broken(replaced(pool.text(), said, R"("reason":"fragmented","alignment":128)")) ==
        where + "128 bytes with the payload at a multiple of 128 fit into the free block at 256");
  CHECK(broken(replaced(pool.text(), said, R"("reason":"no_record","alignment":512)")) ==
        where + "128 needed of 368 free, the largest 208: the reason is fragmented, not no_record");
  CHECK(broken(replaced(pool.text(), said, R"("reason":"no_record","alignment":128)")) == "");
  CHECK(broken(replaced(pool.text(), said, R"("reason":"fragmented","alignment":24)")) ==
        "line 20 (pool 1, call 12, alloc_fail): R20 aligned: 24 is no alignment that is said: a "
        "power of two above the pool's, 16, up to 4096");
}

TEST_CASE("R20 aligned: the payload's address is a multiple of what was asked for") {
  Scribe pool(1024, {.align = 16});
  pool.alloc(40);
  pool.aligned_alloc(64, 40);
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  const std::string where = "line 7 (pool 1, call 2, alloc): R20 aligned: ";
  CHECK(broken(replaced(text, R"("alignment":64)", R"("alignment":128)")) ==
        where + "the payload at 64 is no multiple of 128");
  CHECK(broken_for_any(replaced(text, R"("alignment":64)", R"("alignment":128)")) ==
        where + "the payload at 64 is no multiple of 128");
  CHECK(broken(replaced(text, R"("alignment":64)", R"("alignment":16)")) ==
        where + "16 is no alignment that is said: a power of two above the pool's, 16, up to 4096");
  CHECK(broken(replaced(text, R"("base":"0x0")", R"("base":"0x5020")")) ==
        where +
            "the payload at 64 of a region that begins 32 bytes into a page is no multiple of "
            "64");
}
