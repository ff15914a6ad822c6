// Oracle: the third voice. A pool so naive that it cannot be wrong; it decides who is right in long
// random runs. No bytes, no events, no index: a free list that is looked at from end to end.
//
//     Oracle<FreeBytes>    asks every byte of the region whether it is free, for every answer
//     Oracle<FreeList>     keeps the list; fast enough for millions of calls, and itself held
//                          against the other in short runs
//
// Everything else is the same for both: where a policy takes a block, what a realloc may do in
// place, where an aligned payload lies. Places are offsets of payloads.
#pragma once

#include <mempool/event.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/units.hpp"

namespace mempool::tests {

/// A run of free bytes, as long as it gets.
struct FreeRun {
  u64 start = 0, size = 0;
  [[nodiscard]] u64 end() const { return start + size; }
  bool operator==(const FreeRun&) const = default;
};
using FreeRuns = std::vector<FreeRun>;  // in address order

/// Free memory as one flag for every byte.
class FreeBytes {
 public:
  FreeBytes(u64 capacity, u64 align) : align_(align), used_(capacity, false) {}
  void take(u64 start, u64 size) { set(start, size, true); }
  void give(u64 start, u64 size) { set(start, size, false); }
  [[nodiscard]] FreeRuns runs() const {
    FreeRuns runs;
    for (u64 at = 0; at < used_.size(); at += align_) {  // blocks begin at multiples of it
      if (used_[at]) continue;
      if (runs.empty() || runs.back().end() != at) runs.push_back({at, 0});
      runs.back().size += align_;
    }
    return runs;
  }

 private:
  void set(u64 start, u64 size, bool used) {
    std::fill_n(used_.begin() + static_cast<std::ptrdiff_t>(start), size, used);
  }
  u64 align_;
  std::vector<bool> used_;
};

/// Free memory as a sorted list.
class FreeList {
 public:
  FreeList(u64 capacity, u64) : runs_{{0, capacity}} {}
  //  [ ......... run ......... ]   =>   [ front ][ taken ][ rest ]
  void take(u64 start, u64 size) {
    const auto run = std::prev(behind(start));
    const FreeRun front{run->start, start - run->start};
    const FreeRun rest{start + size, run->end() - start - size};
    auto at = runs_.erase(run);
    if (rest.size != 0) at = runs_.insert(at, rest);
    if (front.size != 0) runs_.insert(at, front);
  }
  void give(u64 start, u64 size) {
    auto right = behind(start);
    if (right != runs_.end() && right->start == start + size) {
      size += right->size;
      right = runs_.erase(right);
    }
    if (right != runs_.begin() && std::prev(right)->end() == start)
      std::prev(right)->size += size;
    else
      runs_.insert(right, {start, size});
  }
  [[nodiscard]] const FreeRuns& runs() const { return runs_; }

 private:
  [[nodiscard]] FreeRuns::iterator behind(u64 start) {
    return std::ranges::upper_bound(runs_, start, {}, &FreeRun::start);
  }
  FreeRuns runs_;
};

/// The free run that a policy takes n bytes from; nullptr if there is none.
[[nodiscard]] inline const FreeRun* policy_takes(u32 policy, const FreeRuns& runs, u64 n,
                                                 u64 cursor) {
  // The smallest size in the same class of good fit: exact below 512, then 32 classes an octave.
  const auto least_in_class = [](u64 size) {
    u64 octave = 512;
    while (octave <= size / 2) octave *= 2;
    return size < 512 ? size : size - size % (octave / 32);
  };
  const FreeRun* first = nullptr;  // that fits
  const FreeRun* chosen = nullptr;
  for (const FreeRun& run : runs) {
    if (run.size < n) continue;
    if (first == nullptr) first = &run;
    bool better = false;
    switch (policy) {
      case POOL_NEXT: better = run.end() > cursor && chosen == nullptr; break;
      case POOL_BEST: better = chosen == nullptr || run.size < chosen->size; break;
      case POOL_WORST: better = chosen == nullptr || run.size > chosen->size; break;
      case POOL_GOOD:
        better = least_in_class(run.size) >= n &&
                 (chosen == nullptr || least_in_class(run.size) < least_in_class(chosen->size));
        break;
      default: break;
    }
    if (better) chosen = &run;
  }
  return chosen != nullptr ? chosen : first;
}

/// A pool to be compared with. Its capacity is a multiple of its alignment.
struct OracleShape {
  u64 capacity = 0, align = 16, guard = 0;
  u32 policy = POOL_FIRST;
  u64 base = 0;  // address of the region
};

template <class FreeMemory>
class Oracle {
 public:
  explicit Oracle(const OracleShape& shape)
      : shape_(shape), guard_(shape.guard), free_(shape.capacity, shape.align) {}

