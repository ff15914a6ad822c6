// Generate: op lists made at random that show what is wanted, the same ones on every platform.
//
//     seed --splitmix64--> candidate lists --play(), under every policy--> the first that has it
//     all
//
// The algorithm is fixed, and docs/gen.md tells it step by step: changing it changes every sheet
// that was ever handed out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workload/contestant.hpp"

namespace mempool::viz::search {

inline constexpr u64 most_calls = 200;

/// Something that a list may show.
struct Want {
  enum class Kind { event, differ, alike, serves, fails };
  Kind kind = Kind::event;
  std::size_t event = 0;      // kind event: which row of event_wants()
  u32 policy = 0, other = 0;  // the other kinds
};

struct WantText {
  std::string_view word;
  std::string_view says;
};
/// The wants with a name of their own, and the forms that name policies.
[[nodiscard]] std::span<const WantText> want_texts();

/// Parted by commas. Fails with a sentence that names the word.
[[nodiscard]] Result<std::vector<Want>> read_wants(std::string_view text);

struct Recipe {
  u64 seed = 0;
  u64 calls = 12;
  u64 tries = 400'000;  // candidates that are looked at, at most
  std::vector<Want> wants;
  PoolSetup pool;
};

/// Fails when no list of so many calls shows it all in as many tries as are made.
[[nodiscard]] Result<Workload> generate(const Recipe& recipe);

/// As an op list, which parse_ops() reads.
[[nodiscard]] std::string written(const Workload& workload);

/// The generator: splitmix64, by its published constants.
class Random {
 public:
  explicit Random(u64 seed) : state_(seed) {}
  [[nodiscard]] u64 next() {
    u64 z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  /// The remainder of the next number.
  [[nodiscard]] u64 below(u64 n) { return next() % n; }

 private:
  u64 state_;
};

}  // namespace mempool::viz::search
