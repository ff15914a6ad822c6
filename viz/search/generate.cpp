// The generator and what can be wanted of it: see generate.hpp.
#include "search/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "event/table.hpp"

namespace mempool::viz::search {

namespace {

constexpr u64 default_capacity = 100;
constexpr u64 sizes_drawn = 8;  // 1 to 8 units
constexpr u64 units = 20;       // of the region
constexpr u64 allocations_in_100 = 60;

/// What one run showed.
struct Shown {
  u64 both = 0, left = 0, right = 0, none = 0;  // frees, by the neighbours they coalesced with
  u64 splits = 0, exact = 0, fails = 0, fragmented = 0, reused = 0, live = 0;
  bool last_failed = false;
  std::vector<u64> places;  // of the allocations in their order; POOL_NONE: failed
};

/// Watches a run, call by call.
class Observer {
 public:
  void see(const pool_event& event) {
    if (event.call != call_) end_call();
    call_ = event.call;
    switch (event.kind) {
      case POOL_EVENT_SPLIT: split_ = true; break;
      case POOL_EVENT_ALLOC: alloc(event.as.alloc); break;
      case POOL_EVENT_ALLOC_FAIL:
        ++shown_.fails;
        if (event.as.alloc_fail.reason == POOL_FAIL_FRAGMENTED) ++shown_.fragmented;
        shown_.last_failed = true;
        shown_.places.push_back(POOL_NONE);
        break;
      case POOL_EVENT_FREE:
        freed_ = true;
        shown_.last_failed = false;
        break;
      case POOL_EVENT_COALESCE:
        (event.as.coalesce.side == POOL_SIDE_LEFT ? left_ : right_) = true;
        break;
      case POOL_EVENT_DESTROY: shown_.live = event.as.destroy.live_blocks; break;
      default: break;
    }
  }
  [[nodiscard]] const Shown& shown() const { return shown_; }

 private:
  void alloc(const pool_event_alloc& e) {
    shown_.last_failed = false;
    shown_.places.push_back(e.offset);
    ++(split_ ? shown_.splits : shown_.exact);
    if (e.offset < touched_) ++shown_.reused;
    touched_ = std::max(touched_, e.offset + e.size);
  }
  void end_call() {
    if (freed_)
      ++(left_ && right_ ? shown_.both : left_ ? shown_.left : right_ ? shown_.right : shown_.none);
    split_ = freed_ = left_ = right_ = false;
  }

  u64 call_ = 0, touched_ = 0;
  bool split_ = false, freed_ = false, left_ = false, right_ = false;
  Shown shown_;
};

struct EventWant {
  WantText text;
  bool (*holds)(const Shown& shown);
};
constexpr EventWant event_wants[] = {
    {{"both-coalesce", "a free coalesces with both neighbours"},
     [](const Shown& s) { return s.both != 0; }},
    {{"left-coalesce", "a free coalesces with the left neighbour alone"},
     [](const Shown& s) { return s.left != 0; }},
    {{"right-coalesce", "a free coalesces with the right neighbour alone"},
     [](const Shown& s) { return s.right != 0; }},
    {{"no-coalesce", "a free finds both neighbours used"},
     [](const Shown& s) { return s.none != 0; }},
    {{"split", "a free block is split"}, [](const Shown& s) { return s.splits != 0; }},
    {{"exact-fit", "a free block is taken whole"}, [](const Shown& s) { return s.exact != 0; }},
    {{"reuse", "bytes that were freed are handed out again"},
     [](const Shown& s) { return s.reused != 0; }},
    {{"no-fail", "everything is served"}, [](const Shown& s) { return s.fails == 0; }},
    {{"one-fail", "exactly one allocation fails"}, [](const Shown& s) { return s.fails == 1; }},
    {{"last-fails", "the last call is an allocation that fails"},
     [](const Shown& s) { return s.last_failed; }},
    {{"fragmented", "an allocation fails though enough bytes are free"},
     [](const Shown& s) { return s.fragmented != 0; }},
    {{"leak", "a block lives at the end"}, [](const Shown& s) { return s.live != 0; }},
    {{"no-leak", "no block lives at the end"}, [](const Shown& s) { return s.live == 0; }},
};
constexpr WantText policy_wants[] = {
    {"P!=Q", "policies P and Q place some block differently, as in first!=best"},
    {"P=Q", "policies P and Q place every block alike"},
    {"P-serves", "policy P serves every request, as in best-serves"},
    {"P-fails", "policy P fails some request"},
};

constexpr auto all_texts = [] {
  std::array<WantText, std::size(event_wants) + std::size(policy_wants)> texts{};
  std::size_t i = 0;
  for (const EventWant& want : event_wants) texts[i++] = want.text;
  for (const WantText& text : policy_wants) texts[i++] = text;
  return texts;
}();

u32 policy_of(std::string_view word) {
  return event::code_of(event::Type::POLICY, word);
}

std::optional<Want> read_want(std::string_view word) {
  Want want;
  for (std::size_t i = 0; i < std::size(event_wants); ++i) {
    if (event_wants[i].text.word != word) continue;
    want.event = i;
    return want;
  }
  const auto of_two = [&](std::string_view sign, Want::Kind kind) {
    const std::size_t at = word.find(sign);
    if (at == std::string_view::npos) return false;
    want = {kind, 0, policy_of(word.substr(0, at)), policy_of(word.substr(at + sign.size()))};
    return want.policy != 0 && want.other != 0;
  };
  const auto of_one = [&](std::string_view end, Want::Kind kind) {
    if (!word.ends_with(end)) return false;
    want = {kind, 0, policy_of(word.substr(0, word.size() - end.size())), 0};
    return want.policy != 0;
  };
  const bool read = of_two("!=", Want::Kind::differ) || of_two("=", Want::Kind::alike) ||
                    of_one("-serves", Want::Kind::serves) || of_one("-fails", Want::Kind::fails);
  return read ? std::optional(want) : std::nullopt;
}

/// Runs a list under the policies that are asked about, each once.
class Runs {
 public:
  Runs(const Workload& workload, const PoolSetup& pool) : workload_(workload), pool_(pool) {}

