// From events back to the calls that made them: see from_log.hpp.
//
// Events come in the groups of their calls. Each is applied to what the region holds as it comes;
// which operation the call was is decided when the next call begins.
#include "workload/from_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "event/table.hpp"
#include "model/model.hpp"
#include "model/policy.hpp"
#include "workload/log_call.hpp"
#include "workload/reach.hpp"
#include "workload/region_bytes.hpp"
#include "workload/site_table.hpp"

namespace mempool::viz {

namespace {

class Rewriter {
 public:
  explicit Rewriter(u32 pool) { made_.pool = pool; }

  [[nodiscard]] u32 pool() const { return made_.pool; }
  [[nodiscard]] const std::optional<std::string>& wrong() const { return wrong_; }

  void take(const pool_event& event) {
    if (wrong_ || call_.over) return;
    if (!opened_ || event.call != call_.number) {
      finish_call();
      call_ = {};
      call_.number = event.call;
    }
    apply(event);
  }

  Result<Recording> result() {
    finish_call();
    if (wrong_) return failure(std::move(*wrong_));
    if (!bytes_.followed())
      leave_out(
          fmt::format("regions over {} bytes are not followed byte by byte: only writes "
                      "that a note tells are made again",
                      RegionBytes::most));
    made_.left_out.assign(left_out_.begin(), left_out_.end());
    return std::move(made_);
  }

 private:
  void apply(const pool_event& event);
  void create(const pool_event_create& e);
  void alloc(const pool_event_alloc& e);
  void alloc_fail(const pool_event_alloc_fail& e);
  void resize(const pool_event_resize& e);
  void site(const pool_event_site& e);
  void given_back(u64 block, u64 offset, u64 size);
  void guards(const pool_event_guards& e);
  void misuse(const pool_event_misuse& e);
  void slab();

  void found(u64 offset, std::string_view told, u64 owner);
  void look(u64 offset, pool_bytes told, u64 owner);
  void found_so_far();
  void finish_call();
  void add_note();

  /// The number of a new allocation or of a live one; others contradict the log.
  [[nodiscard]] bool is_next(u64 block) const { return block == pointers_.size(); }
  [[nodiscard]] bool is_live(u64 block) const {
    return block < pointers_.size() && pointers_[block].live;
  }
  void decide(Operation operation) {
    if (!call_.operation) call_.operation = operation;
  }
  /// An operation that changes its allocation: a call has one at most.
  void decide(Operation operation, const LogPointer& after) {
    if (call_.operation) return contradiction();
    call_.operation = operation;
    call_.after = after;
  }
  void fail(std::string_view what) {
    if (!wrong_) wrong_ = fmt::format("call {}: {}", call_.number, what);
  }
  void contradiction() { fail("the log contradicts itself (mempool-viz check says where)"); }
  void leave_out(std::string what) { left_out_.insert(std::move(what)); }

  bool opened_ = false;
  Recording made_;
  RegionBytes bytes_;
  std::vector<LogPointer> pointers_;  // by number, as the operations so far leave them
  SiteTable site_table_;
  std::set<std::pair<u64, u32>> had_;  // (payload, number) of every allocation that was had
  u64 live_ = 0;                       // blocks, those in quarantine among them
  bool slab_told_ = false;
  LogCall call_;
  std::set<std::string> left_out_;
  std::optional<std::string> wrong_;
};

/// Events that say how bytes are, and change none.
bool is_look(u32 kind) {
  return kind == POOL_EVENT_BYTES || kind == POOL_EVENT_GUARD_CHECK ||
         kind == POOL_EVENT_POISON_CHECK || kind == POOL_EVENT_CHECK;
}

bool is_alignment(u64 alignment) {
  return alignment == POOL_NONE || (is_power_of_two(alignment) && alignment <= most_alignment);
}

Operation allocation(u64 block, u64 size, u64 alignment) {
  return aligned_allocation(static_cast<u32>(block), size, alignment == POOL_NONE ? 1 : alignment);
}

std::string_view view_of(pool_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data), bytes.data == nullptr ? 0 : bytes.size};
}

