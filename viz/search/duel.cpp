// The search for a witness, breadth first: see duel.hpp.
#include "search/duel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "search/small_pool.hpp"

namespace mempool::viz::search {

namespace {

constexpr std::size_t most_live = 12;
constexpr std::size_t most_states = 600'000;  // about 150 bytes each
constexpr std::size_t most_calls = 12;
constexpr u64 default_capacity = 80;
constexpr u64 classes_begin = 512;  // good fit's classes are single sizes below

/// An allocation that lives in both pools.
struct Live {
  u16 winner_at, loser_at, size;
};

struct Step {
  Act act = Act::alloc;
  u16 size = 0;       // alloc: asked for
  u16 winner_at = 0;  // free: which
};

struct State {
  SmallPool winner, loser;
  std::array<Live, most_live> live{};
  u8 count = 0;
  u32 parent = 0;
  Step step;
};

struct Key {
  u64 low = 0, high = 0;
  friend bool operator==(const Key&, const Key&) = default;
};
struct HashOfKey {
  std::size_t operator()(const Key& key) const { return key.low; }
};

class Search {
 public:
  Search(const Duel& duel, const Grid& grid)
      : grid_(grid),
        winner_(rules_of(duel.winner, duel.common)),
        loser_(rules_of(duel.loser, duel.common)) {}

