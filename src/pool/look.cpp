// Pool: looking without touching: walk, check, statistics, what a pointer is; and the bytes and
// blocks that events show.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/check.hpp"
#include "event/table.hpp"
#include "pool/pool.hpp"

namespace mempool {

namespace {
constexpr u64 most_bytes_told = u64{1} << 20;  // of one dump or note
constexpr u64 most_bytes_an_event = 4096;
}  // namespace

bool Pool::owns(const void* pointer) const {
  return locate(pointer) != engine::no_granule;
}

u64 Pool::requested_size(const void* pointer) const {
  const Granule start = locate(pointer);
  if (start == engine::no_granule) {
    errno = EINVAL;
    return 0;
  }
  return layout(start, record_of(start)).requested;
}

void Pool::statistics(pool_statistics& stats) {
  stats.capacity = capacity_;
  stats.free = bytes(engine_.free_granules());
  stats.largest = bytes(engine_.largest());
  stats.live_blocks = live_blocks_;
  stats.live_bytes = live_bytes_;
  stats.peak_bytes = peak_bytes_;
  stats.allocs = allocs();
  stats.frees = frees();
  stats.failures = failures_;
  stats.misuse = misuses_;
  stats.metadata_bytes = metadata_bytes_ + slab_.record_bytes() + sizeof(MemoryPool);
  stats.record_bytes = slab_.record_bytes();
  stats.events_dropped = lost_events_ + (watch_.file ? watch_.file->dropped() : 0) +
                         (recording_.file ? recording_.file->dropped() : 0);
}

int Pool::walk(pool_walk_fn fn, void* user) {
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    pool_block block{};
    block.struct_size = sizeof block;
    block.offset = offset_at(at);
    block.size = bytes(engine_.size_at(at));
    block.number = block.payload_offset = POOL_NONE;
    if (!engine_.is_free_start(at)) {
      const engine::Record& record = record_of(at);
      const explain::Layout used = layout(at, record);
      block.used = 1;
      block.number = used.number;
      block.payload_offset = used.payload;
      block.requested = used.requested;
      block.guard = record.guard;
      block.payload = region_ + used.payload;
    }
    int answer = 0;
    gate_.run([&] { answer = fn(&block, user); });
    if (answer != 0) return answer;
  }
  return 0;
}

int Pool::check(pool_report_fn fn, void* user) {
  begin_call();
  count_call();
  u64 violations = 0;
  const auto violation = [&](const pool_report& report) {
    ++violations;
    if (fn != nullptr) gate_.run([&] { fn(&report, user); });
  };
  if (const auto broken = engine::check(engine_, slab_, live_blocks_)) {
    pool_report report = new_report(POOL_ERROR_METADATA);
    report.region_offset = offset_at(broken->at);
    violation(report);
  } else {  // guards are looked for where the bookkeeping says they are
    each_live([&](Granule start, const engine::Record& record) {
      const explain::Layout block = layout(start, record);
      const Findings findings = check_guards(block);
      tell_guard_checks(findings, true);
      if (findings.front.check.damaged != 0) violation(damage_report(block, findings.front));
      if (findings.back.check.damaged != 0) violation(damage_report(block, findings.back));
    });
  }
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_CHECK);
    event.as.check = {live_blocks_, violations};
    watch_.event(event);
    watch_.end_call();
  }
  return static_cast<int>(std::min<u64>(violations, 0x7FFFFFFF));
}

// Neighbouring live blocks are told together, at most 4096 bytes an event and 1 MiB a call; the
// last event says what was left out.
void Pool::tell_bytes() {
  u64 live = 0;
  each_live([&](Granule start, const engine::Record&) { live += bytes(engine_.size_at(start)); });
  u64 left = std::min(live, most_bytes_told);
  const u64 left_out = live - left;
  for (Granule at = engine_.begin(); at < engine_.wilderness() && left != 0;) {
    if (engine_.is_free_start(at)) {
      at = engine_.after(at);
      continue;
    }
    u64 offset = offset_at(at);
    while (at < engine_.wilderness() && !engine_.is_free_start(at)) at = engine_.after(at);
    const u64 end = std::min(offset_at(at), offset + left);
    while (offset != end) {
      const u64 size = std::min(end - offset, most_bytes_an_event);
      left -= size;
      pool_event event = event::make(POOL_EVENT_BYTES);
      event.as.bytes = {offset, {region_ + offset, size}, POOL_NONE};
      if (left == 0 && left_out != 0) event.as.bytes.left_out = left_out;
      watch_.event(event);
      offset += size;
    }
  }
}

}  // namespace mempool
