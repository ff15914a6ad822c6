// Gate: who may come into a pool. Open for everybody (one test of a byte) unless the pool is
// thread_safe, or a handler, sink or walk function of this very pool is running.
#pragma once

#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>

#include "base/units.hpp"

namespace mempool {

class Gate {
 public:
  void make_thread_safe() { bits_ = locked; }
  /// False: enter() has to decide.
  [[nodiscard]] bool open() const { return bits_.load(std::memory_order_relaxed) == 0; }

  /// False and EDEADLK when the call comes out of this pool's own handler, sink or walk. Such a
  /// call would find the pool in the middle of another.
  [[nodiscard]] bool enter() {
    const u8 bits = bits_.load(std::memory_order_relaxed);
    if ((bits & locked) != 0) {
      if (owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return refuse();
      mutex_.lock();
      owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
      return true;
    }
    return (bits & busy) == 0 || refuse();
  }
  void leave() {
    if ((bits_.load(std::memory_order_relaxed) & locked) == 0) return;
    owner_.store({}, std::memory_order_relaxed);
    mutex_.unlock();
  }

  /// Runs code of the program; calls that it makes to this pool are refused meanwhile.
  template <class Code>
  void run(Code code) {
    const u8 before = bits_.load(std::memory_order_relaxed);
    bits_.store(before | busy, std::memory_order_relaxed);
    code();
    bits_.store(before, std::memory_order_relaxed);
  }

 private:
  static constexpr u8 locked = 1, busy = 2;
  static bool refuse() {
    errno = EDEADLK;
    return false;
  }

  std::atomic<u8> bits_{0};  // relaxed: a plain byte to read, and `locked` never changes again
  std::mutex mutex_;
  std::atomic<std::thread::id> owner_{};
};

}  // namespace mempool