  std::optional<Witness> run(const Progress& progress) {
    const auto capacity = static_cast<u32>(grid_.capacity);
    states_.push_back({SmallPool(capacity), SmallPool(capacity), {}, 0, 0, {}});
    std::size_t from = 0;
    for (calls_ = 0; calls_ < most_calls; ++calls_) {
      const std::size_t to = states_.size();
      for (std::size_t i = from; i < to; ++i) {
        if (const auto size = telling_size(states_[i])) return witness(i, *size);
      }
      for (std::size_t i = from; i < to; ++i) {
        if (progress && i % 4096 == 0) progress(static_cast<double>(states_.size()) / most_states);
        if (!expand(i)) return std::nullopt;
      }
      if (states_.size() == to) return std::nullopt;
      from = to;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t calls_tried() const { return calls_; }

 private:
  /// A size that only the winner can serve now.
  std::optional<u64> telling_size(const State& state) const {
    for (const u64 size : grid_.sizes) {
      SmallPool winner = state.winner, loser = state.loser;
      const auto bytes = static_cast<u32>(size);
      if (winner.alloc(winner_, winner_.block_size(bytes)) &&
          !loser.alloc(loser_, loser_.block_size(bytes)))
        return size;
    }
    return std::nullopt;
  }

  /// False when there are too many states.
  bool expand(std::size_t index) {
    for (const u64 size : grid_.sizes) {
      State next = child(index, {Act::alloc, static_cast<u16>(size), 0});
      if (next.count == most_live) continue;
      const auto bytes = static_cast<u32>(size);
      const auto winner_at = next.winner.alloc(winner_, winner_.block_size(bytes));
      const auto loser_at = next.loser.alloc(loser_, loser_.block_size(bytes));
      if (!winner_at || !loser_at) continue;
      next.live[next.count++] = {static_cast<u16>(*winner_at), static_cast<u16>(*loser_at),
                                 static_cast<u16>(size)};
      if (!keep(next)) return false;
    }
    for (std::size_t i = 0; i < states_[index].count; ++i) {
      const Live freed = states_[index].live[i];
      State next = child(index, {Act::free, freed.size, freed.winner_at});
      const bool held =
          next.winner.free(winner_, freed.winner_at, winner_.block_size(freed.size)) &&
          next.loser.free(loser_, freed.loser_at, loser_.block_size(freed.size));
      if (!held) continue;
      next.live[i] = next.live[--next.count];
      if (!keep(next)) return false;
    }
    return true;
  }

  State child(std::size_t index, Step step) const {
    State next = states_[index];
    next.parent = static_cast<u32>(index);
    next.step = step;
    return next;
  }

  /// Unless a state like it was met before: in no more calls, then.
  bool keep(State& state) {
    std::sort(state.live.begin(), state.live.begin() + state.count,
              [](const Live& a, const Live& b) { return a.winner_at < b.winner_at; });
    Key key;
    state.winner.hash(winner_, key.low, key.high);
    state.loser.hash(loser_, key.low, key.high);
    for (std::size_t i = 0; i < state.count; ++i) {
      const Live& live = state.live[i];
      const u64 all = u64{live.winner_at} << 32 | u64{live.loser_at} << 16 | live.size;
      key.low = mixed(key.low, all);
      key.high = mixed(key.high, all + 1);
    }
    if (!met_.insert(key).second) return true;
    states_.push_back(state);
    return states_.size() < most_states;
  }

  Witness witness(std::size_t index, u64 last_size) const {
    std::vector<Step> steps{{Act::alloc, static_cast<u16>(last_size), 0}};
    for (; index != 0; index = states_[index].parent) steps.push_back(states_[index].step);
    std::ranges::reverse(steps);
    Witness found;
    found.grid = grid_;
    found.states = states_.size();
    found.proved = true;
    Workload& workload = found.workload;
    // Numbers are given as the list is made; a free names the one that lies there.
    SmallPool pool(static_cast<u32>(grid_.capacity));
    std::vector<std::pair<u32, u32>> at;  // (offset in the winner's pool, number)
    for (const Step& step : steps) {
      if (step.act == Act::alloc) {
        const u32 number = workload.allocations++;
        workload.operations.push_back({Act::alloc, number, step.size});
        if (const auto offset = pool.alloc(winner_, winner_.block_size(step.size)))
          at.emplace_back(*offset, number);
        continue;
      }
      const auto freed = std::ranges::find(at, u32{step.winner_at}, &std::pair<u32, u32>::first);
      workload.operations.push_back({Act::free, freed->second});
      static_cast<void>(pool.free(winner_, step.winner_at, winner_.block_size(step.size)));
      at.erase(freed);
    }
    return found;
  }

  const Grid& grid_;
  Rules winner_, loser_;
  std::vector<State> states_;
  std::unordered_set<Key, HashOfKey> met_;
  std::size_t calls_ = 0;
};

/// Multiples of one unit, as far as they fit: the region in so many parts.
Grid in_parts(const Duel& duel, u64 capacity, u64 parts) {
  const u64 align = duel.common.align;
  const u64 unit = capacity / parts / align * align;
  const u64 overhead = std::max(rules_of(duel.winner, duel.common).overhead,
                                rules_of(duel.loser, duel.common).overhead);
  Grid grid{capacity, {}};
  for (u64 n = 1; n <= parts && unit != 0; ++n)
    if (unit * n > overhead) grid.sizes.push_back(unit * n - overhead);
  return grid;
}

/// Sizes on both sides of the borders of good fit's classes, which hold more than one from 512 on.
Grid around_classes(const Duel& duel, u64 capacity) {
  Grid grid{capacity, {}};
  const u64 step = std::max<u64>(8, duel.common.align);
  for (const u64 size : {step, 2 * step, classes_begin, classes_begin + step,
                         classes_begin + 2 * step, classes_begin + 3 * step})
    if (size <= capacity) grid.sizes.push_back(size);
  return grid;
}

/// What is searched, one after the other: round sizes first.
std::vector<Grid> grids_of(const Duel& duel) {
  const bool classes = duel.winner.policy == POOL_GOOD || duel.loser.policy == POOL_GOOD;
  const bool against_best = duel.winner.policy == POOL_BEST || duel.loser.policy == POOL_BEST;
  const u64 roundest = classes && against_best ? 2048 : default_capacity;
  const u64 least = 8 * (2 * duel.common.guards + duel.common.align);
  u64 capacity = duel.common.capacity.value_or(std::max(roundest, least));
  capacity = round_up(capacity, duel.common.align);
  std::vector<Grid> grids;
  if (classes && against_best && capacity > classes_begin)
    grids.push_back(around_classes(duel, capacity));
  for (const u64 parts : {8, 10, 12, 16}) grids.push_back(in_parts(duel, capacity, parts));
  std::erase_if(grids, [](const Grid& grid) { return grid.sizes.empty(); });
  return grids;
}

/// The witness is believed when the real allocators say the same.
bool holds(const Duel& duel, const Witness& witness) {
  PoolSetup common = duel.common;
  common.capacity = witness.grid.capacity;
  const auto winner = play(witness.workload, duel.winner.in(common), {}, nullptr);
  const auto loser = play(witness.workload, duel.loser.in(common), {}, nullptr);
  const u64 calls = witness.workload.operations.size();
  return winner && loser && winner->failures == 0 && loser->failures == 1 &&
         loser->first_failure_call == calls;
}

}  // namespace

Result<DuelResult> duel(const Duel& duel, const Progress& progress) {
  const u64 capacity = duel.common.capacity.value_or(default_capacity);
  if (capacity > SmallPool::most_capacity)
    return failure(fmt::format("a duel is fought in at most {} bytes: give a smaller --capacity",
                               SmallPool::most_capacity));
  const std::vector<Grid> grids = grids_of(duel);
  if (grids.empty() || grids.front().capacity > SmallPool::most_capacity)
    return failure("the pool is too small for its alignment and guards: give a larger --capacity");
  DuelResult result;
  for (const Grid& grid : grids) {
    Search search(duel, grid);
    result.witness = search.run(progress);
    if (result.witness) {
      if (!holds(duel, *result.witness))
        return failure(
            "the list that was found does not hold on the real pools: a fault of the search");
      return result;
    }
    result.tried +=
        fmt::format("{}lists of up to {} calls over {} sizes", result.tried.empty() ? "" : ", ",
                    search.calls_tried(), grid.sizes.size());
  }
  return result;
}

}  // namespace mempool::viz::search
