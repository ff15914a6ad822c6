// A log that cannot be written: no such place, a full disk, a limit, a reader that goes away. The
// program's answers never change, what is missing is counted, and closing the log says so.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <mempool.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "support/files.hpp"

namespace mempool::tests {

TEST_CASE("a log that cannot be opened says why") {
  const Folder folder;
  MemoryPool* pool = pool_create(100);
  const auto fails_with = [&](const std::string& path, int error) {
    errno = 0;
    CHECK(pool_log_open(pool, path.c_str()) == -1);
    CHECK(errno == error);
  };
  fails_with(folder.path, EISDIR);
  fails_with(folder.file("no/such/folder.jsonl"), ENOENT);
  fails_with("", EINVAL);
  errno = 0;
  CHECK(pool_log_open(pool, nullptr) == -1);
  CHECK(errno == EINVAL);
  CHECK(pool_log_close(pool) == -1);
  pool_destroy(pool);
}

TEST_CASE("an option that names an impossible log warns, and the pool works unwatched") {
  const Folder folder;
  CaughtStderr caught(folder);
  const pool_options options = logging(folder.path);
  MemoryPool* pool = pool_create_with(100, &options);
  REQUIRE(pool != nullptr);
  CHECK(pool_alloc(pool, 10) != nullptr);
  pool_destroy(pool);
  CHECK(caught.text() == "mempool: warning: log '" + folder.path +
                             "' cannot be written: Is a directory; the pool goes unwatched\n");
}

TEST_CASE("a full disk stops the log, not the program, and is told when the log is closed") {
  const Folder folder;
  CaughtStderr caught(folder);
  MemoryPool* pool = pool_create(1000);
  CHECK(pool_log_open(pool, "/dev/full") == 0);
  for (int i = 0; i < 10; ++i) CHECK(pool_alloc(pool, 10) != nullptr);
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  pool_stats(pool, &stats);
  CHECK(stats.events_dropped == 22);
  errno = 0;
  CHECK(pool_log_close(pool) == -1);
  CHECK(errno == ENOSPC);
  pool_stats(pool, &stats);
  CHECK(stats.events_dropped == 22);
  pool_destroy(pool);
  CHECK(caught.text().starts_with("mempool: warning: log '/dev/full' stops here: No space left"));
}

TEST_CASE("a file that may not grow is cut back to whole events, and says what is missing") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pid_t child = fork_quietly();
    if (child == 0) {
      CaughtStderr caught(folder);
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{2000, RLIM_INFINITY};
      setrlimit(RLIMIT_FSIZE, &limit);
      const pool_options options = logging(path);
      MemoryPool* pool = pool_create_with(10000, &options);
      bool ok = true;
      for (int i = 0; i < 100; ++i) ok = ok && pool_alloc(pool, 10) != nullptr;
      const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
      setrlimit(RLIMIT_FSIZE, &more);
      ok = ok && pool_log_close(pool) == -1 && errno == EFBIG;
      _exit(ok ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    const Reading reading(path);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.findings.ended);
    CHECK(reading.kinds.find("21 22") != std::string::npos);  // dropped, end
  }
}

TEST_CASE("on a full disk a log of either kind is whole as far as it goes") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    if (mount("none", folder.path.c_str(), "tmpfs", 0, "size=512k") != 0) {
      MESSAGE("no disk can be made here: " << std::strerror(errno));
      return;
    }
    const Folder elsewhere;
    const std::string path = folder.file(name);
    {
      CaughtStderr caught(elsewhere);
      const pool_options options = logging(path);
      MemoryPool* pool = pool_create_with(1 << 20, &options);
      for (int i = 0; i < 20'000; ++i) CHECK(pool_alloc(pool, 10) != nullptr);  // and no SIGBUS
      errno = 0;
      CHECK(pool_log_close(pool) == -1);
      CHECK(errno == ENOSPC);
      pool_destroy(pool);
      CHECK(caught.text().find("stops here: No space left") != std::string::npos);
    }
    const Reading reading(path);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.findings.events > 1000);
    CHECK(slurp(path).size() > 400'000);
    CHECK(broken_in(path) == "");
    umount(folder.path.c_str());
  }
}

TEST_CASE("a log stops at the size that was asked for") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    pool_options options = logging(path);
    options.max = 3000;
    MemoryPool* pool = pool_create_with(10000, &options);
    for (int i = 0; i < 100; ++i) static_cast<void>(pool_alloc(pool, 10));
    CHECK(pool_log_close(pool) == 0);
    pool_destroy(pool);
    const Reading reading(path);
    CHECK(slurp(path).size() < 3000 + 300);
    CHECK(reading.findings.ended);
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.model.used_blocks > 10);
  }
}

TEST_CASE("a reader that goes away does not kill the program") {
  const Folder folder;
  const std::string path = folder.file("pipe");
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  CaughtStderr caught(folder);
  MemoryPool* pool = pool_create(1000);
  CHECK(pool_log_open(pool, path.c_str()) == 0);
  close(reader);
  for (int i = 0; i < 5; ++i) CHECK(pool_alloc(pool, 10) != nullptr);
  errno = 0;
  CHECK(pool_log_close(pool) == -1);
  CHECK(errno == EPIPE);
  pool_destroy(pool);
  CHECK(caught.text().find("Broken pipe") != std::string::npos);
}

TEST_CASE("a log may hold what the program has written, so only its owner may read it") {
  for (const char* name : log_names) {
    CAPTURE(name);
    const Folder folder;
    const std::string path = folder.file(name);
    const pool_options options = logging(path);
    pool_destroy(pool_create_with(100, &options));
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

}  // namespace mempool::tests
