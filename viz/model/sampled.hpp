// Sampled: a pool's log in one reading and bounded memory: what it comes to, and samples on the
// way.
//
//     reader --event--> Model; at the end of every k-th call --Sample--> at most 1024 of them
//
// k begins with 1 and doubles whenever there are too many, so a short log is told call by call and
// a long one evenly, without its length being known.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/model.hpp"
#include "model/progress.hpp"

namespace mempool::viz {

struct Sample {
  u64 call = 0;
  u64 free = 0, largest = 0;
  std::vector<u8> column;  // what the caller's function gave
};

/// A block that lives at the later of two calls and was not there at the earlier one.
struct Survivor {
  u64 block = 0, offset = 0, requested = 0;
  std::string site;  // who asked for it; may be empty
};

struct Sampled {
  Model model;  // at the end
  u64 events = 0, calls = 0;
  u64 every = 1;  // calls from one sample to the next
  std::vector<Sample> samples;
  std::array<u64, 65> sizes{};   // allocations asked for, by bit width: 0, 1, 2 to 3, 4 to 7 ...
  std::array<u64, 8> reasons{};  // failures, by pool_reason
  Sample worst;                  // the highest fragmentation among the samples
  double mean_fragmentation = 0;
  std::vector<Survivor> survivors;
  std::vector<u32> other_pools;
};

struct Sampling {
  std::optional<u32> pool;                              // none: the lowest in the log
  std::function<std::vector<u8>(const Model&)> column;  // may be empty
  std::optional<std::pair<u64, u64>> between;           // whose survivors are told
};

inline constexpr std::size_t most_samples = 1024;

[[nodiscard]] Result<Sampled> sample(log::Reader& reader, const Sampling& sampling,
                                     const Progress& progress);

}  // namespace mempool::viz
