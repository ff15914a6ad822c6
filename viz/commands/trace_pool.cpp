// One pool in a trace: its blocks as slices, its figures as counters, what went wrong as instants.
// The model folds the events; what is here is kept beside it. The file is trace.cpp's.
//
// Times are kept in nanoseconds: the log's, or 1000 a call, since the format counts microseconds.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "commands/trace.hpp"
#include "event/table.hpp"
#include "log/encoding.hpp"
#include "markup.hpp"
#include "model/story.hpp"
#include "view/text.hpp"

namespace mempool::viz {

namespace {

constexpr u64 most_time = (u64{1} << 53) - 1;  // a double holds it
constexpr u64 a_call = 1000;
constexpr std::size_t most_name = 80;     // characters of an instant's name
constexpr std::size_t most_event = 4096;  // bytes of the event beside it

std::string micros(u64 nanos) {
  return nanos % 1000 == 0 ? std::to_string(nanos / 1000)
                           : fmt::format("{}.{:03}", nanos / 1000, nanos % 1000);
}

/// What to call an event that is worth an instant; empty if it is not.
std::string name_of(const pool_event& event) {
  using event::Type;
  const auto& as = event.as;
  switch (static_cast<pool_event_kind>(event.kind)) {
    case POOL_EVENT_ALLOC_FAIL:
      return fmt::format("failure: {}", event::word(Type::REASON, as.alloc_fail.reason));
    case POOL_EVENT_MISUSE:
      return fmt::format("misuse: {}", event::word(Type::ERROR, as.misuse.kind));
    case POOL_EVENT_GUARD_CHECK:
      if (as.guard_check.damaged == 0) return {};
      return fmt::format("damage: {} guard of #{}", event::word(Type::SIDE, as.guard_check.side),
                         as.guard_check.block);
    case POOL_EVENT_POISON_CHECK:
      if (as.poison_check.damaged == 0) return {};
      return fmt::format("damage: write after free, {} B", as.poison_check.damaged);
    case POOL_EVENT_NOTE:
      return clip(fmt::format("note: {}", printable(as.note.text == nullptr ? "" : as.note.text)),
                  most_name);
    case POOL_EVENT_LEAK: return fmt::format("leak: #{}", as.leak.block);
    case POOL_EVENT_RESET: return "reset";
    case POOL_EVENT_GUARDS: return as.guards.enabled != 0 ? "guards on" : "guards off";
    case POOL_EVENT_DROPPED: return "events are missing";
    default: return {};
  }
}

/// The event as its line in a .jsonl log; of a long one only where it stands.
std::string details(const pool_event& event) {
  if (event::has_data(event.kind) && log::size_of_data(event) > most_event)
    return fmt::format("{{\"seq\":{},\"call\":{},\"left_out\":\"a long event\"}}", event.seq,
                       event.call);
  std::string line;
  log::write_event(log::Encoding::jsonl, event, line);
  while (line.ends_with('\n')) line.pop_back();
  return line;
}

}  // namespace

void PoolTrace::see(const pool_event& event) {
  if (finished_) return;
  if (begun_ && event.call != call_) end_call(false);
  if (event.call > file_.limits.to) return finish();
  tick(event);
  const Fault fault = model_.apply(event);
  if (!open_ && call_ >= file_.limits.from) open_window();
  if (fault != Fault::none) {
    ++faults_;
    return;
  }
  slices(event);
  if (open_) instant(event);
}

/// The time goes on; what turns back stays where it is, as viewers want.
void PoolTrace::tick(const pool_event& event) {
  if (!begun_) by_clock_ = event.time != POOL_NONE;
  begun_ = true;
  call_ = event.call;
  const u64 told = by_clock_ ? event.time : event.call;
  if (told == POOL_NONE) return;  // no time in a log with a clock: now
  const u64 now =
      by_clock_ ? std::min(told, most_time) : std::min(told, most_time / a_call) * a_call;
  if (now < time_) ++turned_back_;
  time_ = std::max(time_, now);
}

void PoolTrace::open_window() {
  open_ = true;
  const std::string name = model_.name.empty() ? "" : fmt::format(" {}", printable(model_.name));
  file_.add(
      fmt::format("{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{},\"tid\":0,"
                  "\"args\":{{\"name\":{}}}}}",
                  pool_, json_text(fmt::format("pool {}{}", pool_, name))));
  file_.add(
      fmt::format("{{\"ph\":\"M\",\"name\":\"process_labels\",\"pid\":{},\"tid\":0,"
                  "\"args\":{{\"labels\":\"{}\"}}}}",
                  pool_, by_clock_ ? "time by the log's clock" : "a microsecond is a call"));
  std::vector<Slice*> older;
  for (auto& [offset, slice] : live_) older.push_back(&slice);
  std::ranges::sort(older, {}, [](const Slice* slice) { return slice->number; });
  for (Slice* slice : older) give_row(*slice);
}

// ---- slices

void PoolTrace::slices(const pool_event& event) {
  const auto& as = event.as;
  switch (static_cast<pool_event_kind>(event.kind)) {
    case POOL_EVENT_CREATE: break;
    case POOL_EVENT_ALLOC:
      return begin(
          {as.alloc.block, as.alloc.offset, as.alloc.size, as.alloc.requested, 0, 0, {}, false});
    case POOL_EVENT_BLOCK:
      if (as.block.block == POOL_NONE || as.block.quarantined != 0) return;
      return begin(
          {as.block.block, as.block.offset, as.block.size, as.block.requested, 0, 0, {}, false});
    case POOL_EVENT_RESIZE: {
      const auto found = live_.find(as.resize.offset);
      if (found == live_.end()) return;
      Slice& slice = found->second;
      if (slice.row) write(slice, "resized");
      slice.size = as.resize.size;
      slice.requested = as.resize.requested;
      slice.call = call_;
      slice.time = time_;
      if (slice.row && !file_.take_slice()) {
        free_rows_.push(*slice.row);
        slice.row.reset();
      }
      return;
    }
    case POOL_EVENT_FREE:
      return end(as.free.offset, model_.live(as.free.block) == nullptr ? "freed" : "moved");
    case POOL_EVENT_QUARANTINE:
      return end(as.quarantine.offset,
                 model_.live(as.quarantine.block) == nullptr ? "freed" : "moved");
    case POOL_EVENT_LEAK:
      if (const auto found = live_.find(as.leak.offset); found != live_.end())
        found->second.leaked = true;
      return;
    case POOL_EVENT_RESET: return end_all("reset");
    case POOL_EVENT_SNAPSHOT: return end_all("not known: a snapshot follows");
    case POOL_EVENT_DESTROY: return end_all("the pool was destroyed");
    default: return;
  }
}

void PoolTrace::begin(const Slice& slice) {
  Slice& kept = live_[slice.offset] = slice;
  kept.call = call_;
  kept.time = time_;
  if (open_) give_row(kept);
}

/// The first row that is free; none if there are too many, or too many slices.
void PoolTrace::give_row(Slice& slice) {
  if (free_rows_.empty() && rows_.size() == TraceLimits::rows) {
    ++file_.slices_left_out;
    return;
  }
  if (!file_.take_slice()) return;
  if (free_rows_.empty()) {
    free_rows_.push(rows_.size());
    rows_.push_back(file_.new_row());
    name_thread(rows_.back(), fmt::format("blocks, row {}", rows_.size()), rows_.size());
  }
  slice.row = free_rows_.top();
  free_rows_.pop();
}

void PoolTrace::end(u64 offset, const char* why) {
  const auto found = live_.find(offset);
  if (found == live_.end()) return;
  if (found->second.row) {
    write(found->second, why);
    free_rows_.push(*found->second.row);
  }
  live_.erase(found);
}

void PoolTrace::end_all(const char* why) {
  std::vector<u64> offsets;
  for (const auto& [offset, slice] : live_) offsets.push_back(offset);
  std::ranges::sort(offsets);
  for (const u64 offset : offsets) end(offset, live_[offset].leaked ? "leaked" : why);
}

void PoolTrace::write(const Slice& slice, const char* why) {
  const std::string site = site_text(model_, slice.number);
  file_.add(fmt::format(
      "{{\"ph\":\"X\",\"name\":\"#{}\",\"cat\":\"block\",\"pid\":{},\"tid\":{},\"ts\":{},"
      "\"dur\":{},\"args\":{{\"size\":{},\"offset\":{},\"requested\":{},\"from_call\":{},"
      "\"to_call\":{},\"end\":\"{}\"{}}}}}",
      slice.number, pool_, rows_[*slice.row], micros(slice.time), micros(time_ - slice.time),
      slice.size, slice.offset, slice.requested, slice.call, call_, why,
      site.empty() ? "" : fmt::format(",\"site\":{}", json_text(site))));
}

// ---- instants and names

void PoolTrace::instant(const pool_event& event) {
  const std::string name = name_of(event);
  if (name.empty() || !file_.take_instant()) return;
  if (events_row_ == 0) {
    events_row_ = file_.new_row();
    name_thread(events_row_, "failures, damage, notes", 0);
  }
  file_.add(
      fmt::format("{{\"ph\":\"i\",\"s\":\"t\",\"name\":{},\"cat\":\"{}\",\"pid\":{},"
                  "\"tid\":{},\"ts\":{},\"args\":{}}}",
                  json_text(name), event::find(event.kind)->name, pool_, events_row_, micros(time_),
                  details(event)));
}

void PoolTrace::name_thread(u64 thread, std::string_view name, u64 place) {
  file_.add(
      fmt::format("{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{},\"tid\":{},"
                  "\"args\":{{\"name\":\"{}\"}}}}",
                  pool_, thread, name));
  file_.add(
      fmt::format("{{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":{},\"tid\":{},"
                  "\"args\":{{\"sort_index\":{}}}}}",
                  pool_, thread, place));
}

// ---- counters: the figures after a call, thinned out evenly where there are too many

void PoolTrace::end_call(bool last) {
  if (!open_ || model_.capacity == 0) return;
  ++calls_;
  if (!last && calls_ % every_ != 0) return;
  if (samples_.size() == TraceLimits::samples) thin_out();
  if (!last && calls_ % every_ != 0) return;
  samples_.push_back({call_, time_, model_.used_bytes, model_.quarantined_bytes, model_.free_bytes,
                      model_.largest_free(), model_.used_blocks});
}

/// Every other sample goes, from the first on; the newest stays.
void PoolTrace::thin_out() {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < samples_.size(); i += 2) samples_[kept++] = samples_[i];
  samples_.resize(kept);
  every_ *= 2;
}

