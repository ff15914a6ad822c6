// Freed blocks that wait in quarantine, as the viewer tells and draws them: neither free nor used,
// in lists of their own, and what is written to them stands out. The pools are real.
#include <doctest/doctest.h>

#include <cstring>
#include <sstream>

#include "support/checking.hpp"
#include "support/drawing.hpp"
#include "support/dumping.hpp"
#include "support/golden.hpp"
#include "support/scene.hpp"
#include "view/view.hpp"
#include "workload/ops.hpp"
#include "workload/player.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

Setup keeping(u64 quarantine, bool poison = true) {
  Setup setup;
  setup.poison = poison;
  setup.quarantine = quarantine;
  return setup;
}

viz::Frame frame(const Scene& scene, std::optional<u64> call = {}) {
  return frame_of(scene.log(), {.call = call, .seq = {}, .pool = {}});
}

std::string told(const viz::Frame& frame) {
  const viz::Story story = viz::tell(frame, viz::Radix::dec);
  std::string text = story.title;
  for (const std::string& sentence : story.sentences) text += "\n" + sentence;
  return text;
}

std::string seen(std::string_view view, const viz::Frame& frame) {
  std::ostringstream out;
  viz::find_view(view)->write(out, frame, {});
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Four blocks of 32; #2 was freed at call 5 and #0 at call 6: both wait. 40 bytes are free.
struct Waiting : Scene {
  explicit Waiting(bool poison = true) : Scene(168, keeping(80, poison)) {
    for (int i = 0; i < 4; ++i) alloc(32);
    free(2);
    free(0);
  }
};

}  // namespace

TEST_CASE("a block in quarantine is neither free nor used, and has its freed name") {
  const Waiting s;
  const viz::Model& model = s.model();
  CHECK(model.at(0)->name() == "#0q");
  CHECK_FALSE(model.at(0)->lives());
  CHECK(model.live(0) == nullptr);
  REQUIRE(model.in_quarantine().size() == 2);
  CHECK(model.in_quarantine()[0]->number == 2);  // it waits longer
  CHECK(viz::sum_of_bytes(model) == "168 B = used 64 (payload 64) + quarantine 64 + free 40");
}

TEST_CASE("a free says that its bytes wait, how full the quarantine is, and who leaves it") {
  Waiting s;
  CHECK(told(frame(s)) ==
        "pool_free(#0) → quarantine\n"
        "#0 is freed, but its 32 B at 0 are nobody's yet: they wait in quarantine, poisoned.\n"
        "The quarantine holds 2 blocks, 64 of at most 80 B.");
  s.free(1);
  CHECK(told(frame(s)) ==
        "pool_free(#1) → quarantine\n"
        "#1 is freed, but its 32 B at 32 are nobody's yet: they wait in quarantine, poisoned.\n"
        "96 B would be over its limit of 80, so the oldest leaves: #2 (32 B); it is free now.\n"
        "The quarantine holds 2 blocks, 64 of at most 80 B.");
}

TEST_CASE("an allocation that needs room says who leaves, and searches the list with their bytes") {
  Waiting s;
  s.alloc(60);
  const viz::Story story = viz::tell(frame(s), viz::Radix::dec);
  CHECK(has(told(frame(s)),
            "No free block was large enough, so the oldest leave the quarantine: #2 (32 B) and "
            "#0 (32 B)."));
  CHECK(story.trail.size() == 3);  // f1, and what #2 and #0 have left
  s.alloc(40);
  CHECK(s.model().at(128) != nullptr);
}

TEST_CASE("an allocation takes what a release made free, and says so") {
  Waiting s;
  s.alloc(40);
  s.alloc(32);
  const viz::Story story = viz::tell(frame(s), viz::Radix::dec);
  CHECK(story.title == "pool_alloc(32) → #5 at 64");
  REQUIRE(story.trail.size() == 1);
  CHECK(story.trail[0].verdict == viz::Verdict::taken);
  CHECK(has(told(frame(s)), "the oldest leaves the quarantine: #2 (32 B)."));
  CHECK(has(told(frame(s)), "(32 B) fits exactly: nothing is split off."));
}

TEST_CASE("a block too large for the quarantine is freed at once, and it is said why") {
  Scene s(200, keeping(40));
  s.alloc(100);
  s.free(0);
  CHECK(
      has(told(frame(s)), "It is larger than the quarantine of 40 B, so it does not wait there."));
}

TEST_CASE("a double free of a block that waits is caught before anybody else has its place") {
  Waiting s;
  s.free_pointer(s.pointer(2));
  CHECK(told(frame(s)) ==
        "pool_free(...): double free of #2\n"
        "Offset 64 was the pointer of #2, which was given back at call 5; #2 lies in quarantine "
        "since call 5: caught before reuse.\n"
        "It is reported, and nothing is changed.");
  CHECK(has(Drawing(frame(s)).words("pointer_0"), "the pointer: 64, #2q in quarantine"));
}

TEST_CASE("a stale free after reuse takes the new owner's block, and the story warns of it") {
  Scene s(96);
  s.alloc(32);
  s.free(0);
  s.alloc(32);
  s.free_pointer(s.pointer(0));
  CHECK(
      told(frame(s)) ==
      "pool_free(#1), at the place of #0\n"
      "32 B freed; it touches f2 (64 B) on its right: coalesced to one block of 96 B, f3.\n"
      "The pointer was #0's until call 2. If it is that old pointer which is freed here, #1 loses "
      "its block, and the pool cannot tell.");
  s.alloc(32);
  s.realloc(2, 40);
  s.free(2);
  CHECK(has(told(frame(s)), "at the place of #1"));
}

