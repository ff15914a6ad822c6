// Strips: the same operations on several allocators, call by call, one line each below the other.
//
//     call 4  +4
//      first  |[#1 12 ][#2* 4 ](f1 16.....)|
//      best ! |...|                              !: this one fails
//
// For short op lists; both compare and duel show them.
#pragma once

#include <string>
#include <vector>

#include "model/frame.hpp"
#include "view/text.hpp"
#include "workload/contestant.hpp"

namespace mempool::viz {

/// What became of a workload on one allocator: a frame a call, from call 1 on.
struct Played {
  std::string name;
  std::vector<Frame> calls;
};
/// Of every call whose number is at most `most`.
[[nodiscard]] Result<Played> play_calls(const Workload& workload, const Contestant& contestant,
                                        const PoolSetup& common, std::size_t most);

/// Calls first to last (from 1).
[[nodiscard]] std::string strips(const std::vector<Played>& runs, std::size_t first,
                                 std::size_t last, Palette palette);

/// One call on several allocators: title, and what each says of it.
[[nodiscard]] std::string reasons(const std::vector<const Frame*>& frames,
                                  const std::vector<std::string>& names);
/// The same, with strips.
[[nodiscard]] std::string parting(const std::vector<const Frame*>& frames,
                                  const std::vector<std::string>& names, Palette palette);

}  // namespace mempool::viz
