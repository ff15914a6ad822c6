// Contestant: one of several allocators that the same calls are made on, by a short name.
//
//     best                       the library's pool, best fit
//     list                       the textbook's list allocator, first fit, in address order
//     list:lifo:best:apart:h8    ... newest first, best fit, not coalescing, headers of 8 bytes
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "workload/player.hpp"

namespace mempool::viz {

struct Contestant {
  std::string name;  // as it was asked for
  u32 policy = POOL_FIRST;
  std::optional<ListModel> model;

  /// The pool that it is, with everything else as in `common`.
  [[nodiscard]] PoolSetup in(PoolSetup common) const {
    common.policy = policy;
    common.model = model;
    return common;
  }
};

/// Fails with a sentence that says what there is.
[[nodiscard]] Result<Contestant> read_contestant(std::string_view text);
/// Parted by commas, at least one, none twice.
[[nodiscard]] Result<std::vector<Contestant>> read_contestants(std::string_view text);

/// "first fit"; "best fit over a list, newest first, not coalescing, headers of 8 B"
[[nodiscard]] std::string in_words(const Contestant& contestant);

}  // namespace mempool::viz
