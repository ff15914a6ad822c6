// Gate: who may come into a pool, and by which door: one byte, tested once a call.
//
//     0               plain: nothing to ask, nothing to do but the work
//     watched         the work, and it is told
//     careful         the work and what guards and fill add to it, and it is told
//     dead            the pool was destroyed: enter() reports it and refuses
//     locked, busy    enter() decides: the pool is thread_safe, or a handler, sink or walk function
//                     of this very pool is running, or has left by longjmp
#pragma once

#include <mempool.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "base/units.hpp"

namespace mempool {

class Gate {
 public:
  void make_thread_safe() { set(locked, true); }
  void set_extras(bool is_careful, bool is_watched) {
    set(careful, is_careful);
    set(watched, is_watched);
  }

  /// Nothing but the work is to be done.
  [[nodiscard]] bool plain() const { return bits() == 0; }
  /// The work, and maybe telling it: no block has guards, nothing is filled.
  [[nodiscard]] bool careless() const { return (bits() & careful) == 0; }
  /// False: enter() has to decide.
  [[nodiscard]] bool open() const { return (bits() & (locked | busy | dead)) == 0; }
  /// The pool is gone, only its gate is there still. `errors`: its pool_errors.
  void bury(u32 errors) {
    errors_ = errors;
    set(dead, true);
  }

  /// False and EINVAL when the pool was destroyed (reported); false and EDEADLK when the call comes
  /// out of this pool's own handler, sink or walk. Such a call would find the pool in the middle of
  /// another.
  [[nodiscard, gnu::noinline]] bool enter();
  void leave() {
    if ((bits() & locked) == 0) return;
    owner_.store({}, std::memory_order_relaxed);
    mutex_.unlock();
  }

  /// Runs code of the program; calls that it makes to this pool are refused meanwhile. It may leave
  /// by longjmp.
  template <class Code>
  [[gnu::noinline]] void run(Code code) {
    const bool was_busy = (bits() & busy) != 0;
    void* const outer = frame_;
    if (!was_busy) {
      frame_ = __builtin_dwarf_cfa();
      runner_ = std::this_thread::get_id();
    }
    set(busy, true);
    code();
    set(busy, was_busy);
    frame_ = outer;
  }

  /// Around fork: the child has this thread only, and must find the lock free or its own.
  [[nodiscard]] bool lock_for_fork() {
    if ((bits() & locked) == 0 || mine()) return true;
    return mutex_.try_lock();
  }
  void unlock_after_fork() {
    if ((bits() & locked) != 0 && !mine()) mutex_.unlock();
  }

 private:
  [[nodiscard]] bool mine() const {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  /// Is the frame of run() still on this thread's stack? Looked up there, for longjmp tells nobody.
  [[nodiscard]] bool program_is_running() const;

  static constexpr u8 locked = 1, busy = 2, watched = 4, careful = 8, dead = 16;
  bool refuse_dead() const;
  [[nodiscard]] u8 bits() const { return bits_.load(std::memory_order_relaxed); }
  void set(u8 bit, bool on) {
    bits_.store(static_cast<u8>(on ? bits() | bit : bits() & ~bit), std::memory_order_relaxed);
  }

  std::atomic<u8> bits_{0};  // relaxed: a plain byte to read, and `locked` never changes again
  std::mutex mutex_;
  std::atomic<std::thread::id> owner_{};
  u32 errors_ = POOL_ERRORS_REPORT;
  void* frame_ = nullptr;  // of run(), while the program's code runs
  std::thread::id runner_{};
};

}  // namespace mempool
