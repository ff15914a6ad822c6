// The library's own sinks: log file, narration on stderr, the program's functions. None is the
// null sink; pool/watch.hpp is the tee that hands each event to those there are.
#pragma once

#include <mempool/sink.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "log/batch.hpp"
#include "log/file.hpp"
#include "sink/sink.hpp"

namespace mempool {

/// One pool's events into a log file, whole calls at a time.
class FileSink final : public Sink {
 public:
  /// flush_at: bytes to gather before a write; 0 = write at the end of every call.
  FileSink(log::File* file, u32 pool, u64 flush_at)
      : file_(file),
        pool_(pool),
        flush_at_(flush_at),
        most_gathered_(std::max(largest_gathering, 2 * flush_at)),
        batch_(log::encoding(*file)) {}
  ~FileSink() override { finish(); }

  void event(const pool_event& event) noexcept override {
    if (events_++ == 0) first_seq_ = event.seq;
    last_seq_ = event.seq;
    last_call_ = event.call;
    if (MEMPOOL_UNLIKELY(!batch_.add(event))) return drop();
    urgent_ |= must_not_wait(event);
    if (MEMPOOL_UNLIKELY(batch_.view().size() > most_gathered_)) flush();
  }
  void end_call() noexcept override {
    if (urgent_ || batch_.view().size() > flush_at_) flush();
  }
  /// Writes what is gathered.
  void flush() noexcept;
  /// Flushes and leaves the file; returns 0 or the errno of the first write that failed.
  int finish() noexcept;
  /// The errno of the first write that failed, so far; 0 if none did.
  [[nodiscard]] int error() const { return file_ == nullptr ? 0 : log::error(*file_); }
  [[nodiscard]] u64 dropped() const { return dropped_; }
  /// True in a child process: the file is the parent's.
  [[nodiscard]] bool inherited() const { return generation_ != log::generation; }

 private:
  void forget() noexcept {
    batch_.clear();
    events_ = 0;
  }
  [[gnu::noinline]] void drop() noexcept;
  /// Events that must be on disk when their call ends, even in a log that gathers.
  [[nodiscard]] static bool must_not_wait(const pool_event& event) {
    switch (event.kind) {
      case POOL_EVENT_ALLOC_FAIL:
      case POOL_EVENT_MISUSE:
      case POOL_EVENT_NOTE:
      case POOL_EVENT_BYTES:
      case POOL_EVENT_DESTROY: return true;
      case POOL_EVENT_GUARD_CHECK: return event.as.guard_check.damaged != 0;
      default: return false;
    }
  }

  /// A call with a million leaks is not held whole.
  static constexpr u64 largest_gathering = 1 << 20;

  log::File* file_;  // nullptr: finished; there are no more events
  u32 pool_;
  u32 generation_ = log::generation;
  u64 flush_at_;
  u64 most_gathered_;
  log::Batch batch_;                  // whole calls, and the one being made
  u64 events_ = 0;                    // in batch_
  bool urgent_ = false;               // batch_ holds something that must not wait
  u64 first_seq_ = 0, last_seq_ = 0;  // of batch_
  u64 last_call_ = 0;
  u64 dropped_ = 0, dropped_from_ = 0, dropped_to_ = 0;
};

/// One sentence an event on stderr: `debug=on`.
class NarratingSink final : public Sink {
 public:
  void event(const pool_event& event) noexcept override;
};

/// The program's own functions (pool_set_sink).
class FunctionSink final : public Sink {
 public:
  explicit FunctionSink(const pool_sink& sink) : sink_(sink) {}
  void event(const pool_event& event) noexcept override { sink_.event(sink_.user, &event); }
  void end_call() noexcept override {
    if (sink_.end_call != nullptr) sink_.end_call(sink_.user);
  }

 private:
  pool_sink sink_;
};

}  // namespace mempool