TEST_CASE("show: those who wait have a list of their own, and there is none when nobody waits") {
  Waiting s;
  s.pointer(2)[5] = 'A';
  s.check();
  check_golden("show-quarantine.txt", seen("show", frame(s)));
  CHECK_FALSE(has(seen("show", frame(s, 4)), "oldest first"));
}

TEST_CASE("terminal: braces in the strip, and a third line for those who wait") {
  const Waiting s;
  const Lines lines = lines_of(seen("terminal", frame(s)));
  CHECK(lines[1] ==
        " map  |{#0q* 32:::::}[#1 32      ]{#2q 32::::::}[#3 32       ](f1 40..........)|");
  CHECK(lines[4] ==
        " quar |-> #2q 32 -> #0q* 32 -> NULL                 2 blocks, 64 B, oldest first");
  CHECK_FALSE(has(seen("terminal", frame(s, 4)), " quar |"));
}

TEST_CASE("dump: a block that waits is marked q, poison reads as free bytes do, writes as damage") {
  Waiting s;
  s.pointer(2)[5] = 'A';
  s.pointer(2)[7] = 'B';
  s.check();
  check_golden("dump-quarantine.txt", seen("dump", frame(s)));
}

TEST_CASE("dump: without poison nobody knows what a block that waits holds") {
  const Waiting s(false);
  const Lines lines = lines_of(seen("dump", frame(s)));
  CHECK(row(lines, "data", "0000").starts_with("????????????????????????????????"));
  CHECK(row(lines, "mark", "0000").starts_with("{#0q 32 FREEDqqq"));
}

TEST_CASE("dump: a write to free memory is damage of the free block") {
  Scene s(128, keeping(0));
  s.alloc(32);
  s.free(0);
  s.pointer(0)[4] = 'A';
  s.check();
  const Lines lines = lines_of(seen("dump", frame(s)));
  CHECK(row(lines, "data", "0000").starts_with("....A..."));
  CHECK(row(lines, "mark", "0000").starts_with("(...Xf2 free 128 HIT...."));
  CHECK(has(seen("dump", frame(s)),
            "free  f2   written first=0x0004 count=1 want=DD got=41 was=#0 good=2 bad=3\n"));
  CHECK(has(seen("dump", frame(s)), "X written after free"));
  CHECK_FALSE(has(seen("dump", frame(s)), "X guard damaged"));
}

TEST_CASE("dump: damage that the call found is noted when its bytes are somebody's by now") {
  Scene s(128, keeping(0));
  s.alloc(32);
  s.free(0);
  s.pointer(0)[4] = 'A';
  s.alloc(40);
  const std::string text = seen("dump", frame(s));
  CHECK(has(text, "note  damage: freed bytes of #0: 1 of 40 B, first at 0x4; good at call 2,"));
  CHECK_FALSE(has(text, "X written"));
  s.alloc(40);
  CHECK_FALSE(has(seen("dump", frame(s)), "damage"));
}

TEST_CASE("picture: cards that wait are drawn their own way, with their turn") {
  Waiting s;
  const Drawing drawing(frame(s));
  CHECK(ids_of(drawing) == "q0_at_0 b1 q2_at_64 b3 f1");
  CHECK(has(card_words(drawing, "q2_at_64"), "#2q 32 B waits, no. 1"));
  CHECK(has(drawing.words("waits_q2_at_64"), "1. #2q freed at call 5"));
  CHECK(drawing.edges({"quarantine_head", "waits_"}) ==
        "quarantine_head -> waits_q2_at_64\nwaits_q2_at_64 -> waits_q0_at_0\n");
  CHECK(has(drawing.words("legend_0"), "freed, in quarantine"));
  CHECK(has(drawing.words("used_list_frame"), "2 blocks, 64 B"));
  CHECK_FALSE(Drawing(frame(s, 4)).has("quarantine_frame"));
  CHECK_FALSE(has(Drawing(frame(s, 4)).words("legend_0"), "quarantine"));
}

TEST_CASE("picture: a write after free points to its byte, and the window stands under the sums") {
  Waiting s;
  s.pointer(2)[5] = 'A';
  s.check();
  const Drawing drawing(frame(s));
  CHECK(drawing.words("pointer_0") == "✗ byte 5 of #2, freed at call 5");
  CHECK(has(card_words(drawing, "q2_at_64"), "✗ written"));
  CHECK(drawing.words("sum_2") ==
        "✗ freed bytes of #2: 1 of 32 B, first at 69; good at call 5, bad at call 7: written "
        "between them");
  std::string strip = drawing.node("waits_q2_at_64") + drawing.node("pointer_0");
  check_golden("diagram-quarantine.dot", strip + drawing.node("sum_2"));
}

TEST_CASE("the log of an op list in a pool with all of it holds every rule") {
  const auto ops = viz::parse_ops("+32,+32,+40,-0,-0,?,-2,+32,~1:90,-3,+64,-4");
  REQUIRE(ops.has_value());
  viz::PoolSetup setup;
  setup.capacity = 400;
  setup.align = 8;
  setup.guards = 8;
  setup.poison = true;
  setup.quarantine = 100;
  setup.check_every = true;
  std::string text;
  REQUIRE(viz::play(*ops, setup, {"", &text}, nullptr).has_value());
  CHECK(broken(text) == "");
  CHECK(has(text, "\"poison\":true,\"quarantine\":100"));
  const viz::Frame last = frame_of(text, {});
  CHECK(last.after.damages.empty());
  CHECK(last.after.misuses == 1);
}
