// The rules of check, one by one: a log with one thing wrong is caught, and the rule is named.
// The fault is planted into the text of a right log; what is expected is the whole sentence. R7,
// R12 and R20 are check_places_spec.cpp's, R21 and R22 check_freed_spec.cpp's.
#include "event/table.hpp"
#include "support/checking.hpp"

using namespace mempool;
using namespace mempool::tests;

TEST_CASE("R1 opening: the first event tells the pool, the last one is the last") {
  Scribe pool = two_blocks();
  const std::string text = pool.text();
  CHECK(broken(first_line()) == "line 1 (the log): R1 opening: there is no event to check");
  CHECK(broken(first_line() + pool.lines()[2]) ==
        "line 2 (pool 1, call 1, alloc): R1 opening: the pool's first event is `alloc`");
  pool.destroy();
  pool.end();
  CHECK(broken(pool.text()) == "");
  CHECK(broken(pool.text() + pool.lines()[1]) ==
        "line 11 (pool 1, call 1, split): R1 opening: the log was ended before");
  Scribe gone(64);
  gone.destroy();
  CHECK(broken(gone.text() + R"({"seq":3,"pool":1,"call":2,"event":"note"})"
                             "\n") ==
        "line 4 (pool 1, call 2, note): R1 opening: the pool was destroyed");
}

TEST_CASE("R2 sequence: no event is missing, unless `dropped` says so") {
  const std::string text = two_blocks().text();
  CHECK(broken(replaced(text, R"("seq":3)", R"("seq":4)")) ==
        "line 4 (pool 1, call 1, alloc): R2 sequence: seq is 4, 3 was expected");
  const std::string dropped = R"({"seq":9,"pool":1,"call":4,"event":"dropped","from":6,"to":8})"
                              "\n";
  CHECK(broken(text + dropped) == "");
  CHECK(broken(text + replaced(dropped, R"("from":6)", R"("from":7)")) ==
        "line 7 (pool 1, call 4, dropped): R2 sequence: `dropped` names the events 7 to 8 and has "
        "seq 9, after seq 5");
  const std::string later =
      R"({"seq":10,"pool":1,"call":5,"event":"free","block":9,"offset":7,"size":1})"
      "\n";
  CHECK(checked(text + dropped + later).unchecked == 2);
}

TEST_CASE("R3 calls: they are numbered one by one, from the creation on") {
  const std::string text = Scribe(64).text();
  CHECK(broken(replaced(text, R"("call":0)", R"("call":1)")) ==
        "line 2 (pool 1, call 1, create): R3 calls: the creation is call 1, not 0");
  const std::string note = R"({"seq":2,"pool":1,"call":1,"event":"note","text":"x"})"
                           "\n";
  CHECK(broken(text + note) == "");
  CHECK(broken(text + replaced(note, R"("call":1)", R"("call":2)")) ==
        "line 3 (pool 1, call 2, note): R3 calls: the call is 2, after call 0");
}

TEST_CASE("R4 order: the events of a call come in groups") {
  Scribe pool = two_blocks({.align = 1, .guards = 4});
  SUBCASE("two allocations in one call") {
    const std::string text =
        replaced(pool.text(), R"("seq":6,"pool":1,"call":2)", R"("seq":6,"pool":1,"call":1)");
    CHECK(broken(text) ==
          "line 7 (pool 1, call 1, split): R4 order: `split` follows `guard_write`, but a call "
          "takes one block, and before all else");
  }
  SUBCASE("a split that nobody takes") {
    std::string text = pool.text();
    text.resize(text.rfind("{\"seq\":7"));
    text += R"({"seq":7,"pool":1,"call":2,"event":"note","text":"x"})"
            "\n";
    CHECK(broken(text) ==
          "line 8 (pool 1, call 2, note): R4 order: `note` follows `split`, but what a split cuts "
          "off is handed out next");
  }
  SUBCASE("a block that moves and leaves its old place used") {
    pool.realloc(0, 100);
    std::string text = pool.text();
    text.resize(text.rfind("{\"seq\":14"));
    text += R"({"seq":14,"pool":1,"call":4,"event":"note","text":"x"})"
            "\n";
    CHECK(broken(text) ==
          "line 14 (pool 1, end of call 3): R4 order: #0 moved, but its old place was not freed");
  }
  SUBCASE("another allocator may order its events as it likes") {
    pool.note("x");
    CHECK(broken_for_any(replaced(pool.text(), R"("call":3)", R"("call":2)")) == "");
  }
}

