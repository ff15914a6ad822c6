// Support for the C++ specs: a pool that notices every write where none should be, and says at the
// end whether everything came back; and a sink that writes the names of the events down. No spec.
#pragma once

#include <doctest/doctest.h>
#include <mempool/sink.h>

#include <cstdint>
#include <mempool.hpp>
#include <string>

namespace mempool::tests {

/// Guards and poison looked at in every call; at the end nothing is live and nothing was misused.
class Watched {
 public:
  explicit Watched(std::size_t size, std::size_t align = 16) : pool_(size, options(align)) {}
  ~Watched() {
    CHECK(pool_.check() == 0);
    CHECK(pool_.stats().live_blocks == 0);
    CHECK(pool_.stats().misuse == 0);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  operator pool&() { return pool_; }
  pool& operator*() { return pool_; }
  pool* operator->() { return &pool_; }
  [[nodiscard]] std::uint64_t live() const { return pool_.stats().live_blocks; }

 private:
  static pool_options options(std::size_t align) {
    pool_options chosen{};
    chosen.align = align;
    chosen.guards = 8;
    chosen.check = POOL_CHECK_EVERY;
    chosen.poison = POOL_ON;
    return chosen;
  }

  pool pool_;
};

/// The events of a pool from now on, as "split alloc free".
class Witness {
 public:
  explicit Witness(pool& watched) {
    pool_sink sink{};
    sink.struct_size = sizeof sink;
    sink.user = this;
    sink.event = [](void* user, const pool_event* event) {
      static_cast<Witness*>(user)->write(event->kind);
    };
    REQUIRE(watched.set_sink(&sink));
  }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] bool saw(const std::string& kind) const {
    return (" " + said_ + " ").find(" " + kind + " ") != std::string::npos;
  }

 private:
  void write(std::uint32_t kind) { said_ += (said_.empty() ? "" : " ") + std::string(name(kind)); }
  static const char* name(std::uint32_t kind) {
    switch (kind) {
#define MEMPOOL_NAME(NAME, word, code, says) \
  case POOL_EVENT_##NAME: return #word;
      POOL_EVENTS(MEMPOOL_NAME)
#undef MEMPOOL_NAME
      default: return "?";
    }
  }

  std::string said_;
};

}  // namespace mempool::tests
