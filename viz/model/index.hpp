// Index: where to begin reading a long log, so that any moment of it is near.
//
//     log    |....K......K......K....|     every so often a keyframe of the pool: the model as it
//     moment              ^                is before the event that stands there
//                    from here on, not from the start
//
// It also keeps what only a reading of the whole log can know: which pools there are, their first
// and last calls, damage, the end. Made by one reading (make_index), used by the timeline. It
// knows no files: its parts are handed to whoever keeps them, and asked back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/reader.hpp"
#include "model/model.hpp"
#include "model/progress.hpp"

namespace mempool::viz {

/// A place in the log between two events, with what the reader has counted up to it.
struct Place {
  u64 position = 0;
  u64 events = 0, lines = 0, unknown_events = 0;
};

/// Bytes that are kept for the index.
struct Section {
  u64 offset = 0;
  u64 size = 0;
};
using KeepSection = std::function<Section(std::string_view)>;
/// None if the bytes cannot be had, or are not those that were kept.
using FetchSection = std::function<std::optional<std::string>(Section)>;

/// A pool as all calls up to this one have left it. The next event is the first of a later call.
struct IndexedModel {
  u64 call = 0, seq = 0;  // of the last event before it
  Place place;
  Section model;
  u64 history_from = 0, history_to = 0;  // which sections of its pool's history belong to it
};

struct IndexedPool {
  u32 pool = 0;
  u64 first_call = 0, last_call = 0, first_seq = 0, last_seq = 0;
  Place first;           // its first event
  u64 behind = 0;        // position behind its last event
  bool in_order = true;  // its calls and events rise, up to the last one
  std::string fault;     // the first event that cannot be true, as a sentence; empty: there is none
  std::vector<Section> history;
  std::vector<IndexedModel> models;  // as long as calls and events rise
};

struct Index {
  /// To be changed whenever its own bytes change; keyframes have theirs.
  static constexpr u32 version = 2;

  log::Findings findings;          // of the whole log
  Place end;                       // behind its last event
  std::vector<IndexedPool> pools;  // lowest first

  [[nodiscard]] std::string pack() const;
  [[nodiscard]] static std::optional<Index> unpack(std::string_view bytes);
};

/// How far keyframes lie apart: so many events, and so many times their own size in the log.
struct IndexSpacing {
  u64 events = u64{1} << 18;
  u64 sizes = 2;
};

/// Reads the whole log, once.
[[nodiscard]] Index make_index(log::Reader& reader, const IndexSpacing& spacing,
                               const KeepSection& keep, const Progress& progress);

/// The keyframe, with its history.
[[nodiscard]] std::optional<Model> fetch_model(const IndexedPool& pool, const IndexedModel& from,
                                               const FetchSection& fetch);

/// What is said of an event that cannot be true. It stands at this line, or whatever the unit is.
[[nodiscard]] std::string describe_fault(const pool_event& event, const char* unit, u64 line,
                                         Fault fault);

}  // namespace mempool::viz
