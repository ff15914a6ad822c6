// explain: every case with the events it becomes.
#include "explain/explain.hpp"

#include "event/table.hpp"

namespace mempool::explain {

namespace {

void guard_written(const Layout& block, u32 side, u64 offset, u64 size, Sink& sink) {
  if (size == 0) return;
  pool_event event = event::make(POOL_EVENT_GUARD_WRITE);
  event.as.guard_write = {block.number, side, offset, size};
  sink.event(event);
}

void coalesced(u64 offset, u64 size, u64 with_offset, u64 with_size, u32 side, Sink& sink) {
  pool_event event = event::make(POOL_EVENT_COALESCE);
  event.as.coalesce = {offset, size, with_offset, with_size, side};
  sink.event(event);
}

}  // namespace

//  [ ....... free, from ....... ]   =>   [ front | payload | back ][ .. rest .. ]
void taken(const Layout& block, u64 from, Sink& sink) {
  if (from != block.size) {
    pool_event event = event::make(POOL_EVENT_SPLIT);
    event.as.split = {block.offset, block.size, block.offset + block.size, from - block.size};
    sink.event(event);
  }
  pool_event event = event::make(POOL_EVENT_ALLOC);
  event.as.alloc = {block.number, block.offset, block.size, block.payload, block.requested};
  sink.event(event);
  guard_written(block, POOL_SIDE_FRONT, block.offset, block.front, sink);
  guard_written(block, POOL_SIDE_BACK, block.payload + block.requested, block.back, sink);
}

void guard_checked(const GuardCheck& check, Sink& sink) {
  pool_event event = event::make(POOL_EVENT_GUARD_CHECK);
  event.as.guard_check = {check.number,  check.side,  check.offset,   check.size,
                          check.damaged, check.first, check.expected, check.found};
  sink.event(event);
}

//  [ left ][ block ][ right ]   =>   [ left ][ block + right ]   =>   [ left + block + right ]
void given(const Layout& block, u64 left, u64 right, Sink& sink) {
  pool_event event = event::make(POOL_EVENT_FREE);
  event.as.free = {block.number, block.offset, block.size};
  sink.event(event);
  const u64 end = block.offset + block.size;
  if (right != 0) {
    coalesced(block.offset, block.size + right, end, right, POOL_SIDE_RIGHT, sink);
  }
  if (left != 0) {
    coalesced(block.offset - left, left + block.size + right, block.offset - left, left,
              POOL_SIDE_LEFT, sink);
  }
}

}  // namespace mempool::explain
