// The making of programs: see program.hpp.
#include "bench/program.hpp"

#include <algorithm>
#include <utility>

namespace mempool::bench {

namespace {

constexpr u64 largest_size = u64{1} << 32;
constexpr u64 ops_of_a_round = 200'000;  // a round lasts some milliseconds at least
constexpr u32 no_slot = 0xFFFF'FFFF;

u64 rounded(u64 size) {
  return round_up(size, 16);
}

}  // namespace

Builder::Builder(std::string name, Group group) {
  program_.name = std::move(name);
  program_.group = group;
}

/// Sizes of 0 are raised to 1: not every peer has a block of no bytes, and each gets the same.
u32 Builder::alloc(u64 size) {
  u32 slot = static_cast<u32>(size_of_.size());
  if (unused_.empty()) {
    size_of_.push_back(0);
  } else {
    slot = unused_.back();
    unused_.pop_back();
  }
  const u32 bytes = static_cast<u32>(std::max<u64>(size, 1));
  program_.ops.push_back({Act::alloc, slot, bytes, 0});
  count(0, bytes);
  size_of_[slot] = bytes;
  return slot;
}

void Builder::free(u32 slot) {
  const u32 old = std::exchange(size_of_[slot], 0);
  program_.ops.push_back({Act::free, slot, 0, old});
  count(old, 0);
  unused_.push_back(slot);
}

void Builder::realloc(u32 slot, u64 size) {
  const u32 bytes = static_cast<u32>(std::max<u64>(size, 1));
  const u32 old = std::exchange(size_of_[slot], bytes);
  program_.ops.push_back({Act::realloc, slot, bytes, old});
  count(old, bytes);
}

void Builder::count(u32 old_size, u32 new_size) {
  Outline& outline = program_.outline;
  live_blocks_ += (new_size != 0 ? 1 : 0);
  live_blocks_ -= (old_size != 0 ? 1 : 0);
  live_payload_ += u64{new_size} - u64{old_size};
  live_rounded_ += rounded(new_size) - rounded(old_size);
  outline.peak_blocks = std::max(outline.peak_blocks, live_blocks_);
  outline.peak_payload = std::max(outline.peak_payload, live_payload_);
  outline.peak_rounded = std::max(outline.peak_rounded, live_rounded_);
}

Program Builder::finish() && {
  Outline& outline = program_.outline;
  outline.body_end = program_.ops.size();
  for (u32 slot = 0; slot < size_of_.size(); ++slot)
    if (size_of_[slot] != 0) free(slot);
  outline.ops = program_.ops.size();
  outline.slots = size_of_.size();
  outline.loops = std::max<u64>(1, ops_of_a_round / std::max<u64>(1, program_.body()));
  return std::move(program_);
}

Program from_workload(const viz::Workload& workload, std::string name, Group group) {
  Builder builder(std::move(name), group);
  std::vector<u32> slot_of(workload.allocations, no_slot);  // by number; none: not live
  for (const viz::Operation& operation : workload.operations) {
    const bool hopeless = operation.size >= largest_size;
    if (operation.act == viz::Act::alloc) {
      if (!hopeless) slot_of[operation.index] = builder.alloc(operation.size);
      continue;
    }
    const bool live = operation.index < slot_of.size() && slot_of[operation.index] != no_slot;
    if (!live) continue;
    if (operation.act == viz::Act::realloc && !hopeless)
      builder.realloc(slot_of[operation.index], operation.size);
    if (operation.act == viz::Act::free)
      builder.free(std::exchange(slot_of[operation.index], no_slot));
  }
  return std::move(builder).finish();
}

}  // namespace mempool::bench
