// Cursor: see cursor.hpp. How a log is opened is cursor_open.cpp's.
#include "model/cursor.hpp"

#include <algorithm>
#include <iterator>

#include "model/cursor_costs.hpp"

namespace mempool::viz {

namespace {

/// A base is left so many calls before the one that was asked for.
bool is_rung(u64 distance) {
  for (u64 rung = 16; rung <= distance; rung *= 4) {
    if (rung == distance) return true;
    if (rung > (u64{1} << 40)) break;
  }
  return false;
}

}  // namespace

/// What a walk to a call has found: the call, or its nearest neighbours.
struct Cursor::Walked {
  std::optional<Frame> frame;
  std::optional<u64> below, above;
};

Place Cursor::here() const {
  const log::Findings& so_far = reader_.findings();
  return {reader_.position(), so_far.events, so_far.lines, so_far.unknown_events};
}

bool Cursor::seek(const Place& place) {
  log::Findings so_far;
  so_far.events = place.events;
  so_far.lines = place.lines;
  so_far.unknown_events = place.unknown_events;
  return reader_.seek(place.position, so_far);
}

/// The next event of the pool, and where it stands.
bool Cursor::next(pool_event& event, Place& at) {
  do {
    at = here();
    if (!reader_.next(event)) return false;
  } while (event.pool != pool_);
  return true;
}

log::Reader& Cursor::from_start() {
  static_cast<void>(seek(start_));
  return reader_;
}

// ---- bases

Model Cursor::model_of(Base& base) {
  base.used = ++clock_;
  if (base.model != nullptr) return *base.model;
  if (base.indexed == nullptr) return {};
  std::optional<Model> model = fetch_model(*indexed_pool_, *base.indexed, fetch_);
  return model ? std::move(*model) : Model();
}

Cursor::Bases::iterator Cursor::nearest(u64 call) {
  const auto behind = bases_.upper_bound(call);
  return behind == bases_.begin() ? bases_.end() : std::prev(behind);
}

u64 Cursor::base_before(u64 call) const {
  const auto behind = bases_.upper_bound(call);
  return behind == bases_.begin() ? first_call_ : std::prev(behind)->first;
}

void Cursor::leave_base(u64 call, const Place& place, const Model& model, bool stays) {
  const u64 bytes = cost_of(model);
  if (bases_.contains(call) || bytes > most_base_bytes / 8) return;
  bases_[call] = {place, std::make_shared<const Model>(model), nullptr, stays, ++clock_, bytes};
  bytes_ += bytes;
  if (bytes_ > most_base_bytes || bases_.size() > most_bases) drop_unused();
}

/// Half of the bases that may go, those that were used longest ago.
void Cursor::drop_unused() {
  std::vector<std::pair<u64, u64>> by_use;
  for (const auto& [call, base] : bases_)
    if (base.model != nullptr && call != bases_.begin()->first)
      by_use.emplace_back(base.used + (base.stays ? clock_ : 0), call);
  std::ranges::sort(by_use);
  by_use.resize(by_use.size() / 2);
  for (const auto& [used, call] : by_use) {
    bytes_ -= bases_[call].bytes;
    bases_.erase(call);
  }
}

// ---- one call

Cursor::Walked Cursor::walk(u64 call) {
  Walked walked;
  const auto base = nearest(call);
  if (base == bases_.end()) return walked;
  const u64 from = base->first;
  Model model = model_of(base->second);
  if (!seek(base->second.place)) return walked;
  std::vector<OwnedEvent> held;
  pool_event event;
  Place at;
  for (std::optional<u64> current; next(event, at) && event.call <= call; current = event.call) {
    if (current && event.call < *current) return walked;
    if (event.call == call) {
      held.emplace_back(event);
      continue;
    }
    const u64 distance = call - event.call;
    if (current != event.call && event.call - from > distance / 2 && is_rung(distance))
      leave_base(event.call, at, model, false);
    if (model.apply(event) != Fault::none) return walked;
    walked.below = event.call;
  }
  if (event.call > call && event.pool == pool_) walked.above = event.call;
  if (held.empty()) return walked;
  Frame frame;
  frame.before = model;
  for (const OwnedEvent& each : held) static_cast<void>(model.apply(*each));
  frame.after = std::move(model);
  frame.events = std::move(held);
  frame.call = call;
  frame.last_call = last_call_;
  frame.complete = findings_.ended;
  frame.other_pools = other_pools_;
  walked.frame = std::move(frame);
  return walked;
}

std::optional<Frame> Cursor::at_or_after(u64 call) {
  call = std::max(call, first_call_);
  if (call > last_call_) return std::nullopt;
  Walked walked = walk(call);
  if (walked.frame) return std::move(walked.frame);
  if (!walked.above || *walked.above > last_call_) return std::nullopt;
  return std::move(walk(*walked.above).frame);
}

std::optional<Frame> Cursor::at_or_before(u64 call) {
  call = std::min(call, last_call_);
  for (u64 upto = call; upto >= first_call_;) {
    Walked walked = walk(upto);
    if (walked.frame) return std::move(walked.frame);
    if (walked.below) return std::move(walk(*walked.below).frame);
    const u64 base = base_before(upto);  // the calls that are missing reach back behind it
    if (base == 0 || base <= first_call_) break;
    upto = base - 1;
  }
  return std::nullopt;
}

// ---- many calls

bool Cursor::scan(u64 first, u64 last, Onlooker& onlooker, const GoOn& go_on) {
  constexpr u64 events_between_questions = 1 << 12;
  last = std::min(last, last_call_);
  first = std::max(first, first_call_);
  if (first > last) return true;
  const auto base = nearest(first);
  Model model = model_of(base->second);
  if (!seek(base->second.place)) return true;
  pool_event event;
  Place at;
  std::optional<u64> current;
  bool begun = false;
  for (u64 count = 1, since = 0; next(event, at); ++count, ++since) {
    if (current != event.call) {
      if (begun && !onlooker.end_of_call(*current, model)) return true;
      if (event.call > last || (current && event.call < *current)) return true;
      if (since >= events_between_scan_bases) {
        leave_base(event.call, at, model, false);
        since = 0;
      }
      if (!begun && event.call >= first) {
        onlooker.begin(model);
        begun = true;
      }
      current = event.call;
    }
    if (begun) onlooker.event(event, model);
    if (model.apply(event) != Fault::none) return true;
    if (go_on && count % events_between_questions == 0) {
      const u64 done = event.call < first ? 0 : event.call - first;
      if (!go_on(static_cast<double>(done) / static_cast<double>(last - first + 1))) return false;
    }
  }
  if (begun) static_cast<void>(onlooker.end_of_call(*current, model));
  return true;
}

namespace {

/// Waits for the event of a number.
class Waiting : public Onlooker {
 public:
  explicit Waiting(u64 seq) : seq_(seq) {}
  void begin(const Model&) override {}
  void event(const pool_event& event, const Model&) override { seen_ |= event.seq == seq_; }
  bool end_of_call(u64 call, const Model&) override {
    if (seen_) found = call;
    return !seen_;
  }
  std::optional<u64> found;

