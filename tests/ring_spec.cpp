// Specs of the flight recorder: what a ring keeps, when it is written, and that a log of it can be
// folded and checked like any other, although it begins in the middle of a pool's life.
#include <doctest/doctest.h>
#include <mempool.h>
#include <mempool/sink.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "log/jsonl.hpp"
#include "support/files.hpp"
#include "support/shape.hpp"

namespace mempool::tests {

namespace {

pool_options recording(u64 ring, const char* log = nullptr) {
  pool_options options{};
  options.struct_size = sizeof options;
  options.ring = ring;
  options.log = log;
  options.errors = POOL_ERRORS_QUIET;
  return options;
}

/// An event without what differs between logs of the same calls. Bytes are not kept by a ring.
std::string comparable(pool_event event) {
  event.seq = 0;
  event.time = POOL_NONE;
  std::string line;
  log::write_event(event, line);
  return line;
}

/// A pool that is recorded, and everything it says besides.
struct Recorded {
  explicit Recorded(const pool_options& options, u64 size = 4000) {
    pool = pool_create_with(size, &options);
    REQUIRE(pool != nullptr);
    const pool_sink sink{sizeof(pool_sink), this, hear, nullptr};
    pool_set_sink(pool, &sink);
  }
  ~Recorded() { pool_destroy(pool); }
  static void hear(void* user, const pool_event* event) {
    if (event->kind == POOL_EVENT_BYTES) return;
    static_cast<Recorded*>(user)->said.push_back(comparable(*event));
  }
  void alloc(std::size_t size) { live.push_back(pool_alloc(pool, size)); }

  MemoryPool* pool;
  std::vector<std::string> said;
  std::vector<void*> live;
};

/// Calls of all kinds; the same for the same seed.
void live_a_little(Recorded& recorded, unsigned seed, int calls) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return std::size_t{random() % n}; };
  for (int i = 0; i < calls; ++i) {
    const std::size_t what = below(100);
    if (what < 45 || recorded.live.empty()) {
      recorded.alloc(below(300));
    } else {
      void*& pointer = recorded.live[below(recorded.live.size())];
      if (what < 85) {
        pool_free(recorded.pool, pointer);  // maybe freed before: misuse
        if (below(8) != 0) {
          std::swap(pointer, recorded.live.back());
          recorded.live.pop_back();
        }
      } else if (what < 95) {
        if (void* moved = pool_realloc(recorded.pool, pointer, 1 + below(400))) pointer = moved;
      } else if (what < 97) {
        pool_check(recorded.pool, nullptr, nullptr);
      } else if (what < 98) {
        pool_enable_guards(recorded.pool, below(40));
      } else {
        pool_note(recorded.pool, "a note that does not fit into one record");
      }
    }
  }
}

/// The events of a log, comparable, without snapshots, bytes and end.
std::vector<std::string> told_in(const std::string& path) {
  auto reader = log::Reader::open(path);
  REQUIRE(reader);
  std::vector<std::string> told;
  for (pool_event event; reader->next(event);) {
    const bool about_the_log = event.kind == POOL_EVENT_SNAPSHOT || event.kind == POOL_EVENT_BLOCK;
    if (!about_the_log && event.kind != POOL_EVENT_BYTES && event.kind != POOL_EVENT_END)
      told.push_back(comparable(event));
  }
  return told;
}

}  // namespace

