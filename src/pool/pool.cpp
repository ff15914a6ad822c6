// Pool: the work. The plain calls first, with nothing in the way; then the same with everything
// that can be asked for or go wrong.
#include "pool/pool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/check.hpp"
#include "event/table.hpp"

namespace mempool {

using engine::no_granule;

// ---- no guards, no fill; success, or the general call decides -----------------------------------

inline void Pool::count_live(u64 bytes) {
  ++live_blocks_;
  live_bytes_ += bytes;
  if (live_bytes_ > peak_bytes_) peak_bytes_ = live_bytes_;
}

void* Pool::plain_alloc(u64 requested) {
  return quick_alloc<false>(requested);
}
void Pool::plain_free(void* pointer) {
  quick_free<false>(pointer);
}
void* Pool::alloc(u64 requested) {
  return gate_.careless() ? quick_alloc<true>(requested) : aligned_alloc(1, requested);
}
void Pool::free(void* pointer) {
  gate_.careless() ? quick_free<true>(pointer) : careful_free(pointer);
}

//  [ requested | padding ]   = one block, whole granules
template <bool watched>
inline void* Pool::quick_alloc(u64 requested) {
  if (MEMPOOL_UNLIKELY(requested > capacity_ || slab_.exhausted()))
    return aligned_alloc(1, requested);
  const auto wanted = static_cast<Granule>((requested + (requested == 0) + bytes(1) - 1) >> shift_);
  if constexpr (watched) begin_call();
  const engine::Taken taken = engine_.take(wanted);
  if (MEMPOOL_UNLIKELY(taken.at == no_granule)) return aligned_alloc(1, requested);
  const u64 number = next_number_++;
  slab_.add(engine_.head(taken.at), taken.at, number, 0,
            static_cast<u32>(bytes(wanted) - requested));
  count_live(requested);
  MEMPOOL_ASSERT(!engine::check_near(engine_, taken.at));
  const u64 offset = offset_at(taken.at);
  if constexpr (watched) {
    watch_.change(explain::Taken{{number, offset, bytes(wanted), offset, requested, 0, 0, 0},
                                 bytes(taken.from),
                                 0,
                                 POOL_NONE});
    if (sites_.active()) keep_site(taken.at, number);
    watch_.end_call();
  }
  return region_ + offset;
}

template <bool watched>
inline void Pool::quick_free(void* pointer) {
  const u64 offset = offset_of(pointer);
  if (MEMPOOL_UNLIKELY(offset >= capacity_ || (offset & (bytes(1) - 1)) != 0))
    return careful_free(pointer);
  const Granule start = granule_at(offset);
  if (MEMPOOL_UNLIKELY(!engine_.is_used_start(start))) return careful_free(pointer);
  if constexpr (watched) begin_call();
  Site site;
  const bool remembered = watched && sites_.active();
  if (remembered) site = site_of(start);
  const engine::Record record = slab_.remove(engine_.head(start), start);
  const engine::Given given = engine_.give(start);
  const u64 size = bytes(given.size);
  --live_blocks_;
  live_bytes_ -= size - record.slack;
  MEMPOOL_ASSERT(!engine::check_near(engine_, start));
  if constexpr (watched) {
    const explain::Layout block{record.number, offset, size, offset, size - record.slack, 0, 0, 0};
    watch_.change(explain::Given{block, bytes(given.left), bytes(given.right), false});
    if (remembered) bury(block, site, watch_.change_seq());
    watch_.end_call();
  }
}

// In place, or the general call moves the block.
void* Pool::plain_realloc(void* pointer, u64 requested) {
  const u64 offset = offset_of(pointer);
  const Granule start = granule_at(offset);
  if (offset >= capacity_ || (offset & (bytes(1) - 1)) != 0 || !engine_.is_used_start(start) ||
      requested == 0 || requested > capacity_) {
    return realloc(pointer, requested);
  }
  const auto wanted = static_cast<Granule>((requested + bytes(1) - 1) >> shift_);
  engine::Resized resized;
  if (!engine_.resize(start, wanted, resized)) return realloc(pointer, requested);
  engine::Record& record = slab_.find(engine_.head(start), start);
  live_bytes_ += requested - (bytes(resized.size) - record.slack);
  if (live_bytes_ > peak_bytes_) peak_bytes_ = live_bytes_;
  record.slack = static_cast<u32>(bytes(wanted) - requested) & engine::most_slack;
  count_call();
  return pointer;
}

// ---- the general calls --------------------------------------------------------------------------

//  [ front guard, rounded up | requested | guard and padding ]   = one block, whole granules
u64 Pool::needed(u64 requested, u64 guard) const {
  const u64 whole =
      round_up(add_saturating(add_saturating(front_of(guard), requested), guard), bytes(1));
  return whole == 0 ? bytes(1) : whole;
}

void* Pool::aligned_alloc(u64 alignment, u64 requested) {
  if (!is_power_of_two(alignment) || alignment > most_alignment) {
    errno = EINVAL;
    return nullptr;
  }
  begin_call();
  Finding reused{};
  void* payload =
      place({requested, next_number_, alignment > bytes(1) ? alignment : POOL_NONE}, reused);
  ++next_number_;
  if (payload == nullptr) ++failed_numbers_;
  end_call();
  report(reused, "the bytes are handed out again");
  return payload;
}

void* Pool::place(const Request& request, Finding& reused) {
  if (request.bytes > capacity_) return fail(request, false);  // so no sum below overflows
  const u64 whole = needed(request.bytes, guard_);
  const auto wanted = static_cast<Granule>(whole >> shift_);
  if (!quarantine_.empty()) release_until_it_fits(wanted, request);
  if (slab_.exhausted() && !more_records(wanted, request)) return fail(request, true);
  const engine::Taken taken = take(wanted, request);
  if (taken.at == no_granule) return fail(request, false);
  slab_.add(engine_.head(taken.at), taken.at, request.number, static_cast<u32>(guard_),
            static_cast<u32>(whole - front_of(guard_) - request.bytes));
  count_live(request.bytes);
  MEMPOOL_ASSERT(!engine::check_near(engine_, taken.at));
  reused = check_poison(offset_at(taken.at), whole);
  tell(reused, false);
  after_place(taken, request, whole);
  return region_ + offset_at(taken.at) + front_of(guard_);
}

// The payload's address is to be a multiple of the alignment, in granules:
//     address of the region + (g - first_granule) + front guard
engine::Alignment Pool::alignment_of(const Request& request) const {
  if (request.alignment == POOL_NONE) return {};
  const auto step = static_cast<Granule>(request.alignment >> shift_);
  const u64 phase = (reinterpret_cast<std::uintptr_t>(region_) + front_of(guard_)) >> shift_;
  return {step, static_cast<Granule>((phase - engine::first_granule) % step)};
}

engine::Taken Pool::take(Granule wanted, const Request& request) {
  if (request.alignment == POOL_NONE) return engine_.take(wanted);
  return engine_.take_aligned(wanted, alignment_of(request));
}

void Pool::careful_free(void* pointer) {
  const Granule start = locate(pointer);
  if (start == no_granule) return misuse(pointer, "pool_free");
  begin_call();
  const explain::Layout block = layout(start, record_of(start));
  Findings findings = check_guards(start, block);
  if (findings.damaged()) tell(findings, false);
  let_go(start, block, findings);
  shrink_quarantine();
  end_call();
  report(findings, "the block is freed");
  if (findings.damaged()) errno = EFAULT;
}

// A pointer is right iff it is the payload of the block that holds its granule.
engine::Granule Pool::locate(const void* pointer) const {
  const u64 offset = offset_of(pointer);
  if (offset >= capacity_ || (offset & (bytes(1) - 1)) != 0) return no_granule;
  Granule start = granule_at(offset);
  if (!engine_.is_used_start(start)) {  // behind a front guard, or wrong
    start = engine_.start_of(start);
    if (!engine_.is_used_start(start)) return no_granule;
  }
  const engine::Record& record = record_of(start);
  if (record.quarantined) return no_granule;
  const u64 front = live_guards_ ? front_of(record.guard) : 0;
  return offset_at(start) + front == offset ? start : no_granule;
}

bool Pool::more_records(Granule wanted, const Request& request) {
  if (!engine_.fits(wanted, alignment_of(request))) return true;  // no record will be needed
  const u32 records = slab_.grow();
  if (records == 0) return false;
  if (sites_.active()) sites_.open(slab_.capacity());
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_SLAB);
    event.as.slab = {records, 1};
    watch_.event(event);
  }
  return true;
}

