// The player: opens the pool and the log, makes the calls, closes both. See player.hpp.
#include "workload/player.hpp"

#include <fmt/format.h>
#include <mempool.h>
#include <mempool/sink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "event/table.hpp"
#include "log/file.hpp"
#include "log/jsonl.hpp"
#include "pool/create.hpp"
#include "workload/list_player.hpp"
#include "workload/reach.hpp"

namespace mempool::viz {

namespace {

constexpr u64 most_with_small_alignment = u64{16} << 20;
constexpr u64 log_flush = u64{64} << 10;
constexpr u64 operations_between_progress = 4096;

/// Counts what the pool says, and writes it into a text if one is wanted.
///
/// A sink can only be attached to a pool that exists, so `create`, which a log file begins with,
/// is told here, and what follows counts one further. The text is byte for byte the file's.
class Tally {
 public:
  Tally(const Destination& destination, Outcome& outcome)
      : text_(destination.text), watch_(destination.watch), outcome_(outcome) {}

  void begin(u64 capacity, const PoolSetup& setup, const std::string& recorded) {
    ++outcome_.events;
    if (text_ != nullptr) log::write_header(*text_);
    pool_event event = event::make(POOL_EVENT_CREATE);
    event.as.create = {capacity,
                       setup.align,
                       setup.policy,
                       setup.guards,
                       0,
                       nullptr,
                       setup.fill,
                       setup.poison,
                       setup.quarantine == 0 ? POOL_NONE : setup.quarantine,
                       setup.capture,
                       nullptr};
    write(event);
    if (recorded.empty()) return;
    ++outcome_.events;
    event = event::make(POOL_EVENT_RECORDED);
    event.as.recorded = {recorded.c_str()};
    write(event);
  }

  void attach_to(MemoryPool* pool) {
    const pool_sink sink{
        sizeof(pool_sink), this,
        [](void* user, const pool_event* event) { static_cast<Tally*>(user)->take(*event); },
        nullptr};
    pool_set_sink(pool, &sink);
  }

  void end() {
    if (text_ == nullptr) return;
    pool_event event = event::make(POOL_EVENT_END);
    event.as.end = {events_, 0};
    log::write_event(event, *text_);
  }

  [[nodiscard]] bool too_long() const { return text_ != nullptr && text_->size() > largest_text; }

 private:
  void take(const pool_event& event) noexcept {
    ++outcome_.events;
    if (event.kind == POOL_EVENT_ALLOC_FAIL) {
      const u32 reason = event.as.alloc_fail.reason;
      if (reason < outcome_.failures_by_reason.size()) ++outcome_.failures_by_reason[reason];
    }
    write(event);
  }

  void write(const pool_event& event) {
    if (text_ == nullptr && !watch_) return;
    pool_event counted = event;
    counted.pool = 1;
    counted.seq = ++events_;
    if (text_ != nullptr && !too_long()) log::write_event(counted, *text_);
    if (watch_) watch_(counted);
  }

  std::string* text_;
  const std::function<void(const pool_event&)>& watch_;
  Outcome& outcome_;
  u64 events_ = 0;
};

/// Makes the calls. What a pointer is worth is the pool's business: dead ones are handed on.
class Player {
 public:
  Player(MemoryPool* pool, u64 capacity, const Workload& workload, Outcome& outcome)
      : pool_(pool),
        capacity_(capacity),
        workload_(workload),
        outcome_(outcome),
        pointers_(workload.allocations, nullptr) {}

  void carry_out(const Operation& operation) {
    const bool needs_pointer =
        operation.act == Act::free || operation.act == Act::realloc || operation.act == Act::write;
    if (needs_pointer && pointers_[operation.index] == nullptr) {
      ++outcome_.skipped;
      return;
    }
    const bool is_call = operation.act != Act::write || workload_.writes[operation.size].told;
    if (is_call) ++outcome_.executed;
    switch (operation.act) {
      case Act::alloc: return alloc(operation);
      case Act::free: return pool_free(pool_, pointers_[operation.index]);
      case Act::realloc: return realloc(operation);
      case Act::write: return write(operation.index, workload_.writes[operation.size]);
      case Act::check: return static_cast<void>(pool_check(pool_, nullptr, nullptr));
      case Act::note: return note(workload_.notes[operation.size]);
    }
  }

