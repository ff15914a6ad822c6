// PoolCheck: the end of a call, when invariants hold. The blocks that the call touched and their
// neighbours are looked at after every call; everything is, after every call while the pool has
// few blocks, later once in as many calls as there are blocks, and at the end of the log. So a
// check of n events stays linear in n, and a small log is held against every rule all the time.
#include <fmt/format.h>

#include "model/pool_check.hpp"

namespace mempool::viz {

namespace {

constexpr u64 few_blocks = 256;

}  // namespace

Verified PoolCheck::end_of_call() {
  if (!open_call_) return std::nullopt;
  open_call_ = false;
  if (pending_) index(pending_first_, pending_last_);
  if (ours_)
    if (auto broken = call_is_whole()) return broken;
  if (call_.blocks_to_come != 0)
    return Broken{Rule::snapshot,
                  fmt::format("{} blocks that were said did not come", call_.blocks_to_come)};
  snapshot_of_ = Model();
  must_repeat_ = false;
  if (touched_.empty()) return std::nullopt;
  for (const Range range : touched_)
    if (auto broken = around(range)) return broken;
  if (++calls_since_recount_ < model_.blocks().size() && model_.blocks().size() > few_blocks)
    return std::nullopt;
  calls_since_recount_ = 0;
  return recount();
}

/// What was begun in the call is finished.
Verified PoolCheck::call_is_whole() const {
  if (call_.cut_high != 0)
    return Broken{Rule::order,
                  fmt::format("the block cut off at {} was not handed out", call_.cut_low)};
  if (call_.moving != POOL_NONE)
    return Broken{Rule::order,
                  fmt::format("#{} moved, but its old place was not freed", call_.moving)};
  if (model_.quarantined_bytes > model_.quarantine)
    return Broken{Rule::quarantine, fmt::format("{} bytes lie in a quarantine of {}",
                                                model_.quarantined_bytes, model_.quarantine)};
  if (call_.due_front != 0 || call_.due_back != 0)
    return Broken{Rule::guards,
                  fmt::format("the {} guard of #{} was not written",
                              call_.due_front != 0 ? "front" : "back", call_.due_block)};
  return std::nullopt;
}

/// Two blocks, one right after the other.
Verified PoolCheck::neighbours(const Block& left, const Block& right) const {
  if (left.end() != right.offset)
    return Broken{Rule::tiling, fmt::format("{} ends at {}, the next block starts at {}", at(left),
                                            left.end(), right.offset)};
  if (ours_ && model_.coalesces() && !left.used && !right.used)
    return Broken{Rule::coalesced,
                  fmt::format("{} and {} are neighbours and both free", at(left), at(right))};
  return std::nullopt;
}

/// The blocks that start in the range, and one on either side.
Verified PoolCheck::around(Range range) const {
  auto it = model_.blocks().lower_bound(range.first);
  if (it != model_.blocks().begin()) --it;
  for (; it != model_.blocks().end() && it->first <= range.last; ++it) {
    const auto next = std::next(it);
    if (next == model_.blocks().end()) break;
    if (auto broken = neighbours(it->second, next->second)) return broken;
  }
  return std::nullopt;
}

/// Everything, counted anew.
Verified PoolCheck::recount() const {
  Model sums;
  const Block* last = nullptr;
  for (const auto& [offset, block] : model_.blocks()) {
    if (last != nullptr)
      if (auto broken = neighbours(*last, block)) return broken;
    last = &block;
    if (block.quarantined) {
      sums.quarantined_bytes += block.size;
      continue;
    }
    (block.used ? sums.used_bytes : sums.free_bytes) += block.size;
    (block.used ? sums.used_blocks : sums.free_blocks) += 1;
    if (block.used) sums.payload_bytes += block.requested;
  }
  const u64 first = last == nullptr ? 0 : model_.blocks().begin()->first;
  const u64 end = last == nullptr ? 0 : last->end();
  if (first != 0 || end != model_.capacity)
    return Broken{Rule::tiling, fmt::format("the blocks cover {} to {} of a region of {}", first,
                                            end, model_.capacity)};
  const bool same = sums.used_bytes == model_.used_bytes && sums.free_bytes == model_.free_bytes &&
                    sums.quarantined_bytes == model_.quarantined_bytes &&
                    sums.used_blocks == model_.used_blocks &&
                    sums.free_blocks == model_.free_blocks &&
                    sums.payload_bytes == model_.payload_bytes && sums.free_blocks == free_.count();
  if (same) return std::nullopt;
  return Broken{
      Rule::tiling,
      fmt::format("a recount gives used {} + free {}, the events add up to {} + {}",
                  sums.used_bytes, sums.free_bytes, model_.used_bytes, model_.free_bytes)};
}

}  // namespace mempool::viz
