// Pool: bytes, numbers and guards on top of the engine's granules; the only place where all parts
// of the library meet.
//
//     capi --> Pool --> engine (granules) and slab (records): the change
//                |----> guard bytes, fill: the bytes
//                '----> explain --> Watch --> sinks: the events, only while somebody watches
//
// The hot path is plain_alloc() and plain_free(): engine, slab, four counters. The gate's byte
// (gate.hpp) sends a call there when no live block has guards and nobody watches. alloc() and
// free() do the same and tell it, unless there are guards; whatever is not plain success falls
// through to aligned_alloc() and careful_free(), which know everything. What is cold lives in
// extras.cpp (what guards, fill and watchers add), freed.cpp (poison, quarantine), damage.cpp (what
// was written where it should not), diagnose.cpp (misuse), report.cpp, look.cpp (walk, check,
// stats), dump.cpp and open.cpp.
//
// Not here: errno conventions for NULL pools, re-entry and locks (capi.cpp).
#pragma once

#include <mempool.h>

#include <array>
#include <functional>
#include <memory>

#include "base/line.hpp"
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "engine/slab.hpp"
#include "explain/past.hpp"
#include "pool/capture.hpp"
#include "pool/gate.hpp"
#include "pool/options.hpp"
#include "pool/quarantine.hpp"
#include "pool/sites.hpp"
#include "pool/tracker.hpp"
#include "pool/watch.hpp"

namespace mempool {

class Pool {
 public:
  // ---- open.cpp: coming and going
  /// A pool as the settings want it; nullptr when memory cannot be had. May throw bad_alloc.
  /// `buffer` is the region, if it is not null; settings.capacity says its size.
  static MemoryPool* open(Settings&& settings, u8* buffer);
  void start_watching();
  /// Checks guards, tells leaks, releases everything.
  void destroy();
  int open_log(const char* path);
  int close_log();
  int set_sink(const pool_sink* sink);
  /// At exit: the log of a pool that was never destroyed is ended.
  void end_log() {
    watch_.file.reset();
    recording_.file.reset();
  }
  // recorder.cpp: what the ring holds into a file of its own, or (nullptr) the option's log
  int save_log(const char* path);

  // ---- pool.cpp: the work. Failure is nullptr or a value, and errno.
  void* plain_alloc(u64 requested);
  void plain_free(void* pointer);
  void* plain_realloc(void* pointer, u64 requested);
  void* alloc(u64 requested);
  void* aligned_alloc(u64 alignment, u64 requested);
  /// A call that gives a block, and keeps with it where in the source it was made.
  template <class Call>
  void* at(const char* file, u32 line, Call call) {
    sites_.open(slab_.capacity());
    asked_for_ = {POOL_NONE, file, line};
    void* payload = call();
    asked_for_ = {};
    return payload;
  }
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
  void statistics(pool_statistics& stats);
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
  Pool(Settings&& settings, u8* region, bool owns_region, void* metadata, u64 metadata_bytes);
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
  [[nodiscard]] u64 needed(u64 requested, u64 guard) const;  // whole block, saturating
  [[nodiscard]] explain::Layout layout(Granule start, const engine::Record& record) const;
  [[nodiscard]] explain::Layout layout(Granule start, const engine::Record& record, u64 size) const;
  [[nodiscard]] const engine::Record& record_of(Granule start) const {
    return slab_.find(engine_.head(start), start);
  }
  [[nodiscard]] bool is_live(Granule start) const {
    return engine_.is_used_start(start) && !record_of(start).quarantined;
  }
  /// Start of the live block whose payload the pointer is; no_granule if it is none.
  [[nodiscard]] Granule locate(const void* pointer) const;

  // ---- open.cpp
  void release_all();
  [[nodiscard]] u64 base() const;
  int attach_file(const char* path, bool from_environment);
  int open_sink(log::Opening opening, u64 flush, std::unique_ptr<FileSink>& sink) const;
  static void warn_of_log(const char* path, int error, const char* consequence);
  [[gnu::noinline]] void leave_parents_log();