TEST_CASE("R5 numbers: in order of attempt, and of blocks that live") {
  Scribe pool = two_blocks();
  CHECK(broken(replaced(pool.text(), R"("block":1,)", R"("block":2,)")) ==
        "line 6 (pool 1, call 2, alloc): R5 numbers: the allocation is #2, but #1 is next");
  pool.free(0);
  CHECK(broken(replaced(pool.text(), R"("free","block":0)", R"("free","block":1)")) ==
        "line 7 (pool 1, call 3, free): R5 numbers: #1 lives at 64, but at 0 there is #0");
  CHECK(broken(replaced(pool.text(), R"("free","block":0)", R"("free","block":7)")) ==
        "line 7 (pool 1, call 3, free): R5 numbers: #7 does not live; at 0 there is #0");
  CHECK(broken(replaced(pool.text(), R"("offset":0,"size":64})", R"("offset":0,"size":60})")) ==
        "line 7 (pool 1, call 3, free): R5 numbers: #0 at 0 (64 bytes) gives back 60 bytes");
}

TEST_CASE("R6 geometry: alignment, front guard, rounding") {
  Scribe pool(256, {.align = 16, .guards = 8});
  pool.alloc(20);
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("payload":16)", R"("payload":8)")) ==
        "line 4 (pool 1, call 1, alloc): R6 geometry: the payload starts at 8, but 16 bytes of "
        "front guard from 0 end at 16");
  CHECK(broken(replaced(text, R"("requested":20)", R"("requested":30)")) ==
        "line 4 (pool 1, call 1, alloc): R6 geometry: the block has 48 bytes, but 30 asked for "
        "need 64");
  CHECK(broken(replaced(text, R"("capacity":256)", R"("capacity":250)")) ==
        "line 2 (pool 1, call 0, create): R6 geometry: capacity 250 is no multiple of 16");
  pool.alloc(1000);
  CHECK(broken(replaced(pool.text(), R"("needed":1024)", R"("needed":1008)")) ==
        "line 7 (pool 1, call 2, alloc_fail): R6 geometry: 1000 bytes need a block of 1024, not of "
        "1008");
}

TEST_CASE("R8 inside: a block is taken from free memory of the region") {
  const std::string text = two_blocks().text();
  CHECK(broken_for_any(replaced(text, R"("offset":64,"size":64,"payload":64)",
                                R"("offset":32,"size":64,"payload":32)")) ==
        "line 6 (pool 1, call 2, alloc): R8 inside: the place is not free: #0 at 0 (64 bytes) lies "
        "there");
  CHECK(broken_for_any(replaced(text, R"("offset":64,"size":64,"payload":64)",
                                R"("offset":250,"size":64,"payload":250)")) ==
        "line 6 (pool 1, call 2, alloc): R8 inside: 64 bytes at 250 are not inside the region of "
        "256");
  CHECK(broken_for_any(replaced(text, R"("payload":64)", R"("payload":100)")) ==
        "line 6 (pool 1, call 2, alloc): R8 inside: its sizes and offsets fit neither each other "
        "nor the pool");
}

TEST_CASE("R9 split: the parts add up, and one of them is taken whole") {
  Scribe pool = two_blocks();
  CHECK(broken(replaced(pool.text(), R"("rest_size":192)", R"("rest_size":190)")) ==
        "line 3 (pool 1, call 1, split): R9 split: 64 bytes at 0 and 190 at 64 are not the parts "
        "of f1 at 0 (256 bytes)");
  CHECK(broken(replaced(pool.text(), R"("offset":0,"size":64,"rest)",
                        R"("offset":8,"size":64,"rest)")) ==
        "line 3 (pool 1, call 1, split): R9 split: no block starts at 8");
  std::string text = pool.text();
  text = replaced(text, pool.lines()[3], "");
  text = replaced(text, R"("seq":5)", R"("seq":4)");
  CHECK(broken(text) ==
        "line 5 (pool 1, call 2, alloc): R9 split: 64 bytes at 64 are not the whole of f1 at 64 "
        "(192 bytes): a split was to come first");
  CHECK(broken_for_any(text) == "");
}

