// The calls beyond the eight: calloc, realloc, reset, and what looks at a pool without changing it.
// Every call of a Scene is also checked against the model, pool_walk and the invariants.
#include <doctest/doctest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "support/scene.hpp"

namespace mempool::tests {

namespace {
constexpr u64 failed = POOL_NONE;
}

TEST_CASE("calloc gives zeroed bytes and refuses products that overflow") {
  Scene s(100);
  s.alloc(100);
  std::memset(s.pointer(0), 'x', 100);
  s.free(0);
  auto* bytes = static_cast<char*>(pool_calloc(s.pool(), 5, 10));
  REQUIRE(bytes != nullptr);
  for (int i = 0; i < 50; ++i) CHECK(bytes[i] == 0);
  errno = 0;
  CHECK(pool_calloc(s.pool(), SIZE_MAX / 2, 3) == nullptr);
  CHECK(pool_calloc(s.pool(), SIZE_MAX / 2 + 2, 2) == nullptr);  // 2, if it wrapped around
  CHECK(errno == ENOMEM);
}

TEST_CASE("realloc moves a block, keeps its number and its bytes, and is one call") {
  Scene s(256);
  s.alloc(10);
  s.alloc(10);
  std::memcpy(s.pointer(0), "0123456789", 10);
  CHECK(s.realloc(0, 30) == 20);
  CHECK(s.events() == "split alloc free");
  CHECK(std::memcmp(s.pointer(0), "0123456789", 10) == 0);
  CHECK(s.shape() == "F10 U10 U30 F206");
  CHECK(s.stats().allocs == 2);
  CHECK(s.stats().frees == 0);
}

TEST_CASE("a realloc that fails keeps the block") {
  Scene s(64);
  s.alloc(40);
  std::memset(s.pointer(0), 'k', 40);
  errno = 0;
  CHECK(s.realloc(0, 70) == failed);
  CHECK(errno == ENOMEM);
  CHECK(s.events() == "alloc_fail");
  CHECK(s.pointer(0)[39] == 'k');
  errno = 0;
  CHECK(pool_realloc(s.pool(), s.pointer(0), 0) == nullptr);
  CHECK(errno == EINVAL);
  CHECK(s.shape() == "U40 F24");
  CHECK(s.alloc(1) == 40);  // the failure has used up no number
  CHECK(s.model().live(1) != nullptr);
}

TEST_CASE("realloc of nothing is alloc") {
  Scene s(64);
  void* p = pool_realloc(s.pool(), nullptr, 8);
  CHECK(pool_owns(s.pool(), p) == 1);
}

TEST_CASE("a reset makes everything free, and numbers go on") {
  Scene s(1000);
  for (int i = 0; i < 5; ++i) s.alloc(100);
  s.free(1);
  s.reset();
  CHECK(s.events() == "reset");
  CHECK(s.shape() == "F1000");
  CHECK(s.stats().live_blocks == 0);
  CHECK(s.stats().frees == 1);
  CHECK(s.alloc(10) == 0);
  CHECK(s.model().live(5) != nullptr);
}

TEST_CASE("usable size is what was asked for") {
  Setup setup;
  setup.align = 16;
  setup.guards = 8;
  Scene s(1024, setup);
  for (const u64 size : {0, 1, 13, 16, 100}) s.alloc(size);
  CHECK(pool_usable_size(s.pool(), s.pointer(0)) == 0);
  CHECK(pool_usable_size(s.pool(), s.pointer(2)) == 13);
  CHECK(pool_usable_size(s.pool(), s.pointer(4)) == 100);
  errno = 0;
  CHECK(pool_usable_size(s.pool(), s.pointer(2) + 1) == 0);
  CHECK(errno == EINVAL);
}

TEST_CASE("a pool owns the starts of its live blocks and nothing else") {
  Setup setup;
  setup.align = 1;
  setup.guards = 3;
  Scene s(64, setup);
  s.alloc(10);
  s.alloc(10);
  s.free(0);
  for (char* p = s.pointer(0) - 3; p < s.pointer(0) + 61; ++p) {
    CHECK(pool_owns(s.pool(), p) == (p == s.pointer(1) ? 1 : 0));
  }
  int local = 0;
  CHECK(pool_owns(s.pool(), &local) == 0);
  CHECK(pool_owns(s.pool(), nullptr) == 0);
}

TEST_CASE("statistics count what happened") {
  Scene s(1000);
  s.alloc(100);
  s.alloc(300);
  s.free(0);
  s.alloc(5000);
  const pool_statistics stats = s.stats();
  CHECK(stats.capacity == 1000);
  CHECK(stats.free == 700);
  CHECK(stats.largest == 600);
  CHECK(stats.live_blocks == 1);
  CHECK(stats.live_bytes == 300);
  CHECK(stats.peak_bytes == 400);
  CHECK(stats.allocs == 2);
  CHECK(stats.frees == 1);
  CHECK(stats.failures == 1);
  CHECK(stats.misuse == 0);
  CHECK(stats.events_dropped == 0);
}

TEST_CASE("statistics fill as many bytes as the caller's struct has") {
  Scene s(1000);
  pool_statistics stats;
  std::memset(&stats, 0x77, sizeof stats);
  stats.struct_size = offsetof(pool_statistics, largest);
  CHECK(pool_stats(s.pool(), &stats) == 0);
  CHECK(stats.free == 1000);
  CHECK(stats.largest == 0x7777777777777777u);
}

TEST_CASE("fixed metadata is at most eight percent of a large region, plus the slab") {
  Setup setup;
  setup.align = 16;
  setup.records = 64;
  Scene s(16 << 20, setup);
  CHECK(s.stats().metadata_bytes * 100 <= (16u << 20) * 8);
}

TEST_CASE("a walk can be stopped, and its answer comes back") {
  Scene s(100);
  s.alloc(10);
  s.alloc(10);
  int seen = 0;
  const auto stop_at_second = [](const pool_block*, void* user) {
    return ++*static_cast<int*>(user) == 2 ? 42 : 0;
  };
  CHECK(pool_walk(s.pool(), stop_at_second, &seen) == 42);
  CHECK(seen == 2);
}

}  // namespace mempool::tests