void Rewriter::apply(const pool_event& event) {
  if (!opened_ && event.kind != POOL_EVENT_CREATE)
    return fail("the log opens on a pool in use, so its first calls are not in it");
  call_.only_bytes = call_.only_bytes && event.kind == POOL_EVENT_BYTES;
  if (!is_look(event.kind) && event.kind != POOL_EVENT_NOTE) found_so_far();
  switch (event.kind) {
    case POOL_EVENT_CREATE: return create(event.as.create);
    case POOL_EVENT_ALLOC: return alloc(event.as.alloc);
    case POOL_EVENT_ALLOC_FAIL: return alloc_fail(event.as.alloc_fail);
    case POOL_EVENT_RESIZE: return resize(event.as.resize);
    case POOL_EVENT_FREE:
      return given_back(event.as.free.block, event.as.free.offset, event.as.free.size);
    case POOL_EVENT_QUARANTINE:
      ++live_;  // its record stays
      return given_back(event.as.quarantine.block, event.as.quarantine.offset,
                        event.as.quarantine.size);
    case POOL_EVENT_RELEASE:
      live_ -= live_ == 0 ? 0 : 1;
      if (made_.setup.poison)  // what was written there is made good
        bytes_.set(event.as.release.offset, event.as.release.size, poison_byte);
      return;
    case POOL_EVENT_GUARDS: return guards(event.as.guards);
    case POOL_EVENT_GUARD_WRITE:
      return bytes_.set(event.as.guard_write.offset, event.as.guard_write.size, guard_byte);
    case POOL_EVENT_GUARD_CHECK: {
      const pool_event_guard_check& e = event.as.guard_check;
      return look(e.first, e.found, e.block);
    }
    case POOL_EVENT_POISON_CHECK: {
      const pool_event_poison_check& e = event.as.poison_check;
      return look(e.first, e.found, e.block);
    }
    case POOL_EVENT_MISUSE: return misuse(event.as.misuse);
    case POOL_EVENT_SLAB: return slab();
    case POOL_EVENT_CHECK: call_.checked = true; return;
    case POOL_EVENT_BYTES: return look(event.as.bytes.offset, event.as.bytes.hex, POOL_NONE);
    case POOL_EVENT_NOTE:
      call_.note = event.as.note.text == nullptr ? "" : event.as.note.text;
      if (event.as.note.file != nullptr) leave_out("the places in the source that notes tell");
      add_note();
      return found_so_far();
    case POOL_EVENT_SITE: return site(event.as.site);
    case POOL_EVENT_RECORDED:
      made_.workload.recorded =
          event.as.recorded.program == nullptr ? "a program" : event.as.recorded.program;
      return;
    case POOL_EVENT_RESET: return fail("pool_reset() is no operation of a workload");
    case POOL_EVENT_SNAPSHOT: return contradiction();
    case POOL_EVENT_DROPPED: return fail("events could not be written, so calls are missing");
    case POOL_EVENT_LEAK:
    case POOL_EVENT_DESTROY: call_.over = true; return;
    default: return;
  }
}

void Rewriter::create(const pool_event_create& e) {
  const bool a_pool = e.capacity != 0 && is_power_of_two(e.align) && is_policy(e.policy);
  if (opened_ || !a_pool) return contradiction();
  opened_ = true;
  PoolSetup& setup = made_.setup;
  setup.capacity = e.capacity;
  setup.align = e.align;
  setup.guards = e.guards;
  setup.policy = e.policy;
  setup.fill = e.fill != 0;
  setup.poison = e.poison != 0;
  setup.quarantine = e.quarantine == POOL_NONE ? 0 : e.quarantine;
  setup.capture = e.capture != 0;
  if (e.model != nullptr) {
    made_.setup.model = read_list_model(e.model);
    if (!made_.setup.model) return fail("the pool is of a kind that is not known here");
  }
  if (e.name != nullptr) {
    made_.workload.name = e.name;
    leave_out("the pool's name");
  }
  bytes_.open(e.capacity);
  if (e.poison != 0) bytes_.set(0, e.capacity, poison_byte);
}

