// The dump: its header, its lists, --diff, colours, and what it looks like as a whole. What its
// rows promise to those who grep and cut them is dump_rows_spec.cpp's.
#include <doctest/doctest.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "support/dumping.hpp"
#include "support/golden.hpp"
#include "support/scribe.hpp"
#include "view/dump.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::ViewOptions;

TEST_CASE("a dump is header, lists, bytes and key, parted by blank lines") {
  const Lines lines = dump(overrun_pool());
  std::string tags;
  for (const std::string& line : lines) {
    const std::string tag = line.substr(0, line.find(' '));
    if (!tags.ends_with(tag + " ")) tags += tag + " ";
  }
  CHECK(tags ==
        "pool note free used ruler data mark data mark data mark hit! zoom data mark "
        "data mark fold key ");
  CHECK(std::ranges::count(lines, "") == 2);
}

TEST_CASE("the header gives the sizes, the settings, the call and the sums with their terms") {
  const Lines lines = dump(overrun_pool());
  CHECK(lines[0] == "pool  size=512 used=220 payload=172 guards=48 free=292 largest=236 frag=19%");
  CHECK(lines[1] ==
        "pool  policy=first-fit order=address guard=8x0xAB blocks=5 call=8 event=bytes");
  CHECK(lines[2] == "pool  id=1 align=1 fill=off last-call=8 name=scene");
  CHECK(has(lines, "note  512 B = used 220 (payload 172 + guards 48) + free 292"));
  CHECK(has(lines, "note  external fragmentation = 1 - 236/292 = 19 %"));
}

TEST_CASE("nothing free is no fragmentation, and no guards are guard=off") {
  Scribe pool(64);
  pool.alloc(64);
  const Lines lines = dump(pool);
  CHECK(lines[0] == "pool  size=64 used=64 payload=64 guards=0 free=0 largest=0 frag=none");
  CHECK(lines[1].find("guard=off blocks=1 call=1 event=alloc") != std::string::npos);
}

TEST_CASE("every block has a line of key=value, and what the call did to it") {
  Scribe pool = overrun_pool();
  pool.alloc(30);
  const Lines lines = dump(pool);
  CHECK(has(lines, "free  f2   off=0x006E size=10   changed=rest was=56"));
  CHECK(has(lines,
            "used  #4   off=0x0040 size=46   payload=30   user=0x0048 guard=ok "
            "changed=new"));
  CHECK(has(lines, "used  #0   off=0x0000 size=64   payload=48   user=0x0008 guard=ok"));
  pool.free(0);
  CHECK(has(dump(pool), "free  f3   off=0x0000 size=64   changed=freed"));
  pool.free(4);
  CHECK(has(dump(pool), "free  f3   off=0x0000 size=120  changed=coalesced was=64+46+10"));
}

TEST_CASE("a line with a damaged guard breaks after guard=HIT; the evidence follows") {
  const Lines lines = dump(overrun_pool());
  const auto hit = std::ranges::find_if(
      lines, [](const std::string& line) { return line.ends_with("guard=HIT"); });
  REQUIRE(hit != lines.end());
  CHECK(*hit == "used  #2   off=0x0078 size=40   payload=24   user=0x0080 guard=HIT");
  CHECK(hit[1] == "used  #2   back[0..2] first=0x0098 want=AB got=3C good=3 bad=8 changed=hit");
}

TEST_CASE("a guard that nobody has checked or written is not said to be intact") {
  Scribe pool(128, {.guards = 8});
  pool.alloc(32);
  pool.begin_call();
  pool.snapshot();
  const Lines lines = dump(pool);
  CHECK(has(lines, "used  #0   off=0x0000 size=48   payload=32   user=0x0008 guard=?"));
  CHECK(row(lines, "data", "0000").starts_with("????????"));
  CHECK(row(lines, "mark", "0000").starts_with("GGGGGGGG["));
}

TEST_CASE("with --diff only what differs is shown, with a line of marks under it") {
  Scribe pool = overrun_pool();
  const viz::Frame before = frame_of(pool);
  pool.write(80, "b");
  pool.alloc(30);
  ViewOptions options;
  options.diff = &before;
  const Lines lines = dump(pool, options);
  CHECK(has(lines, "chng  now used=266 free=246 largest=236 blocks=6"));
  CHECK(has(lines, "chng  was used=220 free=292 largest=236 blocks=5"));
  CHECK(has(lines,
            "used  #4   off=0x0040 size=46   payload=30   user=0x0048 guard=ok "
            "changed=new"));
  CHECK(has(lines, "free  f2   off=0x006E size=10   changed=moved was=0x0040"));
  CHECK(row(lines, "chng", "0040") == std::string(46, '^') + std::string(18, ' '));
  CHECK(row(lines, "data", "0000").starts_with("no such"));
  CHECK_FALSE(has(lines, "used  #0   off=0x0000 size=64   payload=48   user=0x0008 guard=ok"));
}

