// The N-th request of the library for memory fails, for N = 1, 2, 3 ... until a scenario no longer
// makes so many; once, and for ever after. Whatever fails, the pool stays whole, what was handed
// out keeps its bytes, errno says ENOMEM, nothing is thrown and nothing is lost.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <mempool.h>
#include <mempool/sink.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "faults/inject.hpp"

namespace mempool::tests {

namespace {

/// Blocks of a scenario, each filled with its own index; a scenario itself must not allocate.
class Blocks {
 public:
  explicit Blocks(MemoryPool* pool) : pool_(pool) {}
  /// Expects a block, or nothing and ENOMEM.
  void keep(void* p, std::size_t size) {
    if (p == nullptr) {
      CHECK(errno == ENOMEM);
      return;
    }
    REQUIRE(count_ < blocks_.size());
    blocks_[count_] = {static_cast<char*>(p), size};
    std::memset(p, static_cast<int>(count_++), size);
  }
  void alloc(std::size_t size) { keep(pool_alloc(pool_, size), size); }
  void resize(std::size_t i, std::size_t size) {
    if (i >= count_) return;
    void* p = pool_realloc(pool_, blocks_[i].p, size);
    if (p == nullptr) {
      CHECK(errno == ENOMEM);
      return;
    }
    blocks_[i] = {static_cast<char*>(p), size};
    std::memset(p, static_cast<int>(i), size);
  }
  void free(std::size_t i) {
    if (i >= count_ || blocks_[i].p == nullptr) return;
    pool_free(pool_, blocks_[i].p);
    blocks_[i] = {};
  }
  void expect_whole() const {
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = 0; j < blocks_[i].size; ++j)
        if (blocks_[i].p[j] != static_cast<char>(i)) FAIL("a block's bytes were lost");
      if (blocks_[i].p != nullptr) CHECK(pool_owns(pool_, blocks_[i].p) == 1);
    }
    CHECK(pool_check(pool_, nullptr, nullptr) == 0);
  }

 private:
  struct Block {
    char* p;
    std::size_t size;
  };
  MemoryPool* pool_;
  std::array<Block, 64> blocks_{};
  std::size_t count_ = 0;
};

pool_options quiet() {
  pool_options options{};
  options.struct_size = sizeof options;
  options.errors = POOL_ERRORS_QUIET;
  return options;
}

/// The process's stderr goes nowhere while a scenario runs: warnings are many.
class Silence {
 public:
  Silence() : kept_(dup(2)) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 2);
    close(nowhere);
  }
  ~Silence() {
    dup2(kept_, 2);
    close(kept_);
  }

 private:
  int kept_;
};

