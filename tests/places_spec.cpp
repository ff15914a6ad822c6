// Where the pool puts blocks: five policies, aligned payloads, blocks resized in place, a caller's
// buffer. Every call of a Scene is also checked against the model, pool_walk and the invariants.
//
// Long random runs are oracle_spec.cpp's.
#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "support/scene.hpp"
#include "support/shape.hpp"

namespace mempool::tests {

namespace {

constexpr u64 failed = POOL_NONE;

/// Free: 200 at 0, 120 at 260, 300 at 440, 110 at 800, and 900 at 970; the last placement ended at
/// 970.
struct Holes : Scene {
  explicit Holes(u32 policy) : Scene(1870, {.policy = policy}) {
    for (const u64 size : {200, 60, 120, 60, 300, 60, 110, 60}) alloc(size);
    for (const u64 number : {0, 2, 4, 6}) free(number);
    REQUIRE(shape() == "F200 U60 F120 U60 F300 U60 F110 U60 F900");
  }
};

}  // namespace

TEST_CASE("first fit takes the lowest address that fits") {
  Holes s(POOL_FIRST);
  CHECK(s.alloc(100) == 0);
  CHECK(s.alloc(110) == 260);
  CHECK(s.alloc(250) == 440);
}

TEST_CASE("best fit takes the smallest block that fits, the lowest of equals") {
  Holes s(POOL_BEST);
  CHECK(s.alloc(100) == 800);
  CHECK(s.alloc(100) == 260);
  CHECK(s.alloc(10) == 900);
  CHECK(s.shape() == "F200 U60 U100 F20 U60 F300 U60 U100 U10 U60 F900");
  CHECK(s.alloc(20) == 360);
  CHECK(s.alloc(500) == 970);
}

TEST_CASE("worst fit takes the largest block, the lowest of equals") {
  Holes s(POOL_WORST);
  CHECK(s.alloc(600) == 970);
  CHECK(s.alloc(10) == 440);  // 300 bytes here and 300 at the end
  CHECK(s.alloc(10) == 1570);
  CHECK(s.alloc(301) == failed);
}

TEST_CASE("good fit takes the lowest address in the first size class that surely fits") {
  SUBCASE("below 512 bytes a class is one size: the smallest that fits") {
    Holes s(POOL_GOOD);
    CHECK(s.alloc(100) == 800);
    CHECK(s.alloc(110) == 260);
  }
  SUBCASE("above, sizes share a class, and the lower address wins") {
    Scene s(4000, {.policy = POOL_GOOD});
    for (const u64 size : {1050, 20, 1030, 20, 1100, 20}) s.alloc(size);
    for (const u64 number : {0, 2, 4}) s.free(number);
    CHECK(s.alloc(1024) == 0);  // best fit would take the 1030 bytes at 1070
    s.free(6);
    CHECK(s.alloc(1040) == 2120);  // 1050 bytes would do, but their class does not say so
    CHECK(s.alloc(1040) == 0);     // now only its own class is left
  }
}

TEST_CASE("next fit goes on from the end of the last placement, and round") {
  Holes s(POOL_NEXT);
  CHECK(s.alloc(100) == 970);
  CHECK(s.alloc(750) == 1070);
  CHECK(s.alloc(60) == 0);
  CHECK(s.alloc(60) == 60);  // in the very block it was in
  CHECK(s.alloc(100) == 260);
  CHECK(s.alloc(100) == 440);
}

TEST_CASE("frees, failures and blocks resized in place leave next fit where it is") {
  Holes s(POOL_NEXT);
  CHECK(s.alloc(100) == 970);
  s.free(1);
  CHECK(s.alloc(2000) == failed);
  CHECK(s.realloc(8, 50) == 970);
  CHECK(s.alloc(10) == 1020);  // the block that holds the cursor ends after it
}

TEST_CASE("a block that moves is a placement") {
  Holes s(POOL_NEXT);
  CHECK(s.realloc(1, 200) == 970);
  CHECK(s.alloc(10) == 1170);
}

TEST_CASE("a reset puts next fit at the start of the region") {
  Holes s(POOL_NEXT);
  s.alloc(100);
  s.reset();
  CHECK(s.alloc(10) == 0);
  CHECK(s.alloc(10) == 10);
}

TEST_CASE("every policy fails only when nothing fits") {
  for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD}) {
    Holes s(policy);
    CHECK(s.alloc(901) == failed);
    CHECK(s.events() == "alloc_fail");
    CHECK(s.alloc(900) == 970);
    CHECK(s.alloc(300) == 440);
    CHECK(s.alloc(200) == 0);
    CHECK(s.alloc(120) == 260);
    CHECK(s.alloc(110) == 800);
    CHECK(s.shape() == "U200 U60 U120 U60 U300 U60 U110 U60 U900");
  }
}