  /// Null if there can be no such pool, or if an operation was skipped.
  const Shown* under(u32 policy) {
    const auto known = shown_.find(policy);
    if (known != shown_.end()) return &known->second;
    PoolSetup setup = pool_;
    setup.policy = policy;
    Observer observer;
    const auto outcome =
        play(workload_, setup, {"", nullptr, [&](const pool_event& event) { observer.see(event); }},
             nullptr);
    if (!outcome) wrong_ = outcome.error().what;
    if (!outcome || outcome->skipped != 0) return nullptr;
    return &(shown_[policy] = observer.shown());
  }

  bool show(const Want& want) {
    const Shown* shown = under(want.kind == Want::Kind::event ? pool_.policy : want.policy);
    if (shown == nullptr) return false;
    switch (want.kind) {
      case Want::Kind::event: return event_wants[want.event].holds(*shown);
      case Want::Kind::serves: return shown->fails == 0;
      case Want::Kind::fails: return shown->fails != 0;
      default: break;
    }
    const std::vector<u64> places = shown->places;
    const Shown* other = under(want.other);
    return other != nullptr && (places == other->places) == (want.kind == Want::Kind::alike);
  }

  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  const Workload& workload_;
  const PoolSetup& pool_;
  std::map<u32, Shown> shown_;
  std::string wrong_;
};

/// Every number that is drawn, in order: below(100) whether to allocate, unless nothing lives; then
/// below(8) for the size, or below(live) for which to free.
Workload candidate(const Recipe& recipe, u64 unit, Random& random) {
  Workload made;
  std::vector<u32> live;
  while (made.operations.size() < recipe.calls) {
    if (live.empty() || random.below(100) < allocations_in_100) {
      const u64 size = unit * (1 + random.below(sizes_drawn));
      live.push_back(made.allocations);
      made.operations.push_back({Act::alloc, made.allocations++, size});
    } else {
      const auto chosen = live.begin() + static_cast<std::ptrdiff_t>(random.below(live.size()));
      made.operations.push_back({Act::free, *chosen});
      live.erase(chosen);
    }
  }
  return made;
}

}  // namespace

std::span<const WantText> want_texts() {
  return all_texts;
}

Result<std::vector<Want>> read_wants(std::string_view text) {
  std::vector<Want> wants;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::optional<Want> want = read_want(word);
    if (!want) {
      std::string shown;
      append_printable(word.substr(0, 40), shown);
      return failure(fmt::format("'{}' cannot be wanted; --wants prints what can", shown));
    }
    wants.push_back(*want);
  }
  return wants;
}

Result<Workload> generate(const Recipe& recipe) {
  PoolSetup pool = recipe.pool;
  pool.capacity = pool.capacity.value_or(default_capacity);
  const u64 unit = std::max<u64>(*pool.capacity / units, 1);
  Random random(recipe.seed);
  for (u64 tries = 0; tries < recipe.tries; ++tries) {
    Workload made = candidate(recipe, unit, random);
    Runs runs(made, pool);
    const bool whole = runs.under(pool.policy) != nullptr;
    if (!runs.wrong().empty()) return failure(runs.wrong());
    if (whole &&
        std::ranges::all_of(recipe.wants, [&](const Want& want) { return runs.show(want); }))
      return made;
  }
  return failure(fmt::format(
      "no list of {} calls in {} bytes showed it all in {} tries: ask for less, for more --calls "
      "or for another --capacity",
      recipe.calls, *pool.capacity, recipe.tries));
}

std::string written(const Workload& workload) {
  std::string text;
  for (const Operation& operation : workload.operations) {
    if (!text.empty()) text += ',';
    text += operation.act == Act::alloc  ? fmt::format("+{}", operation.size)
            : operation.act == Act::free ? fmt::format("-{}", operation.index)
                                         : fmt::format("~{}:{}", operation.index, operation.size);
  }
  return text;
}

}  // namespace mempool::viz::search