TEST_CASE("with --diff a block that is gone is named, and equal frames have nothing to show") {
  Scribe pool = overrun_pool();
  const viz::Frame before = frame_of(pool);
  pool.free(0);
  ViewOptions options;
  options.diff = &before;
  CHECK(has(dump(pool, options), "chng  #0   off=0x0000 size=64 gone"));
  const viz::Frame same = frame_of(pool);
  options.diff = &same;
  const Lines lines = dump(pool, options);
  CHECK(has(lines, "note  the lists are the same"));
  CHECK(has(lines, "note  the bytes are the same"));
}

TEST_CASE("long lists are folded around what changed, with exact counts") {
  Scribe pool(4000);
  for (u64 i = 0; i < 200; ++i) pool.alloc(10);
  for (u64 i = 0; i < 200; i += 2) pool.free(i);
  pool.free(101);
  const Lines lines = dump(pool);
  u64 free = 0, used = 0, folded_free = 0, folded_used = 0;
  for (const std::string& line : lines) {
    free += line.starts_with("free") ? 1 : 0;
    used += line.starts_with("used") ? 1 : 0;
    u64 count = 0, start = 0, end = 0, bytes = 0;
    const auto folds = [&](const char* form) {
      return std::sscanf(line.c_str(), form, &count, &start, &end, &bytes) == 4;
    };
    if (folds("fold %" SCNu64 " free blocks, %" SCNx64 "..%" SCNx64 ", %" SCNu64 " B"))
      folded_free += count;
    if (folds("fold %" SCNu64 " used blocks, %" SCNx64 "..%" SCNx64 ", %" SCNu64 " B")) {
      folded_used += count;
      CHECK(bytes == 10 * count);
    }
  }
  CHECK(free + folded_free == pool.model().free_blocks);
  CHECK(used + folded_used == pool.model().used_blocks);
  CHECK(free + used < 140);
  CHECK(std::ranges::any_of(lines, [](const std::string& line) {
    return line.find("changed=coalesced was=10+10+10") != std::string::npos;
  }));
  ViewOptions all;
  all.fold = false;
  CHECK(std::ranges::count_if(dump(pool, all), [](const std::string& line) {
          return line.starts_with("used");
        }) == 99);
}

TEST_CASE("text of the log cannot reach the terminal as it is") {
  Scribe pool(64, {.name = "\x1b[31mred \u202Eeman\u009B"});
  pool.note("line\nfeed \x1b]0;title\x07 \xff");
  for (const char c : dump_of(frame_of(pool), {})) REQUIRE((c == '\n' || (0x20 <= c && c < 0x7F)));
}

TEST_CASE("colours change nothing but colours; for paper there are no backgrounds") {
  ViewOptions plain, coloured;
  coloured.colour = true;
  for (u32 seed = 1; seed <= 10; ++seed) {
    const viz::Frame frame = random_frame(seed);
    const std::string text = dump_of(frame, plain);
    CHECK(without_colours(dump_of(frame, coloured)) == text);
    ViewOptions for_paper = coloured;
    for_paper.light = true;
    const std::string light = dump_of(frame, for_paper);
    CHECK(without_colours(light) == text);
    CHECK(light.find("48;5") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
  }
  const std::string text = dump_of(frame_of(overrun_pool()), coloured);
  CHECK(text.find("\x1b[48;5;214;30m~~~~~~~~\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[48;5;166;30;1mXXX\x1b[0m") != std::string::npos);
}

TEST_CASE("neighbours have different colours, and what changed is bold and underlined") {
  ViewOptions options;
  options.colour = true;
  Scribe pool(64);
  pool.alloc(10);
  pool.alloc(10);
  const std::string text = dump_of(frame_of(pool), options);
  CHECK(text.find("\x1b[48;5;153;30m[#0 10--]") == std::string::npos);
  CHECK(text.find("\x1b[48;5;153;30m[#0 10---]\x1b[0m\x1b[48;5;117;30;1;4m[#1 10---]\x1b[0m") !=
        std::string::npos);
}

TEST_CASE("both radices: the lists add the decimal offset") {
  ViewOptions options;
  options.both_radices = true;
  CHECK(has(dump(overrun_pool(), options), "free  f2   off=0x0040(64) size=56"));
}

TEST_CASE("a destroyed pool shows what it was, and says so") {
  Scribe pool = overrun_pool();
  pool.destroy();
  CHECK(has(dump(pool), "note  the pool is destroyed: what was used has leaked"));
}

TEST_CASE("an overrun, as it is dumped") {
  check_golden("dump-overrun.txt", dump_of(frame_of(overrun_pool()), {}));
  Scribe pool = overrun_pool();
  const viz::Frame before = frame_of(pool);
  pool.free(2);
  ViewOptions options;
  options.diff = &before;
  check_golden("dump-diff.txt", dump_of(frame_of(pool), options));
  options = {};
  options.width = 32;
  options.utf8 = true;
  check_golden("dump-narrow.txt", dump_of(frame_of(pool), options));
}
