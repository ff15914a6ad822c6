// The choice of a capacity: see capacity.hpp for the rule.
#include "workload/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mempool::viz {

namespace {

constexpr u64 smallest_capacity = 4096;
constexpr u64 meant_to_fail = u64{1} << 32;

/// The most bytes that live blocks take up at any time, if every request is served.
u64 peak_of_live_bytes(const Workload& workload, Geometry geometry) {
  std::vector<u64> size_of(workload.allocations, 0);  // by number; 0 = not live
  u64 live = 0, peak = 0;
  const auto set = [&](u32 index, u64 size) {
    live = live - size_of[index] + size;
    size_of[index] = size;
    peak = std::max(peak, live);
  };
  for (const Operation& operation : workload.operations) {
    const bool sized = operation.act == Act::alloc || operation.act == Act::realloc;
    const bool dead = operation.act == Act::realloc && size_of[operation.index] == 0;
    if (sized && !dead && operation.size < meant_to_fail)
      set(operation.index, block_size(operation.size, geometry));
    if (operation.act == Act::free) set(operation.index, 0);
  }
  return peak;
}

}  // namespace

u64 block_size(u64 requested, Geometry geometry) {
  const u64 front =
      round_up(geometry.guards, geometry.align) + round_up(geometry.header, geometry.align);
  const u64 bytes = add_saturating(add_saturating(front, requested), geometry.guards);
  return std::max(round_up(bytes, geometry.align), geometry.align);
}

Capacity choose_capacity(const Workload& workload, Geometry geometry) {
  const u64 peak = peak_of_live_bytes(workload, geometry);
  const u64 twice = add_saturating(peak, peak);
  if (std::max(twice, workload.suggested_heap) < smallest_capacity)
    return {smallest_capacity, "the smallest that is chosen"};
  if (workload.suggested_heap >= twice)
    return {workload.suggested_heap, "the heap size that the trace suggests"};
  return {twice, fmt::format("2 x the peak of {} bytes in live blocks", peak)};
}

}  // namespace mempool::viz
