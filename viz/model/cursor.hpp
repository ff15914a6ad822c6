// Cursor: a pool's log as a book that can be opened at any call, forwards and backwards.
//
//     log   |K..........K.......k...k..k.kk^          K  bases that stay: an index's, or every so
//     often
//                                                     k  bases left on the way to the last call
//                                                     shown
//
// A base is the pool as all calls before some call left it, and where that call stands. Any call is
// read from the nearest base before it; the way there leaves new ones, ever closer, so that going
// on and going back a little read a little. What the timeline does for one moment (timeline.hpp)
// this does for many, one after the other. It knows calls and events, nothing of breakpoints.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/frame.hpp"
#include "model/index.hpp"

namespace mempool::viz {

/// Looks on while calls go by; see Cursor::scan().
class Onlooker {
 public:
  virtual ~Onlooker() = default;
  /// The pool as the scan finds it.
  virtual void begin(const Model& model) = 0;
  /// An event, before it is applied.
  virtual void event(const pool_event& event, const Model& before) = 0;
  /// All events of a call are applied. False: the scan ends here.
  virtual bool end_of_call(u64 call, const Model& after) = 0;
};

/// Events of one call, without the pool around them.
struct BareCall {
  u64 call = 0;
  std::vector<OwnedEvent> events;  // the first ones, at most Cursor::most_bare_events
  u64 left_out = 0;
};

class Cursor {
 public:
  /// Asked now and then while a scan goes on, with the share that is done; false: give it up.
  using GoOn = std::function<bool(double)>;
  static constexpr std::size_t most_bare_events = 24;

  /// Reads the log once and takes what it needs to come back to any call. Fails when the log has no
  /// such pool (none: the lowest), or no event of it that can be read. The reader has to be
  /// seekable.
  [[nodiscard]] static Result<Cursor> open(log::Reader reader, std::optional<u32> pool,
                                           const Progress& progress);
  /// The same by an index of this log, which is not read then.
  [[nodiscard]] static Result<Cursor> open(log::Reader reader, std::optional<u32> pool, Index index,
                                           FetchSection fetch);

  [[nodiscard]] u32 pool() const { return pool_; }
  [[nodiscard]] u64 first_call() const { return first_call_; }
  [[nodiscard]] u64 last_call() const { return last_call_; }
  /// Why the log cannot be followed behind last_call(); empty: it ends there.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  /// Of the whole log.
  [[nodiscard]] const log::Findings& findings() const { return findings_; }
  [[nodiscard]] const std::vector<u32>& other_pools() const { return other_pools_; }

  /// The frame of this call, or of the next (previous) one that there is. None if there is none.
  [[nodiscard]] std::optional<Frame> at_or_after(u64 call);
  [[nodiscard]] std::optional<Frame> at_or_before(u64 call);
  /// The call that the event of this number belongs to.
  [[nodiscard]] std::optional<u64> call_of_event(u64 seq, const GoOn& go_on);

  /// Shows the calls first..last to the onlooker. False if go_on ended it.
  bool scan(u64 first, u64 last, Onlooker& onlooker, const GoOn& go_on);
  /// The call that a base begins with, at or before this call: a good place for a scan to begin
  /// when the interest is in what lies shortly before `call`.
  [[nodiscard]] u64 base_before(u64 call) const;

  /// Calls with their events, from the first to the last of these; kept for the next time.
  [[nodiscard]] std::vector<BareCall> bare_calls(u64 first, u64 last);

  /// The log from its start on, for somebody else to read to the end.
  [[nodiscard]] log::Reader& from_start();

 private:
  struct Base {
    Place place;
    std::shared_ptr<const Model> model;  // nullptr: the index has it, or it is the empty one
    const IndexedModel* indexed = nullptr;
    bool stays = false;
    u64 used = 0;  // when it was used last
    u64 bytes = 0;
  };
  using Bases = std::map<u64, Base>;  // by the first call that is not in it
  struct Walked;

  explicit Cursor(log::Reader reader) : reader_(std::move(reader)) {}
  [[nodiscard]] Place here() const;
  bool seek(const Place& place);
  bool next(pool_event& event, Place& at);
  [[nodiscard]] Model model_of(Base& base);
  [[nodiscard]] Bases::iterator nearest(u64 call);
  [[nodiscard]] Walked walk(u64 call);
  void leave_base(u64 call, const Place& place, const Model& model, bool stays);
  void drop_unused();
  Result<void> read_all(std::optional<u32> pool, const Progress& progress);
  Result<void> use_index(std::optional<u32> pool);

  log::Reader reader_;
  std::shared_ptr<const Index> index_;
  const IndexedPool* indexed_pool_ = nullptr;
  FetchSection fetch_;
  u32 pool_ = 0;
  u64 first_call_ = 0, last_call_ = 0;
  Place start_;  // of the log
  std::string fault_;
  log::Findings findings_;
  std::vector<u32> other_pools_;
  Bases bases_;
  u64 bytes_ = 0, clock_ = 0;
  std::map<u64, BareCall> bare_;
};

}  // namespace mempool::viz
