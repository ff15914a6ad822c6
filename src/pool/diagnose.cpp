// Pool: what went wrong, with evidence. Misuse and damage become an event, then the program's
// handler or lines on stderr, then nothing (report), or the end (abort).
//
//     mempool: error: double free: in pool 1 "net", pointer 0x7f10a0, offset 160
//     mempool:   the pointer lies in free memory: freed before, ...; pool_free changed nothing
//
// The summary line is one line and greppable; the evidence under it is indented. Addresses appear
// only here and in reports, never in events.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "event/table.hpp"
#include "pool/pool.hpp"
#include "pool/registry.hpp"

namespace mempool {

namespace {

constexpr u64 most_shown = 16;  // bytes of evidence
constexpr u64 most_named = 8;   // blocks in a leak's line

void write_pool(Line& line, const pool_report& report) {
  line << "pool " << report.pool_number;
  if (report.pool_name != nullptr) (line << " ").quote(report.pool_name);
}

/// The summary line: kind, block, pool, pointer, offset.
void write_summary(Line& line, const pool_report& report) {
  line << "mempool: error: " << pool_strerror(report.kind) << ": ";
  if (report.block != POOL_NONE) {
    line << "block #" << report.block << " (" << report.requested << " bytes) of ";
  } else {
    line << "in ";
  }
  write_pool(line, report);
  if (report.pointer != nullptr) (line << ", pointer ").pointer(report.pointer);
  if (report.region_offset != POOL_NONE) line << ", offset " << report.region_offset;
  line << "\n";
}

/// In one piece, so that threads do not tear it.
void print(const Line& line) {
  std::fwrite(line.view().data(), 1, line.view().size(), stderr);
}

}  // namespace

pool_report Pool::new_report(pool_error kind) const {
  pool_report report{};
  report.struct_size = sizeof report;
  report.kind = kind;
  report.pool = const_cast<MemoryPool*>(static_cast<const MemoryPool*>(this));
  report.pool_name = settings_.name.empty() ? nullptr : settings_.name.c_str();
  report.pool_number = number();
  report.block = report.requested = report.region_offset = POOL_NONE;
  return report;
}

pool_error_fn Pool::set_handler(pool_error_fn fn, void* user) {
  handler_user_ = user;
  return std::exchange(handler_, fn);
}

void Pool::report(const pool_report& report, const Line& evidence) {
  const int kept = errno;
  ++misuses_;
  if (watch_.ring) record();
  if (handler_ != nullptr) {
    gate_.run([&] { handler_(&report, handler_user_); });
  } else if (settings_.errors != POOL_ERRORS_QUIET) {
    Line line;
    write_summary(line, report);
    print(line << evidence.view());
  }
  if (settings_.errors == POOL_ERRORS_ABORT) {
    if (watch_.file) watch_.file->flush();
    std::abort();
  }
  errno = kept;
}

// Which of the ways to be wrong is it? Only this looks at other pools.
Pool::Misuse Pool::diagnose(const void* pointer) const {
  Misuse found{};
  const u64 offset = offset_of(pointer);
  if (offset >= capacity_) {
    found.other_pool = registry::owner_of(pointer);
    found.kind = found.other_pool == 0 ? POOL_ERROR_FOREIGN_FREE : POOL_ERROR_WRONG_POOL;
    return found;
  }
  found.offset = offset;
  const Granule start = engine_.start_of(granule_at(offset));
  if (!engine_.is_used_start(start)) {
    found.kind = POOL_ERROR_DOUBLE_FREE;
    return found;
  }
  found.kind = POOL_ERROR_INTERIOR_FREE;
  const explain::Layout block = layout(start, record_of(start));
  found.block = block.number;
  found.requested = block.requested;
  found.payload_offset = static_cast<i64>(offset - block.payload);
  return found;
}

void Pool::misuse(const void* pointer, const char* function) {
  begin_call();
  count_call();
  const Misuse found = diagnose(pointer);
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_MISUSE);
    event.as.misuse.kind = found.kind;
    event.as.misuse.offset = found.offset;
    event.as.misuse.block = found.block;
    if (found.offset == POOL_NONE && !settings_.hide_addresses) {
      event.as.misuse.address = reinterpret_cast<std::uintptr_t>(pointer);
    }
    watch_.event(event);
    watch_.end_call();
  }
  pool_report report = new_report(found.kind);
  report.pointer = pointer;
  report.block = found.block;
  report.requested = found.requested;
  report.region_offset = found.offset;
  report.offset = found.payload_offset;
  errno = EINVAL;
  this->report(report, evidence(found, function));
}

/// The indented line under the summary: what the pointer is, and that nothing was changed.
Line Pool::evidence(const Misuse& found, const char* function) const {
  Line line;
  line << "mempool:   the pointer ";
  switch (found.kind) {
    case POOL_ERROR_DOUBLE_FREE:
      line << "lies in free memory: freed before, or never handed out";
      break;
    case POOL_ERROR_INTERIOR_FREE:
      line << "is " << found.payload_offset << " bytes from the start of the payload of #"
           << found.block;
      break;
    case POOL_ERROR_WRONG_POOL: line << "lies in the region of pool " << found.other_pool; break;
    default: line << "lies in no pool's region"; break;
  }
  line << "; " << function << " changed nothing\n";
  return line;
}

