// The story of a search: the look trail and its order, the reason of every policy, what the others
// would have taken, and aligned searches. Expected are whole sentences: they are what a student
// reads.
#include <doctest/doctest.h>

#include "event/table.hpp"
#include "model/policy.hpp"
#include "support/stories.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Mark;
using viz::Op;
using viz::Story;

namespace {

/// The sentence that tells the search, and the one about the other policies, if there is one.
std::string search_told(const Scribe& pool) {
  std::string text;
  for (const std::string& sentence : story_of(pool).sentences)
    if (sentence.find(" fit take") != std::string::npos ||
        sentence.find("would") != std::string::npos)
      text += (text.empty() ? "" : "\n") + sentence;
  return text;
}

/// "f1 f2": the looks, in the order in which they are made.
std::string order(const Scribe& pool) {
  std::string text;
  u64 ordinal = 0;
  for (const viz::Look& look : story_of(pool).walk()) {
    if (look.ordinal == 0) continue;
    CHECK(look.ordinal == ++ordinal);
    text += (text.empty() ? "f" : " f") + std::to_string(look.number);
  }
  CHECK(ordinal == story_of(pool).looked_at);
  return text;
}

/// Free: f2 (160 at 48), f3 (208 at 256) and f1 (64 at 960).
Scribe crooked_holes() {
  Scribe pool(1024, {.align = 16});
  for (const u64 size : {40, 160, 40, 200, 40, 440}) pool.alloc(size);
  pool.free(1);
  pool.free(3);
  return pool;
}

}  // namespace

TEST_CASE("the look trail names what a walk would have looked at, and what was wrong with it") {
  Scribe pool = four_holes();
  pool.alloc(56);
  CHECK(trail(pool) == "f2 48 too small, f3 40 too small, f4 160 taken, f1 584 not looked at");
  CHECK(order(pool) == "f2 f3 f4");
  CHECK(story_of(pool).trail[0].shortfall == 24);
  pool.alloc(2000);
  CHECK(trail(pool) == "f2 48 too small, f3 40 too small, f4 88 too small, f1 584 too small");
  pool.free(1);
  CHECK(trail(pool) == "");
}

TEST_CASE("every policy has its own walk") {
  const auto walk = [](u32 policy, u64 size) {
    Scribe pool = four_holes({.align = 8, .policy = policy, .guards = 0});
    pool.alloc(size);
    return trail(pool);
  };
  CHECK(walk(POOL_FIRST, 40) ==
        "f2 48 taken, f3 40 not looked at, f4 160 not looked at, f1 584 not looked at");
  CHECK(walk(POOL_NEXT, 40) ==
        "f2 48 not looked at, f3 40 not looked at, f4 160 not looked at, f1 584 taken");
  CHECK(walk(POOL_BEST, 40) == "f2 48 passed, f3 40 taken, f4 160 passed, f1 584 passed");
  CHECK(walk(POOL_WORST, 40) == "f2 48 passed, f3 40 passed, f4 160 passed, f1 584 taken");
  CHECK(walk(POOL_GOOD, 64) ==
        "f2 48 not looked at, f3 40 not looked at, f4 160 taken, f1 584 not looked at");
}

