// Long seeded random runs: every placement, every failure and every sum equals the naive oracle's,
// payloads keep what was written into them, and no wrong pointer is taken.
//
// MEMPOOL_ORACLE_RUNS=100 makes a hundred times as many runs: some millions of calls.
#include <doctest/doctest.h>

#include <cstdlib>

#include "support/oracle_run.hpp"
#include "support/scene.hpp"

namespace mempool::tests {

namespace {

int times(int runs) {
  const char* factor = std::getenv("MEMPOOL_ORACLE_RUNS");
  return runs * (factor == nullptr ? 1 : std::max(1, std::atoi(factor)));
}

struct Total {
  u64 failures = 0, moves = 0, stays = 0;
};

template <class FreeMemory>
void run(u32 policy, unsigned seed, u64 most_capacity, Total& total) {
  CAPTURE(policy);
  CAPTURE(seed);
  Setting setting(policy, seed, most_capacity);
  CAPTURE(setting.shape.capacity);
  CAPTURE(setting.shape.align);
  CAPTURE(setting.shape.guard);
  CAPTURE(setting.shape.base);
  CAPTURE(setting.watched);
  OracleRun<FreeMemory> run(setting, seed);
  u64 call = 0;
  CAPTURE(call);
  const u64 calls = 300 + 8 * setting.blocks;  // it is filled and emptied some times
  for (; call < calls; ++call) {
    run.call();
    run.compare();
    if (call % 1024 == 0) run.check_everything();
  }
  run.check_everything();
  total.failures += run.failures;
  total.moves += run.moves;
  total.stays += run.stays;
}

template <class FreeMemory>
void all_policies(int runs, u64 most_capacity) {
  Total total;
  for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD})
    for (int i = 0; i < runs; ++i)
      run<FreeMemory>(policy, static_cast<unsigned>(i + 1), most_capacity, total);
  // Otherwise the runs would mean little.
  CHECK(total.failures > 30);
  CHECK(total.moves > 30);
  CHECK(total.stays > 30);
}

}  // namespace

TEST_CASE("every placement, failure and sum equals the oracle's that works byte by byte") {
  all_policies<FreeBytes>(times(6), 16384);
}

TEST_CASE("the same holds for large pools, against the oracle that keeps a list") {
  all_policies<FreeList>(times(4), 8 * largest_size);
}

TEST_CASE("the two oracles agree") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Dice dice(seed);
    OracleShape shape{.align = dice.power(64), .guard = dice.below(20)};
    shape.capacity = shape.align * (20 + dice.below(200));
    shape.policy = static_cast<u32>(1 + dice.below(5));
    shape.base = shape.align * dice.below(64);
    Oracle<FreeBytes> bytes(shape);
    Oracle<FreeList> list(shape);
    std::vector<u64> live;
    for (int call = 0; call < 200; ++call) {
      const u64 size = dice.magnitude(shape.capacity / 3);
      if (live.empty() || dice.below(100) < 55) {
        const u64 alignment = dice.power(1024);
        const u64 payload = bytes.alloc(size, alignment);
        REQUIRE(list.alloc(size, alignment) == payload);
        if (payload != POOL_NONE) live.push_back(payload);
      } else {
        std::swap(live[dice.below(live.size())], live.back());
        if (dice.one_in(3)) {
          const u64 payload = bytes.realloc(live.back(), size);
          REQUIRE(list.realloc(live.back(), size) == payload);
          if (payload != POOL_NONE) live.back() = payload;
        } else {
          bytes.free(live.back());
          list.free(live.back());
          live.pop_back();
        }
      }
      REQUIRE(bytes.free_memory().runs() == list.free_memory().runs());
    }
  }
}

TEST_CASE("the model that is folded from the events says what the oracle says") {
  for (int i = 0; i < times(10); ++i) {
    const auto seed = static_cast<unsigned>(i);
    CAPTURE(seed);
    Dice dice(seed);
    Setup setup;
    setup.policy = 1 + seed % 5;
    setup.align = dice.power(64);
    setup.guards = dice.of<4>({0, 0, 4, 16});
    setup.records = 8;
    setup.through_json = false;
    const u64 capacity = setup.align * (40 + dice.below(200));
    Scene scene(capacity, setup);
    Oracle<FreeList> oracle({capacity, setup.align, setup.guards, setup.policy});
    std::vector<std::pair<u64, u64>> live;  // number, payload
    for (u64 call = 0, number = 0; call < 300; ++call) {
      const u64 size = dice.magnitude(capacity / 4);
      if (live.empty() || dice.below(100) < 50) {
        const u64 alignment = dice.one_in(4) ? dice.power(256) : 1;
        const u64 expected = oracle.alloc(size, alignment);
        REQUIRE(scene.aligned_alloc(alignment, size) == expected);
        if (expected != POOL_NONE) live.emplace_back(number, expected);
        ++number;
        continue;
      }
      std::swap(live[dice.below(live.size())], live.back());
      auto& [block, payload] = live.back();
      if (dice.one_in(3)) {
        const u64 expected = oracle.realloc(payload, size);
        REQUIRE(scene.realloc(block, size) == expected);
        if (expected != POOL_NONE) payload = expected;
      } else {
        scene.free(block);
        oracle.free(payload);
        live.pop_back();
      }
    }
    REQUIRE(scene.model().free_bytes == oracle.free_bytes());
    REQUIRE(scene.check() == 0);
  }
}

}  // namespace mempool::tests
