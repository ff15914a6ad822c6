// Facts of calls while they go by: see facts.hpp.
#include "step/facts.hpp"

#include <algorithm>
#include <array>

#include "event/table.hpp"

namespace mempool::viz::step {

namespace {

/// The field that names the block an event is about, by kind; nullptr: there is none.
const event::Field* number_field(u32 kind) {
  static const auto fields = [] {
    std::array<const event::Field*, std::size(event::kinds) + 1> found{};
    for (const event::Kind& each : event::kinds)
      for (const event::Field& field : each.fields)
        if (field.name == "block") found[each.code] = &field;
    return found;
  }();
  return kind < fields.size() ? fields[kind] : nullptr;
}

void name_block(CallFacts& facts, u64 number) {
  if (number == POOL_NONE) return;
  if (std::ranges::find(facts.numbers, number) == facts.numbers.end())
    facts.numbers.push_back(number);
}

void about(CallFacts& facts, u64 number, u64 requested) {
  facts.number = number;
  facts.requested = requested;
}

/// The bytes of a region that an event may take from the free blocks, or give to them.
Written range_of(const pool_event& event) {
  switch (event.kind) {
    case POOL_EVENT_ALLOC: return {event.as.alloc.offset, event.as.alloc.size};
    case POOL_EVENT_SPLIT:
      return {event.as.split.offset, add_saturating(event.as.split.size, event.as.split.rest_size)};
    case POOL_EVENT_FREE: return {event.as.free.offset, event.as.free.size};
    case POOL_EVENT_QUARANTINE: return {event.as.quarantine.offset, event.as.quarantine.size};
    case POOL_EVENT_RELEASE: return {event.as.release.offset, event.as.release.size};
    case POOL_EVENT_COALESCE: return {event.as.coalesce.offset, event.as.coalesce.size};
    case POOL_EVENT_RESIZE: {
      const pool_event_resize& e = event.as.resize;
      return {e.offset, std::max(e.old_size, add_saturating(e.size, e.rest_size))};
    }
    default: return {};
  }
}

}  // namespace

void take(CallFacts& facts, const pool_event& event, const Model& before) {
  if (facts.kinds == 0) facts.first_seq = event.seq;
  facts.last_seq = event.seq;
  facts.call = event.call;
  facts.kinds |= u64{1} << (event.kind & 63);
  if (const event::Field* field = number_field(event.kind))
    name_block(facts, event::get<u64>(event, *field));
  switch (event.kind) {
    case POOL_EVENT_ALLOC:
      facts.realloc = facts.realloc || before.live(event.as.alloc.block) != nullptr;
      return about(facts, event.as.alloc.block, event.as.alloc.requested);
    case POOL_EVENT_ALLOC_FAIL:
      facts.realloc = before.live(event.as.alloc_fail.block) != nullptr;
      return about(facts, event.as.alloc_fail.block, event.as.alloc_fail.requested);
    case POOL_EVENT_RESIZE:
      facts.realloc = true;
      return about(facts, event.as.resize.block, event.as.resize.requested);
    case POOL_EVENT_FREE:
    case POOL_EVENT_QUARANTINE: {
      const bool waits = event.kind == POOL_EVENT_QUARANTINE;
      const u64 number = waits ? event.as.quarantine.block : event.as.free.block;
      if (facts.realloc && facts.number == number) return;  // the old place of a block that moves
      const Block* block = before.live(number);
      return about(facts, number, block == nullptr ? POOL_NONE : block->requested);
    }
    case POOL_EVENT_GUARD_CHECK:
      facts.guard = facts.guard || event.as.guard_check.damaged != 0;
      facts.damage = facts.damage || facts.guard;
      return;
    case POOL_EVENT_POISON_CHECK:
      facts.damage = facts.damage || event.as.poison_check.damaged != 0;
      return;
    case POOL_EVENT_BYTES:
      facts.told.push_back({event.as.bytes.offset, event.as.bytes.hex.size});
      return;
    default: return;
  }
}

// ---- sizes of free blocks

void FreeSizes::begin(const Model& model) {
  sizes_.clear();
  for (const auto& [offset, block] : model.blocks())
    if (!block.used) ++sizes_[block.size];
}

/// Every free block that lies in, or next to, what is touched.
void FreeSizes::count(const Model& model, bool in) {
  auto it = model.blocks().upper_bound(touched_);
  for (int back = 0; back < 2 && it != model.blocks().begin(); ++back) --it;
  for (; it != model.blocks().end() && it->first <= touched_end_; ++it) {
    const Block& block = it->second;
    if (block.used || block.end() < touched_) continue;
    if (in) {
      ++sizes_[block.size];
    } else if (const auto found = sizes_.find(block.size); found != sizes_.end()) {
      if (--found->second == 0) sizes_.erase(found);
    }
  }
}

void FreeSizes::before(const pool_event& event, const Model& model) {
  const Written range = range_of(event);
  everything_ = event.kind == POOL_EVENT_CREATE || event.kind == POOL_EVENT_RESET ||
                event.kind == POOL_EVENT_SNAPSHOT || event.kind == POOL_EVENT_BLOCK;
  touched_ = range.offset;
  touched_end_ = add_saturating(range.offset, range.size);
  if (range.size != 0 && !everything_) count(model, false);
}

void FreeSizes::after(const Model& model) {
  if (everything_) return begin(model);
  if (touched_end_ != touched_) count(model, true);
}

// ---- gathering

void Gather::begin(const Model& model) {
  if (measure_) sizes_.begin(model);
  pending_ = false;
  facts_ = CallFacts();
  start(model);
}

void Gather::event(const pool_event& event, const Model& before) {
  if (measure_) {
    if (pending_) sizes_.after(before);  // of the event before this one
    sizes_.before(event, before);
    pending_ = true;
  }
  take(facts_, event, before);
}

bool Gather::end_of_call(u64, const Model& after) {
  if (measure_ && pending_) sizes_.after(after);
  pending_ = false;
  const bool goes_on = judge(facts_, after);
  facts_ = CallFacts();
  return goes_on;
}

}  // namespace mempool::viz::step
