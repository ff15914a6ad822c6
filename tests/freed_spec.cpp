// Freed memory: poison, which tells that somebody wrote to it, and the quarantine, which keeps it
// from reuse. Every call is held against model and pool_walk by the scene.
#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "support/scene.hpp"

namespace mempool::tests {

namespace {

Setup poisoned(u64 quarantine = 0, u64 align = 1) {
  Setup setup;
  setup.align = align;
  setup.poison = true;
  setup.quarantine = quarantine;
  return setup;
}

}  // namespace

TEST_CASE("with poison every free byte is 0xDD, from the start and again after each free") {
  Scene s(64, poisoned());
  s.alloc(64);
  for (int i = 0; i < 64; ++i) CHECK(static_cast<u8>(s.pointer(0)[i]) == 0xDD);
  std::memset(s.pointer(0), 'x', 64);
  s.free(0);
  s.alloc(64);
  for (int i = 0; i < 64; ++i) CHECK(static_cast<u8>(s.pointer(1)[i]) == 0xDD);
  std::memset(s.pointer(0), 'x', 64);
  s.reset();
  s.alloc(64);
  CHECK(static_cast<u8>(s.pointer(2)[63]) == 0xDD);
  CHECK(s.reports().empty());
}

TEST_CASE("a write after free is found when the bytes are handed out again") {
  Scene s(100, poisoned());
  s.alloc(20);
  s.alloc(20);
  s.free(0);
  s.pointer(0)[5] = 'A';
  s.alloc(10);
  CHECK(s.events() == "poison_check split alloc");
  REQUIRE(s.reports().size() == 1);
  const pool_report& report = s.reports()[0];
  CHECK(report.kind == POOL_ERROR_WRITE_AFTER_FREE);
  CHECK(report.block == 0);
  CHECK(report.requested == 20);
  CHECK(report.offset == 5);
  CHECK(report.region_offset == 5);
  CHECK(report.length == 1);
  CHECK(report.damaged == 1);
  CHECK(report.expected[0] == 0xDD);
  CHECK(report.found[0] == 'A');
  CHECK(report.pointer == s.pointer(0));
  CHECK(std::string(report.action) == "the bytes are handed out again");
  CHECK(s.lines().find(R"("damaged":1,"first":5,"expected":"dddddddddd","found":"41dddddddd")"
                       R"(,"block":0)") != std::string::npos);
}

TEST_CASE("a write after free is found by a check and at the end, and a check repairs nothing") {
  Scene s(100, poisoned());
  s.alloc(20);
  s.alloc(20);
  s.free(0);
  s.pointer(0)[19] = 0;
  CHECK(s.check() == 1);
  CHECK(s.events() == "poison_check check");
  CHECK(s.check() == 1);
  CHECK(s.reports().empty());  // a check answers its caller, not the handler
  s.destroy();
  CHECK(s.events() == "poison_check leak destroy");
  REQUIRE(s.reports().size() == 2);  // and the leak
  CHECK(s.reports()[0].kind == POOL_ERROR_WRITE_AFTER_FREE);
}

TEST_CASE("a block that grows looks at the bytes that it takes") {
  Scene s(100, poisoned());
  s.alloc(20);
  s.alloc(20);
  s.free(1);
  s.pointer(1)[3] = 'A';
  s.realloc(0, 40);
  CHECK(s.events() == "poison_check resize");
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].block == 1);
  s.realloc(0, 10);
  CHECK(s.check() == 0);
}

TEST_CASE("a freed block waits in quarantine, and the oldest leaves first") {
  Scene s(100, poisoned(40));
  for (int i = 0; i < 5; ++i) s.alloc(20);
  s.free(1);
  CHECK(s.events() == "quarantine");
  CHECK(s.stats().quarantined_bytes == 20);
  CHECK(s.stats().live_blocks == 4);
  CHECK(s.stats().free == 0);
  s.free(3);
  s.free(0);
  CHECK(s.events() == "quarantine poison_check release");
  CHECK(s.stats().quarantined_bytes == 40);
  CHECK(s.stats().free == 20);
  CHECK(s.alloc(20) == 20);  // the place of #1, which waited longest
}

TEST_CASE("what is larger than the quarantine is freed at once") {
  Scene s(100, poisoned(40));
  s.alloc(41);
  s.free(0);
  CHECK(s.events() == "free coalesce");
}