void* Pool::fail(const Request& request, bool no_record) {
  ++failures_;
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_ALLOC_FAIL);
    pool_event_alloc_fail& failed = event.as.alloc_fail;
    failed = {request.number,
              request.bytes,
              needed(request.bytes, guard_),
              bytes(engine_.free_granules()),
              bytes(engine_.largest()),
              POOL_FAIL_FRAGMENTED,
              request.alignment};
    if (failed.needed > capacity_)
      failed.reason = POOL_FAIL_TOO_LARGE;
    else if (failed.free < failed.needed)
      failed.reason = POOL_FAIL_FULL;
    else if (no_record)
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
  const explain::Layout old = layout(start, record_of(start));
  // What leaves the quarantine may be the room on the right.
  while (!resize_in_place(start, old, requested)) {
    const auto wanted = static_cast<Granule>(needed(requested, guard_) >> shift_);
    const bool hopeless = requested > capacity_ || quarantine_.empty();
    if (hopeless || engine_.fits(wanted, {})) return move(old, start, requested);
    release_oldest();
  }
  return pointer;
}

// The block keeps the guard size that it was given.
bool Pool::resize_in_place(Granule start, const explain::Layout& old, u64 requested) {
  if (requested > capacity_) return false;
  engine::Record& record = slab_.find(engine_.head(start), start);
  const u64 whole = needed(requested, record.guard);
  engine::Resized resized;
  if (!engine_.resize(start, static_cast<Granule>(whole >> shift_), resized)) return false;
  Findings findings = check_guards(start, old);
  record.slack = static_cast<u32>(whole - old.front - requested) & engine::most_slack;
  live_bytes_ += requested - old.requested;
  if (live_bytes_ > peak_bytes_) peak_bytes_ = live_bytes_;
  MEMPOOL_ASSERT(!engine::check_near(engine_, start));
  if (findings.damaged()) tell(findings, false);
  Finding reused{};
  if (whole > old.size) reused = check_poison(old.offset + old.size, whole - old.size);
  tell(reused, false);
  after_resize(start, old, bytes(resized.rest), findings.intact());
  end_call();
  report(reused, "the bytes are handed out again");
  report(findings, "the block is resized");
  if (findings.damaged()) errno = EFAULT;
  return true;
}

