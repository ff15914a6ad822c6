// Lanes: the two questions that the index asks of a whole node at once, 64 bytes a time.
//
//     at_least(p, v)      which lanes hold v or more?       one bit a lane
//     max_without(p, i)   the largest lane, lane i left out
//
// max_without leaves the lane out instead of reading a value that was just stored there: a wide
// load right after a narrow store has to wait for it (store forwarding fails), which costs more
// than the search. x86-64 always has SSE2; elsewhere the loops say the same and vectorise.
#pragma once

#include <array>
#include <bit>

#include "base/units.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace mempool::engine::lanes {

using Code = std::int16_t;  // signed, because SSE2 compares 16-bit lanes as signed; never negative

inline constexpr unsigned byte_lanes = 64;  // lanes of a node of bytes
inline constexpr unsigned code_lanes = 32;  // lanes of a node of codes

namespace portable {

[[nodiscard]] inline u64 at_least(const u8* p, u8 v) {
  u64 mask = 0;
  for (unsigned i = 0; i < byte_lanes; ++i) mask |= u64{p[i] >= v} << i;
  return mask;
}
[[nodiscard]] inline u32 at_least(const Code* p, Code v) {
  u32 mask = 0;
  for (unsigned i = 0; i < code_lanes; ++i) mask |= u32{p[i] >= v} << i;
  return mask;
}
template <class T, unsigned lanes>
[[nodiscard]] T max_without(const T* p, unsigned left_out) {
  T max = 0;
  for (unsigned i = 0; i < lanes; ++i) {
    const T value = i == left_out ? T{0} : p[i];
    max = value > max ? value : max;
  }
  return max;
}
[[nodiscard]] inline u8 max_without(const u8* p, unsigned i) {
  return max_without<u8, byte_lanes>(p, i);
}
[[nodiscard]] inline Code max_without(const Code* p, unsigned i) {
  return max_without<Code, code_lanes>(p, i);
}

}  // namespace portable

#ifdef __SSE2__

namespace sse2 {

/// All ones but for one lane of zeros in the middle: loading it shifted blanks any lane.
template <class T, unsigned lanes>
struct Hole {
  alignas(16) T mask[2 * lanes];
  constexpr Hole() : mask{} {
    for (unsigned i = 0; i < 2 * lanes; ++i) mask[i] = i == lanes ? T{0} : static_cast<T>(~T{0});
  }
};
inline constexpr Hole<u8, byte_lanes> byte_hole;
inline constexpr Hole<Code, code_lanes> code_hole;

[[nodiscard]] inline __m128i load(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}

[[nodiscard]] inline u64 at_least(const u8* p, u8 v) {
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(v));
  u64 mask = 0;
  for (unsigned i = 0; i < byte_lanes; i += 16) {
    const __m128i a = load(p + i);
    const __m128i holds = _mm_cmpeq_epi8(_mm_max_epu8(a, wanted), a);
    mask |= u64{static_cast<u32>(_mm_movemask_epi8(holds))} << i;
  }
  return mask;
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
[[nodiscard]] inline u8 max_without(const u8* p, unsigned left_out) {
  const u8* hole = byte_hole.mask + byte_lanes - left_out;
  __m128i max = _mm_setzero_si128();
  for (unsigned i = 0; i < byte_lanes; i += 16)
    max = _mm_max_epu8(max, _mm_and_si128(load(p + i), load(hole + i)));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 8));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 4));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 2));
  max = _mm_max_epu8(max, _mm_srli_si128(max, 1));
  return static_cast<u8>(_mm_cvtsi128_si32(max));
}
[[nodiscard]] inline Code max_without(const Code* p, unsigned left_out) {
  const Code* hole = code_hole.mask + code_lanes - left_out;
  __m128i max = _mm_setzero_si128();
  for (unsigned i = 0; i < code_lanes; i += 8)
    max = _mm_max_epi16(max, _mm_and_si128(load(p + i), load(hole + i)));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 8));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 4));
  max = _mm_max_epi16(max, _mm_srli_si128(max, 2));
  return static_cast<Code>(_mm_cvtsi128_si32(max));
}

}  // namespace sse2

using sse2::at_least;
using sse2::max_without;

#else

using portable::at_least;
using portable::max_without;

#endif

}  // namespace mempool::engine::lanes