  // ---- pool.cpp
  template <bool watched>
  void* quick_alloc(u64 requested);
  template <bool watched>
  void quick_free(void* pointer);
  void careful_free(void* pointer);
  struct Request {
    u64 bytes;
    u64 number;
    u64 alignment = POOL_NONE;  // if more than the pool's
  };
  /// Bytes that should all be alike, guard or poison, and what stood there instead.
  struct Finding {
    pool_error kind;
    u64 offset, size;       // what was compared
    engine::Damage damage;  // in it; damaged == 0: nothing is wrong, and the rest does not count
    u64 block, payload, requested;  // whose guard it is, or whose the bytes were; or POOL_NONE
    Site site;
    u64 freed_seq;
    u64 neighbour;  // whose guard next to this one is damaged too
    u64 seq;        // of the event that tells
    u64 shown;
    u8 expected[16];
    u8 found[16];  // a copy: the bytes may be written over before the report
    [[nodiscard]] u64 first() const { return offset + damage.first; }
  };
  struct Findings {  // of a block; of one without guards all is 0
    Finding front, back;
    [[nodiscard]] bool damaged() const {
      return front.damage.damaged != 0 || back.damage.damaged != 0;
    }
    [[nodiscard]] bool intact() const { return front.size != 0 && !damaged(); }
  };
  void* place(const Request& request, Finding& reused);
  [[nodiscard]] engine::Taken take(Granule wanted, const Request& request);
  [[nodiscard]] engine::Alignment alignment_of(const Request& request) const;
  bool more_records(Granule wanted, const Request& request);
  void* fail(const Request& request, bool no_record);
  void count_live(u64 bytes);
  engine::Given take_out(Granule start);
  void give_back(Granule start, const explain::Layout& block, bool guards_intact);
  [[nodiscard]] bool resize_in_place(Granule start, const explain::Layout& old, u64 requested);
  void* move(const explain::Layout& old, Granule start, u64 requested);

  // ---- freed.cpp
  void let_go(Granule start, const explain::Layout& block, const Findings& findings);
  void wipe(u64 offset, u64 size) const;
  void bury(const explain::Layout& block, Site site, u64 freed_seq);
  void put_into_quarantine(Granule start, const explain::Layout& block, bool guards_intact);
  void shrink_quarantine();
  void release_oldest();
  void release_until_it_fits(Granule wanted, const Request& request);

  // ---- extras.cpp
  void after_place(const engine::Taken& taken, const Request& request, u64 whole);
  void after_resize(Granule start, const explain::Layout& old, u64 rest, bool guards_intact);
  void write_guards(const explain::Layout& block);
  void set_extras();

  // ---- calls are numbered by what has happened: nothing is counted twice
  [[nodiscard]] u64 allocs() const { return next_number_ - failed_numbers_; }
  [[nodiscard]] u64 frees() const { return allocs() - live_blocks_ - forgotten_blocks_; }
  [[nodiscard]] u64 calls() const { return next_number_ + frees() + other_calls_; }
  void number_call() {
    if (MEMPOOL_UNLIKELY(watch_.file != nullptr && watch_.file->inherited())) leave_parents_log();
    watch_.begin_call(calls() + 1);
  }
  void begin_call() {
    number_call();
    if (MEMPOOL_UNLIKELY(looks_around_)) look_around();
  }
  void end_call() {
    if (MEMPOOL_UNLIKELY(capture_.active())) tell_captured();
    watch_.end_call();
  }
  void count_call() { ++other_calls_; }

  // ---- damage.cpp
  [[nodiscard]] Finding compare(u64 offset, u64 size, u8 byte, pool_error kind) const;
  [[nodiscard]] Finding compare_side(const explain::Layout& block, u32 side) const;
  [[nodiscard]] Finding compare_guard(Granule start, const explain::Layout& block, u32 side) const;
  [[nodiscard]] Findings check_guards(Granule start, const explain::Layout& block) const;
  [[nodiscard]] u64 damaged_neighbour(Granule start, u32 side) const;
  [[nodiscard]] Finding check_poison(u64 offset, u64 size) const;
  void tell(Finding& finding, bool only_damage);
  void tell(Findings& findings, bool only_damage);
  void tell_check(u64 violations);
  template <class See>
  void each_damage(See see);  // in address order, told
  void look_around();
  void check_everything_left();
  [[nodiscard]] bool already_told(const Finding& finding);
  [[nodiscard]] Site site_of(Granule start) const;

