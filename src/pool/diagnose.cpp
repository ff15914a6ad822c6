// Pool: misuse: a pointer or an argument that is wrong. Which way is it wrong, and what is known of
// it? It becomes an event here and a report in report.cpp, and nothing is changed.
#include <cerrno>

#include "event/table.hpp"
#include "pool/pool.hpp"
#include "pool/registry.hpp"

namespace mempool {

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
  if (!engine_.is_used_start(start) || record_of(start).quarantined) {
    found.kind = POOL_ERROR_DOUBLE_FREE;
    find_history(offset, found);
    return found;
  }
  found.kind = POOL_ERROR_INTERIOR_FREE;
  found.site = site_of(start);
  const explain::Layout block = layout(start, record_of(start));
  found.block = block.number;
  found.requested = block.requested;
  found.payload_offset = static_cast<i64>(offset - block.payload);
  return found;
}

/// Whose was this free byte? The last blocks that were freed are remembered while there is a
/// reason.
void Pool::find_history(u64 offset, Misuse& found) const {
  const Sites::Freed* block = sites_.last_owner(offset);
  if (block == nullptr) return;
  found.block = block->number;
  found.requested = block->requested;
  found.payload_offset = static_cast<i64>(offset - block->payload);
  found.site = block->site;
  found.freed_seq = block->freed_seq;
}

void Pool::misuse(const void* pointer, const char* function) {
  begin_call();
  count_call();
  Misuse found = diagnose(pointer);
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_MISUSE);
    event.as.misuse.kind = found.kind;
    event.as.misuse.offset = found.offset;
    event.as.misuse.block = found.block;
    if (found.offset == POOL_NONE && !settings_.hide_addresses) {
      event.as.misuse.address = reinterpret_cast<std::uintptr_t>(pointer);
    }
    watch_.event(event);
    found.seq = watch_.last_seq();
    end_call();
  }
  errno = EINVAL;
  report(found, pointer, function);
}

void Pool::misuse_argument(u64 guard_size) {
  begin_call();
  count_call();
  if (watch_.active()) {
    pool_event event = event::make(POOL_EVENT_MISUSE);
    event.as.misuse.kind = POOL_ERROR_BAD_ARGUMENT;
    watch_.event(event);
    end_call();
  }
  errno = EINVAL;
  Line line;
  line << "mempool:   guards of " << guard_size << " bytes: the limit is " << most_guard_bytes
       << "; pool_enable_guards changed nothing\n";
  report(new_report(POOL_ERROR_BAD_ARGUMENT), line);
}

}  // namespace mempool
