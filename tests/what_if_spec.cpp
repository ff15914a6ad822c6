// Calls that were not made, and single frees that would have helped: held against a real pool that
// makes the call afterwards.
#include "model/what_if.hpp"

#include <doctest/doctest.h>

#include <random>

#include "event/table.hpp"
#include "model/keyframe.hpp"
#include "model/rescue.hpp"
#include "model/story.hpp"
#include "support/scene.hpp"
#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

std::string kinds_of(const viz::Frame& frame) {
  std::string text;
  for (const viz::OwnedEvent& event : frame.events)
    text += (text.empty() ? "" : " ") + std::string(event::find(event->kind)->name);
  return text;
}

}  // namespace

TEST_CASE("what would happen is what then happens, event by event and for every policy") {
  for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD}) {
    Scene scene(2048, {.align = 8, .policy = policy, .guards = 8});
    std::mt19937 random(policy);
    std::vector<u64> live;
    for (u64 number = 0; number < 120;) {
      if (live.empty() || random() % 5 < 3) {
        const u64 size = random() % 300;
        const viz::Frame supposed = viz::if_allocated(scene.model(), size);
        if (scene.alloc(size) != POOL_NONE) live.push_back(number);
        ++number;
        CHECK(kinds_of(supposed) == scene.events());
        CHECK(viz::Keyframe::pack(supposed.after) == viz::Keyframe::pack(scene.model()));
      } else {
        const std::size_t which = random() % live.size();
        const auto supposed = viz::if_freed(scene.model(), live[which]);
        scene.free(live[which]);
        live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
        REQUIRE(supposed.has_value());
        CHECK(kinds_of(*supposed) == scene.events());
        CHECK(viz::Keyframe::pack(supposed->after) == viz::Keyframe::pack(scene.model()));
      }
    }
  }
}

TEST_CASE("with a quarantine, too: a free waits, and an allocation lets the oldest go") {
  Scene scene(256, {.align = 8, .quarantine = 96});
  for (int i = 0; i < 4; ++i) scene.alloc(48);
  for (const u64 number : {0, 2, 1}) {
    const auto supposed = viz::if_freed(scene.model(), number);
    scene.free(number);
    CHECK(kinds_of(*supposed) == scene.events());
  }
  const viz::Frame supposed = viz::if_allocated(scene.model(), 90);
  scene.alloc(90);
  CHECK(kinds_of(supposed) == scene.events());
  CHECK(viz::Keyframe::pack(supposed.after) == viz::Keyframe::pack(scene.model()));
}

TEST_CASE("another policy can be tried on the same list") {
  Scribe pool(200);
  for (const u64 size : {60, 10, 30, 10, 90}) pool.alloc(size);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  const auto taken = [&](std::optional<u32> policy) {
    return viz::if_allocated(pool.model(), 25, policy).after.live(5)->offset;
  };
  CHECK(taken({}) == 0);
  CHECK(taken(POOL_BEST) == 70);
  CHECK(taken(POOL_WORST) == 110);
}

TEST_CASE("a block that does not live cannot be freed, not even in thought") {
  Scribe pool(100);
  pool.alloc(10);
  CHECK(!viz::if_freed(pool.model(), 1).has_value());
}

TEST_CASE("the frees that would save a failure are those after which it succeeds") {
  std::mt19937 random(3);
  int failures = 0;
  for (u32 round = 0; round < 40; ++round) {
    Scribe pool(400, {.align = 4});
    for (int i = 0; i < 12; ++i) pool.alloc(10 + random() % 50);
    for (u64 number = 0; number < 12; ++number)
      if (random() % 3 == 0 && pool.model().live(number) != nullptr) pool.free(number);
    const u64 size = 60 + random() % 80;
    const viz::Frame failed = viz::if_allocated(pool.model(), size);
    if (failed.after.failures == failed.before.failures) continue;
    ++failures;
    const viz::Wanted wanted =
        viz::wanted_in(pool.model(), viz::whole_block(pool.model(), size, 0), POOL_NONE);
    std::vector<u64> saving, told;
    for (const auto& [offset, block] : pool.model().blocks()) {
      if (!block.used) continue;
      const viz::Frame after =
          viz::if_allocated(viz::if_freed(pool.model(), block.number)->after, size);
      if (after.after.failures == after.before.failures) saving.push_back(block.number);
    }
    for (const viz::Rescue& each : viz::rescues(pool.model(), wanted)) told.push_back(each.number);
    CHECK(told == saving);
  }
  CHECK(failures > 5);
}

TEST_CASE("a failure that one free alone would have saved says so") {
  const viz::Story story =
      viz::tell(frame_of(enough_bytes_no_room().text(), {12, {}, {}}), viz::Radix::dec);
  CHECK(story.sentences.back() ==
        "Freeing #3 alone (110 B with its free neighbours) would have made room.");
}
