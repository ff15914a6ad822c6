// The views for reading: `show`, a moment on eighty columns, and the blocks of lines in which the
// terminal shows one call after the other.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "support/dumping.hpp"
#include "support/golden.hpp"
#include "support/scribe.hpp"
#include "view/show.hpp"
#include "view/terminal.hpp"
#include "view/text.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Radix;
using viz::ViewOptions;

namespace {

std::string show(const viz::Frame& frame, const ViewOptions& options = {}) {
  std::ostringstream out;
  viz::write_show(out, frame, options);
  return out.str();
}

std::string show(const Scribe& pool, const ViewOptions& options = {}) {
  return show(frame_of(pool), options);
}

std::string terminal(const viz::Frame& frame, const ViewOptions& options = {}) {
  std::ostringstream out;
  viz::write_terminal(out, frame, options);
  return out.str();
}

std::string sums(const Scribe& pool) {
  std::ostringstream out;
  viz::write_terminal_sums(out, frame_of(pool), {});
  return out.str();
}

/// The first line that starts so.
std::string line(const std::string& text, std::string_view start) {
  for (const std::string& each : lines_of(text))
    if (each.starts_with(start)) return each;
  return "no such line";
}

std::string strip(const Scribe& pool) {
  return content(line(terminal(frame_of(pool)), " map"));
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A pool whose free list is f2 (48), f3 (40), f4 (160) and f1, the rest.
Scribe holes(u32 policy = POOL_FIRST) {
  Scribe pool(1024, {.align = 8, .policy = policy, .guards = 8, .name = "holes"});
  for (const u64 size : {48, 64, 40, 64, 160, 64}) pool.alloc(size - 16);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  return pool;
}

}  // namespace

TEST_CASE("show: the head names the pool, the call and the settings") {
  CHECK(line(show(holes()), "pool") ==
        "pool 1 \"holes\", call 9 of 9: 1024 B, first fit, alignment 8, guards of 8 B");
}

TEST_CASE("show: the search is a table, a look a line, with what each block lacked") {
  Scribe pool = holes();
  pool.alloc(56);
  const std::string text = show(pool);
  CHECK(has(text,
            "search for 72 B, first fit\n"
            "  look 1  f2   48 B  at 0    too small, 24 short\n"
            "  look 2  f3   40 B  at 112  too small, 32 short\n"
            "  look 3  f4  160 B  at 216  fits: taken\n"
            "          f1  584 B  at 440  not looked at\n"));
}

TEST_CASE("show: a search that fails looks at everything and takes nothing") {
  Scribe pool = holes();
  pool.alloc(700);
  const std::string text = show(pool);
  CHECK(has(text, "  look 4  f1  584 B  at 440  too small, 136 short\n"));
  CHECK_FALSE(has(text, "taken"));
}

TEST_CASE("show: best and worst fit say why a block that fits is passed over") {
  Scribe best = holes(POOL_BEST);
  best.alloc(8);
  CHECK(has(show(best), "  look 1  f2   48 B  at 0    fits, but is not the smallest\n"));
  Scribe worst = holes(POOL_WORST);
  worst.alloc(8);
  CHECK(has(show(worst), "fits, but is not the largest\n"));
}

TEST_CASE("show: next fit's looks are in the order of its walk, from the last placement on") {
  Scribe pool = holes(POOL_NEXT);
  pool.alloc(300);
  pool.alloc(300);
  const std::string text = show(pool);
  const std::size_t first = text.find("look 1  f1");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("look 2  f2") > first);
}

TEST_CASE("show: every event of the call is told, with its number and its name") {
  Scribe pool = holes();
  pool.alloc(56);
  CHECK(has(show(pool),
            "events\n"
            "  35  split        the free block at 216 is cut to 72 bytes; 88 stay free at 288\n"
            "  36  alloc        #6 takes 72 bytes at 216; its 56 payload bytes start at 224\n"
            "  37  guard_write  the front guard of #6 is written: 8 bytes at 216\n"
            "  38  guard_write  the back guard of #6 is written: 8 bytes at 280\n"));
}

TEST_CASE("show: both lists, with what changed and how the guards are") {
  Scribe pool = holes();
  pool.free(3);
  const std::string text = show(pool);
  CHECK(has(text, "free list: 3 blocks, 896 B, largest 584 B\n"));
  CHECK(has(text, "  f3     264 B   112   376  coalesced: 40 + 64 + 160\n"));
  CHECK(has(text, "used list: 2 blocks, 128 B\n"));
  CHECK(has(text, "  #1     64 B    48  112  48 B at 56   guards 8+8 intact\n"));
}

TEST_CASE("show: a damaged guard gives its window, from good to bad") {
  Scribe pool = holes();
  pool.write(pool.model().live(1)->payload_end(), "zz");
  const std::string text = show(pool);
  CHECK(has(text, "damage found; guards 8+8, back DAMAGED: 2"));
  CHECK(has(text, "good at call 2"));
  CHECK(has(text, "bad at call 10"));
}