void Pool::misuse_argument(u64 guard_size) {
  begin_call();
  count_call();
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_MISUSE);
    event.as.misuse.kind = POOL_ERROR_BAD_ARGUMENT;
    watch_.event(event);
    watch_.end_call();
  }
  errno = EINVAL;
  Line line;
  line << "mempool:   guards of " << guard_size << " bytes: the limit is " << most_guard_bytes
       << "; pool_enable_guards changed nothing\n";
  report(new_report(POOL_ERROR_BAD_ARGUMENT), line);
}

// ---- guards -------------------------------------------------------------------------------------

Pool::Finding Pool::examine(const explain::Layout& block, u32 side) const {
  const bool front = side == POOL_SIDE_FRONT;
  Finding finding{};
  finding.check = {block.number, side, front ? block.offset : block.payload + block.requested,
                   front ? block.front : block.back};
  const u8* guard = region_ + finding.check.offset;
  finding.damage = engine::examine_guard(guard, finding.check.size);
  if (finding.damage.damaged == 0) return finding;
  finding.check.damaged = finding.damage.damaged;
  finding.check.first = finding.check.offset + finding.damage.first;
  const u64 shown = std::min(most_shown, finding.check.size - finding.damage.first);
  std::memset(finding.expected, engine::guard_byte, sizeof finding.expected);
  finding.check.found = {guard + finding.damage.first, shown};
  return finding;
}

/// Compares both guards of a block.
Pool::Findings Pool::check_guards(const explain::Layout& block) const {
  if (block.guard == 0) return {};
  Findings findings{examine(block, POOL_SIDE_FRONT), examine(block, POOL_SIDE_BACK)};
  for (Finding* finding : {&findings.front, &findings.back}) {
    if (finding->check.damaged == 0) continue;
    std::memcpy(finding->found, finding->check.found.data, finding->check.found.size);
  }
  return findings;
}

/// Tells what was found, or only what is damaged.
void Pool::tell_guard_checks(const Findings& findings, bool only_damage) {
  if (!watch_.active()) return;
  for (const Finding* finding : {&findings.front, &findings.back}) {
    explain::GuardCheck check = finding->check;
    if (check.size == 0 || (only_damage && check.damaged == 0)) continue;
    if (check.damaged != 0) check.expected = {finding->expected, check.found.size};
    explain::explain(check, [this](pool_event& event) { watch_.event(event); });
  }
}

pool_report Pool::damage_report(const explain::Layout& block, const Finding& finding) const {
  const bool front = finding.check.side == POOL_SIDE_FRONT;
  pool_report report = new_report(front ? POOL_ERROR_UNDERRUN : POOL_ERROR_OVERRUN);
  report.pointer = region_ + block.payload;
  report.block = block.number;
  report.requested = block.requested;
  report.region_offset = finding.check.first;
  report.offset = static_cast<i64>(finding.check.first - block.payload);
  report.length = finding.damage.last - finding.damage.first + 1;
  report.damaged = finding.damage.damaged;
  report.shown = finding.check.found.size;
  std::memcpy(report.expected, finding.expected, report.shown);
  std::memcpy(report.found, finding.found, report.shown);
  return report;
}

void Pool::report_damage(const explain::Layout& block, const Findings& findings) {
  for (const Finding* finding : {&findings.front, &findings.back}) {
    if (finding->check.damaged == 0) continue;
    const pool_report report = damage_report(block, *finding);
    const bool front = finding->check.side == POOL_SIDE_FRONT;
    Line evidence;
    evidence << "mempool:   " << report.damaged << " of the " << finding->check.size
             << " guard bytes " << (front ? "in front of" : "behind")
             << " the payload differ, the first at payload offset " << report.offset;
    if (!front) {
      evidence << " (" << report.offset - static_cast<i64>(block.requested)
               << " bytes past its end)";
    }
    evidence << "\n";
    (evidence << "mempool:   expected ").hex(report.expected, report.shown) << "\n";
    (evidence << "mempool:   found    ").hex(report.found, report.shown) << "\n";
    this->report(report, evidence);
    errno = EFAULT;
  }
}

// ---- leaks --------------------------------------------------------------------------------------

/// A handler gets each leak; stderr gets one line for all of them. Leaks never abort.
void Pool::report_leaks() {
  if (handler_ != nullptr) {
    each_live([&](Granule start, const engine::Record& record) {
      const explain::Layout block = layout(start, record);
      pool_report report = new_report(POOL_ERROR_LEAK);
      report.pointer = region_ + block.payload;
      report.block = block.number;
      report.requested = block.requested;
      report.region_offset = block.offset;
      gate_.run([&] { handler_(&report, handler_user_); });
    });
    return;
  }
  if (settings_.errors == POOL_ERRORS_QUIET) return;
  Line line;
  line << "mempool: warning: leak: ";
  write_pool(line, new_report(POOL_ERROR_LEAK));
  line << " is destroyed with " << live_blocks_
       << (live_blocks_ == 1 ? " live block, " : " live blocks, ") << live_bytes_ << " bytes:";
  u64 named = 0;
  each_live([&](Granule, const engine::Record& record) {
    if (named++ < most_named) line << " #" << record.number;
  });
  if (named > most_named) line << " and " << named - most_named << " more";
  print(line << "\n");
}

}  // namespace mempool
