// The model's bytes: guards, damage and when it is known, fill, ghosts, what is told and forgotten.
// Blocks, numbers and sums are model_spec.cpp's.
#include <doctest/doctest.h>

#include "support/scribe.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Model;

namespace {

/// "X......": what is known of a range, '?' for what is not.
std::string bytes_text(const Model& model, u64 offset, u64 size) {
  std::string text;
  for (u64 at = offset; at < offset + size; ++at) {
    const viz::Byte byte = model.byte(at);
    text += !byte.known                              ? '?'
            : byte.value == viz::guard_byte          ? 'G'
            : byte.value < 0x20 || byte.value > 0x7E ? '~'
                                                     : static_cast<char>(byte.value);
  }
  return text;
}

}  // namespace

TEST_CASE("guards that were written are known to be intact; payload is not known") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(6);
  CHECK(bytes_text(pool.model(), 0, 20) == "GGGG??????GGGGGG????");
  CHECK(pool.model().live(0)->back().good_call == 1);
}

TEST_CASE("damage exists from the call that tells the bytes, and is found by a later check") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.write(0,
             "\xAB\xAB\xAB\xAB"
             "hellooo!!"
             "\xAB\xAB\xAB");
  const viz::Guard& back = pool.model().live(0)->back();
  CHECK(back.damaged == 1);
  CHECK(back.first == 12);
  CHECK(back.good_call == 1);
  CHECK(back.bad_call == 2);
  CHECK(bytes_text(pool.model(), 0, 16) == "GGGGhellooo!!GGG");

  SUBCASE("a check that finds it does not change when it became bad") {
    pool.check_finds(0, "!");
    CHECK(back.damaged == 1);
    CHECK(back.good_call == 1);
    CHECK(back.bad_call == 2);
  }
  SUBCASE("bytes that are right again clear it") {
    pool.write(12, "\xAB");
    CHECK(back.damaged == 0);
    CHECK(back.first == POOL_NONE);
    CHECK(back.bad_call == POOL_NONE);
    CHECK(back.good_call == 3);
  }
}

TEST_CASE("a check that finds damage shows the bytes it found, up to what it showed") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.check_finds(0, "XY");
  CHECK(bytes_text(pool.model(), 0, 16) == "GGGG????????XYGG");
}

TEST_CASE("guards stay in free memory as ghosts until the bytes are taken or told") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.free(0);
  CHECK(bytes_text(pool.model(), 0, 20) == "GGGG????????GGGG????");
  CHECK(pool.model().ghost_guard(3));
  CHECK(pool.model().ghost_guard(12));
  CHECK_FALSE(pool.model().ghost_guard(4));
  SUBCASE("taken") {
    pool.guards(0);
    pool.alloc(2);
    CHECK(bytes_text(pool.model(), 0, 20) ==
          "??"
          "??????????"
          "GGGG????");
    CHECK_FALSE(pool.model().ghost_guard(3));
    CHECK(pool.model().ghost_guard(12));
  }
  SUBCASE("told") {
    pool.write(2, "zz");
    CHECK(bytes_text(pool.model(), 0, 6) == "GGzz??");
    CHECK(pool.model().ghost_guard(1));
    CHECK_FALSE(pool.model().ghost_guard(2));
  }
  SUBCASE("reset leaves them, too") {
    pool.alloc(8);
    pool.reset();
    CHECK(bytes_text(pool.model(), 0, 16) == "GGGG????????GGGG");
  }
}

TEST_CASE("what damaged a guard stays behind with it") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.write(13, "ooh");
  pool.free(0);
  CHECK(bytes_text(pool.model(), 12, 4) == "Gooh");
  CHECK(pool.model().ghost_guard(12));
  CHECK_FALSE(pool.model().ghost_guard(13));
}

TEST_CASE("a pool that fills shows fresh and freed payload as filled") {
  Scribe pool(32, {.align = 4, .guards = 4, .fill = true});
  pool.alloc(6);
  CHECK(bytes_text(pool.model(), 0, 16) == "GGGG000000GGGGGG");
  CHECK(pool.model().byte(4).fill);
  CHECK_FALSE(pool.model().byte(0).fill);
  pool.write(4, "abc");
  CHECK(bytes_text(pool.model(), 0, 16) == "GGGGabc000GGGGGG");
  CHECK_FALSE(pool.model().byte(4).fill);
  pool.free(0);
  CHECK(bytes_text(pool.model(), 0, 16) == "GGGG......GGGGGG");
  SUBCASE("but a reset gives back without a look at payloads") {
    pool.alloc(6);
    pool.reset();
    CHECK(bytes_text(pool.model(), 0, 16) == "GGGG??????GGGGGG");
  }
}

TEST_CASE("new blocks have unknown bytes, whatever was told before") {
  Scribe pool(32);
  pool.alloc(8);
  pool.write(0, "abcdefgh");
  pool.free(0);
  CHECK(bytes_text(pool.model(), 0, 10) == "abcdefgh??");
  pool.alloc(4);
  CHECK(bytes_text(pool.model(), 0, 10) == "????efgh??");
}

TEST_CASE("a block that moves takes what is known of its payload along") {
  Scribe pool(64);
  pool.alloc(8);
  pool.alloc(8);
  pool.write(2, "cd");
  pool.realloc(0, 12);
  CHECK(bytes_text(pool.model(), 16, 12) == "??cd????????");
}

TEST_CASE("a block that grows in place keeps its bytes, and knows nothing of those it wins") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.write(4, "abcdefgh");
  pool.realloc(0, 14);
  CHECK(bytes_text(pool.model(), 0, 28) == "GGGGabcdefgh??????GGGGGG????");
}

TEST_CASE("a block that shrinks in place leaves behind what stood in its tail") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(20);
  pool.write(4, "abcdefghijklmnopqrst");
  SUBCASE("with its old guard") {
    pool.realloc(0, 6);
    CHECK(bytes_text(pool.model(), 0, 32) == "GGGGabcdefGGGGGGmnopqrstGGGG????");
    CHECK(pool.model().ghost_guard(24));
    CHECK_FALSE(pool.model().ghost_guard(15));
  }
  SUBCASE("with what damaged it") {
    pool.write(25, "!");
    pool.realloc(0, 6);
    CHECK(bytes_text(pool.model(), 24, 4) == "G!GG");
    CHECK(pool.model().live(0)->back().damaged == 0);
  }
}

TEST_CASE("a pool that fills fills what a block wins and what it gives back") {
  Scribe pool(64, {.align = 4, .guards = 4, .fill = true});
  pool.alloc(8);
  pool.write(4, "abcdefgh");
  pool.realloc(0, 12);
  CHECK(bytes_text(pool.model(), 0, 20) == "GGGGabcdefgh0000GGGG");
  pool.realloc(0, 4);
  CHECK(bytes_text(pool.model(), 0, 20) == "GGGGabcdGGGG....GGGG");
}

TEST_CASE("an old pointer is remembered until its place is taken") {
  Scribe pool(64, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.free(0);
  REQUIRE(pool.model().freed(4).has_value());
  CHECK(pool.model().freed(4)->number == 0);
  CHECK(pool.model().freed(4)->call == 2);
  CHECK_FALSE(pool.model().freed(5).has_value());
}
