// Watch: what a pool tells its watchers. Stamps every event with seq, pool, call and time, and
// hands it to the sinks there are (the tee): log file, narration, the program's own.
//
// The pool asks active() once a call; while nobody watches, that is all that watching costs.
// Sinks may change errno; the watch keeps it, because success leaves errno alone.
#pragma once

#include <cerrno>
#include <chrono>
#include <memory>

#include "pool/gate.hpp"
#include "sink/sinks.hpp"

namespace mempool {

class Watch final : public Sink {
 public:
  explicit Watch(Gate& gate) : gate_(gate) {}

  std::unique_ptr<FileSink> file;
  std::unique_ptr<NarratingSink> narration;
  std::unique_ptr<FunctionSink> function;

  u32 pool = 0;
  bool clock = false;

  [[nodiscard]] bool active() const { return file || narration || function; }
  /// The events that follow belong to this call.
  void begin_call(u64 call) { call_ = call; }

  void event(const pool_event& event) noexcept override {
    const int kept = errno;
    pool_event stamped = event;
    stamped.pool = pool;
    stamped.seq = ++seq_;
    stamped.call = call_;
    stamped.time = clock ? nanoseconds() : POOL_NONE;
    if (file) file->event(stamped);
    if (narration) narration->event(stamped);
    if (function) gate_.run([&] { function->event(stamped); });
    errno = kept;
  }
  void end_call() noexcept override {
    const int kept = errno;
    if (file) file->end_call();
    if (function) gate_.run([&] { function->end_call(); });
    errno = kept;
  }

 private:
  [[nodiscard]] u64 nanoseconds() const {
    return static_cast<u64>((std::chrono::steady_clock::now() - created_).count());
  }

  Gate& gate_;
  u64 seq_ = 0;
  u64 call_ = 0;
  std::chrono::steady_clock::time_point created_ = std::chrono::steady_clock::now();
};

}  // namespace mempool