 private:
  u64 seq_;
  bool seen_ = false;
};

}  // namespace

std::optional<u64> Cursor::call_of_event(u64 seq, const GoOn& go_on) {
  u64 first = first_call_;
  if (indexed_pool_ != nullptr)
    for (const IndexedModel& model : indexed_pool_->models)
      if (model.seq < seq) first = model.call + 1;
  Waiting waiting(seq);
  static_cast<void>(scan(first, last_call_, waiting, go_on));
  return waiting.found;
}

std::vector<BareCall> Cursor::bare_calls(u64 first, u64 last) {
  constexpr std::size_t most_kept = 4096;
  first = std::max(first, first_call_);
  last = std::min(last, last_call_);
  const auto count_kept = [&] {
    return static_cast<u64>(std::distance(bare_.lower_bound(first), bare_.upper_bound(last)));
  };
  if (first <= last && count_kept() < last - first + 1) {
    if (bare_.size() > most_kept) bare_.clear();
    const auto base = nearest(first);
    pool_event event;
    Place at;
    std::map<u64, BareCall> read;
    if (base != bases_.end() && seek(base->second.place)) {
      while (next(event, at) && event.call <= last) {
        if (event.call < first) continue;
        BareCall& call = read[event.call];
        call.call = event.call;
        if (call.events.size() < most_bare_events)
          call.events.emplace_back(event);
        else
          ++call.left_out;
      }
    }
    for (auto& [number, call] : read) bare_.insert_or_assign(number, std::move(call));
  }
  std::vector<BareCall> calls;
  for (auto it = bare_.lower_bound(first); it != bare_.end() && it->first <= last; ++it)
    calls.push_back(it->second);
  return calls;
}

}  // namespace mempool::viz
