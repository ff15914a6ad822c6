// The engine alone: granules in, granules out, against an ordered map; and its own checker, each
// invariant broken by hand. Bytes, numbers and guards are the pool's (pool_spec.cpp).
#include "engine/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "base/memory.hpp"
#include "engine/check.hpp"

namespace mempool::engine {

namespace {

constexpr u32 policies[] = {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD};
constexpr u32 shift = 4;  // granules of 16 bytes: good fit's classes count bytes

/// Engine and slab in memory of their own.
struct Bench {
  explicit Bench(Granule count, u32 policy = POOL_FIRST, u32 records = 64) {
    Carver measure;
    lay_out(measure, count, policy);
    bytes = measure.used();
    memory = map(bytes);
    Carver place(memory);
    lay_out(place, count, policy);
    engine.reset();
    REQUIRE(slab.open(records));
  }
  ~Bench() { unmap(memory, bytes); }
  void lay_out(Carver& carver, Granule count, u32 policy) {
    engine.layout(carver, count, policy, shift);
  }
  void add(Granule at, u64 number) { slab.add(engine.head(at), at, number, 0, 0); }
  void remove(Granule at) { slab.remove(engine.head(at), at); }
  void reset() {
    slab.clear();
    engine.reset();
  }
  Engine engine;
  Slab slab;
  u64 bytes;
  void* memory;
};

/// What a free list in address order would do: each policy as a loop over it, coalescing at once.
struct FreeMap {
  FreeMap(Granule count, u32 wanted) : policy(wanted), blocks{{first_granule, count}} {}

  static u64 good_class(u64 granules) {
    const u64 size = granules << shift;
    if (size < 512) return size;
    u64 low = 512, number = 512;  // of an octave: its first size and that size's class
    for (; low * 2 <= size; low *= 2) number += 32;
    return number + (size - low) / (low / 32);
  }
  [[nodiscard]] bool better(Granule n, std::pair<Granule, Granule> it, Granule best) const {
    switch (policy) {
      case POOL_BEST: return it.second < best;
      case POOL_WORST: return it.second > best;
      case POOL_GOOD: return good_class(it.second) < good_class(best) && sure(n, it.second);
      default: return false;
    }
  }
  [[nodiscard]] static bool sure(Granule n, Granule size) {
    return good_class(size) > good_class(n) ||
           (good_class(size) == good_class(n) && good_class(n - 1) < good_class(n));
  }
  Granule choose(Granule n) const {
    Granule chosen = no_granule;
    Granule its_size = 0;
    if (policy == POOL_NEXT) {
      for (const auto& [at, size] : blocks)
        if (size >= n && at + size > cursor) return at;
    }
    for (const auto& block : blocks) {
      if (block.second < n) continue;
      if (policy == POOL_GOOD && !sure(n, block.second)) continue;
      if (chosen != no_granule && !better(n, block, its_size)) continue;
      std::tie(chosen, its_size) = block;
    }
    if (chosen != no_granule || policy != POOL_GOOD) return chosen;
    for (const auto& [at, size] : blocks)
      if (size >= n) return at;
    return no_granule;
  }
  Granule take(Granule n, Alignment alignment = {}) {
    Granule hole = choose(n + alignment.step - 1);
    if (hole == no_granule) {
      for (const auto& [at, size] : blocks) {
        if (alignment.gap(at) + n > size) continue;
        hole = at;
        break;
      }
    }
    if (hole == no_granule) return no_granule;
    const Granule whole = blocks.at(hole);
    const Granule at = hole + alignment.gap(hole);
    blocks.erase(hole);
    if (at != hole) blocks[hole] = at - hole;
    if (at + n != hole + whole) blocks[at + n] = hole + whole - at - n;
    cursor = at + n;
    return at;
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
  bool resize(Granule at, Granule size, Granule n) {
    const auto right = blocks.find(at + size);
    const Granule room = size + (right == blocks.end() ? 0 : right->second);
    if (n > room) return false;
    if (right != blocks.end()) blocks.erase(right);
    if (n != room) blocks[at + n] = room - n;
    return true;
  }
  [[nodiscard]] Granule largest() const {
    Granule most = 0;
    for (const auto& block : blocks) most = std::max(most, block.second);
    return most;
  }

  u32 policy;
  std::map<Granule, Granule> blocks;
  Granule cursor = first_granule;
};

using Sizes = Granule (*)(std::mt19937_64&);

/// One engine and its list through the same random calls.
struct Run {
  Run(Granule granules, u32 policy, Sizes sizes, unsigned seed)
      : count(granules),
        bench(granules, policy),
        expected(granules, policy),
        size(sizes),
        random(seed) {}

