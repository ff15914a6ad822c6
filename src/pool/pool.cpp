// Pool: the work. alloc and free first, with nothing in the way; then what extras add to them.
#include "pool/pool.hpp"

#include <cerrno>
#include <cstring>

#include "engine/check.hpp"
#include "event/table.hpp"

namespace mempool {

using engine::first_granule;
using engine::no_granule;

u64 Pool::needed(u64 requested) const {
  const u64 whole =
      round_up(add_saturating(add_saturating(front_, requested), guard_), u64{1} << shift_);
  return whole == 0 ? u64{1} << shift_ : whole;
}

//  [ front guard, rounded up | requested | guard and padding ]   = one block, whole granules
void* Pool::alloc(u64 requested) {
  if (MEMPOOL_UNLIKELY(extras_ != 0)) begin_call();
  void* payload = place(requested, next_number_);
  ++next_number_;
  if (MEMPOOL_UNLIKELY(payload == nullptr)) ++failed_numbers_;
  if (MEMPOOL_UNLIKELY(extras_ != 0)) watch_.end_call();
  return payload;
}

void* Pool::place(u64 requested, u64 number) {
  if (MEMPOOL_UNLIKELY(requested > capacity_)) return fail(requested, number);  // no sum overflows
  const u64 whole = needed(requested);
  const auto wanted = static_cast<Granule>(whole >> shift_);
  if (MEMPOOL_UNLIKELY(slab_.exhausted()) && !more_records(wanted)) return fail(requested, number);
  const engine::Taken taken = engine_.take(wanted);
  if (MEMPOOL_UNLIKELY(taken.at == no_granule)) return fail(requested, number);
  slab_.add(taken.at, number, static_cast<u32>(guard_),
            static_cast<u32>(whole - front_ - requested));
  ++live_blocks_;
  live_bytes_ += requested;
  if (live_bytes_ > peak_bytes_) peak_bytes_ = live_bytes_;
  MEMPOOL_ASSERT(!engine::check_near(engine_, taken.at));
  if (MEMPOOL_UNLIKELY(extras_ != 0)) after_place(taken.at, taken.from);
  return region_ + offset_at(taken.at) + front_;
}

void Pool::free(void* pointer) {
  const Granule start = locate(pointer);
  if (MEMPOOL_UNLIKELY(start == no_granule)) return misuse(pointer, "pool_free");
  if (MEMPOOL_UNLIKELY(extras_ != 0)) return free_with_extras(start);
  const engine::Record record = slab_.remove(start);
  const engine::Given given = engine_.give(start);
  --live_blocks_;
  live_bytes_ -= bytes(given.size) - front_of(record.guard) - record.slack;
  MEMPOOL_ASSERT(!engine::check_near(engine_, start));
}

// A pointer is right iff it is the payload of the block that holds its granule.
engine::Granule Pool::locate(const void* pointer) const {
  const u64 offset = offset_of(pointer);
  if (MEMPOOL_UNLIKELY(offset >= capacity_) || (offset & (bytes(1) - 1)) != 0) return no_granule;
  Granule start = granule_at(offset);
  if (!engine_.is_used_start(start)) {  // behind a front guard, or wrong
    start = engine_.start_of(start);
    if (!engine_.is_used_start(start)) return no_granule;
  }
  const u64 front = front_of(slab_.find(start).guard);
  return offset_at(start) + front == offset ? start : no_granule;
}

// ---- what extras add: guards, fill, events ------------------------------------------------------

void Pool::set_extras() {
  extras_ = guard_ != 0 || live_guards_ || settings_.fill || watch_.active();
}

explain::Layout Pool::layout(Granule start, const engine::Record& record) const {
  const u64 offset = offset_at(start);
  const u64 size = bytes(engine_.size_at(start));
  const u64 front = front_of(record.guard);
  return {record.number,
          offset,
          size,
          offset + front,
          size - front - record.slack,
          front,
          record.guard != 0 ? record.slack : u64{0}};
}

void Pool::after_place(Granule at, Granule from) {
  const explain::Layout block = layout(at, slab_.find(at));
  engine::write_guard(region_ + block.offset, block.front);
  engine::write_guard(region_ + block.payload + block.requested, block.back);
  if (settings_.fill) std::memset(region_ + block.payload, engine::fresh_byte, block.requested);
  if (watch_.active()) explain::taken(block, bytes(from), watch_);
}

void Pool::free_with_extras(Granule start) {
  begin_call();
  const explain::Layout block = layout(start, slab_.find(start));
  const Findings findings = check_guards(block, false);
  give_back(start, block);
  watch_.end_call();
  report_damage(block, findings);
}

void Pool::give_back(Granule start, const explain::Layout& block) {
  if (settings_.fill) std::memset(region_ + block.payload, engine::freed_byte, block.requested);
  static_cast<void>(slab_.remove(start));
  const engine::Given given = engine_.give(start);
  --live_blocks_;
  live_bytes_ -= block.requested;
  MEMPOOL_ASSERT(!engine::check_near(engine_, start));
  if (watch_.active()) explain::given(block, bytes(given.left), bytes(given.right), watch_);
}

bool Pool::more_records(Granule wanted) {
  if (engine_.largest() < wanted) return true;  // take() will fail, and no record is needed
  const u32 records = slab_.grow();
  if (records == 0) return false;
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_SLAB);
    event.as.slab = {records, 1};
    watch_.event(event);
  }
  return true;
}