//  a new number: an allocation. A live one: pool_realloc() moves its block.
void Rewriter::alloc(const pool_event_alloc& e) {
  if (!is_alignment(e.alignment)) return contradiction();
  const u64 capacity = *made_.setup.capacity;
  const bool sensible = e.offset <= capacity && e.size <= capacity - e.offset &&
                        e.offset <= e.payload && e.requested <= e.size &&
                        e.payload - e.offset <= e.size - e.requested;
  if (!sensible || (!is_next(e.block) && !is_live(e.block))) return contradiction();
  const LogPointer after{e.payload, e.requested, true};
  ++live_;
  if (made_.setup.fill) bytes_.set(e.payload, e.requested, fresh_byte);
  if (is_next(e.block)) return decide(allocation(e.block, e.requested, e.alignment), after);
  const LogPointer& old = pointers_[e.block];
  bytes_.move(old.payload, e.payload, std::min(old.requested, e.requested));
  call_.moved_from = old.payload;
  decide({Act::realloc, static_cast<u32>(e.block), e.requested}, after);
}

void Rewriter::alloc_fail(const pool_event_alloc_fail& e) {
  if (!is_alignment(e.alignment)) return contradiction();
  if (is_live(e.block)) return decide({Act::realloc, static_cast<u32>(e.block), e.requested});
  if (!is_next(e.block)) return contradiction();
  decide(allocation(e.block, e.requested, e.alignment), LogPointer{});
}

void Rewriter::resize(const pool_event_resize& e) {
  if (!is_live(e.block)) return contradiction();
  const LogPointer& old = pointers_[e.block];
  const u64 end = e.offset + e.size, old_end = old.payload + old.requested;
  if (e.offset > *made_.setup.capacity || e.size > *made_.setup.capacity || e.requested > e.size)
    return contradiction();
  const u64 new_end = old.payload + e.requested;
  const PoolSetup& setup = made_.setup;
  if (setup.fill && new_end > old_end) bytes_.set(old_end, new_end - old_end, fresh_byte);
  if (setup.fill && end < old_end && !setup.poison) bytes_.set(end, old_end - end, freed_byte);
  if (setup.poison && e.size < e.old_size) bytes_.set(end, e.old_size - e.size, poison_byte);
  decide({Act::realloc, static_cast<u32>(e.block), e.requested},
         LogPointer{old.payload, e.requested, true});
}

/// Who asked for the block of this call.
void Rewriter::site(const pool_event_site& e) {
  if (!call_.operation || e.block != call_.operation->index) return contradiction();
  const CallSite site{e.file == nullptr ? "" : e.file, static_cast<u32>(e.line)};
  call_.operation->site = site_table_.number(site, made_.workload.call_sites);
}

/// A block is freed, or put into quarantine: by pool_free(), or because its bytes have moved.
void Rewriter::given_back(u64 block, u64 offset, u64 size) {
  if (!is_live(block)) return contradiction();
  const LogPointer& old = pointers_[block];
  live_ -= live_ == 0 ? 0 : 1;
  if (made_.setup.poison)
    bytes_.set(offset, size, poison_byte);
  else if (made_.setup.fill)
    bytes_.set(old.payload, old.requested, freed_byte);
  if (call_.moved_from != POOL_NONE) return;
  decide({Act::free, static_cast<u32>(block)}, LogPointer{old.payload, old.requested, false});
}

void Rewriter::guards(const pool_event_guards& e) {
  if (e.ok == 0) return leave_out("guards that were not switched, for blocks were live");
  if (!pointers_.empty())
    return fail("guards are switched in the middle of the run, which a workload cannot do");
  made_.setup.guards = e.guard_size;
  leave_out("guards that are switched at the start: the pool is created with them");
}

/// What a pointer is worth is the pool's business; which allocation had it is found here.
void Rewriter::misuse(const pool_event_misuse& e) {
  const auto had = had_.lower_bound({e.offset, 0});
  if (had != had_.end() && had->first == e.offset) return decide({Act::free, had->second});
  leave_out(
      "misuse of pointers that no allocation gave (it changes nothing; later calls are "
      "numbered lower)");
}

/// The slab was as large as there were live blocks when it was exhausted.
void Rewriter::slab() {
  if (!slab_told_) made_.setup.records = live_;
  slab_told_ = true;
}