 private:
  void alloc(const Operation& operation) {
    pointers_[operation.index] = take(operation, site_of(operation));
    if (region_ == nullptr && pointers_[operation.index] != nullptr) find_region();
  }

  /// Who asks, if that is known.
  [[nodiscard]] const CallSite* site_of(const Operation& operation) const {
    return operation.site == 0 ? nullptr : &workload_.call_sites[operation.site - 1];
  }

  void* take(const Operation& operation, const CallSite* site) {
    const u64 alignment = u64{1} << operation.align_log2;
    if (site == nullptr && alignment == 1) return pool_alloc(pool_, operation.size);
    if (site == nullptr) return pool_aligned_alloc(pool_, alignment, operation.size);
    const char* where = site->where.c_str();
    return pool_aligned_alloc_at(pool_, alignment, operation.size, where, site->line);
  }

  void realloc(const Operation& operation) {
    void*& pointer = pointers_[operation.index];
    ++outcome_.reallocs;
    const CallSite* site = site_of(operation);
    void* moved = site == nullptr ? pool_realloc(pool_, pointer, operation.size)
                                  : pool_realloc_at(pool_, pointer, operation.size,
                                                    site->where.c_str(), site->line);
    if (moved != nullptr) pointer = moved;
  }

  /// Made, then noted: a call, with the bytes of the live blocks in its events. A write that is not
  /// told is no call.
  void write(u32 index, const Write& write) {
    const auto payload = static_cast<u64>(static_cast<u8*>(pointers_[index]) - region_);
    const Reach made = reach(write, payload, capacity_);
    if (made.count != 0) std::memset(region_ + made.begin, write.byte, made.count);
    if (write.told) note(write_note(write, index, made));
  }

  void note(const std::string& text) { pool_note(pool_, text.c_str()); }

  /// Learns where the region lies from the first block that is handed out.
  void find_region() {
    const pool_walk_fn first_used = [](const pool_block* block, void* user) {
      if (block->used == 0) return 0;
      *static_cast<u8**>(user) = static_cast<u8*>(block->payload) - block->payload_offset;
      return 1;
    };
    pool_walk(pool_, first_used, &region_);
  }

  MemoryPool* pool_;
  u64 capacity_;
  const Workload& workload_;
  Outcome& outcome_;
  std::vector<void*> pointers_;  // by number; nullptr: the allocation failed
  u8* region_ = nullptr;
};

/// The log file, held open from before the pool's first event to after its last, so that what
/// went wrong in between is known at the end. The pool shares it (log/file.hpp).
class LogHold {
 public:
  static Result<LogHold> open(const std::string& path) {
    LogHold hold(path);
    if (path.empty()) return hold;
    hold.file_ = log::open_file({log::expand_path(path)});
    if (hold.file_ == nullptr)
      return failure(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
    return hold;
  }
  LogHold(LogHold&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, nullptr)) {}
  LogHold& operator=(LogHold&&) = delete;
  ~LogHold() { static_cast<void>(close()); }

  Result<void> close() {
    if (file_ == nullptr) return {};
    const int error = log::close_file(std::exchange(file_, nullptr), "");
    if (error == 0) return {};
    return failure(fmt::format("{}: the log is not complete: {}", path_, std::strerror(error)));
  }