void* Pool::fail(u64 requested, u64 number) {
  ++failures_;
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_ALLOC_FAIL);
    pool_event_alloc_fail& failed = event.as.alloc_fail;
    failed = {number,
              requested,
              needed(requested),
              bytes(engine_.free_granules()),
              bytes(engine_.largest()),
              POOL_FAIL_FRAGMENTED};
    if (failed.needed > capacity_)
      failed.reason = POOL_FAIL_TOO_LARGE;
    else if (failed.free < failed.needed)
      failed.reason = POOL_FAIL_FULL;
    else if (failed.largest >= failed.needed)
      failed.reason = POOL_FAIL_NO_RECORD;
    watch_.event(event);
  }
  errno = ENOMEM;
  return nullptr;
}

// ---- the other calls that change something ------------------------------------------------------

void* Pool::calloc(u64 count, u64 size) {
  u64 requested = 0;
  if (__builtin_mul_overflow(count, size, &requested)) requested = u64_max;
  void* payload = alloc(requested);
  if (payload != nullptr) std::memset(payload, 0, requested);
  return payload;
}

// A new block under the same number, the bytes, then the old block goes: one call.
void* Pool::realloc(void* pointer, u64 requested) {
  if (pointer == nullptr) return alloc(requested);
  if (requested == 0) {
    errno = EINVAL;
    return nullptr;
  }
  const Granule start = locate(pointer);
  if (start == no_granule) {
    misuse(pointer, "pool_realloc");
    return nullptr;
  }
  begin_call();
  count_call();
  const explain::Layout old = layout(start, slab_.find(start));
  void* payload = place(requested, old.number);
  if (payload == nullptr) {
    watch_.end_call();
    return nullptr;
  }
  std::memcpy(payload, pointer, requested < old.requested ? requested : old.requested);
  const Findings findings = check_guards(old, false);
  give_back(start, old);
  watch_.end_call();
  report_damage(old, findings);
  return payload;
}

void Pool::reset() {
  begin_call();
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_RESET);
    event.as.reset = {live_blocks_, live_bytes_};
    watch_.event(event);
  }
  forgotten_blocks_ += live_blocks_;
  live_blocks_ = live_bytes_ = 0;
  slab_.clear(engine_.high_water());
  engine_.reset();
  live_guards_ = guard_ != 0;
  count_call();
  set_extras();
  watch_.end_call();
}

void Pool::enable_guards(u64 size) {
  if (size > most_guard_bytes) return misuse_argument(size);
  begin_call();
  guard_ = size == 0 ? default_guard_bytes : size;
  front_ = front_of(guard_);
  live_guards_ = true;
  tell_guards(true);
}

int Pool::disable_guards() {
  begin_call();
  const bool ok = live_blocks_ == 0;
  if (ok) {
    guard_ = front_ = 0;
    live_guards_ = false;
  }
  tell_guards(ok);
  if (!ok) errno = EBUSY;
  return ok ? 1 : 0;
}

void Pool::tell_guards(bool ok) {
  count_call();
  set_extras();
  if (!watch_.active()) return;
  pool_event event = event::make(POOL_EVENT_GUARDS);
  event.as.guards = {static_cast<u8>(guard_ != 0), guard_, static_cast<u8>(ok)};
  watch_.event(event);
  watch_.end_call();
}

int Pool::note(const char* text) {
  begin_call();
  count_call();
  if (!watch_.active()) return 0;
  pool_event event = event::make(POOL_EVENT_NOTE);
  event.as.note = {text, nullptr, POOL_NONE};
  watch_.event(event);
  tell_bytes();
  watch_.end_call();
  return 0;
}

}  // namespace mempool
