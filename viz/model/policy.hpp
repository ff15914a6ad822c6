// Policy: which free block serves a request, by definition. The five policies in plain loops.
//
// This is the definition that the look trail tells and that `check` is tested against; it walks
// the whole list. The engine shares nothing with it.
#pragma once

#include <string_view>
#include <vector>

#include "model/model.hpp"

namespace mempool::viz {

/// Free blocks in address order, borrowed from a model.
using FreeList = std::vector<const Block*>;
[[nodiscard]] FreeList free_list(const Model& model);

/// The block that the policy takes for a block of `needed` bytes; nullptr if none fits (or the
/// policy is unknown). Ties go to the lowest address. The cursor is next fit's.
[[nodiscard]] const Block* choose(u32 policy, const FreeList& list, u64 needed, u64 cursor);

/// Good fit's size classes: exact below 512 bytes, then 32 an octave.
[[nodiscard]] u64 good_class(u64 size);
/// The first class whose every block has at least this size.
[[nodiscard]] u64 good_class_that_fits(u64 size);

/// "First fit"; "An unknown policy" for a code that is none.
[[nodiscard]] std::string_view policy_name(u32 policy);

}  // namespace mempool::viz
