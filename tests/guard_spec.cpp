// Guards: what is guard, what is found, what is said. And misuse, which is detected likewise. The
// exact lines on stderr are held by the programs in misuse/.
#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "support/scene.hpp"

namespace mempool::tests {

namespace {

Setup guarded(u64 align, u64 guards) {
  Setup setup;
  setup.align = align;
  setup.guards = guards;
  return setup;
}

}  // namespace

TEST_CASE("the byte behind the last one asked for is guard, at every size") {
  for (u64 size = 0; size < 40; ++size) {
    Scene s(512, guarded(16, 8));
    s.alloc(size);
    s.pointer(0)[size] ^= 1;
    errno = 0;
    s.free(0);
    CHECK(errno == EFAULT);
    REQUIRE(s.reports().size() == 1);
    CHECK(s.reports()[0].kind == POOL_ERROR_OVERRUN);
    CHECK(s.reports()[0].offset == static_cast<std::int64_t>(size));
    CHECK(s.reports()[0].damaged == 1);
    CHECK(s.shape() == "F512");
  }
}

TEST_CASE("the byte before the payload is guard") {
  Scene s(512, guarded(16, 8));
  s.alloc(10);
  s.pointer(0)[-1] = 'u';
  s.free(0);
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].kind == POOL_ERROR_UNDERRUN);
  CHECK(s.reports()[0].offset == -1);
  CHECK(s.reports()[0].found[0] == 'u');
  CHECK(s.reports()[0].expected[0] == 0xAB);
}

TEST_CASE("every bit of every guard byte is compared") {
  for (const u64 guards : {1, 8, 13}) {
    Scene s(512, guarded(1, guards));
    u64 number = 0;
    for (u64 byte = 0; byte < guards; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        s.alloc(5);
        s.pointer(number)[5 + byte] = static_cast<char>(s.pointer(number)[5 + byte] ^ (1 << bit));
        s.free(number++);
        s.alloc(5);
        const auto at = -1 - static_cast<std::int64_t>(byte);
        s.pointer(number)[at] = static_cast<char>(s.pointer(number)[at] ^ (1 << bit));
        s.free(number++);
      }
    }
    CHECK(s.reports().size() == guards * 16);
  }
}

TEST_CASE("guards of every size are compared whole, at a free, a check and the end") {
  struct Found {
    u64 reports = 0;
    pool_report last{};
  };
  const auto keep = [](const pool_report* report, void* to) {
    auto& found = *static_cast<Found*>(to);
    ++found.reports;
    found.last = *report;
  };
  for (u64 guard = 1; guard <= 4096; ++guard) {
    pool_options options{};
    options.struct_size = sizeof options;
    options.guards = guard;
    MemoryPool* pool = pool_create_with(3 * 4096 + 64, &options);
    Found found;
    pool_set_error_handler(pool, keep, &found);
    const u64 size = guard % 40;
    auto* p = static_cast<u8*>(pool_alloc(pool, size));
    for (const u64 at : {u64{0}, guard / 2, guard - 1}) {
      for (u8* byte : {p + size + at, p - 1 - at}) {
        const u8 flipped = static_cast<u8>(1 << (at + guard) % 8);
        *byte ^= flipped;
        REQUIRE(pool_check(pool, keep, &found) == 1);
        REQUIRE(found.last.damaged == 1);
        REQUIRE(found.last.offset == byte - p);
        *byte ^= flipped;
      }
    }
    found.reports = 0;
    p[size + guard - 1] ^= 1;
    if (guard % 2 == 0) pool_free(pool, p);
    pool_destroy(pool);
    REQUIRE(found.reports == (guard % 2 == 0 ? 1 : 2));  // at the end there is the leak as well
  }
}

TEST_CASE("a damaged guard is told with side, place, count and bytes, and the block is freed") {
  Scene s(200, guarded(1, 8));
  s.alloc(48);
  std::memset(s.pointer(0) + 48, 'X', 3);
  s.free(0);
  CHECK(s.events() == "guard_check guard_check free coalesce");
  CHECK(s.lines().find(R"("side":"back","offset":56,"size":8,"damaged":3,"first":56,)"
                       R"("expected":"abababababababab","found":"585858ababababab")") !=
        std::string::npos);
  CHECK(s.shape() == "F200");
}

TEST_CASE("guards go around later blocks; blocks already live stay as they are") {
  Scene s(200);
  s.alloc(10);
  s.enable_guards(4);
  CHECK(s.events() == "guards");
  s.alloc(10);
  CHECK(s.events() == "split alloc guard_write guard_write");
  CHECK(s.shape() == "U10 U18 F172");
  s.pointer(0)[10] = 'x';  // the second block's front guard
  s.free(0);
  CHECK(s.events() == "free");
  s.free(1);
  CHECK(s.reports().size() == 1);
}

TEST_CASE("guard size zero means sixteen, and more than four kilobytes are refused") {
  Scene s(20000);
  s.enable_guards(0);
  CHECK(s.model().guard_size == 16);
  s.enable_guards(4096);
  CHECK(s.model().guard_size == 4096);
  errno = 0;
  s.enable_guards(4097);
  CHECK(errno == EINVAL);
  CHECK(s.events() == "misuse");
  CHECK(s.reports().size() == 1);
  CHECK(s.model().guard_size == 4096);
}

