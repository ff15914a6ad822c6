// The story of a pool_realloc(): resized in place or moved, and why not in place. Expected are
// whole sentences: they are what a student reads.
#include <doctest/doctest.h>

#include "support/stories.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Mark;
using viz::Op;
using viz::Story;

namespace {

/// #0 (64), f2 (50), #2 (64), then f1 (78).
Scribe with_room() {
  Scribe pool(256);
  for (const u64 size : {64, 50, 64}) pool.alloc(size);
  pool.free(1);
  return pool;
}

}  // namespace

TEST_CASE("a block that grows in place is told with what it grew into and what is left of it") {
  Scribe pool = with_room();
  pool.realloc(0, 100);
  CHECK(told(pool) ==
        "pool_realloc(#0, 100) → resized in place\n"
        "Needs 100 B.\n"
        "#0 grows in place from 64 to 100 B, into f2 (50 B) on its right: 14 B of it stay free, at "
        "100.");
  const Story story = story_of(pool);
  CHECK(story.op == Op::realloc);
  CHECK(story.number == 0);
  CHECK(story.trail.empty());
  CHECK(story.changes.at(0).mark == Mark::resized);
  CHECK(story.changes.at(0).was_size == 64);
  CHECK(story.changes.at(100).mark == Mark::rest);
  CHECK(story.changes.at(100).was_size == 50);
  pool.realloc(0, 114);
  CHECK(says(pool, "into f2 (14 B) on its right: all of it is used up."));
  CHECK(story_of(pool).changes.size() == 1);
}

TEST_CASE("a block that shrinks in place is told with where its tail goes") {
  Scribe pool = with_room();
  pool.realloc(0, 10);
  CHECK(says(pool,
             "#0 shrinks in place from 64 to 10 B: the 54 B at its end coalesce with f2 (50 B) on "
             "its right, to 104 B at 10."));
  CHECK(story_of(pool).changes.at(10).mark == Mark::coalesced);
  CHECK(story_of(pool).changes.at(10).parts == std::vector<u64>{54, 50});
  pool.alloc(104);
  pool.realloc(3, 100);
  CHECK(says(pool,
             "#3 shrinks in place from 104 to 100 B: the 4 B at its end are free as f3, at 110."));
  CHECK(story_of(pool).changes.at(110).mark == Mark::freed);
}

TEST_CASE("a block that serves the new size as it is stays as it is") {
  Scribe pool(256, {.align = 16});
  pool.alloc(20);
  pool.realloc(0, 30);
  CHECK(told(pool) ==
        "pool_realloc(#0, 30) → resized in place\n"
        "Needs 30 B (rounded up to 16: 32 B).\n"
        "#0 keeps its 32 B, which serve the new size as well: only what was asked for changes, "
        "from 20 to 30 B.");
  CHECK(story_of(pool).changes.at(0).mark == Mark::resized);
  CHECK(story_of(pool).changes.at(0).was_size == 0);
}

TEST_CASE("guards are checked before a block is resized, and written anew after it") {
  Scribe pool(256, {.align = 4, .guards = 4});
  pool.alloc(8);
  SUBCASE("intact") {
    pool.realloc(0, 20);
    CHECK(told(pool) ==
          "pool_realloc(#0, 20) → resized in place\n"
          "Needs 20 + 2×4 guard = 28 B.\n"
          "The guards of #0 are checked: intact.\n"
          "#0 grows in place from 16 to 28 B, into f1 (240 B) on its right: 228 B of it stay free, "
          "at 28.\n"
          "Guards are written: 4 B of AB before the payload, 4 B after it.");
  }
  SUBCASE("damaged: that is told, and mended by the new one") {
    pool.write(12, "X");
    pool.realloc(0, 20);
    CHECK(says(pool,
               "✗ Guard: the back guard of #0 has 1 of 4 bytes overwritten, first at 12 (expected "
               "AB, found 58); good at call 1, bad at call 2: written between them."));
    CHECK(story_of(pool).changes.at(0).mark == Mark::resized);
    CHECK(pool.model().live(0)->back().damaged == 0);
  }
  SUBCASE("its own ones, whatever later blocks get") {
    pool.guards(16);
    pool.realloc(0, 20);
    CHECK(says(pool, "Needs 20 + 2×4 guard = 28 B."));
  }
}

TEST_CASE("a realloc that moves is told as an allocation and a free, and why it moves") {
  Scribe pool(256);
  pool.alloc(32);
  pool.alloc(32);
  pool.realloc(0, 64);
  CHECK(story_of(pool).op == Op::realloc);
  CHECK(told(pool) ==
        "pool_realloc(#0, 64) → moved to 64\n"
        "#0 cannot grow in place: it has 32 B and would need 64, and #1 lies on its right.\n"
        "It moves: a new block is taken, the payload copied, the old block given back.\n"
        "Needs 64 B.\n"
        "First fit takes the lowest address that fits: f1 is the only free block.\n"
        "f1 (192 B) is split: 64 B for #0, 128 B stay free as f1.\n"
        "32 B freed at 0: they become f2; no neighbour is free.");
  const Story story = story_of(pool);
  CHECK(story.changes.at(0).mark == Mark::freed);
  CHECK(story.changes.at(64).mark == Mark::moved);
  CHECK(story.changes.at(128).mark == Mark::rest);
  CHECK(story.changes.at(128).was_size == 192);
}

TEST_CASE("what is on the right of a block is the reason why it cannot grow") {
  Scribe pool = with_room();
  pool.realloc(0, 115);
  CHECK(says(pool,
             "#0 cannot grow in place: it has 64 B and would need 115, and f2 on its right "
             "has only 50 B."));
  pool.alloc(78);
  pool.realloc(3, 79);
  CHECK(says(pool,
             "#3 cannot grow in place: it has 78 B and would need 79, and it lies at the end "
             "of the region."));
}

TEST_CASE("a realloc that fails says which free would let the block grow where it is") {
  Scribe pool(256);
  for (const u64 size : {64, 50, 64, 78}) pool.alloc(size);
  pool.realloc(0, 114);
  CHECK(told(pool) ==
        "pool_realloc(#0, 114) fails\n"
        "#0 cannot grow in place: it has 64 B and would need 114, and #1 lies on its right.\n"
        "Only 0 B are free (114 short): the pool is full.\n"
        "#0 stays as it is.\n"
        "Freeing #1 alone (50 B, right where it is to grow) would have made room.");
  CHECK(story_of(pool).op == Op::realloc_fail);
}
