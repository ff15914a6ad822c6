// Making an index: one reading of the log, a model for every pool of it, and a keyframe of a model
// whenever reading on from the last one has become dear.
#include <algorithm>
#include <map>

#include "model/index.hpp"
#include "model/keyframe.hpp"

namespace mempool::viz {

namespace {

/// A pool while the log is read.
class Following {
 public:
  Following(const IndexSpacing& spacing, const KeepSection& keep)
      : spacing_(spacing), keep_(keep) {}

  /// The next event of the pool; it stands at this place, and the reader is behind it.
  void see(const pool_event& event, const Place& at, const log::Reader& reader);
  [[nodiscard]] const IndexedPool& indexed() const { return indexed_; }

 private:
  void keep_model(const Place& at);
  [[nodiscard]] bool is_due(const pool_event& event, const Place& at) const;

  const IndexSpacing& spacing_;
  const KeepSection& keep_;
  Model model_;
  IndexedPool indexed_;
  bool seen_ = false;
  Place last_kept_;
  u64 last_size_ = 0;
  std::vector<History::Chunk> kept_history_;  // the last ones of indexed_.history
};

bool Following::is_due(const pool_event& event, const Place& at) const {
  return indexed_.in_order && indexed_.fault.empty() && event.call > indexed_.last_call &&
         !model_.destroyed && at.events - last_kept_.events >= spacing_.events &&
         at.position - last_kept_.position >= spacing_.sizes * last_size_;
}

void Following::see(const pool_event& event, const Place& at, const log::Reader& reader) {
  if (!seen_) {
    seen_ = true;
    indexed_.pool = event.pool;
    indexed_.first_call = event.call;
    indexed_.first_seq = event.seq;
    indexed_.first = last_kept_ = at;
  } else {
    if (event.call < indexed_.last_call || event.seq <= indexed_.last_seq)
      indexed_.in_order = false;
    if (is_due(event, at)) keep_model(at);
  }
  indexed_.last_call = event.call;
  indexed_.last_seq = event.seq;
  indexed_.behind = reader.position();
  if (!indexed_.fault.empty()) return;
  const Fault fault = model_.apply(event);
  const log::Findings& so_far = reader.findings();
  if (fault != Fault::none)
    indexed_.fault = describe_fault(event, so_far.unit, so_far.lines, fault);
  if (!model_.destroyed && fault == Fault::none) return;
  const bool destroyed = model_.destroyed;  // its blocks are not looked at any more
  model_ = Model();
  model_.destroyed = destroyed;
}

void Following::keep_model(const Place& at) {
  IndexedModel kept;
  kept.call = indexed_.last_call;
  kept.seq = indexed_.last_seq;
  kept.place = at;
  // A snapshot begins a history anew; else it has only grown.
  const std::vector<History::Chunk>& history = Keyframe::history(model_).chunks();
  const bool grown = history.size() >= kept_history_.size() &&
                     std::equal(kept_history_.begin(), kept_history_.end(), history.begin());
  if (!grown) kept_history_.clear();
  kept.history_from = indexed_.history.size() - kept_history_.size();
  for (std::size_t i = kept_history_.size(); i < history.size(); ++i)
    indexed_.history.push_back(keep_(*history[i]));
  kept_history_ = history;
  kept.history_to = indexed_.history.size();
  kept.model = keep_(Keyframe::pack(model_));
  last_kept_ = at;
  last_size_ = kept.model.size;
  indexed_.models.push_back(kept);
}

}  // namespace

Index make_index(log::Reader& reader, const IndexSpacing& spacing, const KeepSection& keep,
                 const Progress& progress) {
  std::map<u32, Following> pools;
  const auto here = [&reader] {
    const log::Findings& so_far = reader.findings();
    return Place{reader.position(), so_far.events, so_far.lines, so_far.unknown_events};
  };
  Place at = here();
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event); at = here()) {
    tell();
    if (event.pool == 0) continue;  // of the log itself: `end`
    const auto it = pools.try_emplace(event.pool, spacing, keep).first;
    it->second.see(event, at, reader);
  }
  Index index;
  index.findings = reader.findings();
  index.end = at;
  for (const auto& [number, pool] : pools) index.pools.push_back(pool.indexed());
  return index;
}

}  // namespace mempool::viz