TEST_CASE("guards cannot be disabled while blocks live") {
  Scene s(200, guarded(1, 4));
  s.alloc(10);
  errno = 0;
  CHECK_FALSE(s.disable_guards());
  CHECK(errno == EBUSY);
  CHECK(s.model().guard_size == 4);
  s.free(0);
  CHECK(s.disable_guards());
  s.alloc(10);
  CHECK(s.shape() == "U10 F190");
}

TEST_CASE("a check finds all damage in address order and repairs nothing") {
  Scene s(400, guarded(1, 4));
  for (int i = 0; i < 3; ++i) s.alloc(20);
  s.pointer(2)[-2] = 'x';
  s.pointer(0)[20] = 'y';
  CHECK(s.check() == 2);
  CHECK(s.lines().find("\"block\":0") < s.lines().find("\"block\":2"));
  CHECK(s.check() == 2);
  CHECK(s.events() == "guard_check guard_check check");
}

TEST_CASE("guards of live blocks are checked when the pool is destroyed") {
  Scene s(200, guarded(1, 4));
  s.alloc(10);
  s.pointer(0)[10] = 0;
  s.destroy();
  CHECK(s.events() == "guard_check guard_check leak destroy");
  REQUIRE(s.reports().size() == 2);
  CHECK(s.reports()[0].kind == POOL_ERROR_OVERRUN);
  CHECK(s.reports()[1].kind == POOL_ERROR_LEAK);
}

TEST_CASE("long legal use raises no alarm") {
  Scene s(4096, guarded(16, 16));
  for (u64 number = 0; number < 300; ++number) {
    const u64 size = number * 37 % 90;
    if (s.alloc(size) != POOL_NONE) std::memset(s.pointer(number), 0xCD, size);
    if (number % 3 == 2 && s.pointer(number - 1) != nullptr) s.free(number - 1);
  }
  CHECK(s.reports().empty());
}

TEST_CASE("an invalid free is named for what it is and changes nothing") {
  Scene s(300);
  Scene other(300);
  for (int i = 0; i < 3; ++i) s.alloc(50);
  other.alloc(50);
  s.free(1);
  const std::string before = s.shape();
  int local = 0;

  const auto is_misuse = [&](void* pointer, pool_error kind) {
    errno = 0;
    s.free_pointer(pointer);
    CHECK(errno == EINVAL);
    CHECK(s.events() == "misuse");
    CHECK(s.reports().back().kind == kind);
    CHECK(s.shape() == before);
  };
  is_misuse(s.pointer(1), POOL_ERROR_DOUBLE_FREE);
  is_misuse(s.pointer(0) + 7, POOL_ERROR_INTERIOR_FREE);
  CHECK(s.reports().back().block == 0);
  CHECK(s.reports().back().offset == 7);
  is_misuse(s.pointer(0) + 200, POOL_ERROR_DOUBLE_FREE);  // never handed out
  is_misuse(&local, POOL_ERROR_FOREIGN_FREE);
  is_misuse(other.pointer(0), POOL_ERROR_WRONG_POOL);
  is_misuse(s.pointer(0) + 300, POOL_ERROR_FOREIGN_FREE);
  CHECK(s.stats().misuse == s.reports().size());
}

TEST_CASE("every wrong pointer into a guarded pool is refused, every right one accepted") {
  Scene s(256, guarded(16, 8));
  for (int i = 0; i < 3; ++i) s.alloc(20);
  s.free(1);
  const u64 misuse = s.stats().misuse;
  char* region = s.pointer(0) - 16;
  u64 wrong = 0;
  for (u64 offset = 0; offset < 256; ++offset) {
    char* p = region + offset;
    if (p == s.pointer(0) || p == s.pointer(2)) continue;
    s.free_pointer(p);
    ++wrong;
  }
  CHECK(s.stats().misuse == misuse + wrong);
  s.free(0);
  s.free(2);
  CHECK(s.shape() == "F256");
}

TEST_CASE("realloc of a wrong pointer is misuse and changes nothing") {
  Scene s(100);
  s.alloc(10);
  errno = 0;
  CHECK(pool_realloc(s.pool(), s.pointer(0) + 1, 5) == nullptr);
  CHECK(errno == EINVAL);
  CHECK(s.shape() == "U10 F90");
  CHECK(s.stats().misuse == 1);
}

TEST_CASE("fill writes zeros' digits into fresh payload and dots into freed payload") {
  Setup setup = guarded(1, 4);
  setup.fill = true;
  Scene s(100, setup);
  s.alloc(6);
  char* p = s.pointer(0);
  CHECK(std::string(p, 6) == "000000");
  s.free(0);
  CHECK(std::string(p, 6) == "......");
  CHECK(static_cast<unsigned char>(p[6]) == 0xAB);  // the guard stays behind
}

}  // namespace mempool::tests