  void take() {
    Alignment alignment;
    if (random() % 8 == 0)
      alignment = {Granule{1} << random() % 9, static_cast<Granule>(random() % 256)};
    const Granule n = size(random);
    if (bench.slab.exhausted()) REQUIRE(bench.slab.grow() > 0);
    const Taken taken =
        alignment.step == 1 ? bench.engine.take(n) : bench.engine.take_aligned(n, alignment);
    REQUIRE(taken.at == expected.take(n, alignment));
    if (taken.at == no_granule) return;
    bench.add(taken.at, 0);
    live.emplace_back(taken.at, n);
  }
  void give() {
    std::swap(live[random() % live.size()], live.back());
    const auto [at, n] = live.back();
    live.pop_back();
    bench.remove(at);
    const Given given = bench.engine.give(at);
    const Given wanted = expected.give(at, n);
    REQUIRE(given.size == n);
    REQUIRE(given.left == wanted.left);
    REQUIRE(given.right == wanted.right);
  }
  void resize() {
    auto& [at, n] = live[random() % live.size()];
    const Granule wanted = random() % 2 == 0 ? size(random) : 1 + n * 2 / 3;
    Resized resized;
    const bool in_place = bench.engine.resize(at, wanted, resized);
    REQUIRE(in_place == expected.resize(at, n, wanted));
    if (!in_place) return;
    REQUIRE(resized.size == n);
    const auto rest = expected.blocks.find(at + wanted);
    REQUIRE(resized.rest == (rest == expected.blocks.end() ? 0 : rest->second));
    n = wanted;
  }
  void reset() {
    bench.reset();
    expected = FreeMap(count, expected.policy);
    live.clear();
  }
  void go(int calls) {
    CAPTURE(count);
    CAPTURE(expected.policy);
    for (int call = 0; call < calls; ++call) {
      const bool growing = (call / 3000) % 2 == 0;
      if (live.empty() || random() % 100 < (growing ? 60u : 40u))
        take();
      else if (random() % 6 == 0)
        resize();
      else
        give();
      if (call % (count > 100000 ? 3001 : 97) == 0) {
        const auto broken = check(bench.engine, bench.slab, live.size());
        REQUIRE_MESSAGE(!broken, invariant_name(broken->invariant), ": ", broken->what);
        REQUIRE(bench.engine.largest() == expected.largest());
      }
      if (random() % 5000 == 0) reset();
    }
  }

