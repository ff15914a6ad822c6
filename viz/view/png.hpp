// PNG: a grey picture as the bytes of a file: 8 bits a point, compressed by zlib. Knows no pool and
// opens no file.
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// Rows of grey levels, from the top, each `width` bytes.
struct GreyPicture {
  u32 width = 0, height = 0;
  std::vector<u8> levels;
};

[[nodiscard]] std::string png(const GreyPicture& picture);

}  // namespace mempool::viz
