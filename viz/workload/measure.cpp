// Measuring a run by its events: see measure.hpp.
#include "workload/measure.hpp"

#include <algorithm>

#include "event/table.hpp"

namespace mempool::viz {

namespace {

/// The free blocks by address, and which is the largest.
class FreeBlocks {
 public:
  void open(u64 capacity) {
    blocks_ = {{0, capacity}};
    sizes_ = {capacity};
    bytes_ = capacity;
  }

  [[nodiscard]] std::size_t count() const { return blocks_.size(); }
  [[nodiscard]] Free sum() const { return {sizes_.empty() ? 0 : *sizes_.rbegin(), bytes_}; }

  /// Which one starts there, in the order of addresses.
  [[nodiscard]] std::size_t place(u64 offset) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(blocks_, offset, {}, &Block::offset) -
                                    blocks_.begin());
  }
  /// The first that ends after an offset.
  [[nodiscard]] std::size_t first_behind(u64 offset) const {
    const std::size_t next = place(offset);
    const bool before = next > 0 && blocks_[next - 1].offset + blocks_[next - 1].size > offset;
    return before ? next - 1 : next;
  }

  /// No free block starts there any more; nothing happens if none did.
  void take(u64 offset) {
    const std::size_t at = place(offset);
    if (at == blocks_.size() || blocks_[at].offset != offset) return;
    bytes_ -= blocks_[at].size;
    sizes_.erase(sizes_.find(blocks_[at].size));
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void add(u64 offset, u64 size) {
    if (size == 0) return;
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(place(offset)), {offset, size});
    sizes_.insert(size);
    bytes_ += size;
  }

 private:
  struct Block {
    u64 offset, size;
  };
  std::vector<Block> blocks_;
  std::multiset<u64> sizes_;
  u64 bytes_ = 0;
};

class Observer {
 public:
  Observer(Measured& measured, u32 policy, bool whole)
      : m_(measured), policy_(policy), whole_(whole) {}

  void see(const pool_event& event) {
    if (event.call != call_) end_call();
    call_ = event.call;
    switch (event.kind) {
      case POOL_EVENT_CREATE:
        capacity_ = event.as.create.capacity;
        free_.open(capacity_);
        break;
      case POOL_EVENT_SPLIT: split(event.as.split); break;
      case POOL_EVENT_ALLOC: alloc(event.as.alloc); break;
      case POOL_EVENT_ALLOC_FAIL:
        ++m_.searches;
        m_.looks += free_.count();
        place(event.as.alloc_fail.block, POOL_NONE);
        break;
      case POOL_EVENT_FREE: free(event.as.free.offset, event.as.free.size); break;
      case POOL_EVENT_RELEASE: free(event.as.release.offset, event.as.release.size); break;
      case POOL_EVENT_COALESCE: coalesce(event.as.coalesce); break;
      case POOL_EVENT_RESIZE: resize(event.as.resize); break;
      default: break;
    }
  }

  void finish() {
    end_call();
    m_.mean_fragmentation = calls_ == 0 ? 0 : sum_ / static_cast<double>(calls_);
  }

 private:
  /// A walk ended at the free block that starts there.
  void walked_to(u64 offset) {
    ++m_.searches;
    const std::size_t at = free_.place(offset), count = free_.count();
    switch (policy_) {
      case POOL_FIRST: m_.looks += at + 1; return;
      case POOL_NEXT: {
        const std::size_t start = free_.first_behind(cursor_);
        m_.looks += (start <= at ? at - start : count - start + at) + 1;
        return;
      }
      case POOL_GOOD: m_.looks += 1; return;  // of the list, only at the block it takes
      default: m_.looks += count; return;
    }
  }

