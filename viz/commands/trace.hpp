// Trace: a log as trace events, the JSON that Perfetto, chrome://tracing and others open.
//
//     events --fold, a pool each--> PoolTrace --pieces--> TraceFile --JSON--> Output
//
// A pool is a process. Its figures over the calls are counters; every live block is a slice on the
// first row that is free when it is taken, so slices of a row never overlap; failures, misuse,
// damage and notes are instants. Written on the way, in bounded memory: a slice when its block
// ends, the counters at the end. What the limits leave out is counted.
//
// Not a view: it is of a whole log, not of a moment.
#pragma once

#include <mempool/event.h>

#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/model.hpp"
#include "shell/output.hpp"

namespace mempool::viz {

struct TraceLimits {
  u64 slices = 100'000;                    // of all pools
  u64 from = 0, to = POOL_NONE;            // calls
  static constexpr u64 instants = 10'000;  // of all pools
  static constexpr u64 pools = 64;
  static constexpr std::size_t rows = 1000;       // of a pool
  static constexpr std::size_t samples = 10'000;  // of a pool
};

/// The file, and what may still go into it.
class TraceFile {
 public:
  TraceFile(Output& output, const TraceLimits& wanted) : limits(wanted), output_(output) {}

  /// An object of the trace, as JSON.
  void add(std::string_view object);
  /// What follows the last of them; `others` are fields, `"name":value` each.
  void close(std::string_view others);
  /// A number for a row, unlike every other one of the file: to some viewers a thread's number
  /// names it in all processes.
  [[nodiscard]] u64 new_row() { return next_row_++; }

  [[nodiscard]] bool take_slice();
  [[nodiscard]] bool take_instant();

  const TraceLimits limits;
  u64 slices = 0, slices_left_out = 0;
  u64 instants = 0, instants_left_out = 0;

 private:
  Output& output_;
  u64 next_row_ = 1'000'000;
  bool first_ = true;
};

/// One pool's part of it.
class PoolTrace {
 public:
  PoolTrace(u32 pool, TraceFile& file) : file_(file), pool_(pool) {}

  void see(const pool_event& event);
  /// The log has no more of this pool.
  void finish();

  [[nodiscard]] bool by_clock() const { return by_clock_; }
  [[nodiscard]] u64 every() const { return every_; }  // calls from one sample to the next
  [[nodiscard]] u64 faults() const { return faults_; }
  [[nodiscard]] u64 turned_back() const { return turned_back_; }  // times before the one before

 private:
  /// A live block that may become a slice.
  struct Slice {
    u64 number = 0, offset = 0, size = 0, requested = 0;
    u64 call = 0, time = 0;          // of its beginning
    std::optional<std::size_t> row;  // none: it is not drawn
    bool leaked = false;
  };
  struct Sample {
    u64 call = 0, time = 0;
    u64 used = 0, quarantined = 0, free = 0, largest = 0, blocks = 0;
  };

  void tick(const pool_event& event);
  void slices(const pool_event& event);
  void open_window();
  void begin(const Slice& slice);
  void give_row(Slice& slice);
  void end(u64 offset, const char* why);
  void end_all(const char* why);
  void write(const Slice& slice, const char* why);
  void instant(const pool_event& event);
  void end_call(bool last);
  void thin_out();
  void write_counters();
  [[nodiscard]] u64 row_number(std::size_t row);
  void name_thread(u64 thread, std::string_view name, u64 place);

  TraceFile& file_;
  u32 pool_;
  Model model_;
  bool begun_ = false, open_ = false, finished_ = false, by_clock_ = false;
  u64 call_ = 0, time_ = 0, calls_ = 0, every_ = 1, faults_ = 0, turned_back_ = 0;
  u64 events_row_ = 0;
  std::unordered_map<u64, Slice> live_;  // by offset
  std::vector<u64> rows_;                // the number of each
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free_rows_;
  std::vector<Sample> samples_;
};

/// All of a log.
class Trace {
 public:
  Trace(Output& output, const TraceLimits& limits) : file_(output, limits) {}
  void see(const pool_event& event);
  /// Ends the file. `name` is the log's, `findings` what there is to be said of it.
  void finish(const std::string& name, const std::vector<std::string>& findings);
  /// What the limits left out and what is not as it seems, a sentence each; after finish().
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  [[nodiscard]] std::string clock_words() const;
  void make_remarks();

  TraceFile file_;
  std::map<u32, PoolTrace> pools_;
  std::map<u32, u64> left_out_;  // events of pools that are not in the file
  std::vector<std::string> remarks_;
};

}  // namespace mempool::viz