TEST_CASE("nothing is refused because of the quarantine") {
  Scene s(100, poisoned(100));
  for (int i = 0; i < 5; ++i) s.alloc(20);
  for (u64 i = 0; i < 4; ++i) s.free(i);
  CHECK(s.stats().quarantined_bytes == 80);
  CHECK(s.alloc(50) == 0);
  CHECK(s.events() ==
        "poison_check release poison_check release coalesce poison_check release coalesce "
        "poison_check split alloc");
  CHECK(s.alloc(80) == POOL_NONE);
  CHECK(s.lines().find(R"("free":30)") != std::string::npos);
}

TEST_CASE("a stale pointer is caught as long as its block is in quarantine") {
  Scene s(96, poisoned(64));
  s.alloc(32);
  s.alloc(32);
  s.free(0);
  s.alloc(32);
  CHECK(s.alloc(32) == 0);  // only now
  s.free(1);
  s.free_pointer(s.pointer(1));
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].kind == POOL_ERROR_DOUBLE_FREE);
  CHECK(s.reports()[0].block == 1);
  CHECK(pool_owns(s.pool(), s.pointer(1)) == 0);
  CHECK(pool_usable_size(s.pool(), s.pointer(1)) == 0);
}

TEST_CASE("a write to a block in quarantine is found when it leaves, and told once") {
  Scene s(100, poisoned(20));
  s.alloc(20);
  s.alloc(20);
  s.free(0);
  s.pointer(0)[7] = 'A';
  s.free(1);
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].kind == POOL_ERROR_WRITE_AFTER_FREE);
  CHECK(s.reports()[0].block == 0);
  CHECK(s.check() == 0);
  s.alloc(20);
  CHECK(s.reports().size() == 1);
}

TEST_CASE("guards of a block are compared before it goes into quarantine") {
  Setup setup = poisoned(100);
  setup.guards = 8;
  Scene s(200, setup);
  s.alloc(10);
  s.pointer(0)[10] = 'A';
  errno = 0;
  s.free(0);
  CHECK(errno == EFAULT);
  CHECK(s.events() == "guard_check guard_check quarantine");
  CHECK(s.reports().size() == 1);
  CHECK(s.disable_guards());
}

TEST_CASE("a reset empties the quarantine") {
  Scene s(100, poisoned(100));
  s.alloc(20);
  s.free(0);
  s.reset();
  CHECK(s.shape() == "F100");
  CHECK(s.stats().quarantined_bytes == 0);
  CHECK(s.check() == 0);
}

TEST_CASE("a block stays where it is if what leaves the quarantine is the room on its right") {
  Scene s(100, poisoned(100));
  s.alloc(40);
  s.alloc(60);
  s.free(1);
  CHECK(s.realloc(0, 90) == 0);
  CHECK(s.events() == "poison_check release poison_check resize");
}

TEST_CASE("a block that moves leaves its old place to the quarantine") {
  Scene s(200, poisoned(100));
  s.alloc(20);
  s.alloc(20);
  std::memcpy(s.pointer(0), "twenty bytes, 0 to 9", 20);
  CHECK(s.realloc(0, 60) == 40);
  CHECK(s.events() == "poison_check split alloc quarantine");
  CHECK(std::memcmp(s.pointer(0), "twenty bytes, 0 to 9", 20) == 0);
}

TEST_CASE("long legal runs with guards, poison, quarantine and every check raise no alarm") {
  for (const u64 align : {1, 16, 64}) {
    Setup setup = poisoned(500, align);
    setup.guards = 8;
    setup.check_every = true;
    Scene s(4096, setup);
    std::mt19937 random(static_cast<unsigned>(align));
    std::vector<u64> live;
    for (u64 i = 0, number = 0; i < 400; ++i) {
      if (random() % 2 == 0 || live.empty()) {
        const u64 size = random() % 200;
        if (s.alloc(size) == POOL_NONE) {
          ++number;
          continue;
        }
        std::memset(s.pointer(number), static_cast<int>(random()), size);
        live.push_back(number++);
      } else {
        std::swap(live[random() % live.size()], live.back());
        if (random() % 3 == 0) {
          const u64 size = 1 + random() % 200;
          if (s.realloc(live.back(), size) != POOL_NONE)
            std::memset(s.pointer(live.back()), static_cast<int>(random()), size);
        } else {
          s.free(live.back());
          live.pop_back();
        }
      }
    }
    CHECK(s.check() == 0);
    CHECK(s.reports().empty());
  }
}

}  // namespace mempool::tests
