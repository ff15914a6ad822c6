// Pool: what guards, fill and watchers add to the work. Nothing here changes which granules are
// used; all of it is skipped by the plain calls.
#include <cstring>

#include "event/table.hpp"
#include "pool/pool.hpp"

namespace mempool {

void Pool::set_extras() {
  looks_around_ = settings_.check_every || capture_.active();
  const bool careful = guard_ != 0 || live_guards_ || settings_.fill || settings_.poison ||
                       settings_.quarantine != 0 || looks_around_ || tracker_.active();
  if (careful || watch_.told()) sites_.open(slab_.capacity());
  gate_.set_extras(careful, watch_.active());
}

void Pool::keep_site(Granule start, u64 number) {
  const engine::Record& record = record_of(start);
  sites_.tell(slab_.index_of(record), number,
              {watch_.change_seq(), asked_for_.file, asked_for_.line});
  if (asked_for_.file == nullptr || !watch_.active()) return;
  pool_event event = event::make(POOL_EVENT_SITE);
  event.as.site = {number, asked_for_.file, asked_for_.line};
  watch_.event(event);
}

explain::Layout Pool::layout(Granule start, const engine::Record& record) const {
  return layout(start, record, bytes(engine_.size_at(start)));
}

explain::Layout Pool::layout(Granule start, const engine::Record& record, u64 size) const {
  const u64 offset = offset_at(start);
  const u64 front = front_of(record.guard);
  return {record.number,
          offset,
          size,
          offset + front,
          size - front - record.slack,
          front,
          record.guard != 0 ? record.slack : u64{0},
          record.guard};
}

void Pool::write_guards(const explain::Layout& block) {
  if (block.guard == 0) return;
  tracker_.unlock(region_ + block.offset, block.size);
  std::memset(region_ + block.offset, engine::guard_byte, block.front);
  std::memset(region_ + block.payload + block.requested, engine::guard_byte, block.back);
  tracker_.lock(region_ + block.offset, block.front);
  tracker_.lock(region_ + block.payload + block.requested, block.back);
}

void Pool::after_place(const engine::Taken& taken, const Request& request, u64 whole) {
  const u64 offset = offset_at(taken.at);
  const u64 front = front_of(guard_);
  const u64 back = guard_ == 0 ? 0 : whole - front - request.bytes;
  const explain::Layout block{request.number, offset, whole, offset + front,
                              request.bytes,  front,  back,  guard_};
  write_guards(block);
  tracker_.take(region_ + block.payload, block.requested);
  if (settings_.fill) std::memset(region_ + block.payload, engine::fresh_byte, block.requested);
  watch_.change(explain::Taken{block, bytes(taken.from), bytes(taken.gap), request.alignment});
  if (sites_.active()) keep_site(taken.at, request.number);
}

// What the block has more of is fresh, what it has given up is freed.
void Pool::after_resize(Granule start, const explain::Layout& old, u64 rest, bool guards_intact) {
  const explain::Layout block = layout(start, record_of(start));
  const u64 old_end = old.payload + old.requested;
  const u64 end = block.payload + block.requested;
  const u64 block_end = block.offset + block.size;
  tracker_.resize(region_ + block.payload, old.requested, block.requested);
  if (settings_.fill && end > old_end)
    std::memset(region_ + old_end, engine::fresh_byte, end - old_end);
  if (settings_.fill && block_end < old_end && !settings_.poison)
    std::memset(region_ + block_end, engine::freed_byte, old_end - block_end);
  write_guards(block);
  if (block.guard == 0) tracker_.lock(region_ + end, block_end - end);
  if (block_end < old.offset + old.size) wipe(block_end, old.offset + old.size - block_end);
  watch_.change(explain::Resized{old, block, rest, guards_intact});
  if (sites_.active() && asked_for_.file != nullptr) keep_site(start, block.number);
}

/// Free bytes and guards, too, may be read: for dumps and events that carry bytes.
void Pool::open_region_to_readers() const {
  tracker_.unlock(region_, capacity_);
}

/// Payloads stay open, all else is closed to the program again.
void Pool::close_region_to_readers() const {
  if (!tracker_.active()) return;
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    const u64 offset = offset_at(at);
    const u64 size = bytes(engine_.size_at(at));
    if (!is_live(at)) {
      tracker_.lock(region_ + offset, size);
      continue;
    }
    const explain::Layout block = layout(at, record_of(at));
    const u64 end = block.payload + block.requested;
    tracker_.lock(region_ + offset, block.front);
    tracker_.lock(region_ + end, offset + size - end);
  }
}

}  // namespace mempool
