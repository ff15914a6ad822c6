// Watch: what a pool tells its watchers. Stamps every event with seq, pool, call and time, and
// hands it to the sinks there are (the tee): log file, narration, the program's own.
//
//     change --.--------------> ring (keeps the change)
//              '--> explain --> events --> file, narration, function
//
// The pool asks active() once a call; while nobody watches, that is all that watching costs.
// Sinks may change errno; the watch keeps it, because success leaves errno alone.
#pragma once

#include <cerrno>
#include <chrono>
#include <memory>

#include "pool/gate.hpp"
#include "sink/ring.hpp"
#include "sink/sinks.hpp"

namespace mempool {

class Watch {
 public:
  explicit Watch(Gate& gate) : gate_(gate) {}

  std::unique_ptr<Ring> ring;
  std::unique_ptr<FileSink> file;
  std::unique_ptr<NarratingSink> narration;
  std::unique_ptr<FunctionSink> function;

  u32 pool = 0;
  bool clock = false;

  [[nodiscard]] bool active() const { return ring || told(); }
  /// Is there anybody who wants events, one by one?
  [[nodiscard]] bool told() const { return file || narration || function; }
  /// The events that follow belong to this call.
  void begin_call(u64 call) { call_ = call; }

  /// The number of the last event, and of the last that gave or freed a block; POOL_NONE when
  /// nobody reads events one by one.
  [[nodiscard]] u64 last_seq() const { return told() ? seq_ : POOL_NONE; }
  [[nodiscard]] u64 change_seq() const { return told() ? change_seq_ : POOL_NONE; }

  /// A change of the pool's blocks.
  template <class Change>
  void change(const Change& change) noexcept {
    if (ring) ring->keep(change, call_, time());
    if (told()) explain::explain(change, [this](pool_event& event) { tell(event); });
  }
  /// Anything else. The event is stamped.
  void event(pool_event& event) noexcept {
    if (ring) {
      stamp(event);
      ring->keep(event);
    }
    if (told()) tell(event);
  }
  void end_call() noexcept {
    if (file) file->end_call();
    if (function) {
      const int kept = errno;
      gate_.run([&] { function->end_call(); });
      errno = kept;
    }
  }

 private:
  void stamp(pool_event& event) const {
    event.pool = pool;
    event.seq = seq_;
    event.call = call_;
    event.time = time();
  }
  void tell(pool_event& event) noexcept {
    ++seq_;
    constexpr u64 changes =
        u64{1} << POOL_EVENT_ALLOC | u64{1} << POOL_EVENT_FREE | u64{1} << POOL_EVENT_QUARANTINE;
    if ((changes >> event.kind & 1) != 0) change_seq_ = seq_;
    stamp(event);
    if (file) file->event(event);
    if (MEMPOOL_UNLIKELY(narration || function)) tell_others(event);
  }
  [[gnu::noinline]] void tell_others(const pool_event& event) noexcept {
    const int kept = errno;
    if (narration) narration->event(event);
    if (function) gate_.run([&] { function->event(event); });
    errno = kept;
  }
  [[nodiscard]] u64 time() const { return MEMPOOL_UNLIKELY(clock) ? nanoseconds() : POOL_NONE; }
  [[gnu::noinline]] u64 nanoseconds() const {
    return static_cast<u64>((std::chrono::steady_clock::now() - created_).count());
  }

  Gate& gate_;
  u64 seq_ = 0;
  u64 change_seq_ = POOL_NONE;
  u64 call_ = 0;
  std::chrono::steady_clock::time_point created_ = std::chrono::steady_clock::now();
};

}  // namespace mempool
