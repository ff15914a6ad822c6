// Pool: bytes, numbers and guards on top of the engine's granules; the only place where all parts
// of the library meet.
//
//     capi --> Pool --> engine (granules) and slab (records): the change
//                |----> guard bytes, fill: the bytes
//                '----> explain --> Watch --> sinks: the events, only while somebody watches
//
// The hot path is alloc() and free(): engine, slab, four counters, and one branch on `extras_`,
// which is 0 unless guards, fill or a watcher ask for more. What is cold lives in pool.cpp's
// second half, diagnose.cpp (misuse), look.cpp (walk, check, stats), dump.cpp and open.cpp.
//
// Not here: errno conventions for NULL pools, re-entry and locks (capi.cpp).
#pragma once

#include <mempool.h>

#include "base/line.hpp"
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/slab.hpp"
#include "explain/explain.hpp"
#include "pool/gate.hpp"
#include "pool/options.hpp"
#include "pool/watch.hpp"

namespace mempool {

class Pool {
 public:
  // ---- open.cpp: coming and going
  /// A pool as the settings want it; nullptr when memory cannot be had. May throw bad_alloc.
  static MemoryPool* open(Settings&& settings);
  void start_watching();
  /// Checks guards, tells leaks, releases everything.
  void destroy();
  int open_log(const char* path);
  int close_log();
  int set_sink(const pool_sink* sink);
  /// At exit: the log of a pool that was never destroyed is ended.
  void end_log() { watch_.file.reset(); }

  // ---- pool.cpp: the work. Failure is nullptr or a value, and errno.
  void* alloc(u64 requested);
  void* calloc(u64 count, u64 size);
  void* realloc(void* pointer, u64 requested);
  void free(void* pointer);
  void reset();
  void enable_guards(u64 size);
  int disable_guards();
  int note(const char* text);

  // ---- look.cpp, dump.cpp
  [[nodiscard]] u64 requested_size(const void* pointer) const;
  [[nodiscard]] bool owns(const void* pointer) const;
  void statistics(pool_statistics& stats) const;
  int walk(pool_walk_fn fn, void* user);
  int check(pool_report_fn fn, void* user);
  void dump();

  [[nodiscard]] Gate& gate() { return gate_; }
  pool_error_fn set_handler(pool_error_fn fn, void* user);
  [[nodiscard]] bool in_region(const void* pointer) const { return offset_of(pointer) < capacity_; }
  [[nodiscard]] u32 number() const { return watch_.pool; }

  Pool* older = nullptr;  // the registry's list
  Pool* newer = nullptr;

 protected:
  Pool(Settings&& settings, u8* region, void* metadata, u64 metadata_bytes);
  ~Pool();

 private:
  using Granule = engine::Granule;

  // ---- geometry: granules <-> bytes
  [[nodiscard]] u64 offset_of(const void* pointer) const {  // huge for pointers below the region
    return reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(region_);
  }
  [[nodiscard]] u64 bytes(Granule count) const { return u64{count} << shift_; }
  [[nodiscard]] u64 offset_at(Granule g) const { return bytes(g - engine::first_granule); }
  [[nodiscard]] Granule granule_at(u64 offset) const {
    return engine::first_granule + static_cast<Granule>(offset >> shift_);
  }
  [[nodiscard]] u64 front_of(u64 guard) const { return round_up(guard, u64{1} << shift_); }
  [[nodiscard]] u64 needed(u64 requested) const;  // whole block, saturating
  [[nodiscard]] explain::Layout layout(Granule start, const engine::Record& record) const;
  /// Start of the live block whose payload the pointer is; no_granule if it is none.
  [[nodiscard]] Granule locate(const void* pointer) const;

  // ---- open.cpp
  [[nodiscard]] u64 base() const;
  int attach_file(const char* path, bool from_environment);
  [[gnu::noinline]] void leave_parents_log();