TEST_CASE("a ring is written as the last events behind the pool as it was before them") {
  for (const char* name : log_names) {
    CAPTURE(name);
    for (const u64 ring : {2, 7, 100, 100'000}) {
      CAPTURE(ring);
      for (unsigned seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        const Folder folder;
        const std::string path = folder.file(name);
        pool_options options = recording(ring);
        options.align = seed % 2 == 0 ? 1 : 16;
        options.guards = seed % 3 == 0 ? 8 : 0;
        Recorded recorded(options);
        live_a_little(recorded, seed, 300);
        REQUIRE(pool_log_save(recorded.pool, path.c_str()) == 0);

        CHECK(broken_in(path) == "");
        const std::vector<std::string> told = told_in(path);
        const bool all = ring > 10'000;
        const std::size_t first = told.size() - (all ? 1 : 0);  // the sink has not heard `create`
        REQUIRE(first <= recorded.said.size());
        CHECK(std::equal(told.end() - static_cast<std::ptrdiff_t>(first), told.end(),
                         recorded.said.end() - static_cast<std::ptrdiff_t>(first)));
        CHECK((told.size() > recorded.said.size()) == all);

        const std::string now = folder.file("now.jsonl");
        pool_log_open(recorded.pool, now.c_str());
        pool_log_close(recorded.pool);
        const Reading was(path), is(now);
        CHECK(was.findings.ended);
        CHECK(shape(was.model) == shape(is.model));
        CHECK(was.model.next_number == is.model.next_number);
        CHECK(was.model.guard_size == is.model.guard_size);
      }
    }
  }
}

TEST_CASE("a ring of a pool with quarantine, poison and checks is a log that holds every rule") {
  for (const u64 ring : {3, 20, 200, 100'000}) {
    CAPTURE(ring);
    for (unsigned seed = 0; seed < 8; ++seed) {
      CAPTURE(seed);
      const Folder folder;
      const std::string path = folder.file("ring.jsonl");
      pool_options options = recording(ring);
      options.align = seed % 2 == 0 ? 1 : 16;
      options.guards = seed % 3 == 0 ? 8 : 0;
      options.poison = seed % 4 == 3 ? POOL_OFF : POOL_ON;
      options.quarantine = 700;
      options.check = seed % 5 == 4 ? POOL_CHECK_EVERY : POOL_CHECK_FREE;
      Recorded recorded(options);
      live_a_little(recorded, seed, 200);
      recorded.alloc(0);
      pool_free(recorded.pool, recorded.live.back());
      if (options.poison == POOL_ON && options.align == 16)  // a write after free
        *static_cast<char*>(recorded.live.back()) = 'A';
      REQUIRE(pool_log_save(recorded.pool, path.c_str()) == 0);
      CHECK(broken_in(path) == "");
      pool_statistics stats{};
      stats.struct_size = sizeof stats;
      pool_stats(recorded.pool, &stats);
      const Reading saved(path);
      CHECK(saved.model.quarantined_bytes == stats.quarantined_bytes);
      CHECK(saved.model.free_bytes == stats.free);
    }
  }
}

TEST_CASE("a ring that has lost nothing begins with the creation of its pool") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  Recorded recorded(recording(100));
  recorded.alloc(100);
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  CHECK(Reading(path).kinds == "1 4 2 22 ");
}

TEST_CASE("a ring and a log: nothing is written until there is misuse, then all that led to it") {
  const Folder folder;
  const std::string path = folder.file("run.mplog");
  {
    const pool_options options = recording(20, path.c_str());
    Recorded recorded(options);
    for (int i = 0; i < 100; ++i) recorded.alloc(10);
    CHECK(access(path.c_str(), F_OK) != 0);
    pool_free(recorded.pool, &recorded);
    const Reading first(path);
    CHECK(first.model.misuses == 1);
    CHECK(first.model.used_blocks == 100);
    CHECK(first.model.allocs < 20);  // the others were there before

    SUBCASE("the next misuse goes on where the log ended") {
      recorded.alloc(10);
      pool_free(recorded.pool, &recorded);
      const Reading second(path);
      CHECK(second.model.misuses == 2);
      CHECK(second.model.used_blocks == 101);
      CHECK(second.kinds.find("19") == second.kinds.rfind("19"));
    }
    SUBCASE("and if too much has happened since, behind another snapshot") {
      for (int i = 0; i < 100; ++i) recorded.alloc(10);
      pool_free(recorded.pool, &recorded);
      const Reading second(path);
      CHECK(second.model.misuses == 2);
      CHECK(second.model.used_blocks == 200);
      CHECK(second.kinds.find("19") != second.kinds.rfind("19"));
    }
    SUBCASE("and pool_log_save() without a path does the same without misuse") {
      recorded.alloc(10);
      CHECK(pool_log_save(recorded.pool, nullptr) == 0);
      CHECK(Reading(path).model.used_blocks == 101);
    }
  }
  CHECK(Reading(path).findings.ended);
  CHECK(broken_in(path) == "");
}

TEST_CASE("a damaged guard is misuse, too, and the ring has the check that found it") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  pool_options options = recording(50, path.c_str());
  options.guards = 16;
  Recorded recorded(options);
  recorded.alloc(100);
  static_cast<char*>(recorded.live[0])[100] = 'X';
  pool_free(recorded.pool, recorded.live[0]);
  CHECK(broken_in(path) == "");
  CHECK(slurp(path).find(R"("damaged":1,"first":116,"expected":"abababababababab)") !=
        std::string::npos);
}

TEST_CASE("a program that aborts at misuse leaves its ring behind") {
  const Folder folder;
  const std::string path = folder.file("run.mplog");
  const pid_t child = fork_quietly();
  if (child == 0) {
    CaughtStderr caught(folder);
    std::signal(SIGABRT, SIG_DFL);
    pool_options options = recording(20, path.c_str());
    options.errors = POOL_ERRORS_ABORT;
    MemoryPool* pool = pool_create_with(1000, &options);
    for (int i = 0; i < 30; ++i) static_cast<void>(pool_alloc(pool, 10));
    pool_free(pool, &options);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  const Reading reading(path);
  CHECK(reading.model.used_blocks == 30);
  CHECK(reading.model.misuses == 1);
  CHECK_FALSE(reading.findings.ended);
}

TEST_CASE("a reset begins the ring anew, because it forgets the blocks there were") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  Recorded recorded(recording(100));
  recorded.alloc(100);
  pool_reset(recorded.pool);
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  CHECK(Reading(path).kinds == "19 20 22 ");
  CHECK(broken_in(path) == "");
  recorded.alloc(200);
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  CHECK(Reading(path).kinds == "19 20 4 2 22 ");
  CHECK(broken_in(path) == "");
}

