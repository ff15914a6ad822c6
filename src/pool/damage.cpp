// Pool: what was written where it should not: guards, and the poison of freed bytes. Found and told
// as events here; the reports are report.cpp's.
//
//     [ front guard | payload | back guard ][ ...... free, 0xDD ...... ]
//       0xAB ...                0xAB ...       written to after free?
//         '-- compare()            '-- compare()  '-- compare()
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/check.hpp"
#include "event/table.hpp"
#include "pool/pool.hpp"

namespace mempool {

namespace {
constexpr u64 most_shown = 16;  // bytes of evidence
}

Pool::Finding Pool::compare(u64 offset, u64 size, u8 byte, pool_error kind) const {
  Finding finding{};
  finding.kind = kind;
  finding.offset = offset;
  finding.size = size;
  finding.block = finding.payload = finding.requested = POOL_NONE;
  finding.freed_seq = finding.neighbour = finding.seq = POOL_NONE;
  const u8* bytes = region_ + offset;
  tracker_.unlock(bytes, size);
  finding.damage = engine::examine(bytes, size, byte);
  if (finding.damage.damaged != 0) {
    finding.shown = std::min(most_shown, size - finding.damage.first);
    std::memset(finding.expected, byte, sizeof finding.expected);
    std::memcpy(finding.found, bytes + finding.damage.first, finding.shown);
  }
  tracker_.lock(bytes, size);
  return finding;
}

// ---- guards -------------------------------------------------------------------------------------

Pool::Finding Pool::compare_side(const explain::Layout& block, u32 side) const {
  return side == POOL_SIDE_FRONT
             ? compare(block.offset, block.front, engine::guard_byte, POOL_ERROR_UNDERRUN)
             : compare(block.payload + block.requested, block.back, engine::guard_byte,
                       POOL_ERROR_OVERRUN);
}

Pool::Finding Pool::compare_guard(Granule start, const explain::Layout& block, u32 side) const {
  Finding finding = compare_side(block, side);
  finding.block = block.number;
  finding.payload = block.payload;
  finding.requested = block.requested;
  if (finding.damage.damaged == 0) return finding;
  finding.site = site_of(start);
  finding.neighbour = damaged_neighbour(start, side);
  return finding;
}

Pool::Findings Pool::check_guards(Granule start, const explain::Layout& block) const {
  if (block.guard == 0) return {};
  return {compare_guard(start, block, POOL_SIDE_FRONT),
          compare_guard(start, block, POOL_SIDE_BACK)};
}

//  [ #1 payload | guard ][ guard | #2 payload ]      one write may have hit both guards, and come
//                 xxxxxxxxxxxxxx                     from either side
u64 Pool::damaged_neighbour(Granule start, u32 side) const {
  const bool right = side == POOL_SIDE_BACK;
  if (!right && start == engine_.begin()) return POOL_NONE;
  const Granule other = right ? engine_.after(start) : engine_.start_of(start - 1);
  if (other == engine_.end() || !engine_.is_used_start(other)) return POOL_NONE;
  const engine::Record& record = record_of(other);
  if (record.quarantined || record.guard == 0) return POOL_NONE;
  const explain::Layout block = layout(other, record);
  const Finding facing = compare_side(block, right ? POOL_SIDE_FRONT : POOL_SIDE_BACK);
  return facing.damage.damaged != 0 ? block.number : POOL_NONE;
}

Site Pool::site_of(Granule start) const {
  const engine::Record& record = record_of(start);
  return sites_.of(slab_.index_of(record), record.number);
}

// ---- poison -------------------------------------------------------------------------------------

/// Free or quarantined bytes: has anybody written to them? Only with the option.
Pool::Finding Pool::check_poison(u64 offset, u64 size) const {
  if (!settings_.poison) return {};
  Finding finding = compare(offset, size, engine::poison_byte, POOL_ERROR_WRITE_AFTER_FREE);
  if (finding.damage.damaged == 0) return finding;
  if (const Sites::Freed* block = sites_.last_owner(finding.first())) {
    finding.block = block->number;
    finding.payload = block->payload;
    finding.requested = block->requested;
    finding.site = block->site;
    finding.freed_seq = block->freed_seq;
  }
  return finding;
}

// ---- telling ------------------------------------------------------------------------------------

void Pool::tell(Finding& finding, bool only_damage) {
  if (finding.size == 0 || !watch_.active()) return;
  const bool damaged = finding.damage.damaged != 0;
  if (only_damage && !damaged) return;
  const u64 first = damaged ? finding.first() : POOL_NONE;
  const pool_bytes expected{damaged ? finding.expected : nullptr, finding.shown};
  const pool_bytes found{damaged ? finding.found : nullptr, finding.shown};
  if (finding.kind == POOL_ERROR_WRITE_AFTER_FREE) {
    pool_event event = event::make(POOL_EVENT_POISON_CHECK);
    event.as.poison_check = {finding.offset, finding.size, finding.damage.damaged, first,
                             expected,       found,        finding.block};
    watch_.event(event);
  } else {
    const u32 side = finding.kind == POOL_ERROR_UNDERRUN ? POOL_SIDE_FRONT : POOL_SIDE_BACK;
    explain::explain(explain::GuardCheck{finding.block, side, finding.offset, finding.size,
                                         finding.damage.damaged, first, expected, found},
                     [this](pool_event& event) { watch_.event(event); });
  }
  finding.seq = watch_.last_seq();
}

void Pool::tell(Findings& findings, bool only_damage) {
  tell(findings.front, only_damage);
  tell(findings.back, only_damage);
}

void Pool::tell_check(u64 violations) {
  if (!watch_.active()) return;
  pool_event event = event::make(POOL_EVENT_CHECK);
  event.as.check = {live_blocks_, violations};
  watch_.event(event);
}

// ---- looking at everything ----------------------------------------------------------------------

template <class See>
void Pool::each_damage(See see) {
  const auto look = [&](Finding finding) {
    if (finding.damage.damaged == 0) return;
    tell(finding, true);
    see(finding);
  };
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    if (is_live(at)) {
      const Findings findings = check_guards(at, layout(at, record_of(at)));
      look(findings.front);
      look(findings.back);
    } else {
      look(check_poison(offset_at(at), bytes(engine_.size_at(at))));
    }
  }
}