/// Bytes as they are now. Where the calls alone left others, the program wrote.
void Rewriter::found(u64 offset, std::string_view told, u64 owner) {
  for (const Run& run : bytes_.differences(offset, told)) {
    u64 at = run.offset;
    u32 index = 0;
    if (call_.moved_from != POOL_NONE && call_.after && at >= call_.after->payload &&
        at - call_.after->payload < call_.after->requested) {
      index = call_.operation->index;  // written before the bytes moved
      at = at - call_.after->payload + call_.moved_from;
    } else if (owner < pointers_.size() && pointers_[owner].payload != POOL_NONE) {
      index = static_cast<u32>(owner);
    } else if (!had_.empty()) {
      const auto after = had_.upper_bound({at, 0xFFFF'FFFF});
      index = after == had_.begin() ? after->second : std::prev(after)->second;
    } else {
      leave_out("bytes that were written before anything was allocated");
      continue;
    }
    const auto distance = static_cast<std::int64_t>(at - pointers_[index].payload);
    made_.workload.operations.push_back({Act::write, index, made_.workload.writes.size()});
    made_.workload.writes.push_back({distance, run.count, run.byte, false});
  }
}

void Rewriter::look(u64 offset, pool_bytes told, u64 owner) {
  if (call_.operation) return found(offset, view_of(told), owner);
  call_.looks.push_back({offset, std::string(view_of(told)), owner});
}

void Rewriter::found_so_far() {
  for (const LogLook& each : std::exchange(call_.looks, {}))
    found(each.offset, each.told, each.owner);
}

/// A note is an operation at once: the bytes that follow it are those after it.
void Rewriter::add_note() {
  Workload& workload = made_.workload;
  const std::optional<NotedWrite> noted = read_write_note(*call_.note);
  const bool ours =
      noted && noted->index < pointers_.size() && pointers_[noted->index].payload != POOL_NONE;
  if (ours) {
    const Reach made = reach(noted->write, pointers_[noted->index].payload, *made_.setup.capacity);
    if (write_note(noted->write, noted->index, made) == *call_.note) {
      bytes_.set(made.begin, made.count, noted->write.byte);
      decide({Act::write, noted->index, workload.writes.size()});
      workload.writes.push_back(noted->write);
      return;
    }
  }
  decide({Act::note, 0, workload.notes.size()});
  workload.notes.push_back(*call_.note);
}

void Rewriter::finish_call() {
  if (!opened_ || wrong_ || call_.number == 0 || call_.over) return;
  found_so_far();
  // Of a pool that checks at every call, what is found comes in the call that found it.
  if (call_.checked && call_.operation) made_.setup.check_every = true;
  if (call_.checked) decide({Act::check});
  if (!call_.operation) {
    if (call_.only_bytes)
      leave_out("pool_dump(), which is no operation (later calls are numbered lower)");
    return;
  }
  const Operation& operation = *call_.operation;
  made_.workload.operations.push_back(operation);
  if (operation.act == Act::alloc) {
    if (pointers_.size() == most_allocations) return fail("there are too many allocations");
    pointers_.emplace_back();
    ++made_.workload.allocations;
  }
  if (!call_.after) return;
  LogPointer& pointer = pointers_[operation.index];
  if (pointer.payload != POOL_NONE) had_.erase({pointer.payload, operation.index});
  pointer = *call_.after;
  if (pointer.payload != POOL_NONE) had_.insert({pointer.payload, operation.index});
}

}  // namespace

Result<Recording> workload_from_log(log::Reader& reader, std::optional<u32> pool,
                                    const Progress& progress) {
  std::optional<Rewriter> rewriter;
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event);) {
    tell();
    if (event.pool == 0 || (pool && event.pool != *pool)) continue;
    // The lowest pool is meant: what an earlier one did is forgotten when a lower one begins.
    if (!rewriter || event.pool < rewriter->pool()) rewriter.emplace(event.pool);
    if (event.pool == rewriter->pool()) rewriter->take(event);
  }
  if (reader.findings().damaged != 0) return failure("the log is damaged, so calls may be missing");
  if (rewriter) return rewriter->result();
  return failure(pool ? fmt::format("there is no pool {} in the log", *pool)
                      : std::string("there is no pool in the log"));
}

}  // namespace mempool::viz
