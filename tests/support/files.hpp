// What specs of log files share: a folder, a reading, stderr caught, a quiet fork.
// Everything is inline: two specs use it, and neither owns it.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <mempool.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "log/reader.hpp"
#include "model/check.hpp"
#include "model/model.hpp"

namespace mempool::tests {

/// A folder of its own for each case, gone afterwards; and no log from the environment.
struct Folder {
  Folder() {
    unsetenv("MEMPOOL_LOG");
    unsetenv("MEMPOOL_OPTIONS");
    char name[] = "/tmp/mempool-spec-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() { static_cast<void>(std::system(("rm -rf " + path).c_str())); }
  [[nodiscard]] std::string file(const char* name) const { return path + "/" + name; }
  std::string path;
};

/// A log in either encoding.
inline const char* const log_names[] = {"run.jsonl", "run.mplog"};

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What a reader makes of a log: findings, and the model of one pool.
struct Reading {
  explicit Reading(const std::string& path, u32 pool = 0) {
    auto reader = log::Reader::open(path);
    REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().what));
    pool_event event;
    while (reader->next(event)) {
      kinds += std::to_string(event.kind) + " ";
      if (event.pool == 0) continue;
      if (pool == 0) pool = event.pool;
      if (event.pool == pool) CHECK(model.apply(event) == viz::Fault::none);
    }
    findings = reader->findings();
  }
  log::Findings findings;
  viz::Model model;
  std::string kinds;
};

/// What `check` finds broken in a log; "" if nothing is.
inline std::string broken_in(const std::string& path) {
  auto reader = log::Reader::open(path);
  REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().what));
  return viz::check(*reader, {true}, nullptr).broken.value_or("");
}

inline pool_options logging(const std::string& path, u64 flush = 0) {
  pool_options options{};
  options.struct_size = sizeof options;
  options.log = path.c_str();
  options.flush = flush;
  options.errors = POOL_ERRORS_QUIET;
  return options;
}

/// fork, with nothing in stdio's buffers that both processes would write.
inline pid_t fork_quietly() {
  std::fflush(nullptr);
  std::cout.flush();
  return fork();
}

/// Standard error goes into a file for the time of a scope.
struct CaughtStderr {
  explicit CaughtStderr(const Folder& folder) : path(folder.file("stderr")) {
    std::fflush(stderr);
    kept = dup(2);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, 2);
    close(fd);
  }
  ~CaughtStderr() { restore(); }
  std::string text() {
    restore();
    return slurp(path);
  }
  void restore() {
    if (kept < 0) return;
    std::fflush(stderr);
    dup2(kept, 2);
    close(kept);
    kept = -1;
  }
  std::string path;
  int kept;
};

}  // namespace mempool::tests
