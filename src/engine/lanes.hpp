// Lanes: the questions that the index asks of a whole page or node at once.
//
//     at_least(p, v)    which lanes hold v or more?      one bit a lane
//     equal(p, v)       which lanes hold v?
//     largest(p)        the largest lane
//     raise_up_to(p, sizes, n, v)     the lanes whose size is at most n become v where they were
//     less
//
// None has a branch that depends on the data: what comes out is as good as random, and a branch
// that is guessed wrongly costs more than all of these.
//
// x86-64 always has SSE2; elsewhere the loops say the same and vectorise.
#pragma once

#include "base/units.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace mempool::engine::lanes {

using Code = std::int16_t;  // signed, because SSE2 compares 16-bit lanes as signed; never negative

inline constexpr unsigned byte_lanes = 32;  // slots of a page
inline constexpr unsigned code_lanes = 32;  // codes of a node

namespace portable {

[[nodiscard]] inline u32 at_least(const u8* p, u8 v) {
  u32 mask = 0;
  for (unsigned i = 0; i < byte_lanes; ++i) mask |= u32{p[i] >= v} << i;
  return mask;
}
[[nodiscard]] inline u32 equal(const u8* p, u8 v) {
  u32 mask = 0;
  for (unsigned i = 0; i < byte_lanes; ++i) mask |= u32{p[i] == v} << i;
  return mask;
}
[[nodiscard]] inline u32 at_least(const Code* p, Code v) {
  u32 mask = 0;
  for (unsigned i = 0; i < code_lanes; ++i) mask |= u32{p[i] >= v} << i;
  return mask;
}
[[nodiscard]] inline u8 largest(const u8* p) {
  u8 max = 0;
  for (unsigned i = 0; i < byte_lanes; ++i) max = p[i] > max ? p[i] : max;
  return max;
}
[[nodiscard]] inline Code largest(const Code* p) {
  Code max = 0;
  for (unsigned i = 0; i < code_lanes; ++i) max = p[i] > max ? p[i] : max;
  return max;
}

inline void raise_up_to(Code* p, const Code* sizes, Code size, Code v) {
  for (unsigned i = 0; i < code_lanes; ++i) p[i] = sizes[i] <= size && v > p[i] ? v : p[i];
}

}  // namespace portable

#ifdef __SSE2__

namespace sse2 {

[[nodiscard]] inline __m128i load(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}

/// One bit a lane of what `compare` answers for 16 lanes at a time.
template <class Compare>
[[nodiscard]] u32 byte_mask(const u8* p, Compare compare) {
  const auto low = static_cast<u32>(_mm_movemask_epi8(compare(load(p))));
  const auto high = static_cast<u32>(_mm_movemask_epi8(compare(load(p + 16))));
  return low | high << 16;
}
[[nodiscard]] inline u32 at_least(const u8* p, u8 v) {
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(v));
  return byte_mask(p, [&](__m128i a) { return _mm_cmpeq_epi8(_mm_max_epu8(a, wanted), a); });
}
[[nodiscard]] inline u32 equal(const u8* p, u8 v) {
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(v));
  return byte_mask(p, [&](__m128i a) { return _mm_cmpeq_epi8(a, wanted); });
}
[[nodiscard]] inline u32 at_least(const Code* p, Code v) {
  const __m128i below = _mm_set1_epi16(static_cast<short>(v - 1));
  const auto half = [&](const Code* q) {
    const __m128i low = _mm_cmpgt_epi16(load(q), below);
    const __m128i high = _mm_cmpgt_epi16(load(q + 8), below);
    return static_cast<u32>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  };
  return half(p) | half(p + 16) << 16;
}
[[nodiscard]] inline u8 largest(const u8* p) {
  __m128i max = _mm_max_epu8(load(p), load(p + 16));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 8));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 4));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 2));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 1));
  return static_cast<u8>(_mm_cvtsi128_si32(max));
}
[[nodiscard]] inline Code largest(const Code* p) {
  __m128i max = load(p);
  for (unsigned i = 8; i < code_lanes; i += 8) max = _mm_max_epi16(max, load(p + i));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 8));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 4));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 2));
  return static_cast<Code>(_mm_cvtsi128_si32(max));
}

/// Values are not negative, so a lane that is left out can be offered 0.
inline void raise_up_to(Code* p, const Code* sizes, Code size, Code v) {
  const __m128i most = _mm_set1_epi16(size);
  const __m128i value = _mm_set1_epi16(v);
  for (unsigned i = 0; i < code_lanes; i += 8) {
    const __m128i offer = _mm_andnot_si128(_mm_cmpgt_epi16(load(sizes + i), most), value);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p + i), _mm_max_epi16(load(p + i), offer));
  }
}

}  // namespace sse2

using sse2::at_least;
using sse2::equal;
using sse2::largest;
using sse2::raise_up_to;

#else

using portable::at_least;
using portable::equal;
using portable::largest;
using portable::raise_up_to;

#endif

}  // namespace mempool::engine::lanes
