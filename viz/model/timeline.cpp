// Timeline: one pass over the log, one model that lags a call behind.
//
//     model           | events of the call that is being read
//     (calls 0 .. k-1)| (call k)          --next call begins--> applied to the model, forgotten
//
// So at any moment, the last one too, the pool before the call and the call's events are at hand,
// and nothing is copied until the moment is found. A pool with a lower number may turn up late;
// its first event starts the fold again, and nothing of it has been missed.
//
// With an index the pass begins at a keyframe and ends where the moment must have come; what only
// the rest of the log could tell, the index does.
#include "model/timeline.hpp"

#include <algorithm>
#include <set>

namespace mempool::viz {

namespace {

class Loader {
 public:
  Loader(log::Reader& reader, const Moment& moment) : reader_(reader), moment_(moment) {}

  /// The pass begins at a keyframe of this pool: the calls before it are folded.
  void begin_at(u32 pool, const IndexedModel& keyframe, Model model);
  void see(const pool_event& event);
  /// Nothing that could follow changes the frame.
  [[nodiscard]] bool is_done() const { return found_ || fault_; }
  /// The pass has ended before the log's end: the rest of it is like this. nullptr: the pool that
  /// is asked for is not in the log.
  void complete_by(const Index& index, const IndexedPool* pool);
  /// ended: the log ends with `end`.
  Result<Frame> finish(bool ended);

 private:
  void start(u32 pool);
  void see_call(const pool_event& event);
  void see_single(const pool_event& event);
  void fold(const pool_event& event, u64 line);
  void fold_held();
  [[nodiscard]] std::optional<Error> what_is_missing() const;
  [[nodiscard]] std::string pools_text() const;

  log::Reader& reader_;
  const Moment& moment_;
  std::set<u32> pools_;
  u32 pool_ = 0;  // the one that is folded

  Model model_;                   // before the events that are held
  std::vector<OwnedEvent> held_;  // of call held_call_, or the one event that was asked for
  std::vector<u64> lines_;        // where each of them stands
  u64 held_call_ = 0;
  bool found_ = false;  // what is held is what was asked for: nothing more is folded
  std::optional<Error> fault_;

