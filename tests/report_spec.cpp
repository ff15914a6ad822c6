// Reports: the parts of one, where a block was asked for, damage between neighbours, the check at
// every call, captured bytes; and handlers, which may call back, or leave by longjmp.
#include <doctest/doctest.h>

#include <unistd.h>

#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/scene.hpp"

namespace mempool::tests {

namespace {

Setup guarded(u64 guards) {
  Setup setup;
  setup.guards = guards;
  return setup;
}

/// A handler that keeps what it gets in a vector.
void keep(const pool_report* report, void* reports) {
  static_cast<std::vector<pool_report>*>(reports)->push_back(*report);
}

}  // namespace

TEST_CASE("a report of damage has all its parts") {
  Scene s(400, guarded(8));
  s.alloc(10);
  const auto* p = static_cast<char*>(pool_alloc_at(s.pool(), 20, "parser.c", 118));
  s.take_over(p);
  CHECK(s.events() == "split alloc guard_write guard_write site");
  s.pointer(1)[21] = 'A';
  s.pointer(1)[23] = 'B';
  s.free(1);
  REQUIRE(s.reports().size() == 1);
  const pool_report& report = s.reports()[0];
  CHECK(report.kind == POOL_ERROR_OVERRUN);
  CHECK(report.block == 1);
  CHECK(report.requested == 20);
  CHECK(report.pointer == p);
  CHECK(report.offset == 21);
  CHECK(report.region_offset == 26 + 8 + 21);
  CHECK(report.length == 3);
  CHECK(report.damaged == 2);
  CHECK(report.shown == 7);
  CHECK(report.expected[0] == 0xAB);
  CHECK(report.found[0] == 'A');
  CHECK(std::string(report.file) == "parser.c");
  CHECK(report.line == 118);
  CHECK(std::string(report.action) == "the block is freed");
  CHECK(report.neighbour == POOL_NONE);
  // The event numbers lead to the lines of the log.
  const auto line_of = [&](u64 seq) {
    const std::string key = R"({"seq":)" + std::to_string(seq) + ",";
    const auto at = s.log().find(key);
    REQUIRE(at != std::string::npos);
    return s.log().substr(at, s.log().find('\n', at) - at);
  };
  CHECK(line_of(report.alloc_seq).find(R"("event":"alloc","block":1)") != std::string::npos);
  CHECK(line_of(report.seq).find(R"("event":"guard_check","block":1,"side":"back")") !=
        std::string::npos);
}

TEST_CASE("damage that lies in the guards of two neighbours is blamed on both") {
  Scene s(400, guarded(8));
  s.alloc(10);
  s.alloc(20);
  s.alloc(30);
  std::memset(s.pointer(0) + 10, 'A', 9);  // the whole back guard, and a byte of #1's front
  s.free(0);
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].kind == POOL_ERROR_OVERRUN);
  CHECK(s.reports()[0].neighbour == 1);
  s.pointer(2)[-1] = 'B';
  s.pointer(1)[20 + 7] = 'B';
  s.free(2);
  REQUIRE(s.reports().size() == 2);
  CHECK(s.reports()[1].kind == POOL_ERROR_UNDERRUN);
  CHECK(s.reports()[1].neighbour == 1);
}

TEST_CASE("every call that gives a block can say where it was made") {
  Scene s(1000);
  s.take_over(pool_calloc_at(s.pool(), 2, 10, "a.c", 1));
  CHECK(s.events() == "split alloc site");
  s.take_over(pool_aligned_alloc_at(s.pool(), 16, 10, "b.c", 2));
  CHECK(s.lines().find(R"("event":"site","block":1,"file":"b.c","line":2)") != std::string::npos);
  void* p = pool_realloc_at(s.pool(), s.pointer(0), 60, "c.c", 3);
  s.take_over(p, 0);
  CHECK(s.events() == "split alloc site free coalesce");
  CHECK(s.lines().find(R"("event":"site","block":0,"file":"c.c","line":3)") != std::string::npos);
}

TEST_CASE("an unwatched pool knows the sites that it was told, and only of blocks that live") {
  MemoryPool* pool = pool_create(4096);
  std::vector<pool_report> reports;
  pool_set_error_handler(pool, keep, &reports);
  void* p = POOL_ALLOC(pool, 100);
  const u32 line = __LINE__ - 1;
  pool_free(pool, static_cast<char*>(p) + 16);
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].line == line);
  CHECK(std::string(reports[0].file).find("report_spec.cpp") != std::string::npos);
  CHECK(reports[0].alloc_seq == POOL_NONE);
  pool_free(pool, p);
  p = pool_alloc(pool, 100);
  pool_free(pool, static_cast<char*>(p) + 16);
  REQUIRE(reports.size() == 2);
  CHECK(reports[1].file == nullptr);
  pool_free(pool, p);
  pool_destroy(pool);
}

