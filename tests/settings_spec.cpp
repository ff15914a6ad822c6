// Options by struct and by environment; the conventions for NULL pools, re-entry and threads.
// What a log does with its options is in logfile_spec.cpp.
#include <doctest/doctest.h>
#include <mempool.h>
#include <mempool/sink.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/units.hpp"

namespace mempool::tests {

namespace {

/// MEMPOOL_OPTIONS for the time of a scope.
struct Environment {
  explicit Environment(const char* words) { setenv("MEMPOOL_OPTIONS", words, 1); }
  ~Environment() { unsetenv("MEMPOOL_OPTIONS"); }
};

pool_options options() {
  pool_options options{};
  options.struct_size = sizeof options;
  return options;
}

pool_statistics stats_of(MemoryPool* pool) {
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  CHECK(pool_stats(pool, &stats) == 0);
  return stats;
}

u64 block_size_of(MemoryPool* pool, std::size_t size) {
  const u64 before = stats_of(pool).free;
  pool_free(pool, nullptr);
  void* p = pool_alloc(pool, size);
  const u64 after = stats_of(pool).free;
  pool_free(pool, p);
  return before - after;
}

}  // namespace

TEST_CASE("options out of range are refused") {
  const auto refused = [](std::size_t size, auto change) {
    pool_options o = options();
    change(o);
    errno = 0;
    CHECK(pool_create_with(size, &o) == nullptr);
    CHECK(errno == EINVAL);
  };
  refused(0, [](auto&) {});
  refused(100, [](auto& o) { o.align = 3; });
  refused(100, [](auto& o) { o.align = 8192; });
  refused((16 << 20) + 1, [](auto& o) { o.align = 4; });
  refused(100, [](auto& o) { o.guards = 4097; });
  refused(100, [](auto& o) { o.policy = 6; });
  refused(100, [](auto& o) { o.errors = 9; });
  refused(100, [](auto& o) { o.fill = 7; });
  refused(100, [](auto& o) { o.struct_size = 0; });
}

TEST_CASE("a pool of impossible size is refused with ENOMEM") {
  for (const std::size_t size : {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2, std::size_t{1} << 50}) {
    errno = 0;
    CHECK(pool_create(size) == nullptr);
    CHECK(errno == ENOMEM);
  }
  errno = 0;
  CHECK(pool_create(0) == nullptr);
  CHECK(errno == EINVAL);
}

TEST_CASE("an options struct of an older, shorter layout is read as far as it goes") {
  pool_options o = options();
  o.struct_size = offsetof(pool_options, policy);
  o.align = 1;
  o.guards = 9999;  // beyond what this caller knows
  MemoryPool* pool = pool_create_with(100, &o);
  REQUIRE(pool != nullptr);
  CHECK(stats_of(pool).capacity == 100);
  pool_destroy(pool);
}

TEST_CASE("the environment fills what the program has left at its default") {
  const Environment environment("align=1,guards=8");
  MemoryPool* pool = pool_create(1000);
  CHECK(block_size_of(pool, 10) == 26);
  pool_destroy(pool);
  pool_options o = options();
  o.align = 16;
  pool = pool_create_with(1000, &o);
  CHECK(block_size_of(pool, 10) == 48);
  pool_destroy(pool);
}

TEST_CASE("words in the environment that cannot be right are passed over") {
  const Environment environment(
      ",,align=7,guards=99999,policy=best,colour=red,errors,check=every,fill=maybe,max=12q,"
      "records=99999999999999999999,=,align=8");
  MemoryPool* pool = pool_create(1000);
  REQUIRE(pool != nullptr);
  CHECK(block_size_of(pool, 1) == 8);
  pool_destroy(pool);
}

TEST_CASE("an alignment from the environment that the pool is too large for is passed over") {
  const Environment environment("align=1");
  MemoryPool* pool = pool_create(32 << 20);
  REQUIRE(pool != nullptr);
  CHECK(block_size_of(pool, 1) == 16);
  pool_destroy(pool);
}

TEST_CASE("a NULL pool is EINVAL everywhere and does nothing") {
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  const auto walk = [](const pool_block*, void*) { return 0; };
  const auto sets_einval = [](auto call) {
    errno = 0;
    call();
    CHECK(errno == EINVAL);
  };
  sets_einval([] { CHECK(pool_alloc(nullptr, 1) == nullptr); });
  sets_einval([] { pool_free(nullptr, &errno); });
  sets_einval([] { pool_free(nullptr, nullptr); });
  sets_einval([] { pool_dump(nullptr); });
  sets_einval([] { pool_enable_guards(nullptr, 8); });
  sets_einval([] { CHECK(pool_disable_guards(nullptr) == 0); });
  sets_einval([] { CHECK(pool_calloc(nullptr, 1, 1) == nullptr); });
  sets_einval([] { CHECK(pool_realloc(nullptr, nullptr, 1) == nullptr); });
  sets_einval([] { CHECK(pool_usable_size(nullptr, &errno) == 0); });
  sets_einval([] { CHECK(pool_owns(nullptr, &errno) == 0); });
  sets_einval([] { CHECK(pool_reset(nullptr) == -1); });
  sets_einval([&] { CHECK(pool_stats(nullptr, &stats) == -1); });
  sets_einval([&] { CHECK(pool_walk(nullptr, walk, nullptr) == -1); });
  sets_einval([] { CHECK((pool_set_error_handler(nullptr, nullptr, nullptr) == nullptr)); });
  sets_einval([] { CHECK(pool_check(nullptr, nullptr, nullptr) == -1); });
  sets_einval([] { CHECK(pool_note(nullptr, "x") == -1); });
  sets_einval([] { CHECK(pool_log_open(nullptr, "x") == -1); });
  sets_einval([] { CHECK(pool_log_close(nullptr) == -1); });
  sets_einval([] { CHECK(pool_set_sink(nullptr, nullptr) == -1); });
  errno = 1789;
  pool_destroy(nullptr);
  CHECK(errno == 1789);
}

TEST_CASE("NULL arguments are EINVAL and do nothing") {
  MemoryPool* pool = pool_create(100);
  errno = 0;
  CHECK(pool_note(pool, nullptr) == -1);
  CHECK(errno == EINVAL);
  CHECK(pool_stats(pool, nullptr) == -1);
  CHECK(pool_walk(pool, nullptr, nullptr) == -1);
  const pool_sink no_function{sizeof(pool_sink), nullptr, nullptr, nullptr};
  CHECK(pool_set_sink(pool, &no_function) == -1);
  pool_destroy(pool);
}

TEST_CASE("a handler, a sink or a walk that calls its own pool is refused") {
  for (const pool_switch thread_safe : {POOL_OFF, POOL_ON}) {
    pool_options o = options();
    o.thread_safe = thread_safe;
    MemoryPool* pool = pool_create_with(1000, &o);
    static int refused;
    refused = 0;
    const auto intrude = [](MemoryPool* own) {
      errno = 0;
      if (pool_alloc(own, 1) == nullptr && errno == EDEADLK) ++refused;
    };
    pool_set_error_handler(
        pool,
        [](const pool_report* report, void* user) {
          (*static_cast<decltype(intrude)*>(user))(report->pool);
        },
        const_cast<void*>(static_cast<const void*>(&intrude)));
    pool_free(pool, &refused);
    CHECK(refused == 1);

    static_cast<void>(pool_walk(
        pool,
        [](const pool_block*, void* own) {
          errno = 0;
          if (pool_reset(static_cast<MemoryPool*>(own)) == -1 && errno == EDEADLK) ++refused;
          return 0;
        },
        pool));
    CHECK(refused == 2);

    const pool_sink sink{
        sizeof sink, pool,
        [](void* own, const pool_event*) {
          errno = 0;
          if (pool_alloc(static_cast<MemoryPool*>(own), 1) == nullptr && errno == EDEADLK)
            ++refused;
        },
        nullptr};
    CHECK(pool_set_sink(pool, &sink) == 0);
    void* p = pool_alloc(pool, 10);
    CHECK(p != nullptr);
    CHECK(refused == 4);  // split, alloc
    CHECK(pool_set_sink(pool, nullptr) == 0);
    pool_free(pool, p);
    CHECK(stats_of(pool).live_blocks == 0);
    pool_destroy(pool);
  }
}

TEST_CASE("setting a handler returns the one before") {
  MemoryPool* pool = pool_create(100);
  const pool_error_fn first = [](const pool_report*, void*) {};
  CHECK((pool_set_error_handler(pool, first, nullptr) == nullptr));
  CHECK((pool_set_error_handler(pool, nullptr, nullptr) == first));
  pool_destroy(pool);
}

TEST_CASE("threads may share a pool that is thread safe") {
  pool_options o = options();
  o.thread_safe = POOL_ON;
  o.guards = 8;
  MemoryPool* pool = pool_create_with(1 << 20, &o);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([pool] {
      for (int i = 0; i < 2000; ++i) pool_free(pool, pool_alloc(pool, 50));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(stats_of(pool).allocs == 8000);
  CHECK(stats_of(pool).live_blocks == 0);
  CHECK(pool_check(pool, nullptr, nullptr) == 0);
  pool_destroy(pool);
}

TEST_CASE("pools come and go without leaving anything") {
  for (int i = 0; i < 1000; ++i) {
    MemoryPool* pool = pool_create(1024);
    REQUIRE(pool != nullptr);
    CHECK(pool_alloc(pool, 100) != nullptr);
    pool_reset(pool);
    pool_destroy(pool);
  }
}

TEST_CASE("every kind of error has words") {
  for (int kind = 1; kind <= 9; ++kind) {
    CHECK(std::string(pool_strerror(kind)) != "unknown error");
  }
  CHECK(std::string(pool_strerror(99)) == "unknown error");
}

TEST_CASE("the version is the one of the header") {
  CHECK(std::string(pool_version()) == MEMPOOL_VERSION);
}

}  // namespace mempool::tests