TEST_CASE("every policy gives its reason, and what the others would have taken") {
  const auto told_by = [](u32 policy) {
    Scribe pool = four_holes({.align = 8, .policy = policy, .guards = 0});
    pool.alloc(40);
    return search_told(pool);
  };
  CHECK(told_by(POOL_FIRST) ==
        "First fit takes the lowest address that fits: a list walk would look at 1 of 4 free "
        "blocks.\n"
        "Next and worst fit would take f1 (584 B); best and good fit would take f3 (40 B).");
  CHECK(told_by(POOL_NEXT) ==
        "Next fit goes on from the end of the last placement, 440: a list walk would look at 1 of "
        "4 free blocks.\n"
        "Worst fit would take it too; first fit would take f2 (48 B); best and good fit would take "
        "f3 (40 B).");
  CHECK(told_by(POOL_BEST) ==
        "Best fit takes the smallest block that fits: a list walk would look at 4 of 4 free "
        "blocks; f3 (40 B) is the smallest of 4 that fit.\n"
        "Good fit would take it too; first fit would take f2 (48 B); next and worst fit would take "
        "f1 (584 B).");
  CHECK(told_by(POOL_WORST) ==
        "Worst fit takes the largest block: a list walk would look at 4 of 4 free blocks; f1 (584 "
        "B) is the largest of 4 that fit.\n"
        "Next fit would take it too; first fit would take f2 (48 B); best and good fit would take "
        "f3 (40 B).");
  CHECK(told_by(POOL_GOOD) ==
        "Good fit takes the lowest address in the first size class that surely fits: for 40 B, "
        "classes from 40 B up; the first with a free block is 40 B, and f3 (40 B) is its only "
        "one.\n"
        "Best fit would take it too; first fit would take f2 (48 B); next and worst fit would take "
        "f1 (584 B).");
}

TEST_CASE("of equals, the lowest is taken, and that is said") {
  Scribe pool(400, {.policy = POOL_BEST});
  for (const u64 size : {50, 10, 50, 10, 280}) pool.alloc(size);
  pool.free(0);
  pool.free(2);
  pool.free(4);
  pool.alloc(40);
  CHECK(says(pool, "f2 (50 B) is the smallest of 3 that fit, and the lowest of 2 of that size."));
}

TEST_CASE("next fit goes round: what lies before its cursor is looked at last") {
  Scribe pool(100, {.policy = POOL_NEXT});
  pool.alloc(30);
  pool.alloc(30);
  pool.alloc(30);
  pool.free(0);
  pool.alloc(20);
  CHECK(trail(pool) == "f2 30 taken, f1 10 too small");
  CHECK(order(pool) == "f1 f2");
  CHECK(says(pool,
             "Next fit goes on from the end of the last placement, 90: a list walk would look at 2 "
             "of 2 free blocks, passing f1 (10), and going on at the lowest address."));
}

TEST_CASE("where next fit stands is not known when the log opened after the last placement") {
  Scribe pool = four_holes({.align = 8, .policy = POOL_NEXT, .guards = 0});
  pool.snapshot();
  pool.alloc(40);
  CHECK(order(pool) == "");
  CHECK(says(pool,
             "Next fit goes on from the end of the last placement, which was before the log "
             "opened."));
  CHECK_FALSE(says(pool, "would"));
}

TEST_CASE("good fit's classes are exact for small blocks and grow with large ones") {
  CHECK(viz::good_class(511) == 511);
  CHECK(viz::good_class(512) == 512);
  CHECK(viz::good_class(527) == 512);
  CHECK(viz::good_class(528) == 513);
  CHECK(viz::good_class_that_fits(512) == 512);
  CHECK(viz::good_class_that_fits(513) == 513);
  for (u64 size = 1; size < 5000; ++size) {
    REQUIRE(viz::good_class(size) <= viz::good_class(size + 1));
    REQUIRE(viz::good_class_that_fits(size) - viz::good_class(size) <= 1);
  }
}

TEST_CASE("a class is told by the sizes that are in it") {
  CHECK(viz::good_class_text(viz::good_class(40)) == "40 B");
  CHECK(viz::good_class_text(viz::good_class(511)) == "511 B");
  CHECK(viz::good_class_text(viz::good_class(512)) == "512 to 527 B");
  CHECK(viz::good_class_text(viz::good_class(1023)) == "1008 to 1023 B");
  CHECK(viz::good_class_text(viz::good_class(1024)) == "1024 to 1055 B");
  CHECK(viz::good_class_text(viz::good_class(u64_max)) ==
        "18158513697557839872 to 18446744073709551615 B");
}

