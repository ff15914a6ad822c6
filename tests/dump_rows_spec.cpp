// The rows of the dump: what stands in which column, and which greps and cuts are exact. The last
// cases hold the promises against pools made at random.
#include <doctest/doctest.h>

#include <algorithm>

#include "event/table.hpp"
#include "support/dumping.hpp"
#include "support/reading.hpp"
#include "support/scribe.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::ViewOptions;

namespace {

/// True for a blank line, too.
bool has_tag(const std::string& line) {
  constexpr std::string_view tags[] = {"pool", "free", "used", "ruler", "data", "mark",
                                       "hit!", "zoom", "chng", "fold",  "note", "key"};
  return line.empty() || std::ranges::find(tags, line.substr(0, line.find(' '))) != std::end(tags);
}

}  // namespace

TEST_CASE("content stands in columns fifteen to seventy-eight: cut gives the region") {
  ViewOptions options;
  options.fold = false;
  std::string body;
  for (const std::string& line : dump(overrun_pool(), options)) {
    if (!line.starts_with("data")) continue;
    REQUIRE(line.size() == 79);
    CHECK(line[13] == '|');
    CHECK(line[78] == '|');
    body += line.substr(14, 64);
  }
  const std::string guard(8, '~');
  CHECK(body == guard + std::string(48, 'a') + guard + guard + std::string(40, 'b') + guard +
                    guard + std::string(24, 'c') + "<>!" + std::string(5, '~') + guard +
                    std::string(100, '?') + guard + std::string(236, '.'));
}

TEST_CASE("offsets take the blanks around them in larger pools; the content stays where it is") {
  const auto first_row = [](u64 capacity) {
    const Lines lines = dump(Scribe(capacity));
    const auto data = std::ranges::find_if(
        lines, [](const std::string& line) { return line.starts_with("data"); });
    return data->substr(0, 16);
  };
  CHECK(first_row(1) == "data  0x0000 |. ");
  CHECK(first_row(u64{64} << 10) == "data  0x0000 |..");
  CHECK(first_row((u64{64} << 10) + 1) == "data 0x00000 |..");
  CHECK(first_row(u64{16} << 20) == "data 0x000000|..");
}

TEST_CASE("from sixteen megabytes on a row's offset goes without 0x; lists keep it") {
  const Lines lines = dump(Scribe(u64{64} << 20));
  CHECK(has(lines, "data 00000000|" + std::string(64, '.') + "|"));
  CHECK(has(lines, "free  f1   off=0x0000000 size=67108864"));
}

TEST_CASE("marks: G guard, X damaged guard, g old guard in free memory, brackets with labels") {
  const Lines lines = dump(overrun_pool());
  CHECK(row(lines, "mark", "0000") ==
        "GGGGGGGG[#0 48-----------------------------------------]GGGGGGGG");
  CHECK(row(lines, "mark", "0040") ==
        "(ggggggg.f2 free 56.............................ggggggg)GGGGGGGG");
  CHECK(row(lines, "mark", "0080") ==
        "[#2 24 HIT-------------]XXXGGGGGGGGGGGGG[#3 100-----------------");
}

TEST_CASE("marks: p padding behind a payload, h the header of an in-band allocator") {
  Scribe pool(64, {.align = 16});
  pool.alloc(10);
  CHECK(row(dump(pool), "mark", "0000") ==
        "[#0 10---]pppppp(f1 free 48 REST...............................)");
  Scribe in_band(64);
  in_band.begin_call();
  pool_event taken = event::make(POOL_EVENT_ALLOC);
  taken.as.alloc = {0, 0, 40, 8, 30, POOL_NONE};
  in_band.event(taken);
  CHECK(row(dump(in_band), "mark", "0000") ==
        "hhhhhhhh[#0 30 NEW-------------------]pp(f1 free 24............)");
}

TEST_CASE("a label that does not fit shrinks to the sizes, to the name, to nothing") {
  const auto mark = [](u64 size) {
    Scribe pool(64);
    pool.alloc(size);
    return row(dump(pool), "mark", "0000").substr(0, size);
  };
  CHECK(mark(1) == "[");
  CHECK(mark(2) == "[]");
  CHECK(mark(3) == "[-]");
  CHECK(mark(4) == "[#0]");
  CHECK(mark(5) == "[#0-]");
  CHECK(mark(6) == "[#0 6]");
  CHECK(mark(9) == "[#0 9---]");
  CHECK(mark(10) == "[#0 10---]");
  CHECK(mark(11) == "[#0 11 NEW]");
}