TEST_CASE("a leak is reported with the place it comes from") {
  MemoryPool* pool = pool_create(4096);
  std::vector<pool_report> reports;
  pool_set_error_handler(pool, keep, &reports);
  CHECK(POOL_CALLOC(pool, 3, 5) != nullptr);
  CHECK(POOL_ALIGNED_ALLOC(pool, 64, 5) != nullptr);
  CHECK(POOL_REALLOC(pool, nullptr, 5) != nullptr);
  pool_destroy(pool);
  REQUIRE(reports.size() == 3);
  for (const pool_report& report : reports) {
    CHECK(report.kind == POOL_ERROR_LEAK);
    CHECK(report.line != 0);
  }
}

TEST_CASE("a double free names the block that it was, while somebody watches") {
  Scene s(200);
  s.alloc(10);
  s.alloc(10);
  s.free(0);
  s.free_pointer(s.pointer(0));
  REQUIRE(s.reports().size() == 1);
  CHECK(s.reports()[0].block == 0);
  CHECK(s.reports()[0].free_seq != POOL_NONE);
  CHECK(s.reports()[0].alloc_seq != POOL_NONE);
}

TEST_CASE("a check at every call finds damage at the next call, and reports it once") {
  Setup setup = guarded(8);
  setup.check_every = true;
  setup.poison = true;
  Scene s(400, setup);
  s.alloc(10);
  s.alloc(10);
  s.alloc(10);
  s.free(2);
  CHECK(s.events() == "check guard_check guard_check free coalesce");
  s.pointer(0)[10] = 'A';
  s.pointer(2)[0] = 'A';
  s.alloc(5);
  CHECK(s.events() ==
        "guard_check poison_check check poison_check split alloc guard_write guard_write");
  REQUIRE(s.reports().size() == 3);  // the write after free again, as its bytes are handed out
  CHECK(s.reports()[0].kind == POOL_ERROR_OVERRUN);
  CHECK(s.reports()[0].block == 0);
  CHECK(s.reports()[1].kind == POOL_ERROR_WRITE_AFTER_FREE);
  CHECK(s.reports()[1].block == 2);
  s.alloc(5);
  CHECK(s.reports().size() == 3);
  s.free(0);
  CHECK(s.reports().size() == 4);
}

TEST_CASE("a pool that is checked at every call is looked at once by pool_check") {
  Setup setup = guarded(8);
  setup.check_every = true;
  Scene s(400, setup);
  s.alloc(10);
  s.pointer(0)[10] = 'A';
  CHECK(s.check() == 1);
  CHECK(s.events() == "guard_check check");
  CHECK(s.reports().empty());  // the next call tells the handler
}

TEST_CASE("a log that opens late begins with its snapshot, whatever is looked at every call") {
  Setup setup = guarded(8);
  setup.check_every = true;
  setup.capture = true;
  Scene s(400, setup);
  s.alloc(10);
  s.pointer(0)[3] = 'A';
  const std::string path = "late-" + std::to_string(getpid()) + ".jsonl";
  REQUIRE(pool_log_open(s.pool(), path.c_str()) == 0);
  REQUIRE(pool_log_close(s.pool()) == 0);
  std::ifstream log(path);
  std::string line;
  std::getline(log, line);
  std::getline(log, line);
  CHECK(line.find(R"("event":"snapshot")") != std::string::npos);
  std::remove(path.c_str());
}

TEST_CASE("captured bytes are those that changed since the last call") {
  Setup setup;
  setup.capture = true;
  Scene s(200, setup);
  s.alloc(20);
  std::memcpy(s.pointer(0), "hello", 5);
  s.alloc(10);
  CHECK(s.events() == "bytes split alloc");
  CHECK(s.lines().find(R"("event":"bytes","offset":0,"hex":"68656c6c6f"})") != std::string::npos);
  s.free(0);
  CHECK(s.events() == "free");
  s.pointer(0)[7] = 'E';  // free memory, too
  s.alloc(5);
  CHECK(s.events() == "bytes split alloc");
  CHECK(s.model().byte(7).value == 'E');
}

