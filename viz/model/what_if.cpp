// Calls that were not made: see what_if.hpp.
#include "model/what_if.hpp"

#include <iterator>
#include <string>
#include <utility>

#include "event/table.hpp"
#include "model/policy.hpp"

namespace mempool::viz {

namespace {

/// Writes the events of one call, each applied at once.
class Supposed {
 public:
  explicit Supposed(Model model) : model_(std::move(model)) {
    frame_.before = model_;
    frame_.call = frame_.last_call = model_.last_call + 1;
  }

  void add(pool_event event) {
    event.pool = model_.pool;
    event.call = frame_.call;
    event.seq = model_.last_seq + 1;
    static_cast<void>(model_.apply(event));
    frame_.events.emplace_back(event);
  }
  void alloc(u64 requested);
  void free(const Block& block);
  [[nodiscard]] Frame done() {
    frame_.after = std::move(model_);
    return std::move(frame_);
  }

 private:
  void fail(u64 requested, const Wanted& wanted);
  void write_guards(const Block& block);
  void check_guard(const Block& block, const Guard& guard, u32 side);
  void coalesce(u64 offset);
  void release_oldest();

  Model model_;
  Frame frame_;
};

void Supposed::fail(u64 requested, const Wanted& wanted) {
  pool_event event = event::make(POOL_EVENT_ALLOC_FAIL);
  pool_event_alloc_fail& e = event.as.alloc_fail;
  e.block = model_.next_number;
  e.requested = requested;
  e.needed = wanted.needed;
  e.free = model_.free_bytes;
  e.largest = model_.largest_free();
  e.reason = e.needed > model_.capacity ? POOL_FAIL_TOO_LARGE
             : e.free < e.needed        ? POOL_FAIL_FULL
                                        : POOL_FAIL_FRAGMENTED;
  add(event);
}

//  [ ......... chosen ......... ]   =>   [ front | payload | back ][ rest ]
void Supposed::alloc(u64 requested) {
  const u64 needed = whole_block(model_, requested, model_.guard_size);
  const Wanted wanted = wanted_in(model_, needed, POOL_NONE);
  const auto chosen = [&] {
    return choose(model_.policy, free_list(model_), wanted, model_.cursor);
  };
  const bool can_be = needed <= model_.capacity;
  while (can_be && chosen() == nullptr && model_.quarantined_blocks != 0) release_oldest();
  const Block* from = can_be ? chosen() : nullptr;
  if (from == nullptr) return fail(requested, wanted);
  const Block found = *from;
  if (found.size > needed) {
    pool_event event = event::make(POOL_EVENT_SPLIT);
    event.as.split = {found.offset, needed, found.offset + needed, found.size - needed};
    add(event);
  }
  pool_event event = event::make(POOL_EVENT_ALLOC);
  pool_event_alloc& e = event.as.alloc;
  e.block = model_.next_number;
  e.offset = found.offset;
  e.size = needed;
  e.payload = found.offset + front_bytes(model_, model_.guard_size);
  e.requested = requested;
  add(event);
  if (const Block* block = model_.live(event.as.alloc.block)) write_guards(Block(*block));
}

void Supposed::write_guards(const Block& block) {
  if (model_.guard_size == 0) return;
  const auto written = [&](u32 side, u64 offset, u64 size) {
    pool_event event = event::make(POOL_EVENT_GUARD_WRITE);
    event.as.guard_write.block = block.number;
    event.as.guard_write.side = side;
    event.as.guard_write.offset = offset;
    event.as.guard_write.size = size;
    add(event);
  };
  written(POOL_SIDE_FRONT, block.offset, block.payload - block.offset);
  written(POOL_SIDE_BACK, block.payload_end(), block.end() - block.payload_end());
}

/// As far as the log tells what the guard holds.
void Supposed::check_guard(const Block& block, const Guard& guard, u32 side) {
  if (guard.size == 0) return;
  pool_event event = event::make(POOL_EVENT_GUARD_CHECK);
  event.as.guard_check.block = block.number;
  event.as.guard_check.side = side;
  event.as.guard_check.offset = guard.offset;
  event.as.guard_check.size = guard.size;
  event.as.guard_check.damaged = guard.damaged;
  if (guard.damaged != 0) event.as.guard_check.first = guard.first;
  add(event);
}

void Supposed::free(const Block& block) {
  check_guard(block, block.front(), POOL_SIDE_FRONT);
  check_guard(block, block.back(), POOL_SIDE_BACK);
  const bool waits = model_.quarantine != 0 && block.size <= model_.quarantine;
  pool_event event = event::make(waits ? POOL_EVENT_QUARANTINE : POOL_EVENT_FREE);
  if (waits)
    event.as.quarantine = {block.number, block.offset, block.size};
  else
    event.as.free = {block.number, block.offset, block.size};
  add(event);
  if (!waits) return coalesce(block.offset);
  while (model_.quarantined_bytes > model_.quarantine) release_oldest();
}

void Supposed::release_oldest() {
  const Block oldest = *model_.in_quarantine().front();
  pool_event event = event::make(POOL_EVENT_RELEASE);
  event.as.release = {oldest.number, oldest.offset, oldest.size};
  add(event);
  coalesce(oldest.offset);
}

//  [ left ][ freed ][ right ]   =>   [ left ][ ... freed ... ]   =>   [ ....... left ....... ]
void Supposed::coalesce(u64 offset) {
  if (!model_.coalesces()) return;
  const auto unite = [this](const Block& low, const Block& high, bool to_left) {
    pool_event event = event::make(POOL_EVENT_COALESCE);
    pool_event_coalesce& e = event.as.coalesce;
    e.offset = low.offset;
    e.size = low.size + high.size;
    e.with_offset = to_left ? low.offset : high.offset;
    e.with_size = to_left ? low.size : high.size;
    e.side = to_left ? POOL_SIDE_LEFT : POOL_SIDE_RIGHT;
    add(event);
  };
  auto it = model_.blocks().find(offset);
  const auto right = std::next(it);
  if (right != model_.blocks().end() && !right->second.used)
    unite(Block(it->second), Block(right->second), false);
  it = model_.blocks().find(offset);
  if (it == model_.blocks().begin()) return;
  const auto left = std::prev(it);
  if (!left->second.used) unite(Block(left->second), Block(it->second), true);
}

}  // namespace

Frame if_allocated(const Model& model, u64 requested, std::optional<u32> policy) {
  Model before = model;
  if (policy) before.policy = *policy;
  Supposed supposed(std::move(before));
  supposed.alloc(requested);
  return supposed.done();
}

Result<Frame> if_freed(const Model& model, u64 number) {
  const Block* block = model.live(number);
  if (block == nullptr)
    return failure("there is no live block #" + std::to_string(number) + " at this moment");
  Supposed supposed(model);
  supposed.free(Block(*block));
  return supposed.done();
}

}  // namespace mempool::viz
