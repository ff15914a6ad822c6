// Pool: reports: the program's handler gets them, or stderr; then the program goes on, or it ends
// (errors=abort).
//
//     mempool: error: write past the end of a block: block #3 (13 bytes) of pool 1 "net", ...
//     mempool:   2 of the 19 guard bytes behind the payload differ, the first at ... 13 ...
//     mempool:   expected ab ab
//     mempool:   found    21 00
//     mempool:   allocated at parser.c:118 (event 31); the block is freed
//
// The summary is one line and greppable; the evidence under it is indented. Addresses appear only
// here and in reports, never in events. Needs no memory.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "pool/pool.hpp"

namespace mempool {

namespace {

constexpr u64 most_named = 8;  // blocks in a leak's line

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

/// "allocated at parser.c:118 (event 31); freed by event 40; the block is freed": what is known.
void write_history(Line& line, const pool_report& report) {
  line << "mempool:   ";
  if (report.file != nullptr || report.alloc_seq != POOL_NONE) line << "allocated";
  if (report.file != nullptr) line << " at " << Line::Safe{report.file} << ":" << report.line;
  if (report.alloc_seq != POOL_NONE)
    line << (report.file != nullptr ? " (event " : " by event ") << report.alloc_seq
         << (report.file != nullptr ? ")" : "");
  if (report.file != nullptr || report.alloc_seq != POOL_NONE) line << "; ";
  if (report.free_seq != POOL_NONE) line << "freed by event " << report.free_seq << "; ";
  line << report.action << "\n";
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
  report.seq = report.alloc_seq = report.free_seq = report.neighbour = POOL_NONE;
  report.action = "";
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

// ---- damage -------------------------------------------------------------------------------------

pool_report Pool::report_of(const Finding& finding, const char* action) const {
  pool_report report = new_report(finding.kind);
  report.block = finding.block;
  report.requested = finding.requested;
  report.region_offset = finding.first();
  if (finding.payload != POOL_NONE) {
    report.pointer = region_ + finding.payload;
    report.offset = static_cast<i64>(finding.first() - finding.payload);
  }
  report.length = finding.damage.last - finding.damage.first + 1;
  report.damaged = finding.damage.damaged;
  report.shown = finding.shown;
  std::memcpy(report.expected, finding.expected, report.shown);
  std::memcpy(report.found, finding.found, report.shown);
  report.seq = finding.seq;
  report.alloc_seq = finding.site.seq;
  report.file = finding.site.file;
  report.line = finding.site.line;
  report.free_seq = finding.freed_seq;
  report.neighbour = finding.neighbour;
  report.action = action;
  return report;
}

namespace {

/// How much differs, and where the first of it lies.
void write_extent(Line& line, const pool_report& report, u64 compared) {
  const bool free = report.kind == POOL_ERROR_WRITE_AFTER_FREE;
  const bool one = report.damaged == 1;
  line << "mempool:   " << report.damaged << " of the " << compared
       << (free ? " free bytes" : " guard bytes");
  if (!free)
    line << (report.kind == POOL_ERROR_UNDERRUN ? " in front of" : " behind") << " the payload";
  line << (one ? " differs" : " differ") << ", the first at ";
  if (report.block == POOL_NONE) {
    line << "offset " << report.region_offset;
  } else {
    line << "payload offset " << report.offset;
    const i64 past = report.offset - static_cast<i64>(report.requested);
    if (report.kind == POOL_ERROR_OVERRUN) line << " (" << past << " bytes past its end)";
    if (free) line << " of what was #" << report.block;
  }
  line << "\n";
}

}  // namespace

/// One finding, if it is one. The pool is whole: a handler may leave by longjmp.
void Pool::report(const Finding& finding, const char* action) {
  if (finding.damage.damaged == 0) return;
  const pool_report report = report_of(finding, action);
  Line evidence;
  write_extent(evidence, report, finding.size);
  (evidence << "mempool:   expected ").hex(report.expected, report.shown) << "\n";
  (evidence << "mempool:   found    ").hex(report.found, report.shown) << "\n";
  if (report.neighbour != POOL_NONE) {
    evidence << "mempool:   the guard of #" << report.neighbour
             << " beside it is damaged too: the write may have come from either block\n";
  }
  write_history(evidence, report);
  this->report(report, evidence);
}

void Pool::report(const Findings& findings, const char* action) {
  report(findings.front, action);
  report(findings.back, action);
}

// ---- misuse -------------------------------------------------------------------------------------

void Pool::report(const Misuse& found, const void* pointer, const char* function) {
  pool_report report = new_report(found.kind);
  report.pointer = pointer;
  report.block = found.block;
  report.requested = found.requested;
  report.region_offset = found.offset;
  report.offset = found.payload_offset;
  report.seq = found.seq;
  report.alloc_seq = found.site.seq;
  report.file = found.site.file;
  report.line = found.site.line;
  report.free_seq = found.freed_seq;
  report.action = "nothing was changed";
  Line line;
  line << "mempool:   the pointer ";
  switch (found.kind) {
    case POOL_ERROR_DOUBLE_FREE:
      line << "lies in free memory: ";
      if (found.block == POOL_NONE)
        line << "freed before, or never handed out";
      else if (found.payload_offset == 0)
        line << "#" << found.block << " was freed before";
      else
        line << found.payload_offset << " bytes from the start of what was #" << found.block;
      break;
    case POOL_ERROR_INTERIOR_FREE:
      line << "is " << found.payload_offset << " bytes from the start of the payload of #"
           << found.block;
      break;
    case POOL_ERROR_WRONG_POOL: line << "lies in the region of pool " << found.other_pool; break;
    default: line << "lies in no pool's region"; break;
  }
  line << "; " << function << " changed nothing\n";
  if (report.alloc_seq != POOL_NONE || report.file != nullptr) write_history(line, report);
  this->report(report, line);
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
      const Site site = site_of(start);
      report.alloc_seq = site.seq;
      report.file = site.file;
      report.line = site.line;
      report.action = "the pool is destroyed";
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
  each_live([&](Granule start, const engine::Record& record) {
    if (named++ >= most_named) return;
    line << " #" << record.number;
    if (const Site site = site_of(start); site.file != nullptr)
      line << " (" << Line::Safe{site.file} << ":" << site.line << ")";
  });
  if (named > most_named) line << " and " << named - most_named << " more";
  print(line << "\n");
}

}  // namespace mempool
