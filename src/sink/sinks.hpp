// The library's own sinks: log file, narration on stderr, the program's functions. None is the
// null sink; pool/watch.hpp is the tee that hands each event to those there are.
#pragma once

#include <mempool/sink.h>

#include <memory>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "log/file.hpp"
#include "sink/sink.hpp"

namespace mempool {

/// One pool's events into a log file, whole calls at a time.
class FileSink final : public Sink {
 public:
  /// flush_at: bytes to gather before a write; 0 = write at the end of every call.
  FileSink(log::File* file, u64 flush_at) : file_(file), flush_at_(flush_at) {}
  ~FileSink() override { finish(); }

  void event(const pool_event& event) noexcept override;
  void end_call() noexcept override;
  /// Writes what is gathered.
  void flush() noexcept;
  /// Flushes and leaves the file; returns 0 or the errno of the first write that failed.
  int finish() noexcept;
  [[nodiscard]] u64 dropped() const { return dropped_; }
  /// True in a child process: the file is the parent's.
  [[nodiscard]] bool inherited() const { return file_ != nullptr && log::inherited(*file_); }

 private:
  void drop() noexcept;

  log::File* file_;
  u64 flush_at_;
  std::string lines_;                 // whole calls, and the one being made
  u64 events_ = 0;                    // in lines_
  bool urgent_ = false;               // lines_ holds something that must not wait
  u64 first_seq_ = 0, last_seq_ = 0;  // of lines_
  u32 pool_ = 0;
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