TEST_CASE("R10 coalesce: two neighbours, both free, on the side that is said") {
  Scribe pool = two_blocks();
  pool.free(1);
  const std::string text = pool.text();
  const std::string where = "line 8 (pool 1, call 3, coalesce): R10 coalesce: ";
  CHECK(broken(replaced(text, R"("side":"right")", R"("side":"left")")) ==
        where + "the left neighbour is f2 at 64 (64 bytes), not 128 bytes at 128");
  CHECK(broken(replaced(text, R"("size":192,"with)", R"("size":190,"with)")) ==
        where + "f2 at 64 (64 bytes) and f1 at 128 (128 bytes) make 192 bytes, not 190");
  CHECK(broken(replaced(text, R"("coalesce","offset":64)", R"("coalesce","offset":0)")) ==
        where + "#0 at 0 (64 bytes) is not free");
}

TEST_CASE("R11 guards: written when they are on, checked before their block goes") {
  Scribe pool(256, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.free(0);
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  const auto without = [&](std::size_t line) {
    std::string shorter = replaced(text, pool.lines()[line], "");
    for (std::size_t seq = line + 2; seq <= pool.lines().size(); ++seq)
      shorter = replaced(shorter, "{\"seq\":" + std::to_string(seq) + ",",
                         "{\"seq\":" + std::to_string(seq - 1) + ",");
    return shorter;
  };
  CHECK(broken(without(4)) ==
        "line 5 (pool 1, end of call 1): R11 guards: the back guard of #0 was not written");
  CHECK(broken(without(5)) ==
        "line 8 (pool 1, call 2, free): R11 guards: the front guard of #0 was not checked before "
        "it goes");
  CHECK(broken(replaced(text, R"("guard_write","block":0,"side":"back","offset":12,"size":4)",
                        R"("guard_write","block":0,"side":"back","offset":13,"size":3)")) ==
        "line 6 (pool 1, call 1, guard_write): R11 guards: the back guard of #0 is 12 to 16, not "
        "13 to 16");
  CHECK(broken(replaced(text, R"("guard_write","block":0,"side":"back")",
                        R"("guard_write","block":0,"side":"left")")) ==
        "line 6 (pool 1, call 1, guard_write): R11 guards: the side is neither front nor back");
  CHECK(broken(replaced(text, R"("guards":4)", R"("guards":0)")) ==
        "line 4 (pool 1, call 1, alloc): R6 geometry: the payload starts at 4, but 0 bytes of "
        "front guard from 0 end at 0");
  pool.alloc(8);
  pool.guards(0);
  CHECK(broken(pool.text()) == "");
  CHECK(broken(replaced(pool.text(), R"("enabled":true,"guard_size":4,"ok":false)",
                        R"("enabled":false,"guard_size":0,"ok":true)")) ==
        "line 15 (pool 1, call 4, guards): R11 guards: they are off though 1 blocks live");
}

TEST_CASE("R11 guards: the bytes shown of a damaged guard agree with what is told of it") {
  Scribe pool(256, {.align = 4, .guards = 8});
  pool.alloc(8);
  pool.check_finds(0, "ABC");
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  const auto says = [&](const char* what, const char* by) {
    const std::string where = "line 7 (pool 1, call 2, guard_check): R11 guards: ";
    const std::string said = broken(replaced(text, what, by));
    CHECK(said.starts_with(where));
    return said.substr(std::min(where.size(), said.size()));
  };
  CHECK(says("back\",\"offset\":16,\"size\":8,\"damaged",
             "left\",\"offset\":16,\"size\":8,\"damaged") == "the side is neither front nor back");
  CHECK(says(R"("expected":"ababab")", R"("expected":"abab")") ==
        "not as many bytes are found as are expected");
  CHECK(says(R"("expected":"ababab")", R"("expected":"abaaab")") ==
        "the bytes expected are not those of a guard");
  CHECK(says(R"("found":"414243")", R"("found":"ab4243")") ==
        "the first bad byte is as it should be");
  CHECK(says(R"("damaged":3)", R"("damaged":2)") ==
        "the bad bytes shown are not as many as are told");
  CHECK(says(R"("first":16)", R"("first":22)") == "the bytes shown reach beyond the guard");
  CHECK(says(R"("first":16)", R"("first":24)") == "bytes are shown where none is bad");
}

TEST_CASE("R13 failure: the figures are right and the reason follows from them") {
  Scribe pool = two_blocks();
  pool.free(0);
  pool.alloc(150);
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  const std::string where = "line 8 (pool 1, call 4, alloc_fail): R13 failure: ";
  CHECK(broken(replaced(text, R"("free":192)", R"("free":191)")) ==
        where + "192 bytes are free, not 191");
  CHECK(broken(replaced(text, R"("largest":128)", R"("largest":130)")) ==
        where + "the largest free block has 128 bytes, not 130");
  CHECK(broken(replaced(text, "fragmented", "full")) ==
        where + "150 needed of 192 free, the largest 128: the reason is fragmented, not full");
  CHECK(broken(
            replaced(text, R"("requested":150,"needed":150)", R"("requested":120,"needed":120)")) ==
        where + "120 bytes fit into the largest free block of 128");
  CHECK(broken(replaced(
            replaced(text, R"("requested":150,"needed":150)", R"("requested":120,"needed":120)"),
            "fragmented", "no_record")) == "");
}

TEST_CASE("R14 misuse: what is misused is no live pointer") {
  Scribe pool = two_blocks();
  pool.free(0);
  pool.misuse(POOL_ERROR_DOUBLE_FREE, 0);
  pool.misuse(POOL_ERROR_INTERIOR_FREE, 70, 1);
  CHECK(broken(pool.text()) == "");
  CHECK(broken(
            replaced(pool.text(), R"("double_free","offset":0)", R"("double_free","offset":64)")) ==
        "line 8 (pool 1, call 4, misuse): R14 misuse: 64 lies in #1 at 64 (64 bytes), which was "
        "not freed");
  CHECK(broken(replaced(pool.text(), R"("offset":70)", R"("offset":64)")) ==
        "line 9 (pool 1, call 5, misuse): R14 misuse: 64 is the payload of #1 at 64 (64 bytes): it "
        "can be freed");
  CHECK(broken(replaced(pool.text(), R"("offset":70,"block":1)", R"("offset":70,"block":0)")) ==
        "line 9 (pool 1, call 5, misuse): R14 misuse: 70 lies in #1 at 64 (64 bytes), not in #0");
}

TEST_CASE("R15 bytes: they are of live blocks") {
  Scribe pool = two_blocks();
  pool.write(0, "abcd");
  CHECK(broken(pool.text()) == "");
  CHECK(
      broken(replaced(pool.text(), R"("bytes","offset":0)", R"("bytes","offset":253)")) ==
      "line 7 (pool 1, call 3, bytes): R15 bytes: 4 bytes at 253 are not inside the region of 256");
  const std::string elsewhere =
      replaced(pool.text(), R"("bytes","offset":0)", R"("bytes","offset":126)");
  CHECK(broken(elsewhere) ==
        "line 7 (pool 1, call 3, bytes): R15 bytes: the byte at 128 is not of a live block");
  CHECK(broken_for_any(elsewhere) == "");
}

TEST_CASE("R16 counts: what an event counts is what there is") {
  Scribe pool = two_blocks();
  pool.destroy();
  pool.end();
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("live_blocks":2)", R"("live_blocks":3)")) ==
        "line 9 (pool 1, call 3, destroy): R16 counts: live blocks: 3 said, 2 counted");
  CHECK(broken(replaced(text, R"("live_bytes":128)", R"("live_bytes":64)")) ==
        "line 9 (pool 1, call 3, destroy): R16 counts: live bytes: 64 said, 128 counted");
  CHECK(
      broken(replaced(text, R"("leak","block":1,"offset":64)", R"("leak","block":0,"offset":0)")) ==
      "line 8 (pool 1, call 3, leak): R16 counts: #0 leaks twice");
  CHECK(broken(replaced(text, R"("events":8)", R"("events":9)")) ==
        "line 10 (the log, end): R16 counts: events: 9 said, 8 counted");
  Scribe reset = two_blocks();
  reset.reset();
  CHECK(broken(replaced(reset.text(), R"("live_blocks":2)", R"("live_blocks":1)")) ==
        "line 7 (pool 1, call 3, reset): R16 counts: live blocks: 1 said, 2 counted");
}

