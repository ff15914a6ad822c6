// Granule: the engine's unit. A granule is as many bytes as the pool's alignment; the engine
// counts granules and never sees a byte of the region, nor an address.
//
//     granule      0 ........ 63 | 64 65 66 ................ end-1 | end
//                  left sentinel |  the region                     | right sentinel
//
// The region's granules are numbered from 64, so that "the block left of the first" and "the
// block right of the last" are looked up like any other and turn out to be used: no special case.
#pragma once

#include "base/units.hpp"

namespace mempool::engine {

using Granule = u32;  // a place, or a number of granules

inline constexpr Granule first_granule = 64;
inline constexpr Granule no_granule = ~Granule{0};
inline constexpr Granule most_granules = ~Granule{0} - 256;  // of one region

}  // namespace mempool::engine