  Granule count;
  Bench bench;
  FreeMap expected;
  Sizes size;
  std::mt19937_64 random;
  std::vector<std::pair<Granule, Granule>> live;
};

int run_length(Granule count) {
  const char* factor = std::getenv("MEMPOOL_ORACLE_RUNS");
  const int calls = count < 100 ? 1000 : 10000;
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

TEST_CASE("every policy takes the block that a loop over the free list would take") {
  unsigned seed = 1;
  for (const u32 policy : policies) {
    for (const Granule count : {1u, 2u, 3u, 63u, 64u, 65u, 200u, 1000u, 5000u, 70000u, 3000000u}) {
      for (const Sizes sizes : {small, mixed, powers, huge})
        Run(count, policy, sizes, seed++).go(run_length(count));
    }
  }
}

TEST_CASE("a tree of bitmaps holds the numbers that a set holds") {
  std::mt19937_64 random(11);
  for (const u32 count : {1u, 63u, 64u, 65u, 4096u, 4097u, 300000u}) {
    const BitTree::Shape shape(count);
    std::vector<u64> words(shape.words);
    BitTree tree(words.data(), shape);
    std::set<u32> expected;
    for (int round = 0; round < 3000; ++round) {
      const auto number = static_cast<u32>(random() % count);
      if (random() % 2 == 0) {
        tree.insert(number);
        expected.insert(number);
      } else {
        tree.erase(number);
        expected.erase(number);
      }
      const auto asked = static_cast<u32>(random() % count);
      const auto above = expected.upper_bound(asked);
      const auto below = expected.lower_bound(asked);
      REQUIRE(tree.empty() == expected.empty());
      REQUIRE(tree.contains(asked) == expected.contains(asked));
      REQUIRE(tree.next(asked) == (above == expected.end() ? BitTree::none : *above));
      REQUIRE(tree.previous(asked) ==
              (below == expected.begin() ? BitTree::none : *std::prev(below)));
      if (!expected.empty()) REQUIRE(tree.first() == *expected.begin());
    }
    tree.clear_below(count);
    CHECK(tree.empty());
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
    lanes::Code raised[lanes::code_lanes], expected[lanes::code_lanes];
    std::copy(std::begin(codes), std::end(codes), raised);
    std::copy(std::begin(codes), std::end(codes), expected);
    std::shuffle(std::begin(codes), std::end(codes), random);
    lanes::raise_up_to(raised, codes, code, code);
    lanes::portable::raise_up_to(expected, codes, code, code);
    CHECK(std::equal(std::begin(raised), std::end(raised), expected));
    CHECK(lanes::at_least(codes, code) == lanes::portable::at_least(codes, code));
    CHECK(lanes::equal(bytes, byte) == lanes::portable::equal(bytes, byte));
    CHECK(lanes::largest(bytes) == lanes::portable::largest(bytes));
    CHECK(lanes::largest(codes) == lanes::portable::largest(codes));
  }
}

TEST_CASE("the checker finds nothing in a region that is in order, however many pages it has") {
  std::vector<Granule> counts;
  for (const Granule pages : {1024u, 1055u, 1056u, 32u * 1024}) counts.push_back(64 * pages);
  for (Granule pages = 1; pages <= 130; ++pages) counts.push_back(64 * pages);
  for (const u32 policy : policies) {
    for (const Granule whole : counts) {
      for (const Granule count : {whole - 65, whole - 64, whole - 1, whole}) {
        if (count > whole || count == 0) continue;
        CAPTURE(policy);
        CAPTURE(count);
        Bench bench(count, policy, count / 40 + 1);
        std::vector<Granule> blocks;  // up to the last granule, then every other one is a hole
        for (Granule left = count; left != 0; left -= std::min<Granule>(left, 40)) {
          blocks.push_back(bench.engine.take(std::min<Granule>(left, 40)).at);
          bench.add(blocks.back(), blocks.size());
        }
        for (std::size_t i = 0; i < blocks.size(); i += 2) {
          bench.remove(blocks[i]);
          bench.engine.give(blocks[i]);
        }
        REQUIRE(!check(bench.engine, bench.slab, blocks.size() / 2));
      }
    }
  }
}

TEST_CASE("the checker names the invariant that is broken, with its witness") {
  Bench bench(1000);
  for (u64 number = 0; number < 10; ++number) {
    bench.add(bench.engine.take(10).at, number);
  }
  bench.remove(first_granule + 20);
  bench.engine.give(first_granule + 20);
  REQUIRE(!check(bench.engine, bench.slab, 9));

  auto& pages = const_cast<Pages&>(bench.engine.pages());
  auto& index = const_cast<Index&>(bench.engine.index());
  SUBCASE("two free neighbours") {
    pages.set_free(first_granule + 30);
    const auto broken = check(bench.engine, bench.slab, 9);
    REQUIRE(broken);
    CHECK(broken->invariant == 2);
    CHECK(broken->at == first_granule + 20);
  }
  SUBCASE("a block without a record") {
    bench.remove(first_granule + 50);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
    CHECK(check(bench.engine, bench.slab, 9)->at == first_granule + 50);
  }
  SUBCASE("a record without a block") {
    bench.add(first_granule + 25, 99);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
  }
  SUBCASE("a wrong size in the index") {
    index.insert(first_granule + 20, 7);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
    CHECK(check(bench.engine, bench.slab, 9)->at == first_granule + 20);
  }
  SUBCASE("a free block that the index has lost") {
    index.erase(first_granule + 20, 10);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
  }
  SUBCASE("a floor that hides a free block") {
    index.erase(first_granule + 20, 10);
    static_cast<void>(index.tree.lowest(10, pages));  // finds that there is none
    pages.set_slot(first_granule + 20, 10);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 4);
  }
  SUBCASE("a counter that is off") {
    CHECK(check(bench.engine, bench.slab, 8)->invariant == 5);
  }
  SUBCASE("a start too many") {
    pages.set_start(first_granule + 35);
    CHECK(check(bench.engine, bench.slab, 9)->invariant == 3);
  }
}

}  // namespace mempool::engine
