// Specs of the narration: the sentence for every kind of event, in every form it has.
//
// The table below must say each alternative of each kind in the list, so a new event or a new
// alternative needs its row here. Whether a narration can be said at all is checked when
// src/explain/narrate.cpp is compiled.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "event/table.hpp"
#include "explain/narrate.hpp"

using namespace mempool;
using explain::narrate;

namespace {

struct Said {
  pool_event event;
  std::string sentence;
};

/// An event whose fields are set by a function.
template <class Set>
pool_event with(u32 kind, Set set) {
  pool_event event = event::make(kind);
  set(event.as);
  return event;
}

constexpr u8 guard_bytes[] = {0xAB, 0xAB, 0xAB};
constexpr u8 damaged_bytes[] = {0x00, 0x7F, 0xAB};
constexpr u8 poison_bytes[] = {0xDD, 0xDD};
constexpr u8 written_bytes[] = {0x41, 0xDD};

std::vector<Said> about_pools() {
  return {
      {with(POOL_EVENT_CREATE,
            [](auto& as) {
              as.create = {1024, 16, 3, 8, 0x1f00, "demo", 0, 0, POOL_NONE, 0, nullptr};
            }),
       "pool demo opens: 1024 bytes, alignment 16, best fit, guards of 8 bytes"},
      {with(
           POOL_EVENT_CREATE,
           [](auto& as) { as.create = {1024, 16, 1, 0, 0, nullptr, 0, 0, POOL_NONE, 0, nullptr}; }),
       "a pool opens: 1024 bytes, alignment 16, first fit, guards of 0 bytes"},
  };
}

std::vector<Said> about_blocks() {
  return {
      {with(POOL_EVENT_ALLOC, [](auto& as) { as.alloc = {17, 472, 72, 480, 56, POOL_NONE}; }),
       "#17 takes 72 bytes at 472; its 56 payload bytes start at 480"},
      {with(POOL_EVENT_ALLOC, [](auto& as) { as.alloc = {17, 504, 72, 512, 56, 256}; }),
       "#17 takes 72 bytes at 504; its 56 payload bytes start at 512, aligned to 256"},
      {with(POOL_EVENT_ALLOC_FAIL,
            [](auto& as) {
              as.alloc_fail = {5, 150, 160, 360, 120, POOL_FAIL_FRAGMENTED, POOL_NONE};
            }),
       "#5 cannot be had: 150 bytes need a block of 160, 360 are free, the largest free block has "
       "120 (fragmented)"},
      {with(POOL_EVENT_ALLOC_FAIL,
            [](auto& as) { as.alloc_fail = {5, 150, 160, 360, 200, POOL_FAIL_FRAGMENTED, 256}; }),
       "#5 cannot be had: 150 bytes aligned to 256 need a block of 160, 360 are free, the largest "
       "free block has 200 (fragmented)"},
      {with(POOL_EVENT_SPLIT,
            [](auto& as) {
              as.split = {472, 72, 544, 88};
            }),
       "the free block at 472 is cut to 72 bytes; 88 stay free at 544"},
      {with(POOL_EVENT_FREE,
            [](auto& as) {
              as.free = {17, 472, 72};
            }),
       "#17 gives back its 72 bytes at 472"},
      {with(POOL_EVENT_COALESCE,
            [](auto& as) {
              as.coalesce = {432, 184, 544, 88, 4};
            }),
       "the freed block coalesces with its right neighbour (88 bytes at 544): one free block of "
       "184 bytes at 432"},
      {with(POOL_EVENT_SNAPSHOT,
            [](auto& as) { as.snapshot = {1024, 16, 1, 0, 0, nullptr, 0, 9, 4, 0, POOL_NONE, 0}; }),
       "the log opens on a pool in use: 1024 bytes, 4 blocks"},
      {with(POOL_EVENT_BLOCK, [](auto& as) { as.block = {7, 64, 80, 64, 72, 0, 0}; }),
       "#7 is live: 80 bytes at 64, 72 asked for"},
      {with(POOL_EVENT_BLOCK, [](auto& as) { as.block = {7, 64, 80, 64, 72, 0, 1}; }),
       "#7 lies in quarantine: 80 bytes at 64"},
      {with(POOL_EVENT_BLOCK,
            [](auto& as) {
              as.block.offset = 144;
              as.block.size = 880;
            }),
       "880 bytes are free at 144"},
      {with(POOL_EVENT_RESET,
            [](auto& as) {
              as.reset = {3, 300};
            }),
       "everything is free again; 3 blocks (300 bytes) were live"},
      {with(POOL_EVENT_LEAK,
            [](auto& as) {
              as.leak = {2, 128, 100};
            }),
       "#2 at 128 was never freed: 100 bytes leak"},
      {with(POOL_EVENT_DESTROY,
            [](auto& as) {
              as.destroy = {1, 100};
            }),
       "the pool is destroyed; 1 blocks (100 bytes) were still live"},
  };
}

std::vector<Said> about_resizing() {
  return {
      {with(POOL_EVENT_RESIZE, [](auto& as) { as.resize = {3, 64, 96, 48, 90, 160, 32}; }),
       "#3 at 64 grows in place from 48 to 96 bytes, for 90 payload bytes; 32 stay free at 160"},
      {with(POOL_EVENT_RESIZE, [](auto& as) { as.resize = {3, 64, 96, 48, 90, 0, 0}; }),
       "#3 at 64 grows in place from 48 to 96 bytes, for 90 payload bytes; no free block is left "
       "on its right"},
      {with(POOL_EVENT_RESIZE, [](auto& as) { as.resize = {3, 64, 16, 48, 9, 80, 32}; }),
       "#3 at 64 shrinks in place from 48 to 16 bytes, for 9 payload bytes; 32 are free at 80"},
      {with(POOL_EVENT_RESIZE, [](auto& as) { as.resize = {3, 64, 48, 48, 40, 0, 0}; }),
       "#3 at 64 keeps its 48 bytes in place, for 40 payload bytes"},
  };
}

std::vector<Said> about_guards_and_errors() {
  return {
      {with(POOL_EVENT_GUARDS,
            [](auto& as) {
              as.guards = {1, 16, 1};
            }),
       "later blocks get guards of 16 bytes"},
      {with(POOL_EVENT_GUARDS,
            [](auto& as) {
              as.guards = {0, 0, 1};
            }),
       "later blocks get no guards"},
      {with(POOL_EVENT_GUARDS,
            [](auto& as) {
              as.guards = {1, 16, 0};
            }),
       "the guards stay as they are: blocks are live"},
      {with(POOL_EVENT_GUARD_WRITE,
            [](auto& as) {
              as.guard_write = {3, 1, 40, 8};
            }),
       "the front guard of #3 is written: 8 bytes at 40"},
      {with(POOL_EVENT_GUARD_CHECK,
            [](auto& as) {
              as.guard_check = {3, 2, 40, 8, 2, 41, {guard_bytes, 3}, {damaged_bytes, 3}};
            }),
       "the back guard of #3 is damaged: 2 of 8 bytes, first at 41, expected ab ab ab, found 00 7f "
       "ab"},
      {with(POOL_EVENT_GUARD_CHECK,
            [](auto& as) { as.guard_check = {3, 2, 40, 8, 5, POOL_NONE, {}, {}}; }),
       "the back guard of #3 is damaged: 5 of 8 bytes"},
      {with(POOL_EVENT_GUARD_CHECK,
            [](auto& as) { as.guard_check = {3, 2, 40, 8, 0, POOL_NONE, {}, {}}; }),
       "the back guard of #3 is intact: 8 bytes at 40"},
      {with(POOL_EVENT_MISUSE,
            [](auto& as) {
              as.misuse = {POOL_ERROR_DOUBLE_FREE, 64, POOL_NONE, 3};
            }),
       "misuse, nothing is changed: double_free at 64, block #3"},
      {with(POOL_EVENT_MISUSE,
            [](auto& as) {
              as.misuse = {POOL_ERROR_DOUBLE_FREE, 64, POOL_NONE, POOL_NONE};
            }),
       "misuse, nothing is changed: double_free at 64"},
      {with(POOL_EVENT_MISUSE,
            [](auto& as) {
              as.misuse = {POOL_ERROR_FOREIGN_FREE, POOL_NONE, 0x1f00, POOL_NONE};
            }),
       "misuse, nothing is changed: foreign_free at address 0x1f00"},
      {with(POOL_EVENT_MISUSE, [](auto& as) { as.misuse.kind = POOL_ERROR_BAD_ARGUMENT; }),
       "misuse, nothing is changed: bad_argument"},
  };
}

std::vector<Said> about_freed_blocks() {
  return {
      {with(POOL_EVENT_POISON_CHECK,
            [](auto& as) {
              as.poison_check = {64, 80, 1, 70, {poison_bytes, 2}, {written_bytes, 2}, 4};
            }),
       "write after free: 1 of 80 free bytes differ, first at 70, which was #4's; expected dd dd, "
       "found 41 dd"},
      {with(POOL_EVENT_POISON_CHECK,
            [](auto& as) {
              as.poison_check = {64, 80, 1, 70, {poison_bytes, 2}, {written_bytes, 2}, POOL_NONE};
            }),
       "write after free: 1 of 80 free bytes differ, first at 70, expected dd dd, found 41 dd"},
      {with(POOL_EVENT_POISON_CHECK,
            [](auto& as) { as.poison_check = {64, 80, 1, POOL_NONE, {}, {}, POOL_NONE}; }),
       "write after free: 1 of 80 free bytes at 64 differ"},
      {with(POOL_EVENT_POISON_CHECK,
            [](auto& as) { as.poison_check = {64, 80, 0, POOL_NONE, {}, {}, POOL_NONE}; }),
       "nobody wrote to the 80 free bytes at 64"},
      {with(POOL_EVENT_QUARANTINE,
            [](auto& as) {
              as.quarantine = {4, 64, 80};
            }),
       "#4 is freed; its 80 bytes at 64 go into quarantine"},
      {with(POOL_EVENT_RELEASE,
            [](auto& as) {
              as.release = {4, 64, 80};
            }),
       "the 80 bytes at 64 that were #4's leave the quarantine"},
      {with(POOL_EVENT_SITE,
            [](auto& as) {
              as.site = {4, "parser.c", 118};
            }),
       "#4 was asked for at parser.c:118"},
      {with(POOL_EVENT_SITE,
            [](auto& as) {
              as.site = {4, nullptr, 118};
            }),
       "#4 was asked for at line 118"},
      {with(POOL_EVENT_SITE,
            [](auto& as) {
              as.site = {4, "xmalloc() in git", 0};
            }),
       "#4 was asked for at xmalloc() in git"},
      {with(POOL_EVENT_RECORDED, [](auto& as) { as.recorded = {"git log"}; }),
       "these are the recorded calls of git log in this pool, not its own heap"},
      {event::make(POOL_EVENT_RECORDED),
       "these are a program's recorded calls in this pool, not its own heap"},
  };
}

std::vector<Said> about_the_rest() {
  return {
      {with(POOL_EVENT_SLAB,
            [](auto& as) {
              as.slab = {64, 1};
            }),
       "the slab is exhausted: 64 records come from a fallback allocation"},
      {with(POOL_EVENT_SLAB,
            [](auto& as) {
              as.slab = {64, 0};
            }),
       "the slab gets 64 records"},
      {with(POOL_EVENT_CHECK,
            [](auto& as) {
              as.check = {12, 1};
            }),
       "the pool is checked: 12 live blocks, 1 violations"},
      {with(POOL_EVENT_BYTES,
            [](auto& as) {
              as.bytes = {64, {guard_bytes, 3}, 4096};
            }),
       "bytes at 64 are recorded; 4096 bytes of live blocks are left out"},
      {with(POOL_EVENT_BYTES,
            [](auto& as) {
              as.bytes = {64, {guard_bytes, 3}, POOL_NONE};
            }),
       "bytes at 64 are recorded"},
      {with(POOL_EVENT_NOTE,
            [](auto& as) {
              as.note = {"half way", "main.c", 12};
            }),
       "note at main.c:12: half way"},
      {with(POOL_EVENT_NOTE,
            [](auto& as) {
              as.note = {"half way", nullptr, POOL_NONE};
            }),
       "note: half way"},
      {event::make(POOL_EVENT_NOTE), "an empty note"},
      {with(POOL_EVENT_DROPPED,
            [](auto& as) {
              as.dropped = {10, u64_max};
            }),
       "events 10 to 18446744073709551615 could not be written"},
      {with(POOL_EVENT_END,
            [](auto& as) {
              as.end = {99, 0};
            }),
       "the log is complete: 99 events, 0 dropped"},
  };
}

std::vector<Said> all() {
  std::vector<Said> rows = about_pools();
  for (auto& more : {about_blocks(), about_resizing(), about_guards_and_errors(),
                     about_freed_blocks(), about_the_rest()})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

std::string note(const char* text) {
  return narrate(with(POOL_EVENT_NOTE, [&](auto& as) { as.note.text = text; }));
}

}  // namespace

TEST_CASE("an event is told in one sentence, by the first form whose fields are there") {
  for (const Said& row : all()) CHECK(narrate(row.event) == row.sentence);
}

TEST_CASE("every form that a narration has is told above") {
  for (const event::Kind& kind : event::kinds) {
    CAPTURE(kind.name);
    std::set<std::string> told;
    for (const Said& row : all())
      if (row.event.kind == kind.code) told.insert(row.sentence);
    const auto forms = std::count(kind.says.begin(), kind.says.end(), '|') + 1;
    CHECK(told.size() == static_cast<std::size_t>(forms));
  }
}

TEST_CASE("an event with nothing in it is told as well") {
  for (const event::Kind& kind : event::kinds) {
    CAPTURE(kind.name);
    CHECK_FALSE(narrate(event::make(kind.code)).empty());
  }
  CHECK(narrate(event::make(4000)) == "an event of unknown kind 4000");
  CHECK(narrate(event::make(POOL_EVENT_MISUSE)) == "misuse, nothing is changed: ?");
}

TEST_CASE("a sentence can be printed anywhere: control and broken bytes of a program become ~") {
  CHECK(note("a\x1b[31mred\x7f\r\nb\t") == "note: a~[31mred~~~b~");
  CHECK(note("\xc2\x9b"
             "31m") == "note: ~31m");  // U+009B is an escape sequence's start, too
  CHECK(note("grüße 🦊 \xc2\xa0") == "note: grüße 🦊 \xc2\xa0");
  CHECK(note("\x80 \xf0\x9f\xa6 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xff") ==
        "note: ~ ~~~ ~~ ~~~ ~~~~ ~");
  CHECK(note("%n </script> {free} |") == "note: %n </script> {free} |");
}

TEST_CASE("a sentence is appended to what is there") {
  std::string out = "call 4: ";
  narrate(with(POOL_EVENT_FREE, [](auto& as) { as.free = {17, 472, 72}; }), out);
  CHECK(out == "call 4: #17 gives back its 72 bytes at 472");
}