// A new block under the same number, the bytes, then the old block goes: one call.
void* Pool::move(const explain::Layout& old, Granule start, u64 requested) {
  Finding reused{};
  void* payload = place({requested, old.number}, reused);
  if (payload == nullptr) {
    end_call();
    return nullptr;
  }
  std::memcpy(payload, region_ + old.payload, std::min(requested, old.requested));
  Findings findings = check_guards(start, old);
  if (findings.damaged()) tell(findings, false);
  let_go(start, old, findings);
  shrink_quarantine();
  end_call();
  report(reused, "the bytes are handed out again");
  report(findings, "the block is moved");
  if (findings.damaged()) errno = EFAULT;
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
  tracker_.give_all();
  wipe(0, offset_at(engine_.high_water()));
  quarantine_.clear();
  sites_.forget();
  told_ = {};
  slab_.clear();
  engine_.reset();
  live_guards_ = guard_ != 0;
  count_call();
  set_extras();
  end_call();
}

void Pool::enable_guards(u64 size) {
  if (size > most_guard_bytes) return misuse_argument(size);
  begin_call();
  guard_ = size == 0 ? default_guard_bytes : size;
  live_guards_ = true;
  tell_guards(true);
}

int Pool::disable_guards() {
  begin_call();
  const bool ok = live_blocks_ == 0;
  if (ok) {
    guard_ = 0;
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
  end_call();
}

int Pool::note(const char* text) {
  begin_call();
  count_call();
  if (!watch_.active()) return 0;
  pool_event event = event::make(POOL_EVENT_NOTE);
  event.as.note = {text, nullptr, POOL_NONE};
  watch_.event(event);
  tell_bytes();
  end_call();
  return 0;
}

}  // namespace mempool