TEST_CASE("R17 snapshot: it tells what it says, and what earlier events left") {
  Scribe pool = two_blocks();
  pool.snapshot();
  pool.note("x");
  const std::string text = pool.text();
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("blocks":3)", R"("blocks":4)")) ==
        "line 10 (pool 1, end of call 3): R17 snapshot: 1 blocks that were said did not come");
  CHECK(broken(replaced(text, R"("allocs":2)", R"("allocs":3)")) ==
        "line 7 (pool 1, call 3, snapshot): R17 snapshot: 2 allocations were tried, not 3");
  CHECK(broken(replaced(text, R"("event":"block","block":1)", R"("event":"block","block":5)")) ==
        "line 9 (pool 1, call 3, block): R5 numbers: #5 was never tried");
  CHECK(broken(replaced(text, R"("payload":64,"requested":64,"guard":0)",
                        R"("payload":64,"requested":62,"guard":2)")) ==
        "line 9 (pool 1, call 3, block): R6 geometry: 64 bytes at 64 with the payload at 64 are no "
        "block for 62 bytes with guards of 2");
  const std::string other =
      replaced(replaced(text, R"("offset":64,"size":64,"payload":64,"requested":64,"guard":0)",
                        R"("offset":64,"size":60,"payload":64,"requested":60,"guard":0)"),
               R"("block","offset":128,"size":128)", R"("block","offset":124,"size":132)");
  CHECK(broken(other) ==
        "line 9 (pool 1, call 3, block): R17 snapshot: 60 bytes at 64 are told, but there was #1 "
        "at 64 (64 bytes)");
  // After calls that were not logged, it may tell anything.
  std::string skipped = other;
  for (std::size_t at; (at = skipped.find("\"call\":3")) != std::string::npos;)
    skipped.replace(at, 8, "\"call\":7");
  CHECK(broken(replaced(skipped, "\"call\":4", "\"call\":8")) == "");
}