void PoolTrace::write_counters() {
  const bool quarantine =
      std::ranges::any_of(samples_, [](const Sample& s) { return s.quarantined != 0; });
  for (const Sample& s : samples_) {
    const auto counter = [&](std::string_view name, const std::string& values) {
      file_.add(
          fmt::format("{{\"ph\":\"C\",\"name\":\"{}\",\"pid\":{},\"tid\":0,\"ts\":{},"
                      "\"args\":{{{}}}}}",
                      name, pool_, micros(s.time), values));
    };
    const double share =
        s.free == 0 ? 0 : 1 - static_cast<double>(s.largest) / static_cast<double>(s.free);
    counter("bytes", fmt::format("\"used\":{},{}\"free\":{}", s.used,
                                 quarantine ? fmt::format("\"quarantined\":{},", s.quarantined)
                                            : std::string(),
                                 s.free));
    counter("largest free block", fmt::format("\"bytes\":{}", s.largest));
    counter("live", fmt::format("\"blocks\":{}", s.blocks));
    counter("fragmentation", fmt::format("\"percent\":{:.1f}", 100 * share));
  }
}

void PoolTrace::finish() {
  if (finished_) return;
  finished_ = true;
  if (!begun_) return;
  if (open_ && (samples_.empty() || samples_.back().call != call_)) end_call(true);
  if (!by_clock_) time_ += a_call;  // a block that was taken by the last call lived for it
  end_all("live at the end");
  write_counters();
}

}  // namespace mempool::viz
