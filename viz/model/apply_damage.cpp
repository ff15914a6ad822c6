// Apply: damage. What was written over guards and into free memory, since when it is known, and up
// to when it was known to be good: between the two calls somebody wrote.
//
//     good_call  last look that found it good: it was made, or compared; or the whole pool was
//                checked, and it was not among what was told
//     bad_call   first look that did not
#include <algorithm>

#include "model/apply.hpp"

namespace mempool::viz {

void Apply::harm(Guard& guard, u64 number, u32 side, u64 damaged, u64 first) {
  guard.damaged = damaged;
  guard.first = first;
  if (guard.bad_call != POOL_NONE) return;
  guard.good_call = m_.known_good(guard);
  guard.bad_call = event_.call;
  found({number, side, first, damaged, guard.size, guard.good_call, guard.bad_call});
}

/// Free bytes that are not 0xDD. They stay so, and may be found again.
void Apply::stain(Damage damage) {
  const auto [it, is_new] = m_.stains.try_emplace(damage.first, damage);
  if (!is_new) {
    it->second.damaged = damage.damaged;
    it->second.size = damage.size;
    if (it->second.number == POOL_NONE) it->second.number = damage.number;
    return;
  }
  const Grave* owner = damage.number == POOL_NONE ? m_.origins_.last_owner(damage.first)
                                                  : m_.origins_.gone(damage.number);
  Damage& known = it->second;
  if (owner != nullptr) {
    known.number = owner->number;
    known.good_call = owner->clean_call;
  }
  if (m_.last_check != POOL_NONE)
    known.good_call =
        known.good_call == POOL_NONE ? m_.last_check : std::max(known.good_call, m_.last_check);
  known.bad_call = event_.call;
  found(known);
}

void Apply::found(const Damage& damage) {
  ++m_.damaged_places;
  if (m_.damages.size() == Model::most_damages) m_.damages.erase(m_.damages.begin());
  m_.damages.push_back(damage);
}

/// The bytes are somebody's, or are made good.
void Apply::forget_stains(u64 offset, u64 size) {
  if (m_.stains.empty()) return;
  const auto first = m_.stains.lower_bound(offset);
  auto last = first;
  while (last != m_.stains.end() && last->first - offset < size) ++last;
  m_.stains.erase(first, last);
}

/// Bytes of free memory are told: what is not 0xDD was written there after the free.
void Apply::told_over_free(const Block& block, u64 offset, pool_bytes bytes) {
  const u64 end = std::min(block.end(), offset + bytes.size);
  const auto value = [&](u64 at) { return bytes.data[at - offset]; };
  for (u64 at = std::max(block.offset, offset); at < end;) {
    const u64 first = at;
    while (at < end && value(at) != poison_byte) ++at;
    if (at > first) stain({POOL_NONE, 0, first, at - first, block.size});
    for (; at < end && value(at) == poison_byte; ++at)
      if (!m_.stains.empty()) m_.stains.erase(at);
  }
}

/// Bytes that should be 0xDD: what is there instead is known now.
Fault Apply::poison_check(const pool_event_poison_check& e) {
  if (!in_region(e.offset, e.size)) return Fault::bad_size;
  if (e.damaged == 0) {
    const Block* block = m_.at(e.offset);
    if (block != nullptr && block->quarantined) m_.origins_.seen_clean(block->number, event_.call);
    return Fault::none;
  }
  const bool inside =
      e.damaged <= e.size && e.first >= e.offset && e.first - e.offset <= e.size - e.damaged;
  if (!inside) return Fault::bad_size;
  ++m_.writes_after_free;
  ++m_.found_;
  stain({e.block, 0, e.first, e.damaged, e.size});
  const u64 shown = std::min<u64>(e.found.size, e.offset + e.size - e.first);
  m_.told_.tell(e.first, {e.found.data, shown});
  return Fault::none;
}

/// Everything was looked at, and what is bad was told before this event. (If the bookkeeping is
/// broken it was not; then there is one violation more.)
Fault Apply::check(const pool_event_check& e) {
  if (e.violations == m_.found_) m_.last_check = event_.call;
  m_.found_ = 0;
  return Fault::none;
}

/// Where the block was asked for.
Fault Apply::site(const pool_event_site& e) {
  if (m_.live(e.block) == nullptr) return Fault::no_such_block;
  m_.origins_.tell(e.block, e.file == nullptr ? "" : e.file, e.line);
  return Fault::none;
}

}  // namespace mempool::viz