  /// Offset of the payload; POOL_NONE when it cannot be had.
  u64 alloc(u64 size, u64 alignment = 1) {
    if (size > shape_.capacity) return POOL_NONE;
    const u64 whole = whole_block(size, guard_);
    const u64 front = up(guard_);
    // From a free run's start to where the block can begin.
    const auto gap = [&](const FreeRun& run) {
      u64 at = run.start;
      while ((shape_.base + at + front) % alignment != 0) at += shape_.align;
      return at - run.start;
    };
    const u64 most_gap = alignment > shape_.align ? alignment - shape_.align : 0;
    const FreeRuns& runs = free_.runs();
    const FreeRun* from = policy_takes(shape_.policy, runs, whole + most_gap, cursor_);
    for (const FreeRun& run : runs)
      if (from == nullptr && gap(run) + whole <= run.size) from = &run;
    if (from == nullptr) return POOL_NONE;
    const u64 start = from->start + gap(*from);
    free_.take(start, whole);
    cursor_ = start + whole;
    blocks_[start + front] = {start, whole, size, guard_};
    return start + front;
  }

  void free(u64 payload) {
    const Block block = blocks_.at(payload);
    free_.give(block.start, block.whole);
    blocks_.erase(payload);
  }

  /// Where the payload is then; POOL_NONE when it cannot be had, and the block stays.
  u64 realloc(u64 payload, u64 size) {
    Block& block = blocks_.at(payload);
    u64 room = block.whole;
    for (const FreeRun& run : free_.runs())
      if (run.start == block.start + block.whole) room += run.size;
    const u64 whole = size > shape_.capacity ? POOL_NONE : whole_block(size, block.guard);
    if (whole <= room) {
      free_.give(block.start, block.whole);
      free_.take(block.start, whole);
      block.whole = whole;
      block.size = size;
      return payload;
    }
    const u64 moved = alloc(size);
    if (moved != POOL_NONE) free(payload);
    return moved;
  }

  void reset() {
    free_ = FreeMemory(shape_.capacity, shape_.align);
    blocks_.clear();
    cursor_ = 0;
  }
  void set_guard(u64 guard) { guard_ = guard; }

  [[nodiscard]] u64 free_bytes() const {
    u64 sum = 0;
    for (const FreeRun& run : free_.runs()) sum += run.size;
    return sum;
  }
  [[nodiscard]] u64 largest() const {
    u64 most = 0;
    for (const FreeRun& run : free_.runs()) most = std::max(most, run.size);
    return most;
  }
  /// Whole block for a request now; saturates.
  [[nodiscard]] u64 needed(u64 size) const {
    const u64 besides = up(guard_) + guard_ + shape_.align;
    return size > u64_max - besides ? u64_max / shape_.align * shape_.align
                                    : whole_block(size, guard_);
  }
  /// Some live block has this byte.
  [[nodiscard]] bool is_used(u64 offset) const {
    for (const FreeRun& run : free_.runs())
      if (run.start <= offset && offset < run.end()) return false;
    return true;
  }
  [[nodiscard]] const FreeMemory& free_memory() const { return free_; }

 private:
  struct Block {
    u64 start, whole, size, guard;
  };
  [[nodiscard]] u64 up(u64 n) const { return (n + shape_.align - 1) / shape_.align * shape_.align; }
  [[nodiscard]] u64 whole_block(u64 size, u64 guard) const {
    return std::max(up(up(guard) + size + guard), shape_.align);
  }

  OracleShape shape_;
  u64 guard_;
  FreeMemory free_;
  std::map<u64, Block> blocks_;  // by payload
  u64 cursor_ = 0;               // next fit's
};

}  // namespace mempool::tests
