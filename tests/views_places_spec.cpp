// The views where blocks come to lie in new places: a block resized in place, the gap in front of
// an aligned one, the order of next fit's looks. Picture, text, dump and terminal say the same.
#include <doctest/doctest.h>

#include "support/drawing.hpp"
#include "support/dumping.hpp"
#include "view/show.hpp"
#include "view/terminal.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

std::string written(void (*write)(std::ostream&, const viz::Frame&, const viz::ViewOptions&),
                    const Scribe& pool) {
  std::ostringstream out;
  write(out, frame_of(pool), {});
  return out.str();
}

bool show_has(const Scribe& pool, const std::string& part) {
  return written(viz::write_show, pool).find(part) != std::string::npos;
}

bool dump_has(const Scribe& pool, const std::string& part) {
  for (const std::string& line : dump(pool))
    if (line.find(part) != std::string::npos) return true;
  return false;
}

/// #0 (64), f2 (50), #2 (64), f1 (78); #0 then becomes so large.
Scribe resized(u64 size) {
  Scribe pool(256);
  for (const u64 block : {64, 50, 64}) pool.alloc(block);
  pool.free(1);
  pool.realloc(0, size);
  return pool;
}

Scribe aligned() {
  Scribe pool(1024, {.align = 16});
  pool.alloc(40);
  pool.aligned_alloc(256, 100);
  return pool;
}

/// Free: f2 (160 at 48), f3 (208 at 256) and f1 (64 at 960).
Scribe as_it_lies() {
  Scribe pool(1024, {.align = 16});
  for (const u64 size : {40, 160, 40, 200, 40, 440}) pool.alloc(size);
  pool.free(1);
  pool.free(3);
  pool.aligned_alloc(128, 100);
  return pool;
}

}  // namespace

TEST_CASE("a block that grew says how large it was, and the free block what it lost") {
  const Scribe pool = resized(100);
  const Drawing drawing(pool);
  CHECK(drawing.words("list_b0") == "#0 RESIZED was 64");
  CHECK(drawing.words("list_f2") == "f2 REST");
  CHECK(card_words(drawing, "f2") == "f2 14 B was 50 ↔");
  CHECK(drawing.node("bar_before") != "");
  CHECK(show_has(pool, "100 B at 0   resized, was 64 B\n"));
  CHECK(show_has(pool, "100  114  rest, was 50 B\n"));
  CHECK(dump_has(pool, "changed=resized was=64"));
  CHECK(written(viz::write_terminal, pool).find("[#0* 100 ") != std::string::npos);
}

TEST_CASE(
    "a block that shrank shows the tail in what it coalesced with, or as a block of its own") {
  const Drawing into(resized(10));
  CHECK(into.words("list_f2") == "f2 COALESCED");
  CHECK(card_words(into, "f2") == "f2 104 B 54 + 50");
  Scribe pool = resized(114);
  pool.realloc(0, 100);
  CHECK(Drawing(pool).words("list_f3") == "f3 FREED");
  CHECK(show_has(pool, "100  114  freed\n"));
  CHECK(dump_has(pool, "changed=freed"));
}

TEST_CASE("a block that is resized and stays as large as it was is marked, and nothing else") {
  Scribe pool(256, {.align = 16});
  pool.alloc(20);
  pool.realloc(0, 30);
  CHECK(Drawing(pool).words("list_b0") == "#0 RESIZED");
  CHECK(show_has(pool, "30 B at 0  resized\n"));
  CHECK(dump_has(pool, "changed=resized"));
  CHECK_FALSE(dump_has(pool, "was="));
}

TEST_CASE("the gap in front of an aligned block is a free block with a word of its own") {
  const Scribe pool = aligned();
  const Drawing drawing(pool);
  CHECK(ids_of(drawing) == "b0 f2 b1 f1");
  CHECK(drawing.words("list_f2") == "f2 GAP");
  CHECK(drawing.words("list_f1") == "f1 REST look 1 976 ≥ 352 ✓");
  CHECK(drawing.words("pointer_0") == "the payload: 256 = 1 × 256");
  CHECK(drawing.words("free_list_frame").find("needed 352 B with the gap: 1 of 1 fits") !=
        std::string::npos);
  CHECK(show_has(pool,
                 "search for 352 B, first fit\n"
                 "  look 1  f1  976 B  at 48  fits: taken, 208 + 112 B with the gap\n"));
  CHECK(show_has(pool, "gap in front, was 976 B\n"));
  CHECK(dump_has(pool, "changed=gap was=976"));
}

TEST_CASE("in a caller's buffer the picture says that the address counts") {
  Scribe pool(1024, {.align = 16, .base = 0x30});
  pool.aligned_alloc(64, 10);
  CHECK(Drawing(pool).words("pointer_0") == "the payload, its address a multiple of 64");
}

TEST_CASE("a free block that is large enough and lies wrong says what gap it would need") {
  const Scribe pool = as_it_lies();
  const Drawing drawing(pool);
  CHECK(drawing.words("list_f2") == "f2 look 1 80 + 112 &gt; 160 ✗");
  CHECK(drawing.words("list_f3") == "f3 REST look 2 0 + 112 ≤ 208 ✓");
  CHECK(show_has(pool, "look 1  f2  160 B  at 48   lies wrong: 80 + 112 B with the gap\n"));
}

TEST_CASE("next fit's looks are counted along its walk, in picture and text alike") {
  Scribe pool(100, {.policy = POOL_NEXT});
  for (int i = 0; i < 3; ++i) pool.alloc(30);
  pool.free(0);
  pool.alloc(20);
  const Drawing drawing(pool);
  CHECK(drawing.words("list_f2") == "f2 REST look 2 30 ≥ 20 ✓");
  CHECK(drawing.words("list_f1") == "f1 look 1 10 &lt; 20 ✗");
  CHECK(drawing.words("pointer_0") == "next fit looks from 90");
  CHECK(show_has(pool,
                 "  look 1  f1  10 B  at 90  too small, 10 short\n"
                 "  look 2  f2  30 B  at 0   fits: taken\n"));
}
