// Ring: see ring.hpp. Here is what does not happen in every call.
#include "sink/ring.hpp"

#include <algorithm>

namespace mempool {

namespace {

constexpr std::size_t longest_text = 4096;  // of a note, so that a ring stays as small as it was

/// An event refers to text and bytes that it does not own; now it does. Bytes of the region are
/// left out.
void own(pool_event& event, std::vector<std::string>& storage) {
  const event::Kind* kind = event::find(event.kind);
  storage.reserve(kind->fields.size());  // what is stored must not move
  for (const event::Field& field : kind->fields) {
    if (!event::present(event, field)) continue;
    if (field.type == event::Type::TEXT) {
      std::string_view text = event::get<const char*>(event, field);
      event::set(event, field, storage.emplace_back(text.substr(0, longest_text)).c_str());
    } else if (field.type == event::Type::BYTES) {
      const auto bytes = event::get<pool_bytes>(event, field);
      const std::string& kept =
          storage.emplace_back(reinterpret_cast<const char*>(bytes.data), bytes.size);
      event::set(event, field, pool_bytes{reinterpret_cast<const u8*>(kept.data()), kept.size()});
    }
  }
}

}  // namespace

Ring::Ring(u64 size, u64 guards, bool clock)
    : slots_(std::max<u64>(size, 2)),
      times_(clock ? slots_.size() : 0),
      clock_(clock),
      guards_(guards) {}

explain::Layout Ring::layout(const Slot& slot) {
  return {slot.number,    slot.offset, slot.size, slot.offset + slot.front,
          slot.requested, slot.front,  slot.back, slot.guard};
}

void Ring::keep(const explain::Quarantined& freed, u64 call, u64 time) noexcept {
  Slot& slot = next(call, time, What::quarantined);
  put(freed.block, slot);
  slot.more = freed.guards_intact ? 1 : 0;
}

void Ring::keep(const explain::Released& released, u64 call, u64 time) noexcept {
  Slot& slot = next(call, time, What::released);
  put(released.block, slot);
  slot.a = released.left;
  slot.b = released.right;
}

void Ring::keep(const explain::Resized& resized, u64 call, u64 time) noexcept {
  Slot& slot = next(call, time, What::resized);
  put(resized.before, slot);
  slot.a = resized.after.size;
  slot.b = resized.after.requested;
  slot.more = resized.guards_intact ? 1 : 0;
  Slot& rest = next(call, time, resized_rest);
  rest.a = resized.rest;
  rest.back = static_cast<u16>(resized.after.back);
}

void Ring::keep(const pool_event& event) noexcept {
  if (event.kind == POOL_EVENT_BLOCK) return;  // of a snapshot in a log: see keep_event()
  if (event.kind == POOL_EVENT_BYTES && add_to_last(event)) return;
  if (event.kind == POOL_EVENT_RESET) floor_ = count_ + 1;
  next(event.call, event.time, other);
  try {
    forget_events();
    keep_event(event);
  } catch (...) {  // no memory: the entry stays empty
  }
}

void Ring::keep_event(const pool_event& event) {
  Event kept{count_ - 1, event, 0, {}};
  switch (event.kind) {
    case POOL_EVENT_ALLOC_FAIL:
      kept.before = next_number_;
      if (event.as.alloc_fail.block == next_number_) ++next_number_;
      break;
    case POOL_EVENT_GUARDS:
      kept.before = guards_;
      if (event.as.guards.ok != 0) guards_ = event.as.guards.guard_size;
      break;
    case POOL_EVENT_BYTES: {
      pool_event_bytes& bytes = kept.event.as.bytes;
      bytes.left_out = bytes.hex.size;
      bytes.hex = {nullptr, 0};
      break;
    }
    case POOL_EVENT_SNAPSHOT:  // a log opens meanwhile. The blocks are known; the call is one
      kept.event.kind = POOL_EVENT_NOTE;
      kept.event.as.note = {"a log opens on the pool", nullptr, POOL_NONE};
      break;
    default: break;
  }
  Event& stored = events_.emplace_back(std::move(kept));
  own(stored.event, stored.storage);
}

/// One event says how many bytes were told in a call.
bool Ring::add_to_last(const pool_event& event) {
  if (events_.empty()) return false;
  pool_event& last = events_.back().event;
  if (last.kind != POOL_EVENT_BYTES || last.call != event.call) return false;
  last.as.bytes.left_out += event.as.bytes.hex.size;
  return true;
}

/// Forgets events whose slots have been used again.
void Ring::forget_events() {
  while (!events_.empty() && events_.front().entry + slots_.size() < count_) events_.pop_front();
}

const Ring::Event* Ring::find_event(u64 entry) const {
  const auto found = std::ranges::lower_bound(events_, entry, {}, &Event::entry);
  return found != events_.end() && found->entry == entry ? &*found : nullptr;
}

/// Where something has been overwritten, the oldest call may have lost its beginning.
u64 Ring::begin() const {
  u64 oldest = count_ > slots_.size() ? count_ - slots_.size() : 0;
  if (oldest <= floor_) return std::min(floor_, count_);
  const u64 cut_call = call_of(oldest);
  while (oldest != count_ && call_of(oldest) == cut_call) ++oldest;
  return oldest;
}

u64 Ring::next_number_at(u64 entry) const {
  for (; entry != count_; ++entry) {
    const Slot& at = slot(entry);
    if (at.what == taken_new) return at.number;
    const Event* event = at.what == other ? find_event(entry) : nullptr;
    if (event != nullptr && event->event.kind == POOL_EVENT_ALLOC_FAIL) return event->before;
  }
  return next_number_;
}

u64 Ring::guards_at(u64 entry) const {
  for (const Event& event : events_)
    if (event.entry >= entry && event.event.kind == POOL_EVENT_GUARDS) return event.before;
  return guards_;
}

}  // namespace mempool
