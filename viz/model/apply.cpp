// Apply: what each event does to the blocks, their numbers and the sums.
//
// How free blocks get their numbers: the first is f1; the rest of a split keeps the number, so
// that f8 stays f8 while blocks are cut off its low end; coalescing keeps the number of the left
// part. Any other freed block takes the next number, and gives it back if it is gone before the
// call is over: a block that coalesces to the left, the part of a split that is handed out.
#include "model/apply.hpp"

#include <algorithm>

namespace mempool::viz {

Fault Model::apply(const pool_event& event) {
  if (event.call != last_call) found_ = 0;
  const Fault fault = Apply(*this, event).run();
  last_seq = event.seq;
  last_call = event.call;
  return fault;
}

Fault Apply::run() {
  switch (static_cast<pool_event_kind>(event_.kind)) {
    case POOL_EVENT_CREATE:
    case POOL_EVENT_SNAPSHOT:
    case POOL_EVENT_DROPPED:
    case POOL_EVENT_END: break;
    default:
      if (m_.destroyed) return Fault::after_destroy;
      if (!m_.open) return Fault::no_pool;
  }
  switch (static_cast<pool_event_kind>(event_.kind)) {
#define POOL_CASE_(NAME, name, code, says) \
  case POOL_EVENT_##NAME: return name(event_.as.name);
    POOL_EVENTS(POOL_CASE_)
#undef POOL_CASE_
  }
  return Fault::none;  // a kind that a newer minor version has: it changes nothing we know
}

// ---- small parts

bool Apply::in_region(u64 offset, u64 size) const {
  return offset <= m_.capacity && size <= m_.capacity - offset;
}

/// Adds a block to the sums, or takes it out of them.
void Apply::count(const Block& block, bool in) {
  const u64 one = in ? 1 : u64_max;  // u64_max: adding it subtracts one
  u64& bytes = block.quarantined ? m_.quarantined_bytes
               : block.used      ? m_.used_bytes
                                 : m_.free_bytes;
  u64& blocks = block.quarantined ? m_.quarantined_blocks
                : block.used      ? m_.used_blocks
                                  : m_.free_blocks;
  bytes += one * block.size;
  blocks += one;
  if (!block.used || block.quarantined) return;
  m_.payload_bytes += one * block.requested;
  m_.guard_bytes += one * (block.front().size + block.back().size);
}

Block Apply::free_block(u64 offset, u64 size, u64 number) const {
  Block block;
  block.offset = offset;
  block.size = size;
  block.number = number;
  block.call = event_.call;
  block.payload = m_.next_listed++;
  return block;
}

Apply::It Apply::add_free(u64 offset, u64 size, u64 number) {
  Block block = free_block(offset, size, number);
  count(block, true);
  return m_.blocks_.insert_or_assign(offset, std::move(block));
}

/// A free block becomes this used one, which lies exactly in its place.
void Apply::use(It free_block, Block block) {
  block.used = true;
  block.call = event_.call;
  count(free_block->second, false);
  give_back_number(free_block->second);
  count(block, true);
  m_.live_.set(block.number, m_.blocks_.handle(free_block));
  free_block->second = std::move(block);
}

/// A number that was taken in this call for a free block that is already gone was never seen.
void Apply::give_back_number(const Block& block) {
  if (block.number + 1 == m_.next_free_number && block.call == event_.call) --m_.next_free_number;
}

void Apply::grow_peak() {
  if (m_.payload_bytes <= m_.peak_payload) return;
  m_.peak_payload = m_.payload_bytes;
  m_.peak_call = event_.call;
}

/// The block that starts at offset, if it is the live one that the event means.
Fault Apply::find_live(u64 number, u64 offset, Block*& found) {
  const u32 live = m_.live_.find(number);
  if (live != NumberTable::none && m_.blocks_[live].offset == offset) {
    found = &m_.blocks_[live];
    return Fault::none;
  }
  // A block that moves has its number twice; the table leads to its new place.
  const It it = m_.blocks_.find(offset);
  if (it == m_.blocks_.end()) return Fault::no_such_block;
  found = &it->second;
  const bool lives = found->used && !found->quarantined && found->number == number;
  return lives ? Fault::none : Fault::wrong_use;
}

// ---- free memory: cut it, unite it

//  [ ..... block ..... ]   =>   [ kept, the next number ][ rest, keeps its number ]
Apply::It Apply::cut(It it, u64 kept) {
  Block& low = it->second;
  count(low, false);
  const u64 rest = low.size - kept;
  const u64 number = low.number, listed = low.listed(), low_end = low.offset + kept;
  low.size = kept;
  low.number = m_.next_free_number++;
  low.call = event_.call;
  count(low, true);
  const It it_rest = add_free(low_end, rest, number);
  it_rest->second.payload = listed;
  --m_.next_listed;
  return it_rest;
}

//  [ left ][ right ]   =>   [ left, keeps its number ]      and it is listed anew
Apply::It Apply::unite(It left, It right) {
  left->second.payload = std::max(left->second.listed(), right->second.listed());
  count(left->second, false);
  count(right->second, false);
  left->second.size += right->second.size;
  left->second.call = event_.call;
  count(left->second, true);
  m_.blocks_.erase(right);
  return left;
}

/// The first of the free blocks, without a gap between them, that hold the range; end() if used
/// bytes lie in it. More than one are an allocator's that coalesces without telling.
Apply::It Apply::free_run(u64 offset, u64 size) {
  auto first = m_.blocks_.upper_bound(offset);
  if (first == m_.blocks_.begin()) return m_.blocks_.end();
  --first;
  u64 reached = first->second.offset;
  for (auto it = first; it != m_.blocks_.end(); ++it) {
    if (it->second.used || it->second.offset != reached) break;
    reached = it->second.end();
    if (reached >= offset + size) return first;
  }
  return m_.blocks_.end();
}

//  [ ........ free ........ ]   =>   [ gap ][ offset, size ][ rest ]
Apply::It Apply::carve(It it, u64 offset, u64 size) {
  while (it->second.end() < offset + size) it = unite(it, std::next(it));
  if (it->second.offset < offset) it = cut(it, offset - it->second.offset);
  if (it->second.size > size) {
    cut(it, size);
    it = m_.blocks_.find(offset);
  }
  return it;
}

Fault Apply::split(const pool_event_split& e) {
  const auto it = m_.blocks_.find(e.offset);
  if (it == m_.blocks_.end()) return Fault::no_such_block;
  const Block& block = it->second;
  if (block.used) return Fault::wrong_use;
  const bool adds_up = e.size != 0 && e.size < block.size && e.rest_size == block.size - e.size &&
                       e.rest_offset == e.offset + e.size;
  if (!adds_up) return Fault::bad_size;
  cut(it, e.size);
  return Fault::none;
}

Fault Apply::coalesce(const pool_event_coalesce& e) {
  const auto left = m_.blocks_.find(e.offset);
  if (left == m_.blocks_.end()) return Fault::no_such_block;
  const auto right = std::next(left);
  if (right == m_.blocks_.end()) return Fault::no_such_block;
  if (left->second.used || right->second.used) return Fault::wrong_use;
  const bool to_left = e.side == POOL_SIDE_LEFT;
  const Block& with = to_left ? left->second : right->second;
  const bool adds_up = left->second.end() == right->second.offset &&
                       e.size == left->second.size + right->second.size &&
                       with.offset == e.with_offset && with.size == e.with_size;
  if (!adds_up) return Fault::bad_size;
  if (to_left) give_back_number(right->second);
  unite(left, right);
  return Fault::none;
}

// ---- blocks taken and given back

Fault Apply::alloc(const pool_event_alloc& e) {
  if (e.size == 0 || !in_region(e.offset, e.size)) return Fault::bad_size;
  const bool inside = e.offset <= e.payload && e.payload - e.offset <= e.size &&
                      e.requested <= e.size - (e.payload - e.offset);
  if (!inside) return Fault::bad_size;
  const auto run = free_run(e.offset, e.size);
  if (run == m_.blocks_.end()) return Fault::overlap;
  const auto it = carve(run, e.offset, e.size);

  Block block;
  block.offset = e.offset;
  block.size = e.size;
  block.number = e.block;
  block.payload = e.payload;
  block.requested = e.requested;
  block.guard = guard_given(m_.guard_size);
  block.filled = m_.fill;
  m_.told_.forget(e.offset, e.size);
  forget_stains(e.offset, e.size);
  // A number that lives already: the block moves, and until its `free` there are two of it.
  const Block* old = m_.live(e.block);
  if (old != nullptr) move_payload(*old, block);
  ++(old == nullptr ? m_.allocs : m_.reallocs);
  use(it, std::move(block));
  m_.cursor = e.offset + e.size;
  m_.next_number = std::max(m_.next_number, add_saturating(e.block, 1));
  grow_peak();
  return Fault::none;
}

/// pool_realloc() copies the payload, so what is known of it is known of the copy.
void Apply::move_payload(const Block& from, Block& to) {
  m_.told_.copy(from.payload, to.payload, std::min(from.requested, to.requested));
  to.filled = to.filled && from.filled;
}

Fault Apply::alloc_fail(const pool_event_alloc_fail& e) {
  ++m_.failures;
  if (m_.live(e.block) == nullptr)
    m_.next_number = std::max(m_.next_number, add_saturating(e.block, 1));
  return Fault::none;
}

Fault Apply::free(const pool_event_free& e) {
  Block* block = nullptr;
  if (const Fault fault = end_life(e, block); fault != Fault::none) return fault;
  give_back(*block);
  return Fault::none;
}

/// Of a block that is freed, whatever becomes of its place.
template <class Event>
Fault Apply::end_life(const Event& e, Block*& block) {
  if (const Fault fault = find_live(e.block, e.offset, block); fault != Fault::none) return fault;
  if (block->size != e.size) return Fault::bad_size;
  leave_behind(*block);
  if (m_.live(e.block) == block) no_longer_lives(e.block);  // else it has moved
  fill_freed(*block, block->offset);
  return Fault::none;
}

void Apply::no_longer_lives(u64 number) {
  m_.live_.erase(number);
  m_.origins_.forget(number);
  ++m_.frees;
}

void Apply::give_back(Block& block) {
  count(block, false);
  block = free_block(block.offset, block.size, m_.next_free_number++);
  count(block, true);
}

/// Freed, so it does not live any more; but its place is not free yet.
Fault Apply::quarantine(const pool_event_quarantine& e) {
  Block* block = nullptr;
  if (const Fault fault = end_life(e, block); fault != Fault::none) return fault;
  count(*block, false);
  block->quarantined = true;
  block->guards = {};
  block->call = event_.call;
  count(*block, true);
  return Fault::none;
}

Fault Apply::release(const pool_event_release& e) {
  const It it = m_.blocks_.find(e.offset);
  if (it == m_.blocks_.end()) return Fault::no_such_block;
  Block& block = it->second;
  if (!block.quarantined || block.number != e.block) return Fault::wrong_use;
  if (block.size != e.size) return Fault::bad_size;
  if (m_.poison) {  // what was written there is made good
    m_.told_.forget(e.offset, e.size);
    forget_stains(e.offset, e.size);
  }
  give_back(block);
  return Fault::none;
}

//  grow    [ block ][ .. free .. ]   =>   [ .. block .. ][ free ]   the free block keeps its number
//          [ block ][ free ]         =>   [ ..... block ..... ]     it is used up, and its name
//          gone
//  shrink  [ .. block .. ][ free ]   =>   [ block ][ .. free .. ]   the free block keeps its number
//          [ .. block .. ][ used ]   =>   [ block ][ tail ][ used ] the tail takes the next number
Fault Apply::resize(const pool_event_resize& e) {
  Block* live = nullptr;
  if (const Fault fault = find_live(e.block, e.offset, live); fault != Fault::none) return fault;
  const Block was = *live;
  const It next = std::next(m_.blocks_.find(e.offset));
  const bool free_next = next != m_.blocks_.end() && !next->second.used;
  const u64 room = was.size + (free_next ? next->second.size : 0);
  const bool adds_up =
      e.old_size == was.size && e.size != 0 && e.size <= room && e.rest_size == room - e.size &&
      (e.rest_size == 0 || e.rest_offset == e.offset + e.size) &&
      was.payload - was.offset <= e.size && e.requested <= e.size - (was.payload - was.offset);
  if (!adds_up) return Fault::bad_size;

  count(was, false);
  // Where the payload ends now, a guard_write tells a new guard.
  if (live->guards.get() != nullptr) live->guards.make().back = {};
  live->size = e.size;
  live->requested = e.requested;
  live->call = event_.call;
  resize_bytes(was, *live);
  count(*live, true);
  if (e.size != was.size) {
    const u64 number = free_next          ? next->second.number
                       : e.rest_size != 0 ? m_.next_free_number++
                                          : 0;
    if (free_next) {
      count(next->second, false);
      m_.blocks_.erase(next);
    }
    if (e.rest_size != 0) add_free(e.offset + e.size, e.rest_size, number);
  }
  ++m_.reallocs;
  grow_peak();
  return Fault::none;
}

}  // namespace mempool::viz
