// Long seeded random runs: every placement, every failure and every sum equals the oracle's.
// MEMPOOL_ORACLE_RUNS=100 makes them a hundred times longer.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "support/oracle.hpp"
#include "support/scene.hpp"

namespace mempool::tests {

namespace {

struct Run {
  u64 capacity, align, guard;
  unsigned seed;
};

/// Sizes: mostly small, sometimes as large as the pool, now and then 0.
u64 random_size(std::mt19937_64& random, u64 capacity) {
  switch (random() % 16) {
    case 0: return 0;
    case 1: return random() % (capacity + capacity / 4);
    case 2: return random() % (capacity / 4);
    default: return 1 + random() % 96;
  }
}

void compare(const Run& run, int calls) {
  CAPTURE(run.capacity);
  CAPTURE(run.align);
  CAPTURE(run.guard);
  CAPTURE(run.seed);
  Setup setup;
  setup.align = run.align;
  setup.guards = run.guard;
  setup.records = 8;  // so that fallback allocations happen
  setup.through_json = false;
  Scene scene(run.capacity, setup);
  Oracle oracle(run.capacity, run.align, run.guard);
  std::mt19937_64 random(run.seed);
  std::vector<std::pair<u64, u64>> live;  // number, payload
  u64 number = 0, failures = 0;
  for (int call = 0; call < calls; ++call) {
    const bool fill_up = (call / 500) % 2 == 0;
    if (live.empty() || random() % 100 < (fill_up ? 65 : 40)) {
      const u64 size = random_size(random, run.capacity);
      const u64 expected = oracle.alloc(size);
      REQUIRE(scene.alloc(size) == expected);
      if (expected == POOL_NONE)
        ++failures;
      else
        live.emplace_back(number, expected);
      ++number;
    } else {
      const auto chosen = live.begin() + static_cast<long>(random() % live.size());
      scene.free(chosen->first);
      oracle.free(chosen->second);
      live.erase(chosen);
    }
    if (call % 64 == 0) {
      REQUIRE(scene.stats().free == oracle.free_bytes());
      REQUIRE(scene.stats().largest == oracle.largest());
      REQUIRE(scene.check() == 0);
    }
  }
  CHECK(failures > 0);  // the pool is tight enough for the run to mean something
}

int run_length() {
  const char* factor = std::getenv("MEMPOOL_ORACLE_RUNS");
  return 2000 * (factor == nullptr ? 1 : std::max(1, std::atoi(factor)));
}

}  // namespace

TEST_CASE("every placement, failure and sum equals the naive oracle's") {
  unsigned seed = 1;
  for (const u64 align : {1, 8, 16, 64}) {
    for (const u64 guard : {0, 1, 8, 16, 100}) {
      for (const u64 capacity : {512, 3000, 8192}) {
        compare({capacity, align, guard, seed++}, run_length());
      }
    }
  }
}

}  // namespace mempool::tests