TEST_CASE("good fit takes the lowest of a class, and of the request's own class only at last") {
  // Free: f2 (1040 at 0), f3 (1025 at 1060), f4 (1100 at 2105).
  Scribe pool(3205, {.policy = POOL_GOOD});
  for (const u64 size : {1040, 20, 1025, 20, 1100}) pool.alloc(size);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  SUBCASE(
      "the first class that surely fits has two blocks, and the lower one need not be smaller") {
    pool.alloc(1024);
    CHECK(order(pool) == "f2");
    CHECK(says(pool,
               "for 1024 B, classes from 1024 to 1055 B up; the first with a free block is "
               "1024 to 1055 B, and f2 (1040 B) is its lowest of 2."));
  }
  SUBCASE("a block that would fit is passed over when its class does not surely fit") {
    pool.alloc(1030);
    CHECK(order(pool) == "f4");
    CHECK(says(pool,
               "for 1030 B, classes from 1056 to 1087 B up; the first with a free block is "
               "1088 to 1119 B, and f4 (1100 B) is its only one."));
  }
  SUBCASE("nothing surely fits") {
    pool.alloc(1100);
    pool.alloc(1030);
    CHECK(order(pool) == "f2");
    CHECK(says(pool,
               "surely fits: no such class has a free block, and f2 (1040 B) is the lowest "
               "that fits in the request's own, 1024 to 1055 B."));
  }
}

TEST_CASE("an aligned allocation tells the room that is looked for, and the gap") {
  Scribe pool(1024, {.align = 16, .guards = 8});
  pool.alloc(40);
  pool.aligned_alloc(256, 100);
  CHECK(told(pool) ==
        "pool_aligned_alloc(256, 100) → #1 at 256\n"
        "Needs 16 front guard + 100 + 8 back guard = 124 B (rounded up to 16: 128 B). At a "
        "multiple of 256, a gap of up to 240 B may be needed in front of it: 128 + 240 = 368 B are "
        "looked for.\n"
        "First fit takes the lowest address that fits: f1 is the only free block.\n"
        "f1 (960 B) is split: 128 B for #1, 176 B in front of it stay free as f2, 656 B stay free "
        "as f1.\n"
        "Guards are written: 16 B of AB before the payload, 12 B after it.");
  const Story story = story_of(pool);
  CHECK(story.room == 368);
  CHECK(story.changes.at(64).mark == Mark::gap);
  CHECK(story.changes.at(64).was_size == 960);
  CHECK(story.changes.at(240).mark == Mark::fresh);
  CHECK(story.changes.at(368).mark == Mark::rest);
  CHECK(story.changes.at(368).was_size == 960);
}

TEST_CASE("where no free block has room for every gap, the lowest is taken that fits as it lies") {
  SUBCASE("with no gap") {
    Scribe pool = crooked_holes();
    pool.aligned_alloc(128, 100);
    CHECK(trail(pool) == "f2 160 lies wrong, f3 208 taken, f1 64 not looked at");
    CHECK(says(pool,
               "No free block has 224 B, so the lowest one is taken in which the block fits as it "
               "lies: a list walk would look at 2 of 3 free blocks, passing f2 (160); f3 needs no "
               "gap, and 112 of its 208 B."));
    CHECK(story_of(pool).as_it_lies);
  }
  SUBCASE("with a gap that is not the largest there could be") {
    Scribe pool(256, {.align = 16});
    pool.alloc(32);
    pool.aligned_alloc(64, 192);
    CHECK(says(pool, "f1 needs a gap of 32 B, and 32 + 192 = 224 of its 224 B."));
    CHECK(story_of(pool).changes.at(32).mark == Mark::gap);
    CHECK(story_of(pool).as_it_lies);
  }
}

TEST_CASE("an aligned allocation can fail though a free block is large enough") {
  Scribe pool = crooked_holes();
  pool.aligned_alloc(512, 150);
  CHECK(trail(pool) == "f2 160 lies wrong, f3 208 lies wrong, f1 64 too small");
  CHECK(story_of(pool).title == "pool_aligned_alloc(512, 150) fails");
  CHECK(story_of(pool).op == Op::alloc_fail);
  CHECK(story_of(pool).fits == 0);
  CHECK(says(pool,
             "Free blocks of 160 B there are, but with the payload at a multiple of 512 the block "
             "fits into none of them.\n"
             "Freeing #0 (208 B with its free neighbours) or #5 (512 B with its free neighbours) "
             "would have made room."));
}