  void split(const pool_event_split& e) {
    walked_to(e.offset);
    split_ = true;
    free_.take(e.offset);
    free_.add(e.rest_offset, e.rest_size);
  }
  void alloc(const pool_event_alloc& e) {
    if (!split_) walked_to(e.offset);
    free_.take(e.offset);
    cursor_ = e.offset + e.size;
    m_.high_water = std::max(m_.high_water, cursor_);
    place(e.block, e.offset);
  }
  void free(u64 offset, u64 size) {
    free_.add(offset, size);
    lowest_ = offset;
  }
  void coalesce(const pool_event_coalesce& e) {
    free_.take(e.with_offset);
    free_.take(lowest_);
    free_.add(e.offset, e.size);
    lowest_ = e.offset;
  }
  void resize(const pool_event_resize& e) {
    free_.take(e.offset + e.old_size);
    free_.take(e.offset + e.size);
    free_.add(e.rest_offset, e.rest_size);
    m_.high_water = std::max(m_.high_water, e.offset + e.size);
    place(e.block, e.offset);
  }

  void place(u64 block, u64 offset) {
    if (whole_) m_.placements.push_back({call_, block, offset});
  }

  void end_call() {
    split_ = false;
    const Free sum = free_.sum();
    if (sum.bytes != 0) {
      sum_ += sum.fragmentation();
      ++calls_;
    }
    if (whole_) m_.curve.push_back(static_cast<float>(sum.fragmentation()));
    if (capacity_ - sum.bytes <= peak_) return;
    peak_ = capacity_ - sum.bytes;
    m_.at_peak = sum;
  }

  Measured& m_;
  u32 policy_;
  bool whole_;
  FreeBlocks free_;
  u64 call_ = 0, cursor_ = 0, lowest_ = 0;
  bool split_ = false;
  u64 capacity_ = 0, peak_ = 0;
  double sum_ = 0;
  u64 calls_ = 0;
};

/// Served: nothing failed. None: there can be no such pool.
std::optional<bool> serves(const Workload& workload, PoolSetup setup, u64 capacity) {
  setup.capacity = capacity;
  const Result<Outcome> outcome = play(workload, setup, {}, nullptr);
  if (!outcome) return std::nullopt;
  return outcome->failures == 0;
}

}  // namespace

Result<Measured> measure(const Workload& workload, const PoolSetup& setup, bool whole,
                         const Progress& progress) {
  Measured measured;
  Observer observer(measured, setup.policy, whole);
  Destination destination;
  destination.watch = [&](const pool_event& event) { observer.see(event); };
  Result<Outcome> outcome = play(workload, setup, destination, progress);
  if (!outcome) return tl::make_unexpected(outcome.error());
  observer.finish();
  measured.outcome = std::move(*outcome);
  if (measured.outcome.looks) measured.looks = *measured.outcome.looks;
  return measured;
}

std::optional<std::size_t> first_difference(const Measured& a, const Measured& b) {
  const std::size_t common = std::min(a.placements.size(), b.placements.size());
  for (std::size_t i = 0; i < common; ++i)
    if (!(a.placements[i] == b.placements[i])) return i;
  if (a.placements.size() == b.placements.size()) return std::nullopt;
  return common;
}

//  fails ........ | serves ....... | likely, doubled until it serves
std::optional<u64> smallest_region(const Workload& workload, PoolSetup setup, u64 likely,
                                   const Progress& progress) {
  constexpr u64 most = u64{1} << 40;
  const u64 align = setup.align;
  u64 high = std::max(round_up(likely, align), align);
  for (;; high *= 2) {
    if (high > most) return std::nullopt;
    const std::optional<bool> good = serves(workload, setup, high);
    if (!good) return std::nullopt;
    if (*good) break;
  }
  u64 low = 0;  // fails, or is nothing
  const u64 first = high;
  while (high - low > align) {
    const u64 middle = round_up(low + (high - low) / 2, align);
    const u64 tried = middle >= high ? high - align : middle;
    if (serves(workload, setup, tried).value_or(false))
      high = tried;
    else
      low = tried;
    if (progress) progress(1 - static_cast<double>(high - low) / static_cast<double>(first));
  }
  return high;
}

}  // namespace mempool::viz
