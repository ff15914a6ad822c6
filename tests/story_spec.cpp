// The story: what a call did and why, in words, and what the views mark. Expected are whole
// sentences: they are what a student reads. Searches are story_search_spec.cpp's.
#include <doctest/doctest.h>

#include "support/stories.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Mark;
using viz::Op;
using viz::Radix;
using viz::Story;

TEST_CASE("an allocation is told with the sum that makes its block, the search and the split") {
  Scribe pool = four_holes();
  pool.alloc(56);
  CHECK(told(pool, Radix::hex) ==
        "pool_alloc(56) → #6 at 0xE0\n"
        "Needs 56 + 2×8 guard = 72 B.\n"
        "First fit takes the lowest address that fits: a list walk would look at 3 of 4 free "
        "blocks, passing f2 (48) and f3 (40).\n"
        "Best and good fit would take it too; next and worst fit would take f1 (584 B).\n"
        "f4 (160 B) is split: 72 B for #6, 88 B stay free as f4.\n"
        "Guards are written: 8 B of AB before the payload, 8 B after it.");
  const Story story = story_of(pool);
  CHECK(story.op == Op::alloc);
  CHECK(story.number == 6);
  CHECK(story.needed == 72);
  CHECK(story.looked_at == 3);
  CHECK(story.fits == 2);
}

TEST_CASE("the need is a sum that always adds up") {
  const auto need = [](u64 align, u64 guards, u64 size) {
    Scribe pool(4096, {.align = align, .guards = guards});
    pool.alloc(size);
    return story_of(pool).sentences.at(0);
  };
  CHECK(need(1, 0, 100) == "Needs 100 B.");
  CHECK(need(16, 0, 100) == "Needs 100 B (rounded up to 16: 112 B).");
  CHECK(need(16, 8, 13) ==
        "Needs 16 front guard + 13 + 8 back guard = 37 B (rounded up to 16: 48 B).");
  CHECK(need(16, 16, 13) == "Needs 13 + 2×16 guard = 45 B (rounded up to 16: 48 B).");
  CHECK(need(16, 0, 0) == "Needs 0 B, but every block has at least 16 B.");
}

TEST_CASE("a block that fits exactly is not split") {
  Scribe pool = four_holes();
  pool.alloc(32);
  CHECK(says(pool, "f2 (48 B) fits exactly: nothing is split off."));
  CHECK(story_of(pool).changes.size() == 1);
}

TEST_CASE("a failure says how much is missing, what is free, and which free would have helped") {
  Scribe pool(1000);
  for (const u64 size : {120, 200, 120, 200, 120}) pool.alloc(size);
  pool.alloc(240);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  pool.alloc(150);
  CHECK(told(pool) ==
        "pool_alloc(150) fails\n"
        "No single free block has 150 B: the largest, f2, has 120 (30 short), though 360 are free: "
        "external fragmentation.\n"
        "Freeing #1 (440 B with its free neighbours), #3 (440 B with its free neighbours) or #5 "
        "(360 B with its free neighbours) would have made room.");
  CHECK(story_of(pool).op == Op::alloc_fail);
  CHECK(story_of(pool).fits == 0);
  pool.alloc(400);
  CHECK(says(pool,
             "Only 360 B are free (40 short): the pool is full.\n"
             "Freeing #1 (440 B with its free neighbours) or #3 (440 B with its free "
             "neighbours) would have made room."));
  pool.alloc(500);
  CHECK(says(pool, "No single free would have made room."));
  pool.alloc(u64_max);
  CHECK(says(pool, "The whole region has 1000 B: this can never be served."));
}

TEST_CASE("a free tells the neighbours it touches and what they become") {
  Scribe pool(256);
  for (int i = 0; i < 4; ++i) pool.alloc(50);
  pool.free(1);
  CHECK(told(pool) == "pool_free(#1)\n50 B freed at 50: they become f2; no neighbour is free.");
  pool.free(2);
  CHECK(says(pool,
             "50 B freed; it touches f2 (50 B) on its left: coalesced to one block of 100 B, f2."));
  CHECK(story_of(pool).changes.at(50).parts == std::vector<u64>{50, 50});
  pool.free(3);
  CHECK(says(pool,
             "50 B freed; it touches f1 (56 B) on its right and f2 (100 B) on its left: "
             "coalesced to one block of 206 B, f2."));
  CHECK(story_of(pool).changes.at(50).parts == std::vector<u64>{100, 50, 56});
}

TEST_CASE("damage is told with the window in which it happened") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.note("before");
  pool.write(12, "XYZ");
  CHECK(says(
      pool,
      "✗ Guard: the back guard of #0 has 3 of 4 bytes overwritten, first at 12 "
      "(expected AB AB AB, found 58 59 5A); good at call 1, bad at call 3: written between them."));
  CHECK(story_of(pool).changes.at(0).mark == Mark::found_damaged);
  pool.free(0);
  CHECK(
      told(pool, Radix::hex) ==
      "pool_free(#0)\n"
      "✗ Guard: the back guard of #0 has 3 of 4 bytes overwritten, first at 0xC "
      "(expected AB AB AB, found 58 59 5A); good at call 1, bad at call 3: written between them.\n"
      "16 B freed; it touches f1 (48 B) on its right: coalesced to one block of 64 B, f2.");
}

