// Apply: events of the pool as a whole. It is created, told in a snapshot, reset, destroyed; and
// those that change no block.
#include "model/apply.hpp"

namespace mempool::viz {

template <class Event>
void Apply::open_pool(const Event& e) {
  m_.pool = event_.pool;
  m_.capacity = e.capacity;
  m_.align = e.align;
  m_.base_in_page = e.base % page_bytes;
  m_.policy = e.policy;
  m_.guard_size = e.guards;
  m_.fill = e.fill != 0;
  m_.poison = e.poison != 0;
  m_.quarantine = e.quarantine == POOL_NONE ? 0 : e.quarantine;
  m_.capture = e.capture != 0;
  m_.name = e.name == nullptr ? "" : e.name;
  m_.open = true;
}

Fault Apply::create(const pool_event_create& e) {
  if (m_.open || m_.destroyed) return Fault::created_twice;
  if (e.capacity == 0 || !is_power_of_two(e.align)) return Fault::bad_size;
  open_pool(e);
  m_.model = e.model == nullptr ? "" : e.model;
  m_.list = read_list_model(m_.model);
  add_free(0, e.capacity, m_.next_free_number++);
  return Fault::none;
}

/// Whose calls these are. They are not the program's own heap, and views say so.
Fault Apply::recorded(const pool_event_recorded& e) {
  m_.recorded = e.program == nullptr || *e.program == '\0' ? "a program" : e.program;
  return Fault::none;
}

/// No block is there, and what was known of each goes with it.
void Apply::forget_blocks() {
  m_.blocks_.clear();
  m_.live_.clear();
  m_.origins_.clear();
  m_.stains.clear();
  m_.free_bytes = m_.free_blocks = m_.used_bytes = m_.used_blocks = 0;
  m_.quarantined_bytes = m_.quarantined_blocks = 0;
  m_.payload_bytes = m_.guard_bytes = 0;
}

/// Starts the pool afresh; `block` events follow. What was counted before stays counted.
Fault Apply::snapshot(const pool_event_snapshot& e) {
  if (m_.destroyed) return Fault::after_destroy;
  if (e.capacity == 0 || !is_power_of_two(e.align)) return Fault::bad_size;
  forget_blocks();
  m_.told_.clear();
  m_.history_.clear();
  m_.last_check = POOL_NONE;
  m_.next_free_number = 1;
  m_.next_number = e.allocs;
  m_.cursor = POOL_NONE;
  open_pool(e);
  return Fault::none;
}

/// The next block of a snapshot: it starts where the last one ended.
Fault Apply::block(const pool_event_block& e) {
  const u64 told = m_.blocks_.empty() ? 0 : m_.blocks_.rbegin()->second.end();
  if (e.offset != told || e.size == 0 || !in_region(e.offset, e.size)) return Fault::bad_size;
  if (e.block == POOL_NONE) {
    add_free(e.offset, e.size, m_.next_free_number++);
    return Fault::none;
  }
  const u64 payload = e.payload == POOL_NONE ? e.offset : e.payload;
  const u64 requested = e.requested == POOL_NONE ? e.size : e.requested;
  const bool inside = e.offset <= payload && payload - e.offset <= e.size &&
                      requested <= e.size - (payload - e.offset);
  if (!inside) return Fault::bad_size;
  Block block;
  block.offset = e.offset;
  block.size = e.size;
  block.number = e.block;
  block.payload = payload;
  block.requested = requested;
  block.guard = guard_given(e.guard == POOL_NONE ? 0 : e.guard);
  block.quarantined = e.quarantined != 0;
  if (block.quarantined) {
    block.used = true;
    block.call = event_.call;
    count(block, true);
    m_.blocks_.insert_or_assign(e.offset, std::move(block));
    return Fault::none;
  }
  if (e.guard != POOL_NONE && e.guard != 0) {  // they are there, but nobody told their bytes
    Guards& guards = block.guards.make();
    guards.front.offset = e.offset;
    guards.front.size = payload - e.offset;
    guards.back.offset = block.payload_end();
    guards.back.size = block.end() - block.payload_end();
  }
  use(add_free(e.offset, e.size, POOL_NONE), std::move(block));
  grow_peak();
  return Fault::none;
}

Fault Apply::guards(const pool_event_guards& e) {
  if (e.ok != 0) m_.guard_size = e.guard_size;
  return Fault::none;
}

Fault Apply::reset(const pool_event_reset&) {
  for (const auto& [offset, block] : m_.blocks_)
    if (block.lives()) leave_behind(block);
  forget_blocks();
  m_.cursor = 0;
  add_free(0, m_.capacity, m_.next_free_number++);
  return Fault::none;
}

Fault Apply::leak(const pool_event_leak& e) {
  Block* block = nullptr;
  if (const Fault fault = find_live(e.block, e.offset, block); fault != Fault::none) return fault;
  ++m_.leaked_blocks;
  m_.leaked_bytes += block->requested;
  return Fault::none;
}

Fault Apply::destroy(const pool_event_destroy&) {
  m_.open = false;
  m_.destroyed = true;
  return Fault::none;
}

// ---- events that change no block

Fault Apply::misuse(const pool_event_misuse&) {
  ++m_.misuses;
  return Fault::none;
}

Fault Apply::slab(const pool_event_slab&) {
  return Fault::none;
}
Fault Apply::note(const pool_event_note&) {
  return Fault::none;
}
Fault Apply::dropped(const pool_event_dropped&) {
  return Fault::none;
}
Fault Apply::end(const pool_event_end&) {
  return Fault::none;
}

}  // namespace mempool::viz