TEST_CASE("a span that runs on repeats its name at the start of the next line") {
  Scribe pool(256);
  pool.alloc(100);
  const Lines lines = dump(pool);
  CHECK(row(lines, "mark", "0040") ==
        "-#0--------------------------------](f1 free 156 REST...........");
  CHECK(row(lines, "mark", "0080").starts_with("no such"));  // folded
  Scribe short_end(66);
  short_end.alloc(65);
  CHECK(row(dump(short_end), "mark", "0040").starts_with("]("));
}

TEST_CASE("payload that the log does not tell is unknown, never zero") {
  Scribe pool(64);
  pool.alloc(16);
  pool.write(4, std::string("\0z\x1b\xff", 4));
  CHECK(row(dump(pool), "data", "0000").substr(0, 16) == "????~z~~????????");
}

TEST_CASE("with --utf8 an intact guard is drawn as its value, other bytes as dots") {
  ViewOptions options;
  options.utf8 = true;
  Scribe pool(64, {.guards = 2});
  pool.alloc(4);
  pool.write(2, std::string("a\0\xab", 3));
  const std::string text = dump_of(frame_of(pool), options);
  CHECK(text.find("|\u00AB\u00ABa\u00B7\u00B7?\u00AB\u00AB...") != std::string::npos);
}

TEST_CASE("fresh payload that the pool filled is marked fill, until something is written") {
  Scribe pool(128, {.fill = true});
  pool.alloc(100);
  CHECK(row(dump(pool), "mark", "0000").starts_with("[#0 100 NEW fill---"));
  CHECK(row(dump(pool), "mark", "0040").starts_with("-#0 fill---"));
  CHECK(row(dump(pool), "data", "0000") == std::string(64, '0'));
  pool.write(70, "x");
  CHECK(row(dump(pool), "mark", "0000").starts_with("[#0 100 WRITTEN fill---"));
  CHECK(row(dump(pool), "mark", "0040").starts_with("-#0-----"));
}

TEST_CASE("hit! points at the damaged bytes; zoom shows them in hex and says whose they are") {
  const Lines lines = dump(overrun_pool());
  const auto hit =
      std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("hit!"); });
  REQUIRE(hit != lines.end());
  CHECK(hit[0] ==
        "hit!  0x0098 |                        ^^^  #2 back guard, 3 of 8 bytes        |");
  CHECK(hit[1] ==
        "zoom  0x0090 |63 63 63 63 63 63 63 63 3C 3E 21 AB AB AB AB AB  #2 back guard  |");
  CHECK(hit[2] ==
        "zoom         |                        ^^ ^^ ^^                 want AB        |");
}

TEST_CASE("a damage found by a check shows the bytes that the check found") {
  Scribe pool(64, {.guards = 8});
  pool.alloc(8);
  pool.check_finds(0, "Z");
  const Lines lines = dump(pool);
  CHECK(row(lines, "data", "0000").substr(0, 24) == "~~~~~~~~????????Z~~~~~~~");
  CHECK(row(lines, "mark", "0000").substr(0, 24) == "GGGGGGGG[#0 8--]XGGGGGGG");
  CHECK(row(lines, "zoom", "0010").starts_with("5A AB AB AB AB AB AB AB ?? ??"));
}

TEST_CASE("whole lines of one free block, or of one repeated byte, are folded") {
  Scribe pool(640);
  pool.alloc(256);
  pool.write(0, std::string(192, 'q'));
  const Lines lines = dump(pool);
  CHECK(has(lines,
            "fold  0x0040 |2 lines, 0x0040..0x00C0, all #0, 'q'                            |"));
  CHECK(row(lines, "data", "00C0") == std::string(64, '?'));  // one line alone is not folded
  CHECK(has(lines,
            "fold  0x0140 |5 lines, 0x0140..0x0280, all f1 free                            |"));
  ViewOptions all;
  all.fold = false;
  CHECK_FALSE(dump_of(frame_of(pool), all).find("fold") != std::string::npos);
}

