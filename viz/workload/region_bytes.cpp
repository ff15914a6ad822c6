// The bytes of a region: see region_bytes.hpp.
#include "workload/region_bytes.hpp"

#include <algorithm>
#include <cstring>

namespace mempool::viz {

void RegionBytes::open(u64 capacity) {
  bytes_.assign(capacity <= most ? capacity : 0, 0);
}

/// How many of the bytes there are.
u64 RegionBytes::inside(u64 offset, u64 count) const {
  return std::min(count, bytes_.size() - std::min<u64>(offset, bytes_.size()));
}

void RegionBytes::set(u64 offset, u64 count, u8 byte) {
  if (const u64 there = inside(offset, count); there != 0)
    std::memset(bytes_.data() + offset, byte, there);
}

void RegionBytes::move(u64 from, u64 to, u64 count) {
  const u64 there = std::min(inside(from, count), inside(to, count));
  if (there != 0) std::memmove(bytes_.data() + to, bytes_.data() + from, there);
}

std::vector<Run> RegionBytes::differences(u64 offset, std::string_view told) {
  std::vector<Run> runs;
  const u64 there = inside(offset, told.size());
  for (u64 i = 0; i < there; ++i) {
    const u8 byte = static_cast<u8>(told[i]);
    if (bytes_[offset + i] == byte) continue;
    bytes_[offset + i] = byte;
    const bool goes_on = !runs.empty() && runs.back().byte == byte &&
                         runs.back().offset + runs.back().count == offset + i;
    if (goes_on)
      ++runs.back().count;
    else
      runs.push_back({offset + i, 1, byte});
  }
  return runs;
}

}  // namespace mempool::viz
