// The log as a file: who may write it, what is in it when. What happens when it cannot be written
// is in logfile_failure_spec.cpp.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <mempool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "support/files.hpp"

namespace mempool::tests {

namespace {

/// Until a log that is being written has more events; a minute at most.
void wait_for_events(const std::string& path, u64 count) {
  for (int i = 0; i < 6000; ++i) {
    u64 events = 0;
    pool_event event;
    if (auto reader = log::Reader::open(path))
      while (events <= count && reader->next(event)) ++events;
    if (events > count) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

TEST_CASE("a log is complete when its pool is destroyed") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pool_options options = logging(path);
    MemoryPool* pool = pool_create_with(1000, &options);
    pool_free(pool, pool_alloc(pool, 10));
    pool_destroy(pool);
    const Reading reading(path);
    CHECK(reading.findings.ended);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.model.destroyed);
  }
}

TEST_CASE("a finished call is in the file, whatever happens to the program next") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pid_t child = fork_quietly();
    if (child == 0) {
      const pool_options options = logging(path);
      MemoryPool* pool = pool_create_with(1000, &options);
      for (int i = 0; i < 7; ++i) static_cast<void>(pool_alloc(pool, 10));
      raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    const Reading reading(path);
    CHECK(reading.model.used_blocks == 7);
    CHECK_FALSE(reading.findings.ended);
    CHECK(reading.findings.damaged == 0);
  }
}

TEST_CASE("a program that is killed at any moment leaves all it had finished, to be read") {
  for (const char* name : log_names) {
    CAPTURE(name);
    for (int round = 0; round < 8; ++round) {
      const Folder folder;
      const std::string path = folder.file(name);
      const pid_t child = fork_quietly();
      if (child == 0) {
        const pool_options options = logging(path);
        MemoryPool* pool = pool_create_with(1 << 16, &options);
        std::vector<void*> blocks(64);
        for (u32 i = 0;; ++i) {
          void*& block = blocks[i * 2654435761u >> 26];
          pool_free(pool, block);
          block = pool_alloc(pool, i % 500);
          if (i % 1000 == 0) pool_note(pool, "a text that is longer than one record can hold");
        }
      }
      wait_for_events(path, 100);
      std::this_thread::sleep_for(std::chrono::microseconds(3'137 * round));
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
      const Reading reading(path);
      CHECK(reading.findings.events > 100);
      CHECK_FALSE(reading.findings.ended);
      CHECK(reading.findings.damaged == 0);
      CHECK(broken_in(path).empty());
    }
  }
}

TEST_CASE("a log that gathers is written at the latest when something is told that must not wait") {
  const Folder folder;
  const std::string path = folder.file("run.jsonl");
  const pool_options options = logging(path, 64 * 1024);
  MemoryPool* pool = pool_create_with(1000, &options);
  static_cast<void>(pool_alloc(pool, 10));
  CHECK(Reading(path).findings.events == 0);
  SUBCASE("a note") {
    pool_note(pool, "now");
  }
  SUBCASE("a failure") {
    static_cast<void>(pool_alloc(pool, 5000));
  }
  SUBCASE("misuse") {
    pool_free(pool, &pool);
  }
  CHECK(Reading(path).findings.events >= 4);
  pool_destroy(pool);
}

TEST_CASE("the log of a pool that is never destroyed ends when the program exits") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pid_t child = fork_quietly();
    if (child == 0) {
      const pool_options options = logging(path, 64 * 1024);
      static_cast<void>(pool_alloc(pool_create_with(1000, &options), 10));
      std::exit(0);
    }
    waitpid(child, nullptr, 0);
    const Reading reading(path);
    CHECK(reading.findings.ended);
    CHECK(reading.model.used_blocks == 1);
  }
}

TEST_CASE("pools of one process share a file, one after the other and at the same time") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    setenv("MEMPOOL_LOG", path.c_str(), 1);
    pool_destroy(pool_create(100));
    CHECK(Reading(path).findings.ended);
    MemoryPool* second = pool_create(200);
    MemoryPool* third = pool_create(300);
    static_cast<void>(pool_alloc(second, 10));
    static_cast<void>(pool_alloc(third, 10));
    pool_destroy(second);
    CHECK_FALSE(Reading(path).findings.ended);
    pool_destroy(third);
    unsetenv("MEMPOOL_LOG");
    const Reading reading(path);
    CHECK(reading.findings.ended);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.kinds.find("22") == reading.kinds.rfind("22"));  // one `end`
  }
}

TEST_CASE("threads with pools of their own never tear each other's events") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const auto work = [&] {
      const pool_options options = logging(path);
      MemoryPool* pool = pool_create_with(10000, &options);
      for (int i = 0; i < 500; ++i) pool_free(pool, pool_alloc(pool, 10));
      pool_destroy(pool);
    };
    const pool_options options = logging(path);
    MemoryPool* keeper = pool_create_with(100, &options);
    std::thread first(work), second(work);
    first.join();
    second.join();
    pool_destroy(keeper);
    const Reading reading(path);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.findings.ended);
    CHECK(reading.findings.events == 1 + 3 + 2 * (2 + 500 * 4) - 1);
  }
}