int Pool::check(pool_report_fn fn, void* user) {
  number_call();  // this is the look
  if (capture_.active()) tell_captured();
  count_call();
  u64 violations = 0;
  const auto violation = [&](const pool_report& report) {
    ++violations;
    if (fn != nullptr) gate_.run([&] { fn(&report, user); });
  };
  if (const auto broken = engine::check(engine_, slab_, live_blocks_ + quarantine_.blocks())) {
    pool_report report = new_report(POOL_ERROR_METADATA);
    report.region_offset = offset_at(broken->at);
    report.action = broken->what;
    violation(report);
  } else {  // guards are looked for where the bookkeeping says they are
    each_damage(
        [&](const Finding& finding) { violation(report_of(finding, "nothing was changed")); });
  }
  tell_check(violations);
  if (watch_.active()) end_call();
  return static_cast<int>(std::min<u64>(violations, 0x7FFFFFFF));
}

/// Before the work of a call, with `capture`: what the program has written since the last one; with
/// `check=every`: what it should not have. The same damage is reported once.
void Pool::look_around() {
  if (capture_.active()) tell_captured();
  if (!settings_.check_every) return;
  const int kept = errno;
  u64 violations = 0;
  each_damage([&](const Finding& finding) {
    ++violations;
    if (!already_told(finding)) report(finding, "nothing was changed");
  });
  tell_check(violations);
  errno = kept;
}

/// Before the pool goes: every guard is compared and told, and all poison.
void Pool::check_everything_left() {
  for (Granule at = engine_.begin(); at != engine_.end(); at = engine_.after(at)) {
    if (is_live(at)) {
      Findings findings = check_guards(at, layout(at, record_of(at)));
      tell(findings, false);
      report(findings, "the pool is destroyed");
    } else {
      Finding finding = check_poison(offset_at(at), bytes(engine_.size_at(at)));
      tell(finding, true);
      report(finding, "the pool is destroyed");
    }
  }
}

/// Remembers it. Where too much is damaged to remember, some of it is reported again.
bool Pool::already_told(const Finding& finding) {
  const u64 mark = 1 + (finding.first() << 16) + finding.damage.damaged + finding.kind;
  u64& place = told_[mark * 0x9E3779B97F4A7C15 >> 58];
  if (place == mark) return true;
  place = mark;
  return false;
}

}  // namespace mempool
