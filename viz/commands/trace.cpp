// The file of a trace: its frame, its limits, and what it says of itself: see trace.hpp.
#include "commands/trace.hpp"

#include <fmt/format.h>

#include <utility>

#include "markup.hpp"
#include "model/story.hpp"

namespace mempool::viz {

// ---- the file

void TraceFile::add(std::string_view object) {
  output_.write(first_ ? "{\"traceEvents\":[\n" : ",\n");
  output_.write(object);
  first_ = false;
}

void TraceFile::close(std::string_view others) {
  if (first_) output_.write("{\"traceEvents\":[");
  output_.write("\n],\n");
  output_.write(others);
  output_.write("}\n");
}

bool TraceFile::take_slice() {
  const bool room = slices < limits.slices;
  ++(room ? slices : slices_left_out);
  return room;
}

bool TraceFile::take_instant() {
  const bool room = instants < TraceLimits::instants;
  ++(room ? instants : instants_left_out);
  return room;
}

// ---- all pools

void Trace::see(const pool_event& event) {
  if (event.pool == 0) return;
  auto found = pools_.find(event.pool);
  if (found == pools_.end()) {
    if (pools_.size() == TraceLimits::pools) {
      ++left_out_[event.pool];
      return;
    }
    found = pools_.try_emplace(event.pool, event.pool, file_).first;
  }
  found->second.see(event);
}

void Trace::finish(const std::string& name, const std::vector<std::string>& findings) {
  for (auto& [pool, trace] : pools_) trace.finish();
  make_remarks();
  std::string remarks;
  for (const auto* sentences : {&std::as_const(remarks_), &findings})
    for (const std::string& each : *sentences)
      remarks += fmt::format("{}{}", remarks.empty() ? "" : ",", json_text(each));
  file_.close(
      fmt::format("\"displayTimeUnit\":\"ns\",\"otherData\":{{\"made_by\":{},\"log\":{},"
                  "\"time\":{},\"slices\":{},\"remarks\":[{}]}}",
                  json_text("mempool-viz " MEMPOOL_VIZ_VERSION), json_text(name),
                  json_text(clock_words()), file_.slices, remarks));
}

std::string Trace::clock_words() const {
  std::size_t clocks = 0;
  for (const auto& [pool, trace] : pools_) clocks += trace.by_clock() ? 1 : 0;
  const char* const by_call = "a microsecond is a call: the log has no times (option clock)";
  const char* const by_clock = "from the log's clock; every pool begins at 0";
  if (clocks == 0) return by_call;
  if (clocks == pools_.size()) return by_clock;
  return fmt::format("in {} of {} pools {}; in the others {}", clocks, pools_.size(), by_clock,
                     by_call);
}

void Trace::make_remarks() {
  const auto say_if = [&](u64 count, const std::string& sentence) {
    if (count != 0) remarks_.push_back(sentence);
  };
  const TraceFile& f = file_;
  say_if(f.slices_left_out,
         fmt::format("{} drawn, {} left out: at most {} in all and {} at a time (--slices N; "
                     "--from A --to B choose calls)",
                     count_text(f.slices, "block"), f.slices_left_out, f.limits.slices,
                     TraceLimits::rows));
  say_if(f.instants_left_out,
         fmt::format("left out after the first {}: {} more of failures, misuse, damage and notes",
                     f.instants, f.instants_left_out));
  u64 left_out = 0;
  for (const auto& [pool, events] : left_out_) left_out += events;
  say_if(left_out, fmt::format("{} left out, with {}: at most {} in all",
                               count_text(left_out_.size(), "pool"), count_text(left_out, "event"),
                               TraceLimits::pools));
  for (const auto& [pool, trace] : pools_) {
    say_if(trace.every() > 1 ? 1 : 0,
           fmt::format("pool {}: its counters stand at one call in {} and at the last", pool,
                       trace.every()));
    say_if(trace.faults(), fmt::format("pool {}: {} contradicted those before and changed nothing",
                                       pool, count_text(trace.faults(), "event")));
    say_if(trace.turned_back(),
           fmt::format("pool {}: {} had a time before the last one's and stand at that", pool,
                       count_text(trace.turned_back(), "event")));
  }
}

}  // namespace mempool::viz
