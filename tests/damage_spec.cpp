// When was it written? The model knows for every damaged guard, and for free bytes that somebody
// wrote to, the last call that found them good and the first that did not; stories and views say
// it. Logs are a scribe's where the looks are to be chosen one by one, and a real pool's.
#include <doctest/doctest.h>

#include <cstring>

#include "event/table.hpp"
#include "support/scene.hpp"
#include "support/stories.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Damage;
using viz::Model;

namespace {

/// The window of the last damage that was found: "1-3".
std::string window(const Model& model) {
  if (model.damages.empty()) return "none";
  const Damage& last = model.damages.back();
  const auto call = [](u64 number) {
    return number == POOL_NONE ? std::string("?") : std::to_string(number);
  };
  return call(last.good_call) + "-" + call(last.bad_call);
}

std::string told(const Scene& scene, std::optional<u64> call = {}) {
  const viz::Frame frame = frame_of(scene.log(), {.call = call, .seq = {}, .pool = {}});
  const viz::Story story = viz::tell(frame, viz::Radix::dec);
  std::string text = story.title;
  for (const std::string& sentence : story.sentences) text += "\n" + sentence;
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Setup poisoned(u64 quarantine = 0) {
  Setup setup;
  setup.poison = true;
  setup.quarantine = quarantine;
  return setup;
}

}  // namespace

TEST_CASE("a guard that a check does not tell was intact at that check") {
  Scribe pool(256, {.guards = 8});
  pool.alloc(24);
  pool.alloc(24);
  pool.check();
  pool.note("later");
  pool.check_finds(1, "X");
  CHECK(window(pool.model()) == "3-5");
  SUBCASE("and so were the others when one was found damaged") {
    pool.check_finds(0, "Y");
    CHECK(window(pool.model()) == "5-6");
    CHECK(says(pool, "good at call 5, bad at call 6: written between them."));
  }
  SUBCASE("a later look at what is damaged moves neither end") {
    pool.check_finds(1, "X");
    CHECK(pool.model().live(1)->back().good_call == 3);
    CHECK(pool.model().live(1)->back().bad_call == 5);
    CHECK(pool.model().damages.size() == 1);
  }
}

TEST_CASE("a check that found more than was told proves nothing") {
  Scribe pool(256, {.guards = 8});
  pool.alloc(24);
  pool.begin_call();
  pool_event check = event::make(POOL_EVENT_CHECK);
  check.as.check = {1, 1};
  pool.event(check);
  CHECK(pool.model().last_check == POOL_NONE);
  pool.check_finds(0, "X");
  CHECK(window(pool.model()) == "1-3");
}

TEST_CASE("guards of a snapshot are known to be intact once the pool was checked") {
  Scribe pool(256, {.guards = 8});
  pool.alloc(24);
  pool.snapshot();
  CHECK_FALSE(pool.model().byte(pool.model().live(0)->offset).known);
  pool.check();
  CHECK(pool.model().byte(pool.model().live(0)->offset).known);
  pool.note("x");
  pool.check_finds(0, "X");
  CHECK(window(pool.model()) == "3-5");
}

TEST_CASE("with check=every the window of a damaged guard is one call") {
  Setup setup;
  setup.guards = 8;
  setup.check_every = true;
  Scene s(512, setup);
  for (int i = 0; i < 6; ++i) s.alloc(10);
  s.pointer(2)[10] = 'A';
  s.alloc(10);
  CHECK(window(s.model()) == "6-7");
  CHECK(has(told(s, 7), "✗ Guard: the back guard of #2 has 1 of 8 bytes overwritten"));
  CHECK(has(told(s, 7), "good at call 6, bad at call 7: written between them."));
  s.free(2);
  CHECK(has(told(s, 8), "good at call 6, bad at call 7: written between them."));
  const std::string text = told(s, 8);
  CHECK(text.find("✗") == text.rfind("✗"));  // the look around and the free find the same
}

TEST_CASE("a write after free lies between the free and the call that finds it") {
  Scene s(100, poisoned());
  s.alloc(32);
  s.alloc(32);
  s.free(0);
  s.note("the program goes on");
  s.pointer(0)[4] = 'A';
  s.alloc(32);
  CHECK(window(s.model()) == "3-5");
  CHECK(s.model().stains.empty());  // the bytes are #2's now
  CHECK(told(s, 5).ends_with(
      "✗ Write after free: 1 of 32 free bytes is not DD, at 4 (expected DD, found 41): byte 4 of "
      "#0, which was given back at call 3; good at call 3, bad at call 5: written between them."));
}

TEST_CASE("a check in between narrows the window of a write after free") {
  Scene s(100, poisoned());
  s.alloc(32);
  s.free(0);
  s.check();
  s.pointer(0)[4] = 'A';
  s.pointer(0)[9] = 'B';
  s.check();
  s.check();
  CHECK(window(s.model()) == "3-4");
  REQUIRE(s.model().stains.size() == 1);
  const Damage& stain = s.model().stains.at(4);
  CHECK(stain.number == 0);
  CHECK(stain.damaged == 2);
  CHECK(s.model().damages.size() == 1);
  CHECK(s.model().stain_in(0, 4) == nullptr);
  CHECK(s.model().stain_in(0, 5) == &stain);
}

TEST_CASE("bytes that leave the quarantine untouched are clean up to then") {
  Scene s(100, poisoned(32));
  for (int i = 0; i < 3; ++i) s.alloc(32);
  s.free(0);
  s.free(1);  // #0 leaves
  s.pointer(0)[0] = 'A';
  s.check();
  CHECK(window(s.model()) == "5-6");
  CHECK(s.model().gone(0)->call == 4);
  CHECK(has(told(s), "byte 0 of #0, which was given back at call 4; good at call 5"));
}

TEST_CASE("captured bytes show a write after free before any check does") {
  Setup setup = poisoned();
  setup.capture = true;
  Scene s(100, setup);
  s.alloc(32);
  s.free(0);
  s.note("nothing");
  std::memcpy(s.pointer(0) + 3, "late", 4);
  s.note("it is told");
  CHECK(window(s.model()).ends_with("-4"));
  REQUIRE(s.model().stains.size() == 1);
  CHECK(s.model().stains.at(3).damaged == 4);
  CHECK(has(told(s), "✗ Write after free: 4 of "));
  s.alloc(50);
  CHECK(s.model().damages.size() == 1);
}

TEST_CASE("a reset forgets writes after free, but not that there were some") {
  Scene s(100, poisoned());
  s.alloc(32);
  s.free(0);
  s.pointer(0)[4] = 'A';
  s.check();
  s.reset();
  CHECK(s.model().stains.empty());
  CHECK(s.model().damaged_places == 1);
}

TEST_CASE("of much damage the last places are kept, and all are counted") {
  Scene s(4000, poisoned());
  for (int i = 0; i < 100; ++i) s.alloc(10);
  for (u64 i = 0; i < 100; i += 2) {
    s.free(i);
    s.pointer(i)[1] = 'A';
  }
  s.check();
  CHECK(s.model().damaged_places == 50);
  CHECK(s.model().damages.size() == Model::most_damages);
  CHECK(s.model().damages.back().number == 98);
}

TEST_CASE("the line that asked for a block is said with it, also when it is gone") {
  Setup setup = poisoned(64);
  setup.guards = 8;
  Scene s(512, setup);
  s.take_over(pool_alloc_at(s.pool(), 20, "parser.c", 118));
  CHECK(told(s).ends_with("#0 was asked for at parser.c:118."));
  s.take_over(pool_alloc_at(s.pool(), 20, "tree\n.c", 7));
  CHECK(told(s).ends_with("#1 was asked for at tree~.c:7."));
  s.pointer(0)[20] = 'A';
  s.free(0);
  CHECK(has(told(s), "written between them. #0 was asked for at parser.c:118.\n"));
  s.pointer(0)[3] = 'A';
  s.check();
  CHECK(has(told(s),
            "byte 3 of #0, which was given back at call 3; good at call 3, bad at call 4: "
            "written between them. #0 was asked for at parser.c:118."));
  s.free_pointer(s.pointer(0));
  CHECK(told(s).ends_with("nothing is changed.\n#0 was asked for at parser.c:118."));
  s.destroy();
  CHECK(has(told(s), "1 block (20 B asked for) was never freed: #1 (20 B, tree~.c:7)."));
}

TEST_CASE("a block that moves keeps the line that asked for it") {
  Setup setup;
  Scene s(256, setup);
  s.take_over(pool_alloc_at(s.pool(), 20, "a.c", 1));
  s.alloc(20);
  s.realloc(0, 60);
  CHECK(viz::site_text(s.model(), 0) == "a.c:1");
  s.free(0);
  CHECK(viz::site_text(s.model(), 0) == "a.c:1");  // it is told what damages its bytes
  CHECK(viz::site_text(s.model(), 1).empty());
}
