// Apply: what is told of bytes. Guards are written, checked and found damaged; bytes are recorded;
// a freed block leaves its guards, and its fill, behind.
#include <algorithm>

#include "model/apply.hpp"

namespace mempool::viz {

namespace {

/// No back guard is longer: 4096 bytes of guard and what rounding adds.
constexpr u64 most_guard = 8192;

/// The bytes show an intact guard: whatever was wrong is right again.
void mark_intact(Guard& guard, u64 call) {
  const u64 offset = guard.offset;
  const u64 size = guard.size;
  guard = {};
  guard.offset = offset;
  guard.size = size;
  guard.good_call = call;
}

/// What can be seen of a guard: how many bytes differ, and the bytes from the first one on.
struct Seen {
  u64 damaged = 0;
  u64 first = POOL_NONE;
  bool all_known = true;
  u8 shown = 0;
  std::array<u8, 16> found{};
};

template <class Known>
Seen see(u64 from, u64 to, Known known) {
  Seen seen;
  bool gapless = true;  // from the first bad byte on
  for (u64 at = from; at < to; ++at) {
    const std::optional<u8> value = known(at);
    seen.all_known = seen.all_known && value.has_value();
    if (value.value_or(guard_byte) != guard_byte) {
      ++seen.damaged;
      seen.first = std::min(seen.first, at);
    }
    gapless = gapless && (seen.first == POOL_NONE || value.has_value());
    if (seen.first == POOL_NONE || !gapless || seen.shown == seen.found.size()) continue;
    seen.found[seen.shown++] = *value;
  }
  return seen;
}

}  // namespace

/// The guard on that side of the live block, if the range can be one: outside the payload, inside
/// the block.
Guard* Apply::guard_of(u64 number, u32 side, u64 offset, u64 size) {
  const u32 owner = m_.live_.find(number);
  if (owner == NumberTable::none || !in_region(offset, size) || size == 0) return nullptr;
  const auto fits = [&](const Block& block) {
    if (side == POOL_SIDE_FRONT) return block.offset <= offset && offset + size <= block.payload;
    return block.payload_end() <= offset && offset + size <= block.end();
  };
  const auto pick = [&](Block& block) {
    Guards& guards = block.guards.make();
    return side == POOL_SIDE_FRONT ? &guards.front : &guards.back;
  };
  Block& block = m_.blocks_[owner];
  if (fits(block)) return pick(block);
  // A block that moves has its number twice: the check before its `free` means the old place.
  auto old = m_.blocks_.upper_bound(offset);
  if (old == m_.blocks_.begin()) return nullptr;
  --old;
  const bool is_it = old->second.used && old->second.number == number && fits(old->second);
  return is_it ? pick(old->second) : nullptr;
}

void Apply::set_size(Guard& guard, u64 offset, u64 size) {
  m_.guard_bytes += size - guard.size;
  guard.offset = offset;
  guard.size = size;
  m_.told_.forget(offset, size);
}

Fault Apply::guard_write(const pool_event_guard_write& e) {
  if (m_.live(e.block) == nullptr) return Fault::no_such_block;
  Guard* guard = guard_of(e.block, e.side, e.offset, e.size);
  if (guard == nullptr) return Fault::bad_size;
  set_size(*guard, e.offset, e.size);
  mark_intact(*guard, event_.call);
  return Fault::none;
}

Fault Apply::guard_check(const pool_event_guard_check& e) {
  if (m_.live(e.block) == nullptr) return Fault::no_such_block;
  Guard* guard = guard_of(e.block, e.side, e.offset, e.size);
  if (guard == nullptr) return Fault::bad_size;
  const bool damage_inside =
      e.damaged <= e.size && e.first >= e.offset && e.first - e.offset <= e.size - e.damaged;
  if (e.damaged != 0 && !damage_inside) return Fault::bad_size;
  set_size(*guard, e.offset, e.size);
  if (e.damaged == 0) {
    mark_intact(*guard, event_.call);
    return Fault::none;
  }
  ++m_.found_;
  harm(*guard, e.block, e.side, e.damaged, e.first);
  const u64 room = std::min<u64>(guard->found.size(), guard->end() - e.first);
  const u64 shown = std::min({room, u64{e.expected.size}, u64{e.found.size}});
  guard->shown = static_cast<u8>(shown);
  std::copy_n(e.expected.data, shown, guard->expected.begin());
  std::copy_n(e.found.data, shown, guard->found.begin());
  return Fault::none;
}

Fault Apply::bytes(const pool_event_bytes& e) {
  if (!in_region(e.offset, e.hex.size)) return Fault::bad_size;
  if (e.hex.size == 0) return Fault::none;
  const u64 end = e.offset + e.hex.size;
  auto it = m_.blocks_.upper_bound(e.offset);
  if (it != m_.blocks_.begin()) --it;
  for (; it != m_.blocks_.end() && it->first < end; ++it) {
    Block& block = it->second;
    if (m_.poison && !block.lives() && block.end() > e.offset)
      told_over_free(block, e.offset, e.hex);
    if (block.guards.get() == nullptr) continue;
    Guards& guards = block.guards.make();
    told_over(guards.front, block.number, POOL_SIDE_FRONT, e);
    told_over(guards.back, block.number, POOL_SIDE_BACK, e);
  }
  m_.told_.tell(e.offset, e.hex);
  return Fault::none;
}

/// Bytes are about to be told, perhaps over this guard. Damage is known from the call that tells
/// it, long before a check finds it.
void Apply::told_over(Guard& guard, u64 number, u32 side, const pool_event_bytes& e) {
  const u64 first = std::max(guard.offset, e.offset);
  const u64 last = std::min(guard.end(), e.offset + e.hex.size);
  if (first >= last) return;
  const u8* told = e.hex.data + (first - e.offset);
  const bool whole = last - first == guard.size;
  if (std::all_of(told, told + (last - first), [](u8 b) { return b == guard_byte; })) {
    if (whole) return mark_intact(guard, event_.call);
    if (guard.damaged == 0) return;
  }
  const auto known = [&](u64 at) -> std::optional<u8> {
    if (first <= at && at < last) return told[at - first];
    const std::optional<u8> before = m_.told_.at(at);
    return before ? before : guard.byte(at);
  };
  // A guard that no pool makes is looked at only where bytes are told.
  const bool usual = guard.size <= most_guard;
  const Seen seen = usual ? see(guard.offset, guard.end(), known) : see(first, last, known);
  const bool all_known = usual && seen.all_known;
  if (seen.damaged == 0) return mark_intact(guard, all_known ? event_.call : guard.good_call);
  harm(guard, number, side, all_known ? seen.damaged : std::max(seen.damaged, guard.damaged),
       seen.first);
  guard.shown = seen.shown;
  guard.found = seen.found;
  guard.expected.fill(guard_byte);
}

/// A freed block's guards stay where they are, and so does what damaged them. Its old pointer is
/// remembered, for those who free it again.
void Apply::leave_behind(const Block& block) {
  m_.history_.add(block.payload, {block.number, event_.call});
  m_.origins_.bury(
      {block.number, block.offset, block.size, block.payload, event_.call, event_.call}, m_.poison);
  if (m_.poison)
    m_.told_.forget(block.offset, block.size);
  else
    leave_guards(block, block.offset);
}

/// What lies from `from` on in a block becomes free memory.
void Apply::leave_guards(const Block& block, u64 from) {
  for (const Guard* guard : {&block.front(), &block.back()}) {
    if (guard->good_call == POOL_NONE && guard->bad_call == POOL_NONE) continue;
    const bool intact = guard->damaged == 0;
    const u64 begin = std::max(guard->offset, from);
    const u64 intact_end = intact ? guard->end() : guard->first;
    if (begin < intact_end) m_.told_.leave(begin, intact_end - begin, Left::guard);
    if (intact) continue;
    const u64 passed = std::min<u64>(std::max(guard->first, from) - guard->first, guard->shown);
    m_.told_.tell(guard->first + passed, {guard->found.data() + passed, guard->shown - passed});
  }
}

/// A pool that fills fills what is given back; a reset gives back without a look.
void Apply::fill_freed(const Block& block, u64 from) {
  const u64 begin = std::max(block.payload, from);
  if (!m_.fill || m_.poison || begin >= block.payload_end()) return;
  m_.told_.forget(begin, block.payload_end() - begin);
  m_.told_.leave(begin, block.payload_end() - begin, Left::fill);
}

/// A block is resized in place: what is behind it, or comes to it, is not known as it was.
void Apply::resize_bytes(const Block& was, const Block& now) {
  m_.told_.forget(was.back().offset, was.back().size);
  forget_stains(was.end(), now.end() > was.end() ? now.end() - was.end() : 0);
  if (now.end() < was.end() && m_.poison) {
    m_.told_.forget(now.end(), was.end() - now.end());
  } else if (now.end() < was.end()) {
    leave_guards(was, now.end());
    fill_freed(was, now.end());
  }
  if (was.end() < now.end()) m_.told_.forget(was.end(), now.end() - was.end());
  if (!m_.fill) return;  // else what the payload wins or loses is filled
  const auto [low, high] = std::minmax({was.payload_end(), now.payload_end()});
  const u64 end = std::min(high, now.end());
  if (low < end) m_.told_.forget(low, end - low);
}

}  // namespace mempool::viz
