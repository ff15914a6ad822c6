// Python random: the numbers of Python's random.seed(n) and random.random(), for homework that is
// made with them. The generator is the Mersenne Twister, as in <random>; the seeding by an array
// of words and the 53-bit fractions are the method published with it.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz::classroom {

class PythonRandom {
 public:
  explicit PythonRandom(u64 seed) : twister_(make(seed)) {}

  /// In [0, 1), a multiple of 2^-53.
  [[nodiscard]] double random() {
    const u64 high = twister_() >> 5, low = twister_() >> 6;
    return static_cast<double>((high << 26) + low) / 9007199254740992.0;
  }
  /// int(random() * n)
  [[nodiscard]] u64 below(u64 n) { return static_cast<u64>(random() * static_cast<double>(n)); }

 private:
  static constexpr std::size_t words = 624;
  using State = std::array<u32, words>;

  /// A seed sequence in the sense of <random>: it fills the state, word by word.
  struct Seeding {
    using result_type = u32;
    State state;
    template <class Iterator>
    void generate(Iterator begin, Iterator end) const {
      std::copy_n(state.begin(), std::min<std::ptrdiff_t>(end - begin, words), begin);
    }
  };

  static std::mt19937 make(u64 seed) {
    Seeding seeding{state_of(seed)};
    return std::mt19937(seeding);
  }

  /// The state from a key: the words of the seed, the low one first, as many as it needs.
  static State state_of(u64 seed) {
    std::vector<u32> key{static_cast<u32>(seed)};
    if (seed >> 32 != 0) key.push_back(static_cast<u32>(seed >> 32));
    State state;
    state[0] = 19650218;
    for (u32 i = 1; i < words; ++i)
      state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    std::size_t i = 1, k = 0;
    const auto turn = [&] {
      if (++i < words) return;
      state[0] = state[words - 1];
      i = 1;
    };
    const auto last = [&] { return state[i - 1] ^ (state[i - 1] >> 30); };
    for (std::size_t n = words; n != 0; --n) {
      state[i] = (state[i] ^ (last() * 1664525U)) + key[k] + static_cast<u32>(k);
      k = (k + 1) % key.size();
      turn();
    }
    for (std::size_t n = words - 1; n != 0; --n) {
      state[i] = (state[i] ^ (last() * 1566083941U)) - static_cast<u32>(i);
      turn();
    }
    state[0] = 0x80000000U;
    return state;
  }

  std::mt19937 twister_;
};

}  // namespace mempool::viz::classroom
