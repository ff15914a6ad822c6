// The engine alone: granules in, granules out, against an ordered map; and its own checker, each
// invariant broken by hand. Bytes, numbers and guards are the pool's (pool_spec.cpp).
#include "engine/engine.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <vector>

#include "base/memory.hpp"
#include "engine/check.hpp"

namespace mempool::engine {

namespace {

/// Engine and slab in memory of their own.
struct Bench {
  explicit Bench(Granule count, u32 records = 64) {
    Carver measure;
    lay_out(measure, count, records);
    memory = allocate_zeroed(measure.used());
    Carver place(memory);
    lay_out(place, count, records);
    engine.reset();
  }
  ~Bench() { release(memory); }
  void lay_out(Carver& carver, Granule count, u32 records) {
    engine.layout(carver, count);
    slab.layout(carver, first_granule + count, records);
  }
  void reset() {
    slab.clear(engine.high_water());
    engine.reset();
  }
  Engine engine;
  Slab slab;
  void* memory;
};

/// What a free list in address order would do: search from the left, coalesce at once.
struct FreeMap {
  explicit FreeMap(Granule count) : blocks{{first_granule, count}} {}
  Granule take(Granule n) {
    for (auto& [at, size] : blocks) {
      if (size < n) continue;
      const auto [place, whole] = std::pair(at, size);
      blocks.erase(place);
      if (whole > n) blocks[place + n] = whole - n;
      return place;
    }
    return no_granule;
  }
  Given give(Granule at, Granule size) {
    Given given{size, 0, 0};
    auto right = blocks.lower_bound(at);
    if (right != blocks.end() && right->first == at + size) {
      given.right = right->second;
      right = blocks.erase(right);
    }
    if (right != blocks.begin()) {
      auto left = std::prev(right);
      if (left->first + left->second == at) {
        given.left = left->second;
        left->second += size + given.right;
        return given;
      }
    }
    blocks[at] = size + given.right;
    return given;
  }
  std::map<Granule, Granule> blocks;
};

using Sizes = Granule (*)(std::mt19937_64&);

void run(Granule count, Sizes size, int calls, unsigned seed) {
  CAPTURE(count);
  CAPTURE(seed);
  Bench bench(count);
  FreeMap expected(count);
  std::mt19937_64 random(seed);
  std::vector<std::pair<Granule, Granule>> live;
  for (int call = 0; call < calls; ++call) {
    if (live.empty() || random() % 100 < ((call / 3000) % 2 == 0 ? 60u : 40u)) {
      const Granule n = size(random);
      if (bench.slab.exhausted()) REQUIRE(bench.slab.grow() > 0);
      const Taken taken = bench.engine.take(n);
      REQUIRE(taken.at == expected.take(n));
      if (taken.at == no_granule) continue;
      bench.slab.add(taken.at, static_cast<u64>(call), 0, 0);
      live.emplace_back(taken.at, n);
    } else {
      std::swap(live[random() % live.size()], live.back());
      const auto [at, n] = live.back();
      live.pop_back();
      bench.slab.remove(at);
      const Given given = bench.engine.give(at);
      const Given wanted = expected.give(at, n);
      REQUIRE(given.size == n);
      REQUIRE(given.left == wanted.left);
      REQUIRE(given.right == wanted.right);
    }
    if (call % (count > 100000 ? 3001 : 97) == 0) {
      const auto broken = check(bench.engine, bench.slab, live.size());
      REQUIRE_MESSAGE(!broken, invariant_name(broken->invariant), ": ", broken->what);
    }
    if (random() % 5000 == 0) {
      bench.reset();
      expected = FreeMap(count);
      live.clear();
    }
  }
}

int run_length(Granule count) {
  const char* factor = std::getenv("MEMPOOL_ORACLE_RUNS");
  const int calls = count < 100 ? 2000 : 20000;
  return calls * (factor == nullptr ? 1 : std::max(1, std::atoi(factor)));
}

Granule small(std::mt19937_64& random) {
  return 1 + static_cast<Granule>(random() % 16);
}
Granule mixed(std::mt19937_64& random) {
  return 1 + static_cast<Granule>(random() % (random() % 8 == 0 ? 512 : 8));
}
Granule powers(std::mt19937_64& random) {
  return Granule{1} << random() % 12;
}
Granule huge(std::mt19937_64& random) {
  return 1 + static_cast<Granule>(random() % 60000);
}

}  // namespace

TEST_CASE("first fit takes the lowest address that fits, whatever the pool's size") {
  unsigned seed = 1;
  for (const Granule count : {1u, 2u, 3u, 63u, 64u, 65u, 200u, 1000u, 5000u, 70000u, 3000000u}) {
    for (const Sizes sizes : {small, mixed, powers, huge})
      run(count, sizes, run_length(count), seed++);
  }
}

TEST_CASE("the wide searches say the same as the plain loops") {
  std::mt19937_64 random(7);
  alignas(64) u8 bytes[lanes::byte_lanes];
  alignas(64) lanes::Code codes[lanes::code_lanes];
  for (int round = 0; round < 2000; ++round) {
    const u32 range = round % 2 == 0 ? 4 : 256;
    for (u8& byte : bytes) byte = static_cast<u8>(random() % range);
    for (lanes::Code& code : codes) code = static_cast<lanes::Code>(random() % (range * 127));
    const auto byte = static_cast<u8>(random() % range);
    const auto code = static_cast<lanes::Code>(random() % (range * 127));
    CHECK(lanes::at_least(bytes, byte) == lanes::portable::at_least(bytes, byte));
    CHECK(lanes::at_least(codes, code) == lanes::portable::at_least(codes, code));
    for (unsigned left_out = 0; left_out <= lanes::byte_lanes; ++left_out) {
      CHECK(lanes::max_without(bytes, left_out) == lanes::portable::max_without(bytes, left_out));
    }
    for (unsigned left_out = 0; left_out <= lanes::code_lanes; ++left_out) {
      CHECK(lanes::max_without(codes, left_out) == lanes::portable::max_without(codes, left_out));
    }
  }
}

TEST_CASE("the checker names the invariant that is broken, with its witness") {
  Bench bench(1000);
  for (u64 number = 0; number < 10; ++number) {
    bench.slab.add(bench.engine.take(10).at, number, 0, 0);
  }
  bench.slab.remove(first_granule + 20);
  bench.engine.give(first_granule + 20);
  REQUIRE(!check(bench.engine, bench.slab, 9));

  auto& starts = const_cast<Starts&>(bench.engine.starts());
  auto& index = const_cast<Index&>(bench.engine.index());
  SUBCASE("two free neighbours") {
    starts.set_free(first_granule + 30);
    const auto broken = check(bench.engine, bench.slab, 9);
    REQUIRE(broken);
    CHECK(broken->invariant == 2);
    CHECK(broken->at == first_granule + 20);
  }
  SUBCASE("a block without a record") {
    bench.slab.remove(first_granule + 50);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
    CHECK(check(bench.engine, bench.slab, 9)->at == first_granule + 50);
  }
  SUBCASE("a record without a block") {
    bench.slab.add(first_granule + 25, 99, 0, 0);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
  }
  SUBCASE("a wrong size in the index") {
    index.insert(first_granule + 20, 7);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
    CHECK(check(bench.engine, bench.slab, 9)->at == first_granule + 20);
  }
  SUBCASE("a free block that the index has lost") {
    index.erase(first_granule + 20);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
  }
  SUBCASE("a maximum that is too large") {
    index.insert(first_granule + 20, 300);
    index.insert(first_granule + 20, 10);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
  }
  SUBCASE("a counter that is off") {
    CHECK(check(bench.engine, bench.slab, 8)->invariant == 5);
  }
  SUBCASE("a start too many") {
    starts.set_start(first_granule + 35);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
  }
}

}  // namespace mempool::engine