 private:
  explicit LogHold(std::string path) : path_(std::move(path)) {}
  std::string path_;
  log::File* file_ = nullptr;
};

Result<MemoryPool*> open_pool(u64 capacity, const PoolSetup& setup, const std::string& log_path,
                              const std::string& recorded) {
  if (setup.align < 8 && capacity > most_with_small_alignment)
    return failure(
        fmt::format("alignments under 8 are for pools up to {} bytes, and this one has "
                    "{}: say --align 8 or more, or a --capacity",
                    most_with_small_alignment, capacity));
  pool_options options{};
  options.struct_size = sizeof options;
  options.align = setup.align;
  options.policy = static_cast<pool_policy>(setup.policy);
  options.errors = POOL_ERRORS_QUIET;
  options.guards = setup.guards;
  options.records = setup.records;
  options.log = log_path.empty() ? nullptr : log_path.c_str();
  options.flush = log_flush;
  options.fill = setup.fill ? POOL_ON : POOL_OFF;
  options.poison = setup.poison ? POOL_ON : POOL_OFF;
  options.quarantine = setup.quarantine;
  options.capture = setup.capture ? POOL_ON : POOL_OFF;
  options.check = setup.check_every ? POOL_CHECK_EVERY : POOL_CHECK_FREE;
  if (MemoryPool* pool = create_pool({.size = capacity,
                                      .options = &options,
                                      .use_environment = false,
                                      .hide_addresses = true,
                                      .recorded = recorded.empty() ? nullptr : recorded.c_str()}))
    return pool;
  return failure(fmt::format("no pool of {} bytes can be had: {}; --capacity N asks for another",
                             capacity, std::strerror(errno)));
}

pool_statistics statistics_of(MemoryPool* pool) {
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  pool_stats(pool, &stats);
  return stats;
}

/// The calls that a reader of the log will want to see; call k is the k-th operation executed.
void notice_moments(MemoryPool* pool, Outcome& outcome) {
  const pool_statistics stats = statistics_of(pool);
  if (stats.peak_bytes > outcome.peak_bytes) {
    outcome.peak_bytes = stats.peak_bytes;
    outcome.peak_call = outcome.executed;
  }
  if (stats.failures != 0 && outcome.first_failure_call == 0) {
    outcome.first_failure_call = outcome.executed;
  }
}

void take_stock(MemoryPool* pool, Outcome& outcome) {
  const pool_statistics stats = statistics_of(pool);
  outcome.allocs = stats.allocs;
  outcome.frees = stats.frees;
  outcome.misuse = stats.misuse;
  outcome.failures = stats.failures;
  outcome.live_blocks = stats.live_blocks;
  outcome.live_bytes = stats.live_bytes;
}

}  // namespace

Result<Outcome> play(const Workload& workload, const PoolSetup& setup,
                     const Destination& destination, const Progress& progress) {
  if (setup.model) return play_list(workload, setup, destination, progress);
  Outcome outcome;
  const Capacity chosen = setup.capacity ? Capacity{*setup.capacity, "as asked for"}
                                         : choose_capacity(workload, setup.geometry());
  Result<LogHold> log = LogHold::open(destination.log_path);
  if (!log) return tl::make_unexpected(log.error());
  const Result<MemoryPool*> opened =
      open_pool(chosen.bytes, setup, destination.log_path, workload.recorded);
  if (!opened) return tl::make_unexpected(opened.error());
  MemoryPool* pool = *opened;
  outcome.capacity = statistics_of(pool).capacity;
  outcome.capacity_why = chosen.why;

  Tally tally(destination, outcome);
  tally.begin(outcome.capacity, setup, workload.recorded);
  tally.attach_to(pool);
  Player player(pool, outcome.capacity, workload, outcome);
  const std::vector<Operation>& operations = workload.operations;
  for (std::size_t i = 0; i < operations.size() && !tally.too_long(); ++i) {
    if (progress && i % operations_between_progress == 0)
      progress(static_cast<double>(i) / static_cast<double>(operations.size()));
    player.carry_out(operations[i]);
    notice_moments(pool, outcome);
  }
  take_stock(pool, outcome);
  pool_destroy(pool);
  tally.end();
  if (tally.too_long())
    return failure(
        "the operations' log is too long to be held in memory: use replay -o LOG, and "
        "look at that log");
  if (const Result<void> closed = log->close(); !closed) return tl::make_unexpected(closed.error());
  return outcome;
}

}  // namespace mempool::viz