  u64 first_call_ = 0, last_call_ = 0, first_seq_ = 0, last_seq_ = 0;
  std::string fault_elsewhere_;  // in a part of the log that was not read; empty: none
};

void Loader::begin_at(u32 pool, const IndexedModel& keyframe, Model model) {
  pool_ = pool;
  pools_ = {pool};
  model_ = std::move(model);
  held_call_ = keyframe.call;
}

void Loader::start(u32 pool) {
  pool_ = pool;
  model_ = Model();
  held_.clear();
  lines_.clear();
  found_ = false;
  fault_.reset();
}

void Loader::see(const pool_event& event) {
  if (event.pool == 0) return;  // of the log itself: `end`
  pools_.insert(event.pool);
  const u32 wanted = moment_.pool.value_or(*pools_.begin());
  if (event.pool != wanted) return;
  if (pool_ != wanted) {
    start(wanted);
    first_call_ = held_call_ = event.call;
    first_seq_ = event.seq;
  }
  last_call_ = event.call;
  last_seq_ = event.seq;
  if (found_ || fault_) return;
  moment_.seq ? see_single(event) : see_call(event);
}

void Loader::see_call(const pool_event& event) {
  if (event.call != held_call_) {
    if (moment_.call == held_call_) {
      found_ = true;
      return;
    }
    fold_held();
    held_call_ = event.call;
  }
  if (moment_.call && event.call != *moment_.call) return fold(event, reader_.findings().lines);
  held_.emplace_back(event);
  lines_.push_back(reader_.findings().lines);
}

void Loader::see_single(const pool_event& event) {
  if (event.seq != *moment_.seq) return fold(event, reader_.findings().lines);
  held_.emplace_back(event);
  lines_.push_back(reader_.findings().lines);
  held_call_ = event.call;
  found_ = true;
}

/// What cannot be true ends the fold: a picture of it would be a lie.
void Loader::fold(const pool_event& event, u64 line) {
  if (fault_) return;
  const Fault fault = model_.apply(event);
  if (fault == Fault::none) return;
  fault_ = Error{describe_fault(event, reader_.findings().unit, line, fault)};
}

void Loader::fold_held() {
  for (std::size_t i = 0; i < held_.size(); ++i) fold(*held_[i], lines_[i]);
  held_.clear();
  lines_.clear();
}

void Loader::complete_by(const Index& index, const IndexedPool* pool) {
  pools_.clear();
  for (const IndexedPool& each : index.pools) pools_.insert(each.pool);
  if (pool == nullptr) return;
  pool_ = pool->pool;
  first_call_ = pool->first_call;
  last_call_ = pool->last_call;
  first_seq_ = pool->first_seq;
  last_seq_ = pool->last_seq;
  fault_elsewhere_ = pool->fault;
}

std::string Loader::pools_text() const {
  std::string list;
  std::size_t named = 0;
  for (const u32 pool : pools_) {
    if (++named > 8) return list + ", ...";
    list += (list.empty() ? "" : ", ") + std::to_string(pool);
  }
  return (pools_.size() == 1 ? "pool " : "pools ") + list;
}

std::optional<Error> Loader::what_is_missing() const {
  if (pools_.empty()) return Error{"the log holds no events"};
  if (pool_ == 0)
    return Error{"the log has " + pools_text() + "; there is no pool " +
                 std::to_string(*moment_.pool)};
  if (fault_) return fault_;
  const bool found = found_ || (!moment_.seq && !held_.empty());
  if (found) return std::nullopt;
  if (!fault_elsewhere_.empty()) return Error{fault_elsewhere_};
  const bool single = moment_.seq.has_value();
  const u64 first = single ? first_seq_ : first_call_;
  const u64 last = single ? last_seq_ : last_call_;
  const u64 asked = single ? *moment_.seq : *moment_.call;
  const std::string what = single ? "event" : "call";
  const std::string end = first <= asked && asked <= last ? " is missing" : "";
  return Error{"the log has " + what + "s " + std::to_string(first) + " to " +
               std::to_string(last) + " of pool " + std::to_string(pool_) +
               (end.empty() ? "; there is no " + what + " " + std::to_string(asked)
                            : ", but " + what + " " + std::to_string(asked) + end)};
}

Result<Frame> Loader::finish(bool ended) {
  if (const auto error = what_is_missing()) return tl::make_unexpected(*error);
  Frame frame;
  frame.before = model_;
  for (std::size_t i = 0; i < held_.size(); ++i) fold(*held_[i], lines_[i]);
  if (fault_) return tl::make_unexpected(*fault_);
  frame.after = std::move(model_);
  frame.events = std::move(held_);
  frame.call = held_call_;
  frame.last_call = last_call_;
  frame.one_event = moment_.seq.has_value();
  frame.complete = ended;
  pools_.erase(pool_);
  frame.other_pools.assign(pools_.begin(), pools_.end());
  return frame;
}

/// The last keyframe that lies before the moment; nullptr: there is none.
const IndexedModel* nearest(const IndexedPool& pool, const Moment& moment) {
  const auto is_before = [&](const IndexedModel& model) {
    if (moment.seq) return model.seq < *moment.seq;
    return !moment.call || model.call < *moment.call;
  };
  const auto behind = std::ranges::partition_point(pool.models, is_before);
  return behind == pool.models.begin() ? nullptr : &*std::prev(behind);
}

bool seek(log::Reader& reader, const Place& place) {
  log::Findings so_far;
  so_far.events = place.events;
  so_far.lines = place.lines;
  so_far.unknown_events = place.unknown_events;
  return reader.seek(place.position, so_far);
}

}  // namespace

Result<Frame> load(log::Reader& reader, const Moment& moment, const Progress& progress) {
  Loader loader(reader, moment);
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event);) {
    loader.see(event);
    tell();
  }
  return loader.finish(reader.findings().ended);
}

std::optional<Result<Frame>> load(log::Reader& reader, const Moment& moment, const Index& index,
                                  const FetchSection& fetch) {
  pool_event event;
  // A program may have gone on writing where the log ended, in a file of the same size.
  if (!seek(reader, index.end) || reader.next(event)) return std::nullopt;
  Loader loader(reader, moment);
  const auto is_asked_for = [&](const IndexedPool& pool) {
    return !moment.pool || pool.pool == *moment.pool;
  };
  const auto pool = std::ranges::find_if(index.pools, is_asked_for);
  if (pool == index.pools.end()) {
    loader.complete_by(index, nullptr);
    return loader.finish(index.findings.ended);
  }
  const IndexedModel* from = nearest(*pool, moment);
  const IndexedModel* next = from == nullptr ? pool->models.data() : from + 1;
  const bool is_last = next == pool->models.data() + pool->models.size();
  const u64 until = is_last || !pool->in_order ? pool->behind : next->place.position;
  if (from != nullptr) {
    std::optional<Model> model = fetch_model(*pool, *from, fetch);
    if (!model) return std::nullopt;
    loader.begin_at(pool->pool, *from, std::move(*model));
  }
  if (!seek(reader, from == nullptr ? pool->first : from->place)) return std::nullopt;
  while (!loader.is_done() && reader.position() < until && reader.next(event))
    if (event.pool == pool->pool) loader.see(event);
  loader.complete_by(index, &*pool);
  return loader.finish(index.findings.ended);
}

}  // namespace mempool::viz