  // ---- pool.cpp
  void* place(u64 requested, u64 number);
  bool more_records(Granule wanted);
  void* fail(u64 requested, u64 number);
  [[gnu::noinline]] void after_place(Granule at, Granule from);
  [[gnu::noinline]] void free_with_extras(Granule start);
  void give_back(Granule start, const explain::Layout& block);
  void set_extras();

  // ---- calls are numbered by what has happened: nothing is counted twice
  [[nodiscard]] u64 allocs() const { return next_number_ - failed_numbers_; }
  [[nodiscard]] u64 frees() const { return allocs() - live_blocks_ - forgotten_blocks_; }
  [[nodiscard]] u64 calls() const { return next_number_ + frees() + other_calls_; }
  void begin_call() {
    if (MEMPOOL_UNLIKELY(watch_.file != nullptr && watch_.file->inherited())) leave_parents_log();
    watch_.begin_call(calls() + 1);
  }
  void count_call() { ++other_calls_; }

  // ---- guards and events
  struct Finding {  // of one guard
    explain::GuardCheck check;
    engine::Damage damage;
    u8 expected[16];
    u8 found[16];  // a copy: the block may be given back before the report
  };
  [[nodiscard]] Finding examine(const explain::Layout& block, u32 side) const;
  /// Tells the check of both guards; returns whether each is damaged.
  struct Findings {
    Finding front, back;
  };
  Findings check_guards(const explain::Layout& block, bool only_damage);
  void report_damage(const explain::Layout& block, const Findings& findings);
  void tell_bytes();
  void tell_snapshot();
  void tell_guards(bool ok);
  template <class Visit>
  void each_live(Visit visit) const;  // (start, record), in address order

  // ---- diagnose.cpp
  struct Misuse {
    pool_error kind;
    u64 offset = POOL_NONE;
    u64 block = POOL_NONE;
    u64 requested = POOL_NONE;
    i64 payload_offset = 0;
    u32 other_pool = 0;
  };
  [[nodiscard]] Misuse diagnose(const void* pointer) const;
  void misuse(const void* pointer, const char* function);
  void misuse_argument(u64 guard_size);
  [[nodiscard]] pool_report new_report(pool_error kind) const;
  [[nodiscard]] pool_report damage_report(const explain::Layout& block,
                                          const Finding& finding) const;
  [[nodiscard]] Line evidence(const Misuse& found, const char* function) const;
  void report(const pool_report& report, const Line& evidence);
  void report_leaks();
  // hot
  u8* region_;
  u32 shift_;       // log2 of the alignment
  u32 extras_ = 0;  // not 0: guards are on, fill is on, or somebody watches
  u64 capacity_;
  u64 guard_ = 0;  // of later blocks
  u64 front_ = 0;  // guard_ rounded up
  engine::Engine engine_;
  engine::Slab slab_;
  u64 next_number_ = 0;
  u64 live_blocks_ = 0;
  u64 live_bytes_ = 0;
  u64 peak_bytes_ = 0;
  Gate gate_;

  // cold
  u64 failures_ = 0;          // of any kind
  u64 failed_numbers_ = 0;    // of those that used up a number
  u64 forgotten_blocks_ = 0;  // by resets
  u64 other_calls_ = 0;
  u64 misuses_ = 0;
  std::string log_path_;      // of the open log, `%p` as it was given
  u64 lost_events_ = 0;       // of logs that are closed
  bool live_guards_ = false;  // some live block may have guards
  Settings settings_;
  Watch watch_{gate_};
  pool_error_fn handler_ = nullptr;
  void* handler_user_ = nullptr;
  void* metadata_;
  u64 metadata_bytes_;
};

template <class Visit>
void Pool::each_live(Visit visit) const {
  for (Granule at = engine_.begin(); at < engine_.wilderness(); at = engine_.after(at)) {
    if (!engine_.is_free_start(at)) visit(at, slab_.find(at));
  }
}

}  // namespace mempool

/// The C handle.
struct MemoryPool final : mempool::Pool {
  using Pool::Pool;
};