TEST_CASE("a log that opens on a pool in use begins with a snapshot") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    MemoryPool* pool = pool_create(1000);
    static_cast<void>(pool_alloc(pool, 100));
    void* second = pool_alloc(pool, 200);
    CHECK(pool_log_open(pool, path.c_str()) == 0);
    pool_free(pool, second);
    CHECK(pool_log_close(pool) == 0);
    const Reading reading(path);
    CHECK(reading.findings.ended);
    CHECK(reading.model.used_blocks == 1);
    CHECK(reading.model.next_number == 2);
    pool_destroy(pool);
  }
}

TEST_CASE("a file that another process writes is refused") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pool_options options = logging(path);
    MemoryPool* pool = pool_create_with(1000, &options);
    const pid_t child = fork_quietly();
    if (child == 0) {
      MemoryPool* other = pool_create(1000);
      const bool refused = pool_log_open(other, path.c_str()) == -1 && errno == EBUSY;
      _exit(refused ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    pool_destroy(pool);
    CHECK(Reading(path).findings.ended);
  }
}

TEST_CASE("after a fork the child does not write into its parent's log") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pool_options options = logging(path);
    MemoryPool* pool = pool_create_with(1000, &options);
    const pid_t child = fork_quietly();
    if (child == 0) {
      bool ok = true;
      for (int i = 0; i < 5; ++i) ok = ok && pool_alloc(pool, 10) != nullptr;
      std::exit(ok ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    pool_destroy(pool);
    const Reading reading(path);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.model.allocs == 0);
  }
}

TEST_CASE("after a fork the child goes on in a log of its own if the path names the process") {
  const Folder folder;
  const std::string path = folder.file("run.%p.jsonl");
  const pool_options options = logging(path);
  MemoryPool* pool = pool_create_with(1000, &options);
  static_cast<void>(pool_alloc(pool, 10));
  const pid_t child = fork_quietly();
  if (child == 0) {
    static_cast<void>(pool_alloc(pool, 20));
    std::exit(0);
  }
  waitpid(child, nullptr, 0);
  pool_destroy(pool);
  const Reading childs(folder.path + "/run." + std::to_string(child) + ".jsonl");
  CHECK(childs.findings.ended);
  CHECK(childs.model.used_blocks == 2);
  const Reading parents(folder.path + "/run." + std::to_string(getpid()) + ".jsonl");
  CHECK(parents.findings.ended);
  CHECK(parents.model.used_blocks == 1);
}

TEST_CASE(
    "a binary log is as long as its records when it is closed, and allocated while it grows") {
  const Folder folder;
  const std::string path = folder.file("run.mplog");
  const pool_options options = logging(path);
  MemoryPool* pool = pool_create_with(1 << 20, &options);
  for (int i = 0; i < 5000; ++i) static_cast<void>(pool_alloc(pool, 10));
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  const u64 records = 64 + 32 * (2 + 1 + 2 * 5000 + 8);  // at most: slabs grow, too
  CHECK(static_cast<u64>(status.st_size) > records);
  CHECK(static_cast<u64>(status.st_blocks) * 512 >= static_cast<u64>(status.st_size));
  CHECK(Reading(path).model.used_blocks == 5000);
  pool_log_close(pool);
  CHECK(slurp(path).size() <= records);
  CHECK(slurp(path).size() % 32 == 0);
  CHECK(Reading(path).findings.ended);
  pool_destroy(pool);
}

TEST_CASE("a binary log into a pipe is written, not mapped") {
  const Folder folder;
  const std::string path = folder.file("pipe.mplog");
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  MemoryPool* pool = pool_create(1000);
  CHECK(pool_log_open(pool, path.c_str()) == 0);
  static_cast<void>(pool_alloc(pool, 10));
  CHECK(pool_log_close(pool) == 0);
  pool_destroy(pool);
  char bytes[4096];
  const ssize_t got = read(reader, bytes, sizeof bytes);
  close(reader);
  auto log = log::Reader::from_text(std::string(bytes, static_cast<std::size_t>(got)));
  REQUIRE(log);
  for (pool_event event; log->next(event);) {
  }
  CHECK(log->findings().ended);
  CHECK(log->findings().events == 5);
}

TEST_CASE("%p in a path is the process") {
  const Folder folder;
  MemoryPool* pool = pool_create(100);
  CHECK(pool_log_open(pool, folder.file("run.%p.jsonl").c_str()) == 0);
  pool_destroy(pool);
  CHECK(Reading(folder.path + "/run." + std::to_string(getpid()) + ".jsonl").findings.ended);
}

}  // namespace mempool::tests