  // ---- extras.cpp, look.cpp, open.cpp: events
  /// The block that starts there was asked for in this call; watchers hear of the source's place.
  void keep_site(Granule start, u64 number);
  void tell_bytes();
  void tell_snapshot();
  [[nodiscard]] explain::Past::Piece piece_at(u64 offset, const explain::Past& past) const;
  void tell_blocks(const explain::Past& past, u64 guards, u64 next_number,
                   const std::function<void(pool_event&)>& tell) const;
  void tell_guards(bool ok);
  void tell_captured();
  void open_region_to_readers() const;
  void close_region_to_readers() const;
  template <class Visit>
  void each_live(Visit visit) const;  // (start, record), in address order

  // ---- recorder.cpp: the ring, and the log that it was written to
  struct Recording {
    std::unique_ptr<FileSink> file;
    bool begun = false;
    u64 next = 0;  // the first entry of the ring that is not written
    u64 seq = 0;
  };
  void start_ring();
  int open_recording(const char* path, bool alone, Recording& log) const;
  int record();
  int write_ring(Recording& log);
  template <class Tell>
  void tell_past(u64 entry, const Tell& tell);

  // ---- diagnose.cpp
  struct Misuse {
    pool_error kind;
    u64 offset = POOL_NONE;
    u64 block = POOL_NONE;
    u64 requested = POOL_NONE;
    i64 payload_offset = 0;
    u32 other_pool = 0;
    Site site;
    u64 freed_seq = POOL_NONE;
    u64 seq = POOL_NONE;  // of the event that tells
  };
  [[nodiscard]] Misuse diagnose(const void* pointer) const;
  void misuse(const void* pointer, const char* function);
  void misuse_argument(u64 guard_size);
  void find_history(u64 offset, Misuse& found) const;

  // ---- report.cpp
  [[nodiscard]] pool_report new_report(pool_error kind) const;
  [[nodiscard]] pool_report report_of(const Finding& finding, const char* action) const;
  void report(const pool_report& report, const Line& evidence);
  void report(const Finding& finding, const char* action);
  void report(const Findings& findings, const char* action);
  void report(const Misuse& found, const void* pointer, const char* function);
  void report_leaks();
  // hot
  Gate gate_;
  u32 shift_;  // log2 of the alignment
  u8* region_;
  u64 capacity_;
  u64 guard_ = 0;  // of later blocks
  engine::Engine engine_;
  engine::Slab slab_;
  u64 next_number_ = 0;
  u64 live_blocks_ = 0;
  u64 live_bytes_ = 0;
  u64 peak_bytes_ = 0;

  // cold
  u64 failures_ = 0;          // of any kind
  u64 failed_numbers_ = 0;    // of those that used up a number
  u64 forgotten_blocks_ = 0;  // by resets
  u64 other_calls_ = 0;
  u64 misuses_ = 0;
  bool looks_around_ = false;  // every call begins with a look at all guards, poison, bytes
  Site asked_for_;             // the place in the source that this call comes from
  Sites sites_;
  Quarantine quarantine_;
  Tracker tracker_;
  Capture capture_;
  std::array<u64, 64> told_{};  // damage that look_around() has reported
  std::string log_path_;        // of the open log, `%p` as it was given
  u64 lost_events_ = 0;         // of logs that are closed
  bool live_guards_ = false;    // some live block may have guards
  Settings settings_;
  Watch watch_{gate_};
  Recording recording_;
  bool warned_of_recording_ = false;
  pool_error_fn handler_ = nullptr;
  void* handler_user_ = nullptr;
  void* metadata_;
  u64 metadata_bytes_;
  bool owns_region_;
};

template <class Visit>
void Pool::each_live(Visit visit) const {
  for (Granule at = engine_.begin(); at < engine_.wilderness(); at = engine_.after(at)) {
    if (is_live(at)) visit(at, record_of(at));
  }
}

}  // namespace mempool

/// The C handle.
struct MemoryPool final : mempool::Pool {
  using Pool::Pool;
};