TEST_CASE("written bytes are those that were not known so; known ones that change mark a block") {
  Scribe pool(64);
  pool.alloc(8);
  pool.write(0, "abcdefgh");
  Story story = story_of(pool);
  REQUIRE(story.written.size() == 1);
  CHECK(story.written[0].size == 8);
  CHECK(story.changes.empty());
  pool.write(0, "abXdefYY");
  story = story_of(pool);
  REQUIRE(story.written.size() == 2);
  CHECK(story.written[0].offset == 2);
  CHECK(story.written[1].offset == 6);
  CHECK(story.written[1].size == 2);
  CHECK(story.changes.at(0).mark == Mark::written);
  CHECK(says(pool, "8 bytes of the region are recorded; 3 of them are new or changed."));
}

TEST_CASE("misuse is explained in plain words") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.alloc(8);
  pool.free(0);
  pool.misuse(POOL_ERROR_DOUBLE_FREE, 4);
  CHECK(told(pool) ==
        "pool_free(...): double free of #0\n"
        "Offset 4 was the pointer of #0, which was given back at call 3.\n"
        "It is reported, and nothing is changed.");
  CHECK(story_of(pool).number == 0);
  pool.misuse(POOL_ERROR_INTERIOR_FREE, 23, 1);
  CHECK(says(pool,
             "Offset 23 lies inside #1, 3 bytes behind its first byte at 20: only the "
             "pointer that pool_alloc returned can be freed."));
  pool.misuse(POOL_ERROR_WRONG_POOL, POOL_NONE);
  CHECK(says(pool, "The pointer lies in another pool's region: it must be freed there."));
  pool.misuse(POOL_ERROR_BAD_ARGUMENT, POOL_NONE);
  CHECK(story_of(pool).title == "misuse: bad argument");
}

TEST_CASE("leaks are named when the pool goes") {
  Scribe pool(256);
  pool.alloc(10);
  pool.alloc(20);
  pool.alloc(30);
  pool.free(1);
  pool.destroy();
  CHECK(told(pool) ==
        "pool_destroy\n2 blocks (40 B asked for) were never freed: #0 (10 B) and #2 (30 B).");
}

TEST_CASE("the other calls have their titles") {
  CHECK(told(Scribe(1024, {.align = 16, .guards = 16, .name = "net"})) ==
        "pool_create(1024)\n"
        "The pool \"net\" opens with 1024 B, all in one free block: alignment 16, first fit, "
        "guards of 16 B.");
  Scribe pool(64);
  pool.guards(8);
  CHECK(story_of(pool).title == "pool_enable_guards(8)");
  pool.guards(0);
  CHECK(story_of(pool).title == "pool_disable_guards");
  pool.note("half way");
  CHECK(told(pool) == "note: half way");
  pool.alloc(8);
  pool.write(0, "x");
  CHECK(story_of(pool).title == "pool_dump");
  CHECK(story_of(pool).op == Op::dump);
  pool.reset();
  CHECK(told(pool) ==
        "pool_reset\nEverything is free again, in one block, f2.\n"
        "1 block (8 B asked for) was live; pointers into the pool are dead.");
  pool.snapshot();
  CHECK(story_of(pool).op == Op::snapshot);
}

TEST_CASE("text from the program cannot speak to the terminal") {
  Scribe pool(64, {.name = "a\x1b[2J"});
  CHECK(says(pool, "The pool \"a~[2J\" opens"));
  pool.note("b\x1b]0;title\x07\xC2\x9B");
  CHECK(told(pool) == "note: b~]0;title~~");
}

TEST_CASE("a single event is told by its own narration") {
  Scribe pool(256);
  pool.alloc(64);
  const viz::Frame frame = frame_of(pool.text(), {.call = {}, .seq = 2, .pool = {}});
  const Story story = viz::tell(frame, Radix::dec);
  CHECK(story.title == "event 2: split");
  REQUIRE(story.sentences.size() == 1);
  CHECK(story.sentences[0] == "the free block at 0 is cut to 64 bytes; 192 stay free at 64");
  CHECK(story.changes.at(64).mark == Mark::rest);
  CHECK(story.trail.empty());
}

TEST_CASE("the sums name their terms") {
  Scribe pool(1024, {.align = 8, .guards = 8});
  CHECK(viz::sum_of_bytes(pool.model()) == "1024 B = used 0 + free 1024");
  pool.alloc(64);
  pool.alloc(64);
  pool.free(0);
  CHECK(viz::sum_of_bytes(pool.model()) == "1024 B = used 80 (payload 64 + guards 16) + free 944");
  CHECK(viz::sum_of_fragmentation(pool.model()) == "external fragmentation = 1 - 864/944 = 8 %");
  Scribe padded(16, {.align = 16});
  padded.alloc(9);
  CHECK(viz::sum_of_bytes(padded.model()) == "16 B = used 16 (payload 9 + padding 7) + free 0");
  CHECK(viz::sum_of_fragmentation(padded.model()) == "external fragmentation: nothing is free");
  CHECK(viz::offset_text(472, Radix::hex) == "0x1D8");
  CHECK(viz::offset_text(472, Radix::dec) == "472");
}
