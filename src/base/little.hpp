// Little-endian numbers in memory, as the binary log has them, on any machine.
//
// On the machines that Mempool usually meets this is a plain copy of the bytes.
#pragma once

#include <bit>
#include <cstring>

#include "base/units.hpp"

namespace mempool {

/// A number with its bytes turned to little-endian order, or back.
template <class T>
[[nodiscard]] constexpr T little(T number) {
  if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) return number;
  T turned = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    turned = static_cast<T>(turned << 8 | (number >> 8 * i & 0xFF));
  return turned;
}

template <class T>
[[nodiscard]] T load_little(const void* from) {
  T number;
  std::memcpy(&number, from, sizeof number);
  return little(number);
}

template <class T>
void store_little(void* to, T number) {
  number = little(number);
  std::memcpy(to, &number, sizeof number);
}

}  // namespace mempool
