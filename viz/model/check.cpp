// check: hands every pool its events, and turns the first broken rule into a sentence.
#include "model/check.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "event/table.hpp"
#include "model/pool_check.hpp"

namespace mempool::viz {

namespace {

class Checker {
 public:
  Checker(log::Reader& reader, const CheckOptions& options) : reader_(reader), options_(options) {}

  void see(const pool_event& event);
  CheckResult finish();
  [[nodiscard]] bool broken() const { return result_.broken.has_value(); }

 private:
  struct Pool {
    explicit Pool(bool ours) : check(ours) {}
    PoolCheck check;
    u64 unknown = 0;  // events of unknown kind up to its last event
    u64 line = 0;     // of its last event
    u64 call = 0;
  };
  void see_end(const pool_event_end& e);
  void breaks(u64 line, const std::string& where, const Broken& broken);

  log::Reader& reader_;
  const CheckOptions& options_;
  std::map<u32, Pool> pools_;
  bool ended_ = false;
  CheckResult result_;
};

std::string kind_name(u32 code) {
  const event::Kind* kind = event::find(code);
  return kind == nullptr ? "?" : std::string(kind->name);
}

void Checker::breaks(u64 line, const std::string& where, const Broken& broken) {
  result_.broken_line = line;
  result_.broken =
      fmt::format("{} {} ({}): {}", reader_.findings().unit, line, where, text(broken));
}

void Checker::see(const pool_event& event) {
  const u64 line = reader_.findings().lines;
  if (event.kind == POOL_EVENT_END) {
    see_end(event.as.end);
    ++result_.events;
    return;
  }
  ++result_.events;
  Pool& pool = pools_.try_emplace(event.pool, options_.policy).first->second;
  const auto where = [&] {
    return fmt::format("pool {}, call {}, {}", event.pool, event.call, kind_name(event.kind));
  };
  if (ended_) return breaks(line, where(), {Rule::opening, "the log was ended before"});
  const u64 unknown = reader_.findings().unknown_events;
  const Verified broken = pool.check.see(event, unknown - std::exchange(pool.unknown, unknown));
  if (broken && pool.check.broke_at_end_of_call())
    return breaks(pool.line, fmt::format("pool {}, end of call {}", event.pool, pool.call),
                  *broken);
  if (broken) return breaks(line, where(), *broken);
  pool.line = line;
  pool.call = event.call;
}

/// The log's own last event counts the events of all pools. Lines that could not be read are the
/// reader's to report; with them the count says nothing.
void Checker::see_end(const pool_event_end& e) {
  const u64 line = reader_.findings().lines;
  if (ended_) return breaks(line, "the log, end", {Rule::opening, "the log was ended before"});
  ended_ = true;
  if (reader_.findings().damaged != 0) return;
  const u64 events = result_.events + reader_.findings().unknown_events;
  if (e.events != events)
    breaks(line, "the log, end",
           {Rule::counts, fmt::format("events: {} said, {} counted", e.events, events)});
}

CheckResult Checker::finish() {
  if (!broken() && pools_.empty())
    breaks(reader_.findings().lines, "the log", {Rule::opening, "there is no event to check"});
  for (auto& [number, pool] : pools_) {
    // The last call of a log that was cut may be cut, too: only what was seen is held against it.
    const bool whole = ended_ || pool.check.model().destroyed;
    if (!broken() && whole)
      if (const Verified verified = pool.check.finish())
        breaks(pool.line, fmt::format("pool {}, end of call {}", number, pool.call), *verified);
    if (const std::string rules = pool.check.left_out(); options_.policy && !rules.empty())
      result_.left_out.push_back(fmt::format("pool {} {}", number, rules));
    result_.calls += pool.check.calls();
    result_.unchecked += pool.check.unchecked();
    result_.live_blocks += pool.check.model().used_blocks;
    result_.live_bytes += pool.check.model().payload_bytes;
  }
  result_.pools = pools_.size();
  return std::move(result_);
}

}  // namespace

CheckResult check(log::Reader& reader, const CheckOptions& options, const Progress& progress) {
  Checker checker(reader, options);
  pool_event event;
  for (ReadProgress tell(reader, progress); !checker.broken() && reader.next(event);) {
    checker.see(event);
    tell();
  }
  return checker.finish();
}

}  // namespace mempool::viz