TEST_CASE("R18 tiling: the blocks cover the region") {
  Scribe pool = two_blocks();
  pool.snapshot();
  pool.note("x");
  std::string text = first_line();
  for (std::size_t i = 5; i < pool.lines().size(); ++i) text += pool.lines()[i];
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("offset":128,"size":128)", R"("offset":128,"size":100)")) ==
        "line 5 (pool 1, end of call 3): R18 tiling: the blocks cover 0 to 228 of a region of 256");
  CHECK(broken(replaced(text, R"("offset":128,"size":128)", R"("offset":130,"size":126)")) ==
        "line 5 (pool 1, call 3, block): R18 tiling: the next block starts at 130, the last ended "
        "at 128");
}

TEST_CASE("R19 coalesced: no two free blocks stay neighbours") {
  Scribe pool = two_blocks();
  pool.free(1);
  const std::string coalesce = pool.lines().back();
  pool.note("x");
  const std::string text =
      replaced(replaced(pool.text(), coalesce, ""), R"("seq":8)", R"("seq":7)");
  CHECK(broken(text) ==
        "line 7 (pool 1, end of call 3): R19 coalesced: f2 at 64 (64 bytes) and f1 at 128 (128 "
        "bytes) are neighbours and both free");
  CHECK(broken_for_any(text) == "");
}