TEST_CASE("a ring keeps notes and says how many bytes were told, but keeps none of them") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  Recorded recorded(recording(100));
  recorded.alloc(100);
  std::memset(recorded.live[0], 'x', 100);
  {
    const std::string text = "a text that is gone when the ring is written";
    pool_note(recorded.pool, text.c_str());
  }
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  const std::string log = slurp(path);
  CHECK(log.find("\"text\":\"a text that is gone when the ring is written\"") != log.npos);
  CHECK(log.find(R"("event":"bytes","offset":0,"left_out":112})") != log.npos);
  CHECK(broken_in(path) == "");
}

TEST_CASE("with a clock, a ring keeps the time of every call") {
  const Folder folder;
  const std::string path = folder.file("run.mplog");
  pool_options options = recording(10);
  options.clock = POOL_ON;
  Recorded recorded(options);
  for (int i = 0; i < 20; ++i) recorded.alloc(10);
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  auto reader = log::Reader::open(path);
  u64 last = 0;
  for (pool_event event; reader->next(event);) {
    if (event.kind != POOL_EVENT_ALLOC) continue;
    CHECK(event.time != POOL_NONE);
    CHECK(event.time >= last);
    last = event.time;
  }
  CHECK(last != 0);
}

TEST_CASE("a log may be open beside a ring; the call that opened it is in both") {
  const Folder folder;
  const std::string log = folder.file("log.jsonl"), path = folder.file("ring.jsonl");
  Recorded recorded(recording(100));
  recorded.alloc(10);
  CHECK(pool_log_open(recorded.pool, log.c_str()) == 0);
  recorded.alloc(20);
  CHECK(pool_log_save(recorded.pool, path.c_str()) == 0);
  CHECK(pool_log_close(recorded.pool) == 0);
  CHECK(broken_in(log) == "");
  CHECK(broken_in(path) == "");
  CHECK(Reading(path).model.used_blocks == 2);
  CHECK(slurp(path).find("\"call\":2,\"event\":\"note\"") != std::string::npos);
}

TEST_CASE("a ring that cannot be written says why") {
  const Folder folder;
  const auto fails_with = [](MemoryPool* pool, const char* path, int error) {
    errno = 0;
    CHECK(pool_log_save(pool, path) == -1);
    CHECK(errno == error);
  };
  MemoryPool* plain = pool_create(100);
  fails_with(plain, folder.file("run.jsonl").c_str(), EINVAL);
  fails_with(nullptr, "x", EINVAL);
  CHECK(pool_log_open(plain, folder.file("busy.jsonl").c_str()) == 0);
  Recorded recorded(recording(10));
  fails_with(recorded.pool, nullptr, EINVAL);
  fails_with(recorded.pool, "", EINVAL);
  fails_with(recorded.pool, folder.path.c_str(), EISDIR);
  fails_with(recorded.pool, folder.file("busy.jsonl").c_str(), EBUSY);
  CaughtStderr caught(folder);
  fails_with(recorded.pool, "/dev/full", ENOSPC);
  pool_destroy(plain);
}

TEST_CASE("a log that a ring cannot begin is warned of once, and the ring goes on") {
  const Folder folder;
  CaughtStderr caught(folder);
  const std::string path = folder.file("no/such/folder.jsonl");
  {
    Recorded recorded(recording(10, path.c_str()));
    pool_free(recorded.pool, &recorded);
    pool_free(recorded.pool, &recorded);
    CHECK(pool_log_save(recorded.pool, folder.file("run.jsonl").c_str()) == 0);
  }
  CHECK(caught.text() == "mempool: warning: log '" + path +
                             "' cannot be written: No such file or directory; " +
                             "what the ring holds stays in memory\n");
  CHECK(Reading(folder.file("run.jsonl")).model.misuses == 2);
}

TEST_CASE("whoever runs a program can give all of its pools a ring") {
  const Folder folder;
  const std::string path = folder.file("run.mplog");
  setenv("MEMPOOL_OPTIONS", "ring=16,errors=quiet", 1);
  setenv("MEMPOOL_LOG", path.c_str(), 1);
  MemoryPool* first = pool_create(1000);
  MemoryPool* second = pool_create(1000);
  unsetenv("MEMPOOL_OPTIONS");
  unsetenv("MEMPOOL_LOG");
  static_cast<void>(pool_alloc(first, 10));
  static_cast<void>(pool_alloc(second, 10));
  pool_free(second, first);
  pool_free(first, second);
  pool_destroy(first);
  pool_destroy(second);
  CHECK(broken_in(path) == "");
  CHECK(Reading(path).findings.ended);
}

TEST_CASE("after a fork the child does not write its ring into its parent's log") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  Recorded recorded(recording(10, path.c_str()));
  pool_free(recorded.pool, &recorded);
  const std::string before = slurp(path);
  const pid_t child = fork_quietly();
  if (child == 0) {
    CaughtStderr caught(folder);
    pool_free(recorded.pool, &recorded);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  CHECK(slurp(path) == before);
}

}  // namespace mempool::tests