TEST_CASE("show: the sums carry their terms, and the counters what happened so far") {
  const std::string text = show(holes());
  CHECK(has(text, "  1024 B = used 192 (payload 144 + guards 48) + free 832\n"));
  CHECK(has(text, "  external fragmentation = 1 - 584/832 = 30 %\n"));
  CHECK(has(text, "  peak of payload: 344 B, at call 6\n"));
  CHECK(has(text, "  so far: 6 allocs, 3 frees, 0 failures, 0 reports of misuse, 0 reallocs\n"));
}

TEST_CASE("show: offsets are decimal, hexadecimal or both") {
  const Scribe pool = holes();
  ViewOptions options;
  options.radix = Radix::hex;
  CHECK(has(show(pool, options), "  f3      40 B   0x70   0x98"));
  options.both_radices = true;
  CHECK(has(show(pool, options), "  f3      40 B   0x70 (112)    0x98 (152)"));
}

TEST_CASE("show: long lists are folded with exact counts, unless folding is off") {
  Scribe pool(10'000);
  for (u64 i = 0; i < 300; ++i) pool.alloc(10);
  for (u64 i = 0; i < 300; i += 2) pool.free(i);
  const std::string text = show(pool);
  CHECK(lines_of(text).size() < 120);
  CHECK(has(text, "free list: 151 blocks, 8500 B, largest 7000 B\n"));
  CHECK(has(text, "  ... 111 more blocks, 400 to 2610, 1110 B\n"));
  ViewOptions all;
  all.fold = false;
  CHECK(lines_of(show(pool, all)).size() > 300);
}

TEST_CASE("show: no line is longer than eighty columns, and none ends in blanks") {
  for (u32 seed = 1; seed <= 60; ++seed) {
    const viz::Frame frame = random_frame(seed);
    for (u32 variant = 0; variant < 8; ++variant) {
      ViewOptions options;
      options.radix = (variant & 1) != 0 ? Radix::hex : Radix::dec;
      options.both_radices = (variant & 2) != 0;
      options.ascii_labels = (variant & 4) != 0;
      for (const std::string& each : lines_of(show(frame, options))) {
        CAPTURE(each);
        REQUIRE(viz::columns(each) <= 80);
        REQUIRE_FALSE(each.ends_with(' '));
        if (options.ascii_labels) REQUIRE(viz::ascii(each) == each);
      }
    }
  }
}

TEST_CASE("terminal: a call is a title, the strip, both lists and the reasons") {
  Scribe pool = holes();
  pool.alloc(56);
  const Lines lines = lines_of(terminal(frame_of(pool)));
  REQUIRE(lines.size() >= 6);
  CHECK(lines.size() <= 10);
  CHECK(lines[0] == "call 10  pool_alloc(56) → #6 at 224");
  CHECK(lines[1].starts_with(" map  |(f2)[#1](f3)[#3 ][#6*](f4*.)[#5](f1 584......"));
  CHECK(lines[2] ==
        " free |-> 2 more -> f4* 88 -> f1 584 -> NULL        4 blocks, 760 B, largest 584");
  CHECK(lines[3] ==
        " used |-> #1 64 -> #3 64 -> #6* 72 -> #5 64 -> NULL              4 blocks, 264 B");
  CHECK(lines[4].starts_with("       Needs 56 + 2×8 guard"));
}

TEST_CASE("terminal: the strip is to scale where names leave room, and marks what is not") {
  Scribe pool(4096);
  pool.alloc(1024);
  CHECK(strip(pool) == "[#0* 1024        ](f1* 3072" + std::string(44, '.') + ")");
  pool.alloc(10);
  CHECK(strip(pool).starts_with("[#0 1024       ][#1* 10](f1* 3062"));
  CHECK(strip(pool).ends_with("//)"));
}

TEST_CASE("terminal: with many blocks the names go, then a column stands for what is under it") {
  Scribe pool(1000);
  for (u64 i = 0; i < 20; ++i) pool.alloc(50);
  CHECK(strip(pool).starts_with("[#0][ ][#2][ ]["));
  for (u64 i = 0; i < 20; i += 2) pool.free(i);
  CHECK(strip(pool).size() == 72);
  Scribe small(1440);
  for (u64 i = 0; i < 144; ++i) small.alloc(10);
  for (u64 i = 0; i < 36; ++i) small.free(i);
  for (u64 i = 36; i < 72; i += 2) small.free(i);
  CHECK(strip(small) == std::string(18, '.') + std::string(18, ':') + std::string(36, '#'));
}

TEST_CASE("terminal: a damaged guard is an X in the strip, whatever else has room") {
  Scribe pool(1000, {.guards = 8});
  for (u64 i = 0; i < 14; ++i) pool.alloc(24);
  pool.write(pool.model().live(5)->payload_end(), "!");
  CHECK(std::ranges::count(strip(pool), 'X') == 1);
  for (u64 i = 0; i < 10; ++i) pool.alloc(24);
  CHECK(std::ranges::count(strip(pool), 'X') == 1);
}

TEST_CASE("terminal: the strip has its width in every pool, and no line is too long") {
  for (u32 seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const std::string text = terminal(random_frame(seed));
    CHECK(line(text, " map").size() == 80);
    for (const std::string& each : lines_of(text)) {
      CAPTURE(each);
      REQUIRE(viz::columns(each) <= 80);
    }
  }
}

TEST_CASE("terminal: a long list shows the entries around the change, and how many others") {
  Scribe pool(10'000);
  for (u64 i = 0; i < 100; ++i) pool.alloc(10);
  pool.free(50);
  CHECK(
      line(terminal(frame_of(pool)), " used").starts_with(" used |-> #0 10 -> #1 10 -> #2 10 -> "));
  pool.alloc(10);
  const std::string used = line(terminal(frame_of(pool)), " used");
  CHECK(has(used, "#100* 10"));
  CHECK(has(used, "-> NULL"));
  CHECK(has(used, "100 blocks, 1000 B"));
}

TEST_CASE("terminal: damage is said first, and what is left out is marked by dots") {
  Scribe pool = holes();
  pool.write(pool.model().live(1)->payload_end(), "zz");
  const Lines lines = lines_of(terminal(frame_of(pool)));
  CHECK(lines[4].starts_with("       ✗ Guard: the back guard of #1"));
}

TEST_CASE("terminal: the sums come at the end, with their terms") {
  CHECK(sums(holes()) ==
        "1024 B = used 192 (payload 144 + guards 48) + free 832\n"
        "external fragmentation = 1 - 584/832 = 30 %\n");
}

TEST_CASE("colours change nothing but colours, in both views") {
  ViewOptions coloured;
  coloured.colour = true;
  for (u32 seed = 1; seed <= 20; ++seed) {
    const viz::Frame frame = random_frame(seed);
    CHECK(without_colours(show(frame, coloured)) == show(frame));
    CHECK(without_colours(terminal(frame, coloured)) == terminal(frame));
    CHECK(terminal(frame, coloured).find('\x1b') != std::string::npos);
  }
}

TEST_CASE("text of the log cannot reach a terminal as it is, in both views") {
  Scribe pool(64, {.name = "\x1b[31mred \u202Eeman\u009B"});
  pool.note("line\nfeed \x1b]0;title\x07 \u200B end");
  for (const std::string& text : {show(pool), terminal(frame_of(pool))}) {
    CHECK_FALSE(has(text, "\x1b"));
    CHECK_FALSE(has(text, "\x07"));
    CHECK_FALSE(has(text, "\u202E"));
    CHECK_FALSE(has(text, "\u009B"));
    CHECK_FALSE(has(text, "\u200B"));
    CHECK(has(text, "line~feed ~]0;title~ ~ end"));
  }
}

TEST_CASE("text is measured in columns, cut between characters and wrapped at spaces") {
  CHECK(viz::columns("→ #17") == 5);
  CHECK(viz::columns("日本") == 4);
  CHECK(viz::columns("e\u0301") == 1);
  CHECK(viz::clip("日本語", 5) == "日...");
  CHECK(viz::clip("short", 5) == "short");
  CHECK(viz::wrap("one two  three", 7) == Lines{"one two", "three"});
  CHECK(viz::wrap("a longword", 4) == Lines{"a", "long", "word"});
  CHECK(viz::wrap("", 4).empty());
  CHECK(viz::wrap(std::string(8 << 20, 'x'), 64).size() == (8 << 20) / 64);  // in no time
  CHECK(viz::wrap(std::string(8 << 20, 'x'), 64).size() == (8 << 20) / 64);  // in no time
  CHECK(viz::ascii("a → b × 2 ≥ é") == "a -> b x 2 >= ~");
}

TEST_CASE("an excerpt of a long list has both ends, what matters, and no hole of one") {
  const auto text = [](std::size_t count, std::size_t most, std::size_t matters) {
    std::string out;
    for (const bool shown : viz::excerpt(count, most, [&](std::size_t i) { return i == matters; }))
      out += shown ? '#' : '.';
    return out;
  };
  CHECK(text(8, 8, 0) == "########");
  CHECK(text(20, 8, 10) == "###......###.....###");
  CHECK(text(20, 8, 4) == "######...........###");
}

TEST_CASE("a moment of a pool, as it is shown") {
  Scribe pool = holes();
  pool.alloc(56);
  check_golden("show-search.txt", show(pool));
  pool.alloc(700);
  check_golden("show-failure.txt", show(pool));
}

TEST_CASE("a list of calls, as the terminal shows it") {
  Scribe pool(512, {.align = 16});
  std::string text;
  const auto shown = [&] { text += terminal(frame_of(pool)); };
  shown();
  pool.alloc(100), shown();
  pool.alloc(200), shown();
  pool.free(0), shown();
  pool.alloc(50), shown();
  pool.alloc(300), shown();
  check_golden("terminal-lesson.txt", text + sums(pool));
}
