// Pool: looking without touching: walk, statistics, what a pointer is; and the bytes that events
// show.
#include <algorithm>
#include <cerrno>
#include <cstring>

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
  stats.metadata_bytes = metadata_bytes_ + slab_.record_bytes() + sizeof(MemoryPool) +
                         sites_.bytes() + quarantine_.metadata_bytes();
  stats.record_bytes = slab_.record_bytes();
  stats.quarantined_bytes = quarantine_.bytes();
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
      block.used = record.quarantined ? 2 : 1;
      block.number = used.number;
      block.payload_offset = used.payload;
      block.requested = used.requested;
      block.guard = record.guard;
      block.payload = record.quarantined ? nullptr : region_ + used.payload;
    }
    int answer = 0;
    gate_.run([&] { answer = fn(&block, user); });
    if (answer != 0) return answer;
  }
  return 0;
}

// Neighbouring live blocks are told together, at most 4096 bytes an event and 1 MiB a call; the
// last event says what was left out.
void Pool::tell_bytes() {
  open_region_to_readers();
  u64 live = 0;
  each_live([&](Granule start, const engine::Record&) { live += bytes(engine_.size_at(start)); });
  u64 left = std::min(live, most_bytes_told);
  const u64 left_out = live - left;
  for (Granule at = engine_.begin(); at < engine_.wilderness() && left != 0;) {
    if (!is_live(at)) {
      at = engine_.after(at);
      continue;
    }
    u64 offset = offset_at(at);
    while (at < engine_.wilderness() && is_live(at)) at = engine_.after(at);
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
  close_region_to_readers();
}

/// What has changed since it was last told, whoever wrote it.
void Pool::tell_captured() {
  if (!watch_.active()) return;
  open_region_to_readers();
  capture_.changes(region_, [&](u64 offset, u64 size) {
    pool_event event = event::make(POOL_EVENT_BYTES);
    event.as.bytes = {offset, {region_ + offset, size}, POOL_NONE};
    watch_.event(event);
  });
  close_region_to_readers();
}

}  // namespace mempool
