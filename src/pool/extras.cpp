// Pool: what guards, fill and watchers add to the work. Nothing here changes which granules are
// used; all of it is skipped by the plain calls.
#include <cstring>

#include "event/table.hpp"
#include "pool/pool.hpp"

namespace mempool {

void Pool::set_extras() {
  gate_.set_extras(guard_ != 0 || live_guards_ || settings_.fill, watch_.active());
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
  engine::write_guard(region_ + block.offset, block.front);
  engine::write_guard(region_ + block.payload + block.requested, block.back);
}

void Pool::after_place(const engine::Taken& taken, const Request& request, u64 whole) {
  const u64 offset = offset_at(taken.at);
  const u64 front = front_of(guard_);
  const u64 back = guard_ == 0 ? 0 : whole - front - request.bytes;
  const explain::Layout block{request.number, offset, whole, offset + front,
                              request.bytes,  front,  back,  guard_};
  write_guards(block);
  if (settings_.fill) std::memset(region_ + block.payload, engine::fresh_byte, block.requested);
  watch_.change(explain::Taken{block, bytes(taken.from), bytes(taken.gap), request.alignment});
}

// What the block has more of is fresh, what it has given up is freed.
void Pool::after_resize(Granule start, const explain::Layout& old, u64 rest, bool guards_intact) {
  const explain::Layout block = layout(start, record_of(start));
  if (settings_.fill) {
    const u64 old_end = old.payload + old.requested;
    const u64 end = block.payload + block.requested;
    const u64 block_end = block.offset + block.size;
    if (end > old_end) std::memset(region_ + old_end, engine::fresh_byte, end - old_end);
    if (block_end < old_end)
      std::memset(region_ + block_end, engine::freed_byte, old_end - block_end);
  }
  write_guards(block);
  watch_.change(explain::Resized{old, block, rest, guards_intact});
}

}  // namespace mempool