// ---- aligned payloads

TEST_CASE("an aligned payload lies at a multiple of what was asked for; the gap stays free") {
  Scene s(1024, {.align = 16});
  s.alloc(40);
  CHECK(s.aligned_alloc(256, 100) == 256);
  CHECK(s.events() == "split split alloc");
  CHECK(s.shape() == "U48 F208 U112 F656");
  CHECK(named_shape(s.model()) == "#0:48 f2:208 #1:112 f1:656");
  s.free(1);
  CHECK(s.shape() == "U48 F976");
}

TEST_CASE("an alignment up to the pool's own is no more than pool_alloc()") {
  Scene s(1024, {.align = 64});
  CHECK(s.aligned_alloc(16, 10) == 0);
  CHECK(s.aligned_alloc(64, 10) == 64);
  CHECK(s.lines().find("alignment") == std::string::npos);
}

TEST_CASE("the policy is asked for room for the largest gap that there could be") {
  // Free: 96 at 0, 192 at 112, 160 at 320: at a multiple of 64, 64 bytes may need 112.
  for (const u32 policy : {POOL_FIRST, POOL_BEST}) {
    Scene s(1024, {.align = 16, .policy = policy});
    for (const u64 size : {96, 16, 192, 16, 160, 544}) s.alloc(size);
    for (const u64 number : {0, 2, 4}) s.free(number);
    CHECK(s.aligned_alloc(64, 64) == (policy == POOL_FIRST ? 128 : 320));
  }
}

TEST_CASE("when no block has room for every gap, the lowest is taken that fits as it lies") {
  // Free: 160 at 48, 208 at 256, 64 at 960.
  for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST, POOL_GOOD}) {
    Scene s(1024, {.align = 16, .policy = policy});
    for (const u64 size : {40, 160, 40, 200, 40, 440}) s.alloc(size);
    s.free(1);
    s.free(3);
    CHECK(s.aligned_alloc(128, 100) == 256);
    CHECK(s.aligned_alloc(128, 80) == 128);
    CHECK(s.shape() == "U48 F80 U80 U48 U112 F96 U48 U448 F64");
    CHECK(s.aligned_alloc(512, 64) == failed);  // 96 bytes are free in one piece, but lie wrong
    CHECK(s.lines().find("fragmented") != std::string::npos);
  }
}

TEST_CASE("with guards it is the payload that is aligned") {
  Scene s(8192, {.align = 8, .guards = 10});
  CHECK(s.aligned_alloc(4096, 100) == 4096);
  CHECK(s.shape() == "F4080 U128 F3984");
  CHECK(s.events() == "split split alloc guard_write guard_write");
  CHECK(s.check() == 0);
}

TEST_CASE("an alignment that is no power of two, or over a page, is refused without a number") {
  Scene s(1024);
  for (const u64 alignment : {u64{0}, u64{3}, u64{8192}, u64_max}) {
    errno = 0;
    CHECK(pool_aligned_alloc(s.pool(), alignment, 8) == nullptr);
    CHECK(errno == EINVAL);
  }
  s.alloc(8);
  CHECK(s.model().live(0) != nullptr);
}

// ---- resized in place

TEST_CASE("realloc grows a block into its free right neighbour") {
  Scene s(256);
  for (int i = 0; i < 3; ++i) s.alloc(50);
  std::memset(s.pointer(0), 'x', 50);
  s.free(1);
  CHECK(s.realloc(0, 80) == 0);
  CHECK(s.events() == "resize");
  CHECK(s.shape() == "U80 F20 U50 F106");
  CHECK(s.realloc(0, 100) == 0);
  CHECK(s.shape() == "U100 U50 F106");
  CHECK(s.pointer(0)[49] == 'x');
  CHECK(s.realloc(2, 156) == 100);  // into the end of the region
  CHECK(s.shape() == "U100 U156");
}

