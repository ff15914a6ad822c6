// What a pool does, as a user sees it: splitting, coalescing, geometry, numbers, failure, sums.
// Every call of a Scene is also checked against the model, pool_walk and the invariants.
#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <random>

#include "support/scene.hpp"

namespace mempool::tests {

namespace {
constexpr u64 failed = POOL_NONE;
}

TEST_CASE("blocks are carved from the left until the last byte is used") {
  Scene s(1000);
  CHECK(s.alloc(100) == 0);
  CHECK(s.alloc(200) == 100);
  CHECK(s.alloc(300) == 300);
  CHECK(s.events() == "split alloc");
  CHECK(s.alloc(400) == 600);
  CHECK(s.events() == "alloc");
  CHECK(s.shape() == "U100 U200 U300 U400");
  CHECK(s.alloc(1) == failed);
  CHECK(s.events() == "alloc_fail");
  s.free(1);
  CHECK(s.alloc(50) == 100);
  CHECK(s.shape() == "U100 U50 F150 U300 U400");
}

TEST_CASE("a freed block coalesces with the free neighbours it has, and no others") {
  Scene s(256);
  for (int i = 0; i < 3; ++i) s.alloc(64);
  REQUIRE(s.shape() == "U64 U64 U64 F64");
  SUBCASE("none") {
    s.free(1);
    CHECK(s.shape() == "U64 F64 U64 F64");
    CHECK(s.events() == "free");
  }
  SUBCASE("right") {
    s.free(2);
    CHECK(s.shape() == "U64 U64 F128");
    CHECK(s.events() == "free coalesce");
  }
  SUBCASE("left") {
    s.free(0);
    s.free(1);
    CHECK(s.shape() == "F128 U64 F64");
    CHECK(s.events() == "free coalesce");
  }
  SUBCASE("both, the right one first") {
    s.free(0);
    s.free(2);
    s.free(1);
    CHECK(s.shape() == "F256");
    CHECK(s.events() == "free coalesce coalesce");
    CHECK(s.lines().find(R"("side":"right")") < s.lines().find(R"("side":"left")"));
  }
}

TEST_CASE("enough bytes are free and no free block is long enough: external fragmentation") {
  Scene s(1000);
  for (int i = 0; i < 5; ++i) s.alloc(120);
  for (int i = 0; i < 2; ++i) s.alloc(200);
  for (const u64 number : {0, 2, 4}) s.free(number);
  CHECK(s.stats().free == 360);
  CHECK(s.stats().largest == 120);
  CHECK(s.alloc(150) == failed);
  CHECK(s.lines().find(R"("needed":150,"free":360,"largest":120,"reason":"fragmented")") !=
        std::string::npos);
}

TEST_CASE("a failure says why") {
  Scene s(128);
  const auto reason = [&](const char* word) {
    return s.lines().find(std::string("\"reason\":\"") + word + "\"") != std::string::npos;
  };
  CHECK(s.alloc(129) == failed);
  CHECK(reason("too_large"));
  s.alloc(100);
  CHECK(s.alloc(29) == failed);
  CHECK(reason("full"));
}

TEST_CASE("hostile sizes fail cleanly with ENOMEM, with and without guards") {
  for (const u64 guards : {0, 16, 4096}) {
    Setup setup;
    setup.align = 16;
    setup.guards = guards;
    Scene s(4096, setup);
    s.alloc(16);
    for (u64 below = 0; below < 70; ++below) {
      errno = 0;
      CHECK(s.alloc(SIZE_MAX - below) == failed);
      CHECK(errno == ENOMEM);
    }
    for (const u64 size : {SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX - 4096, u64{4097}}) {
      CHECK(s.alloc(size) == failed);
    }
    CHECK(s.lines().find("\"reason\":\"too_large\"") != std::string::npos);
  }
}

TEST_CASE("a block is a whole number of granules, and what is left over is split off") {
  Setup setup;
  setup.align = 16;
  Scene s(100, setup);  // rounded up to 112
  CHECK(s.stats().capacity == 112);
  CHECK(s.alloc(1) == 0);
  CHECK(s.alloc(17) == 16);
  CHECK(s.alloc(0) == 48);
  CHECK(s.shape() == "U16 U32 U16 F48");
}

TEST_CASE("every payload is aligned, whatever the guard size") {
  for (const u64 align : {1, 2, 4, 8, 16, 64, 4096}) {
    for (const u64 guards : {0, 1, 7, 16, 100}) {
      Setup setup;
      setup.align = align;
      setup.guards = guards;
      Scene s(64 * 1024, setup);
      for (u64 number = 0; number < 3; ++number) {
        REQUIRE(s.alloc(13) != failed);
        CHECK(reinterpret_cast<std::uintptr_t>(s.pointer(number)) % align == 0);
      }
    }
  }
}

TEST_CASE("zero bytes are a block of their own") {
  Scene s(64);
  CHECK(s.alloc(0) == 0);
  CHECK(s.alloc(0) == 1);
  CHECK(s.pointer(0) != s.pointer(1));
  CHECK(s.stats().live_bytes == 0);
  s.free(0);
  s.free(1);
  CHECK(s.shape() == "F64");
}

TEST_CASE("allocations are numbered in order of attempt, failed ones included") {
  Scene s(100);
  s.alloc(50);
  s.alloc(60);
  s.alloc(40);
  CHECK(s.model().live(0) != nullptr);
  CHECK(s.model().live(1) == nullptr);
  CHECK(s.model().live(2)->offset == 50);
}

TEST_CASE("the creation is call zero, and every call that emits an event takes the next number") {
  Scene s(100);
  CHECK(s.model().last_call == 0);
  s.alloc(10);
  CHECK(s.model().last_call == 1);
  pool_free(s.pool(), nullptr);
  CHECK(pool_owns(s.pool(), s.pointer(0)) == 1);
  s.alloc(1000);
  CHECK(s.model().last_call == 2);
  s.free(0);
  CHECK(s.model().last_call == 3);
  s.free_pointer(nullptr);
  s.note("hello");
  CHECK(s.model().last_call == 4);
  s.check();
  CHECK(s.model().last_call == 5);
  s.enable_guards(4);
  CHECK(s.model().last_call == 6);
  s.reset();
  CHECK(s.model().last_call == 7);
  s.alloc(10);
  s.realloc(2, 20);
  CHECK(s.model().last_call == 9);
}

TEST_CASE("when everything is freed there is one free block, in any order of freeing") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20; ++round) {
    Scene s(4096);
    std::vector<u64> numbers;
    while (s.alloc(1 + random() % 200) != failed) numbers.push_back(numbers.size());
    std::shuffle(numbers.begin(), numbers.end(), random);
    for (const u64 number : numbers) s.free(number);
    CHECK(s.shape() == "F4096");
  }
}