/// Runs a scenario with every request failing in its turn. Returns how many requests it makes.
template <class Scenario>
std::size_t fail_each(const Scenario& scenario) {
  const Silence silence;
  // What the process keeps for good is there from now on, the last pools' remains too.
  for (int i = 0; i < 20; ++i) scenario();
  std::size_t requests = 0;
  for (const Failure failure : {Failure::once, Failure::for_ever}) {
    for (std::size_t n = 1;; ++n) {
      CAPTURE(n);
      const long before = outstanding();
      bool came = false;
      {
        const Inject inject(failure, n);
        scenario();
        came = inject.failed();
        requests = inject.requests();
      }
      scenario();  // what the process keeps for good is as it was
      CHECK(outstanding() == before);
      if (!came) break;
      REQUIRE(n < 10'000);
    }
  }
  return requests;
}

/// What every scenario does with its pool, if it has got one.
void use(MemoryPool* pool) {
  if (pool == nullptr) {
    CHECK(errno == ENOMEM);
    return;
  }
  Blocks blocks(pool);
  for (std::size_t i = 0; i < 24; ++i) blocks.alloc(8 + 8 * i);
  blocks.keep(pool_calloc(pool, 3, 7), 21);
  blocks.keep(pool_aligned_alloc(pool, 256, 40), 40);
  blocks.keep(POOL_ALLOC(pool, 17), 17);
  for (std::size_t i = 0; i < 24; i += 3) blocks.free(i);
  for (std::size_t i = 1; i < 24; i += 3) blocks.resize(i, 20 * i);
  blocks.expect_whole();
  pool_free(pool, pool);  // foreign
  pool_note(pool, "half way");
  pool_enable_guards(pool, 8);
  blocks.alloc(10);
  blocks.expect_whole();
  pool_dump(pool);
  pool_reset(pool);
  pool_destroy(pool);
}

std::string path_of(const char* name) {
  const char* folder = std::getenv("TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/mempool-faults-" +
         std::to_string(getpid()) + "-" + name;
}

}  // namespace

TEST_CASE("whatever allocation fails, a plain pool stays whole") {
  CHECK(fail_each([] {
          pool_options options = quiet();
          options.records = 4;
          use(pool_create_with(16384, &options));
        }) > 4);
}

TEST_CASE("whatever allocation fails, a pool with every check stays whole") {
  CHECK(fail_each([] {
          pool_options options = quiet();
          options.name = "a name that is longer than what a string holds in itself";
          options.records = 4;
          options.guards = 16;
          options.poison = POOL_ON;
          options.quarantine = 1000;
          options.check = POOL_CHECK_EVERY;
          options.capture = POOL_ON;
          options.thread_safe = POOL_ON;
          use(pool_create_with(65536, &options));
        }) > 6);
}

TEST_CASE("whatever allocation fails, a watched pool gives the same answers") {
  static int events = 0;
  CHECK(fail_each([] {
          pool_options options = quiet();
          MemoryPool* pool = pool_create_with(16384, &options);
          if (pool == nullptr) return;
          const pool_sink sink{sizeof sink, nullptr, [](void*, const pool_event*) { ++events; },
                               nullptr};
          if (pool_set_sink(pool, &sink) != 0) CHECK(errno == ENOMEM);
          use(pool);
        }) > 4);
  CHECK(events > 0);
}

TEST_CASE("whatever allocation fails, a log is written or the pool goes unwatched") {
  for (const char* name : {"log.jsonl", "log.mplog"}) {
    static std::string path;
    path = path_of(name);
    CHECK(fail_each([] {
            pool_options options = quiet();
            options.log = path.c_str();
            use(pool_create_with(16384, &options));
          }) > 6);
    CHECK(fail_each([] {
            pool_options options = quiet();
            options.flush = 4096;
            MemoryPool* pool = pool_create_with(16384, &options);
            if (pool == nullptr) return;
            if (pool_log_open(pool, path.c_str()) != 0) CHECK(errno == ENOMEM);
            void* p = pool_alloc(pool, 100);
            pool_log_close(pool);
            pool_free(pool, p);
            use(pool);
          }) > 6);
    unlink(path.c_str());
  }
}

TEST_CASE("whatever allocation fails, a flight recorder saves what it has or says why not") {
  static std::string path;
  path = path_of("ring.jsonl");
  CHECK(fail_each([] {
          pool_options options = quiet();
          options.ring = 32;
          MemoryPool* pool = pool_create_with(16384, &options);
          if (pool == nullptr) return;
          void* p = pool_alloc(pool, 100);
          pool_note(pool, "a note that is longer than what a string holds in itself");
          pool_free(pool, p);
          if (pool_log_save(pool, path.c_str()) != 0) {
            const int error = errno;
            CAPTURE(error);
            const bool reason = error == ENOMEM || error == EINVAL;  // EINVAL: there is no ring
            CHECK(reason);
          }
          use(pool);
        }) > 6);
  unlink(path.c_str());
}

TEST_CASE("the environment's options are read, or passed over, without memory too") {
  setenv("MEMPOOL_OPTIONS", "name=from the environment,colour=red,guards=8,align=7", 1);
  fail_each([] { use(pool_create(16384)); });
  unsetenv("MEMPOOL_OPTIONS");
}

TEST_CASE("a free never allocates, whatever is watched and checked") {
  const Silence silence;
  for (const bool watched : {false, true}) {
    pool_options options = quiet();
    options.guards = 8;
    options.poison = POOL_ON;
    options.quarantine = 500;
    MemoryPool* pool = pool_create_with(65536, &options);
    const pool_sink sink{sizeof sink, nullptr, [](void*, const pool_event*) {}, nullptr};
    if (watched) pool_set_sink(pool, &sink);
    std::array<char*, 100> blocks{};
    for (std::size_t i = 0; i < blocks.size(); ++i)
      blocks[i] = static_cast<char*>(pool_alloc(pool, 5 * i));
    blocks[7][35] = 'x';
    const Inject inject(Failure::for_ever, 1);
    for (char* p : blocks) pool_free(pool, p);
    pool_free(pool, blocks[3]);
    pool_free(pool, blocks[3] + 1);
    CHECK(inject.requests() == 0);
    pool_destroy(pool);
    CHECK(inject.requests() == 0);
  }
}

}  // namespace mempool::tests
