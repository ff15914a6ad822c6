// The list player: see list_player.hpp.
#include "workload/list_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "classroom/list_allocator.hpp"
#include "event/table.hpp"
#include "log/file.hpp"
#include "log/jsonl.hpp"
#include "sink/sinks.hpp"
#include "workload/reach.hpp"

namespace mempool::viz {

namespace {

using classroom::ListAllocator;

constexpr u64 operations_between_progress = 1024;
constexpr u64 log_flush = u64{64} << 10;
constexpr u64 largest_region = u64{1} << 20;  // whose bytes are kept, so that notes can tell them
constexpr u64 most_bytes_an_event = 4096;

/// Numbers the events and hands them to whoever wants them.
class Teller {
 public:
  Teller(const Destination& destination, std::unique_ptr<FileSink> file, Outcome& outcome)
      : text_(destination.text),
        file_(std::move(file)),
        watch_(destination.watch),
        outcome_(outcome) {
    if (text_ != nullptr) log::write_header(*text_);
  }

  void tell(pool_event event) {
    event.pool = 1;
    event.seq = ++outcome_.events;
    event.call = call_;
    if (event.kind == POOL_EVENT_ALLOC_FAIL) {
      ++outcome_.failures_by_reason[event.as.alloc_fail.reason];
      ++outcome_.failures;
      if (outcome_.first_failure_call == 0) outcome_.first_failure_call = call_;
    }
    if (text_ != nullptr && !too_long()) log::write_event(event, *text_);
    if (file_ != nullptr) file_->event(event);
    if (watch_) watch_(event);
  }
  void end_call() {
    if (file_ != nullptr) file_->end_call();
    ++call_;
  }
  [[nodiscard]] u64 call() const { return call_; }
  [[nodiscard]] bool too_long() const { return text_ != nullptr && text_->size() > largest_text; }

  /// 0, or the errno of the first write that failed.
  [[nodiscard]] int end() {
    if (text_ != nullptr) {
      pool_event event = event::make(POOL_EVENT_END);
      event.as.end = {outcome_.events, 0};
      log::write_event(event, *text_);
    }
    return file_ == nullptr ? 0 : file_->finish();
  }

 private:
  std::string* text_;
  std::unique_ptr<FileSink> file_;
  const std::function<void(const pool_event&)>& watch_;
  Outcome& outcome_;
  u64 call_ = 0;
};

/// Makes the calls, and keeps what the list allocator does not: pointers and bytes.
class ListPlayer {
 public:
  ListPlayer(const Workload& workload, const PoolSetup& setup, u64 capacity, Teller& teller,
             Outcome& outcome)
      : workload_(workload),
        capacity_(capacity),
        teller_(teller),
        outcome_(outcome),
        pool_(capacity, setup.align, setup.policy, *setup.model,
              [this](const pool_event& event) { teller_.tell(event); }),
        pointers_(workload.allocations),
        bytes_(capacity <= largest_region ? capacity : 0) {}

  void carry_out(const Operation& operation);
  void destroy();

 private:
  /// What an allocation's pointer is worth; payload POOL_NONE: it failed.
  struct Pointer {
    u64 payload = POOL_NONE;
  };

  void alloc(const Operation& operation);
  void free(u64 payload);
  void realloc(const Operation& operation);
  void tell_site(const Operation& operation);
  void write(u32 index, const Write& write);
  void note(const std::string& text);
  void misuse(u64 payload);
  void tell_bytes();
  [[nodiscard]] const classroom::UsedBlock* live(u64 payload) const;
  void count_live(u64 bytes);