TEST_CASE("realloc shrinks a block where it is; the tail coalesces to the right") {
  Scene s(256);
  for (int i = 0; i < 3; ++i) s.alloc(50);
  CHECK(s.realloc(0, 20) == 0);
  CHECK(s.shape() == "U20 F30 U50 U50 F106");
  CHECK(named_shape(s.model()) == "#0:20 f2:30 #1:50 #2:50 f1:106");
  CHECK(s.realloc(0, 10) == 0);
  CHECK(named_shape(s.model()) == "#0:10 f2:40 #1:50 #2:50 f1:106");
  CHECK(s.realloc(2, 1) == 100);
  CHECK(named_shape(s.model()) == "#0:10 f2:40 #1:50 #2:1 f1:155");
}

TEST_CASE("a block that is resized in place keeps the guards it was given") {
  Scene s(256, {.align = 4});
  s.alloc(16);
  s.enable_guards(8);
  s.alloc(16);
  CHECK(s.realloc(0, 8) == 0);
  CHECK(s.events() == "resize");
  CHECK(s.realloc(1, 20) == 24);
  CHECK(s.events() == "guard_check guard_check resize guard_write guard_write");
  CHECK(s.check() == 0);
  CHECK(s.realloc(0, 40) == 60);  // moved: guards as for later blocks
  CHECK(s.model().live(0)->guard == 8);
}

TEST_CASE("a damaged guard is reported when its block is resized, and made good") {
  Scene s(256, {.guards = 4});
  s.alloc(10);
  s.pointer(0)[10] = 'X';
  errno = 0;
  CHECK(s.realloc(0, 20) == 4);
  CHECK(errno == EFAULT);
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].kind == POOL_ERROR_OVERRUN);
  CHECK(s.reports()[0].region_offset == 14);
  CHECK(s.check() == 0);
}

TEST_CASE("what the model knows of filled bytes is what stands there, resized or not") {
  Scene s(256, {.align = 8, .guards = 8, .fill = true});
  for (int i = 0; i < 3; ++i) s.alloc(30);
  const char* region = s.pointer(0) - s.model().live(0)->payload;
  const auto known_bytes_are_right = [&] {
    u64 known = 0;
    for (u64 at = 0; at < s.model().capacity; ++at) {
      const viz::Byte byte = s.model().byte(at);
      if (!byte.known) continue;
      ++known;
      CHECK_MESSAGE(byte.value == static_cast<u8>(region[at]), "at offset ", at);
    }
    return known > 100;
  };
  CHECK(known_bytes_are_right());
  s.free(1);
  s.realloc(0, 60);
  CHECK(known_bytes_are_right());
  s.realloc(0, 12);
  CHECK(known_bytes_are_right());
  s.realloc(2, 5);
  CHECK(known_bytes_are_right());
  s.aligned_alloc(32, 20);
  CHECK(known_bytes_are_right());
  s.reset();
  CHECK(known_bytes_are_right());
}

// ---- a caller's buffer

TEST_CASE("a pool can live in a caller's buffer, from its first aligned byte on") {
  alignas(64) std::array<char, 400> buffer{};
  Scene s(buffer.size() - 5, {.align = 16, .buffer = buffer.data() + 5});
  CHECK(s.model().capacity == 384);  // 11 bytes are lost in front
  CHECK(s.alloc(10) == 0);
  CHECK(s.pointer(0) == buffer.data() + 16);
  CHECK(s.aligned_alloc(64, 10) == 48);  // the address counts
  CHECK(s.pointer(1) == buffer.data() + 64);
  CHECK(s.alloc(400) == failed);
  s.destroy();
  CHECK(buffer[0] == 0);
}

TEST_CASE("a buffer must be there and hold one granule at least") {
  alignas(16) char buffer[64];
  errno = 0;
  CHECK(pool_create_in(nullptr, 64, nullptr) == nullptr);
  CHECK(errno == EINVAL);
  errno = 0;
  CHECK(pool_create_in(buffer + 1, 30, nullptr) == nullptr);
  CHECK(errno == EINVAL);
  MemoryPool* pool = pool_create_in(buffer + 1, 31, nullptr);
  REQUIRE(pool != nullptr);
  CHECK(pool_alloc(pool, 16) == buffer + 16);
  CHECK(pool_alloc(pool, 0) == nullptr);
  pool_reset(pool);
  pool_destroy(pool);
}

}  // namespace mempool::tests