TEST_CASE("rows and folds cover the region, each byte once, and folds hide nothing else") {
  for (u32 seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const viz::Frame frame = random_frame(seed);
    ViewOptions options;
    options.fold = false;
    const Lines unfolded = rows_of(lines_of(dump_of(frame, options)));
    options.fold = true;
    CHECK(unfold(lines_of(dump_of(frame, options)), unfolded) == unfolded);
    CHECK(unfolded.size() == 2 * ((frame.after.capacity + 63) / 64));
  }
}

TEST_CASE("no line is longer than seventy-nine columns, whatever the pool") {
  for (u32 seed = 1; seed <= 60; ++seed) {
    const viz::Frame frame = random_frame(seed);
    const viz::Frame other = random_frame(seed, 12);
    for (u32 variant = 0; variant < 16; ++variant) {
      ViewOptions options;
      options.both_radices = (variant & 1) != 0;
      options.fold = (variant & 2) != 0;
      options.width = (variant & 4) != 0 ? 32 : 64;
      options.diff = (variant & 8) != 0 ? &other : nullptr;
      for (const std::string& line : lines_of(dump_of(frame, options))) {
        CAPTURE(line);
        REQUIRE(line.size() <= 79);
        REQUIRE(has_tag(line));
        REQUIRE_FALSE(line.ends_with(' '));
      }
    }
  }
}

TEST_CASE("G and X stand for guard bytes alone: a grep for them is exact") {
  u64 guards = 0, damaged = 0;
  for (u32 seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const viz::Frame frame = random_frame(seed);
    ViewOptions options;
    options.fold = false;
    std::string marks;
    for (const std::string& line : lines_of(dump_of(frame, options)))
      if (line.starts_with("mark")) marks += content(line);
    for (u64 at = 0; at < frame.after.capacity; ++at) {
      const viz::Block* block = frame.after.containing(at);
      const bool guard = block->used && block->guard_at(at) != nullptr;
      const char mark = marks[at];
      REQUIRE((mark == 'G' || mark == 'X') == guard);
      guards += mark == 'G' ? 1 : 0;
      damaged += mark == 'X' ? 1 : 0;
    }
  }
  CHECK(guards > 1000);
  CHECK(damaged > 10);
}

TEST_CASE("a narrow dump has thirty-two columns a line and the same rules") {
  ViewOptions options;
  options.width = 32;
  const Lines lines = dump(overrun_pool(), options);
  CHECK(row(lines, "data", "0080") == "cccccccccccccccccccccccc<>!~~~~~");
  CHECK(row(lines, "mark", "0080") == "[#2 24 HIT-------------]XXXGGGGG");
  CHECK(row(lines, "zoom", "0098") == "3C 3E 21 AB AB AB AB AB  #2 back");
}

TEST_CASE("a region of any size is dumped in reasonable time; what is passed over is said") {
  Scribe pool(u64{1} << 62, {.align = 16});
  pool.alloc(u64{1} << 40);
  const Lines lines = dump(pool);
  CHECK(lines.size() < 40);
  std::string folds;
  for (const std::string& line : lines)
    if (line.starts_with("fold")) folds += content(line).substr(0, content(line).find("  ")) + " ";
  CHECK(folds.find("all #0, not looked at") != std::string::npos);
  CHECK(folds.find("all f1 free") != std::string::npos);
}

TEST_CASE(
    "what a snapshot that was cut does not tell of a region is no block's, whatever its size") {
  const std::string text =
      log_of({R"({"seq":1,"pool":1,"call":0,"event":"snapshot","capacity":1099511627776,)"
              R"("align":16,"policy":"first","guards":0,"base":"0x0","allocs":9,"blocks":9})",
              R"({"seq":2,"pool":1,"call":0,"event":"block","offset":0,"size":96})"});
  const Lines lines = lines_of(dump_of(frame_of(text, {}), {}));
  CHECK(lines.size() < 40);
  CHECK(has(lines,
            "fold 0000000080|17179869182 lines, 0x0000000080..0x10000000000, all in no block |"));
}