  const Workload& workload_;
  u64 capacity_;
  Teller& teller_;
  Outcome& outcome_;
  ListAllocator pool_;
  std::vector<Pointer> pointers_;  // by number
  std::vector<u8> bytes_;          // of the region; none of a large one
};

void ListPlayer::carry_out(const Operation& operation) {
  const bool needs_pointer =
      operation.act == Act::free || operation.act == Act::realloc || operation.act == Act::write;
  if (needs_pointer && pointers_[operation.index].payload == POOL_NONE) {
    ++outcome_.skipped;
    return;
  }
  if (operation.act == Act::write && !workload_.writes[operation.size].told)
    return write(operation.index, workload_.writes[operation.size]);
  ++outcome_.executed;
  switch (operation.act) {
    case Act::alloc: alloc(operation); break;
    case Act::free: free(pointers_[operation.index].payload); break;
    case Act::realloc: realloc(operation); break;
    case Act::write: write(operation.index, workload_.writes[operation.size]); break;
    case Act::check: teller_.tell(event::of(pool_event_check{pool_.used().size(), 0})); break;
    case Act::note: note(workload_.notes[operation.size]); break;
  }
  teller_.end_call();
}

const classroom::UsedBlock* ListPlayer::live(u64 payload) const {
  const auto found =
      payload < pool_.header() ? pool_.used().end() : pool_.used().find(payload - pool_.header());
  return found == pool_.used().end() ? nullptr : &found->second;
}

void ListPlayer::count_live(u64 bytes) {
  outcome_.live_bytes += bytes;
  if (outcome_.live_bytes <= outcome_.peak_bytes) return;
  outcome_.peak_bytes = outcome_.live_bytes;
  outcome_.peak_call = teller_.call();
}

void ListPlayer::alloc(const Operation& operation) {
  ++outcome_.allocs;
  const std::optional<u64> payload = pool_.alloc(operation.index, operation.size);
  if (!payload) return;
  tell_site(operation);
  pointers_[operation.index] = {*payload};
  count_live(operation.size);
}

void ListPlayer::tell_site(const Operation& operation) {
  if (operation.site == 0) return;
  const CallSite& site = workload_.call_sites[operation.site - 1];
  teller_.tell(event::of(pool_event_site{operation.index, site.where.c_str(), site.line}));
}

void ListPlayer::free(u64 payload) {
  const classroom::UsedBlock* block = live(payload);
  if (block == nullptr) return misuse(payload);
  outcome_.live_bytes -= block->requested;
  ++outcome_.frees;
  static_cast<void>(pool_.free(payload));
}

//  [ old ] ... [ free ]   =>   [ free ] ... [ new, with the old bytes ]      never in place
void ListPlayer::realloc(const Operation& operation) {
  const u64 old = pointers_[operation.index].payload;
  ++outcome_.reallocs;
  const classroom::UsedBlock* block = live(old);
  if (block == nullptr) return misuse(old);
  const u64 requested = block->requested;
  const std::optional<u64> payload = pool_.alloc(block->number, operation.size);
  if (!payload) return;
  tell_site(operation);
  if (!bytes_.empty())
    std::memmove(bytes_.data() + *payload, bytes_.data() + old,
                 std::min(requested, operation.size));
  count_live(operation.size);
  outcome_.live_bytes -= requested;
  static_cast<void>(pool_.free(old));
  pointers_[operation.index] = {*payload};
}

void ListPlayer::write(u32 index, const Write& write) {
  const Reach made = reach(write, pointers_[index].payload, capacity_);
  if (made.count != 0 && !bytes_.empty())
    std::memset(bytes_.data() + made.begin, write.byte, made.count);
  if (write.told) note(write_note(write, index, made));
}

void ListPlayer::note(const std::string& text) {
  teller_.tell(event::of(pool_event_note{text.c_str(), nullptr, POOL_NONE}));
  if (!bytes_.empty()) tell_bytes();
}

/// Of live blocks, headers and all: runs of neighbours together.
void ListPlayer::tell_bytes() {
  for (auto block = pool_.used().begin(); block != pool_.used().end();) {
    u64 at = block->first, end = at;
    for (; block != pool_.used().end() && block->first == end; ++block) end += block->second.size;
    while (at != end) {
      const u64 count = std::min(end - at, most_bytes_an_event);
      teller_.tell(event::of(pool_event_bytes{at, {bytes_.data() + at, count}, POOL_NONE}));
      at += count;
    }
  }
}

/// A dead pointer: it points into somebody's block, or where nobody has one.
void ListPlayer::misuse(u64 payload) {
  ++outcome_.misuse;
  pool_event_misuse misuse{POOL_ERROR_DOUBLE_FREE, payload, POOL_NONE, POOL_NONE};
  auto block = pool_.used().upper_bound(payload);
  if (block != pool_.used().begin()) {
    --block;
    if (payload < block->first + block->second.size) {
      misuse.kind = POOL_ERROR_INTERIOR_FREE;
      misuse.block = block->second.number;
    }
  }
  teller_.tell(event::of(misuse));
}

void ListPlayer::destroy() {
  for (const auto& [offset, block] : pool_.used())
    teller_.tell(event::of(pool_event_leak{block.number, offset, block.requested}));
  outcome_.live_blocks = pool_.used().size();
  outcome_.looks = pool_.looks();
  teller_.tell(event::of(pool_event_destroy{outcome_.live_blocks, outcome_.live_bytes}));
  teller_.end_call();
}

Result<std::unique_ptr<FileSink>> open_log(const std::string& path) {
  if (path.empty()) return std::unique_ptr<FileSink>();
  log::File* file = log::open_file({log::expand_path(path)});
  if (file == nullptr)
    return failure(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  return std::make_unique<FileSink>(file, 1, log_flush);
}

void tell_creation(Teller& teller, u64 capacity, const PoolSetup& setup,
                   const std::string& recorded) {
  const std::string model = text(*setup.model);
  pool_event event = event::make(POOL_EVENT_CREATE);
  event.as.create = {capacity,  setup.align, setup.policy, 0, 0, nullptr, 0, 0,
                     POOL_NONE, 0,           model.c_str()};
  teller.tell(event);
  if (!recorded.empty()) teller.tell(event::of(pool_event_recorded{recorded.c_str()}));
  teller.end_call();
}

}  // namespace

Result<Outcome> play_list(const Workload& workload, const PoolSetup& setup,
                          const Destination& destination, const Progress& progress) {
  Outcome outcome;
  const Capacity chosen = setup.capacity ? Capacity{*setup.capacity, "as asked for"}
                                         : choose_capacity(workload, setup.geometry());
  outcome.capacity = round_up(chosen.bytes, setup.align);
  outcome.capacity_why = chosen.why;
  Result<std::unique_ptr<FileSink>> log = open_log(destination.log_path);
  if (!log) return tl::make_unexpected(log.error());
  Teller teller(destination, std::move(*log), outcome);
  tell_creation(teller, outcome.capacity, setup, workload.recorded);
  ListPlayer player(workload, setup, outcome.capacity, teller, outcome);
  const std::vector<Operation>& operations = workload.operations;
  for (std::size_t i = 0; i < operations.size() && !teller.too_long(); ++i) {
    if (progress && i % operations_between_progress == 0)
      progress(static_cast<double>(i) / static_cast<double>(operations.size()));
    player.carry_out(operations[i]);
  }
  player.destroy();
  const int error = teller.end();
  if (teller.too_long())
    return failure(
        "the operations' log is too long to be held in memory: use replay -o LOG, and look at "
        "that log");
  if (error != 0)
    return failure(
        fmt::format("{}: the log is not complete: {}", destination.log_path, std::strerror(error)));
  return outcome;
}

}  // namespace mempool::viz
