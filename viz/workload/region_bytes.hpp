// Region bytes: what calls alone leave in a pool's region, byte by byte, as play() will see it.
//
// A fresh region is zeros. Guards, fill, poison and moves are the pool's; everything else that
// turns up was written by the program, and differences() finds it.
#pragma once

#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// `count` times the same byte from an offset of the region on.
struct Run {
  u64 offset = 0;
  u64 count = 0;
  u8 byte = 0;
};

class RegionBytes {
 public:
  /// Larger regions are not followed: then nothing is known of their bytes, and nothing differs.
  static constexpr u64 most = u64{64} << 20;

  void open(u64 capacity);
  [[nodiscard]] bool followed() const { return !bytes_.empty(); }

  void set(u64 offset, u64 count, u8 byte);
  void move(u64 from, u64 to, u64 count);
  /// The runs of the told bytes that are not here, in address order. They are here afterwards.
  [[nodiscard]] std::vector<Run> differences(u64 offset, std::string_view told);

 private:
  [[nodiscard]] u64 inside(u64 offset, u64 count) const;
  std::vector<u8> bytes_;
};

}  // namespace mempool::viz