TEST_CASE("who uses a pool that was destroyed is told, and nothing happens") {
  pool_options options{};
  options.struct_size = sizeof options;
  options.errors = POOL_ERRORS_QUIET;
  for (const int thread_safe : {POOL_OFF, POOL_ON}) {
    options.thread_safe = thread_safe;
    MemoryPool* pool = pool_create_with(4096, &options);
    void* p = pool_alloc(pool, 10);
    pool_destroy(pool);
    errno = 0;
    CHECK(pool_alloc(pool, 10) == nullptr);
    CHECK(errno == EINVAL);
    errno = 0;
    pool_free(pool, p);
    CHECK(errno == EINVAL);
    CHECK(pool_check(pool, nullptr, nullptr) == -1);
    pool_destroy(pool);
    MemoryPool* next = pool_create(4096);  // the process goes on
    CHECK(pool_alloc(next, 10) != nullptr);
    pool_reset(next);
    pool_destroy(next);
  }
}

// ---- handlers -----------------------------------------------------------------------------------

namespace {

struct Jumper {
  std::jmp_buf away;
  int calls = 0;
};

void jump(const pool_report*, void* user) {
  auto& jumper = *static_cast<Jumper*>(user);
  ++jumper.calls;
  std::longjmp(jumper.away, 1);
}

/// Calls the pool from far down the stack, over the place where the handler's frame was.
[[gnu::noinline]] void* alloc_deep(MemoryPool* pool, int depth) {
  volatile char room[512];
  room[0] = static_cast<char>(depth);
  void* p = depth == 0 ? pool_alloc(pool, 10) : alloc_deep(pool, depth - 1);
  room[1] = room[0];
  return p;
}

/// Frees a pointer whose report leaves by longjmp.
void free_and_jump(MemoryPool* pool, void* p, Jumper& jumper) {
  if (setjmp(jumper.away) == 0) pool_free(pool, p);
}

void leave_by_longjmp(int thread_safe) {
  pool_options options{};
  options.struct_size = sizeof options;
  options.thread_safe = thread_safe;
  options.guards = 8;
  options.poison = POOL_ON;
  MemoryPool* pool = pool_create_with(4096, &options);
  Jumper jumper;
  pool_set_error_handler(pool, jump, &jumper);
  auto* p = static_cast<char*>(pool_alloc(pool, 10));
  p[10] = 'A';
  free_and_jump(pool, p, jumper);
  CHECK(jumper.calls == 1);
  CHECK(alloc_deep(pool, 40) == p);  // it was freed
  free_and_jump(pool, p + 1, jumper);
  CHECK(jumper.calls == 2);
  CHECK(pool_owns(pool, p) == 1);
  CHECK(pool_check(pool, nullptr, nullptr) == 0);
  if (thread_safe == POOL_ON) {  // the lock is free again: another thread comes in
    std::thread([&] { pool_free(pool, p); }).join();
    CHECK(pool_owns(pool, p) == 0);
  }
  pool_set_error_handler(
      pool, [](const pool_report*, void*) {}, nullptr);
  pool_destroy(pool);
}

}  // namespace

TEST_CASE("a handler may leave by longjmp, and the pool is as usable as before") {
  leave_by_longjmp(POOL_OFF);
  leave_by_longjmp(POOL_ON);
}

TEST_CASE("a handler that calls its pool is refused, however deep it is by then") {
  struct Caller {
    MemoryPool* pool;
    int refused = 0;
  };
  const auto call = [](const pool_report*, void* user) {
    auto& caller = *static_cast<Caller*>(user);
    errno = 0;
    if (alloc_deep(caller.pool, 10) == nullptr && errno == EDEADLK) ++caller.refused;
  };
  MemoryPool* pool = pool_create(4096);
  Caller caller{pool};
  pool_set_error_handler(pool, call, &caller);
  pool_free(pool, &caller);
  pool_free(pool, &caller);
  CHECK(caller.refused == 2);
  CHECK(pool_alloc(pool, 1) != nullptr);
  pool_set_error_handler(pool, nullptr, nullptr);
  pool_reset(pool);
  pool_destroy(pool);
}

TEST_CASE("a handler that leaves while its pool is destroyed has destroyed nothing") {
  MemoryPool* pool = pool_create(4096);
  pool_enable_guards(pool, 8);
  static Jumper jumper;
  pool_set_error_handler(pool, jump, &jumper);
  auto* const p = static_cast<char*>(pool_alloc(pool, 10));
  p[-1] = 'A';
  if (setjmp(jumper.away) == 0) pool_destroy(pool);
  CHECK(jumper.calls == 1);
  CHECK(pool_owns(pool, p) == 1);
  pool_set_error_handler(
      pool, [](const pool_report*, void*) {}, nullptr);
  pool_free(pool, p);
  pool_destroy(pool);
}

}  // namespace mempool::tests