TEST_CASE("freeing nothing is silent and errno is kept") {
  Scene s(64);
  errno = 1789;
  pool_free(s.pool(), nullptr);
  CHECK(errno == 1789);
  s.alloc(8);
  errno = 1789;
  pool_free(s.pool(), s.pointer(0));
  CHECK(errno == 1789);
  s.alloc(8);
  CHECK(errno == 1789);
}

TEST_CASE("a success keeps errno, whatever the pool is asked to do besides") {
  for (const u64 guards : {0, 8}) {
    for (const int checks : {POOL_CHECK_FREE, POOL_CHECK_EVERY}) {
      pool_options options{};
      options.struct_size = sizeof options;
      options.guards = guards;
      options.check = checks;
      options.poison = 1;
      options.quarantine = guards * 10;
      MemoryPool* pool = pool_create_with(4096, &options);
      REQUIRE(pool != nullptr);
      errno = 1789;
      void* block = pool_alloc(pool, 24);
      block = pool_realloc(pool, block, 100);
      CHECK(pool_check(pool, nullptr, nullptr) == 0);
      pool_free(pool, block);
      CHECK(errno == 1789);
      pool_destroy(pool);
    }
  }
}

TEST_CASE("a program may scribble over the whole region and the allocator still works") {
  Setup setup;
  setup.align = 16;
  Scene s(4096, setup);
  for (int i = 0; i < 8; ++i) s.alloc(100);
  std::memset(s.pointer(0), 0xFF, 4096);
  for (const u64 number : {1, 3, 5}) s.free(number);
  std::memset(s.pointer(0), 0x00, 4096);
  for (int i = 0; i < 3; ++i) CHECK(s.alloc(100) != failed);
  for (const u64 number : {0, 2, 4, 6, 7, 8, 9, 10}) s.free(number);
  CHECK(s.shape() == "F4096");
}

TEST_CASE("an exhausted slab gets records from a fallback allocation, and an event says so") {
  Setup setup;
  setup.records = 4;
  Scene s(100, setup);
  for (int i = 0; i < 4; ++i) s.alloc(1);
  CHECK(s.events() == "split alloc");
  s.alloc(1);
  CHECK(s.events() == "slab split alloc");
  CHECK(s.lines().find(R"("records":4,"fallback":true)") != std::string::npos);
  for (u64 number = 0; number < 5; ++number) s.free(number);
  CHECK(s.shape() == "F100");
}

TEST_CASE("an allocation that fits nowhere takes no record") {
  Setup setup;
  setup.records = 1;
  Scene s(100, setup);
  s.alloc(90);
  CHECK(s.alloc(20) == failed);
  CHECK(s.events() == "alloc_fail");
}

TEST_CASE("destroying a pool tells its leaks") {
  Scene s(100);
  s.alloc(10);
  s.alloc(20);
  s.free(0);
  s.destroy();
  CHECK(s.events() == "leak destroy");
  CHECK(s.model().leaked_bytes == 20);
  CHECK(s.model().destroyed);
}

TEST_CASE("the same calls give the same log") {
  const auto log = [] {
    Setup setup;
    setup.align = 8;
    setup.guards = 5;
    Scene s(2000, setup);
    for (int i = 0; i < 20; ++i) s.alloc(static_cast<u64>(i * 7));
    for (u64 i = 0; i < 20; i += 3) s.free(i);
    s.note("done");
    s.destroy();
    return s.log();
  };
  CHECK(log() == log());
}

}  // namespace mempool::tests
