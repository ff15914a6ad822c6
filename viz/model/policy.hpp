// Policy: which free block serves a request, by definition. The five policies in plain loops.
//
//     Wanted, free list, cursor --choose--> free block --Wanted::gap--> where the block lies in it
//
// This is the definition that the look trail tells and that `check` is tested against; it walks
// the whole list. The engine shares nothing with it. docs/policies.md tells it with pictures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/model.hpp"

namespace mempool::viz {

/// What an allocation looks for: a whole block, perhaps with its payload at a certain multiple.
//
//      [ ............. free block ............. ]
//      [ gap ][ front guard | payload ... ][ rest ]      address of the payload % alignment == 0
struct Wanted {
  u64 needed = 0;     // whole block
  u64 alignment = 1;  // of the payload's address; 1: whatever the pool's own gives
  u64 phase = 0;      // address of the payload of a block at offset 0, in terms of the alignment

  /// Bytes that a free block at this offset keeps in front of the block.
  [[nodiscard]] u64 gap(u64 offset) const { return (0 - (offset + phase)) & (alignment - 1); }
  /// What the policy is asked for: so many more bytes that the largest gap fits, too.
  u64 room = 0;
  /// The block fits into this free one as it lies.
  [[nodiscard]] bool fits(u64 offset, u64 size) const {
    return size >= needed && size - needed >= gap(offset);
  }
};

/// Bytes of a block that lie in front of its payload: header, and guard rounded up.
[[nodiscard]] u64 front_bytes(const Model& model, u64 guard);

/// Bytes of the block that serves a request: header, front guard, payload and guard, rounded up;
/// saturates.
[[nodiscard]] u64 whole_block(const Model& model, u64 requested, u64 guard);

/// What an allocation in this pool looks for. alignment: POOL_NONE if none was asked for.
[[nodiscard]] Wanted wanted_in(const Model& model, u64 needed, u64 alignment);

/// One of the five.
[[nodiscard]] constexpr bool is_policy(u32 policy) {
  return POOL_FIRST <= policy && policy <= POOL_GOOD;
}

/// One that this pool could have: good fit walks no list, so a list allocator has no use for it.
[[nodiscard]] bool is_policy_of(const Model& model, u32 policy);

/// Free blocks in the order of the list, borrowed from a model.
using FreeList = std::vector<const Block*>;
[[nodiscard]] FreeList free_list(const Model& model);

/// The block that the policy takes from; nullptr if none serves (or the policy is unknown). Ties
/// go to the first in the list, in the library's own pools the lowest address. The cursor is next
/// fit's: its walk begins at the first block of the list that ends after it, and goes round.
/// When no free block has `room` bytes, an aligned request takes the lowest one that fits as it
/// lies, whatever the policy.
[[nodiscard]] const Block* choose(u32 policy, const FreeList& list, const Wanted& wanted,
                                  u64 cursor);

/// Good fit's size classes: exact below 512 bytes, then 32 an octave.
[[nodiscard]] u64 good_class(u64 size);
/// The first class whose every block has at least this size.
[[nodiscard]] u64 good_class_that_fits(u64 size);
/// "160 B", "1024 to 1055 B": the sizes of a class.
[[nodiscard]] std::string good_class_text(u64 good_class);

/// "First fit"; "An unknown policy" for a code that is none.
[[nodiscard]] std::string_view policy_name(u32 policy);
/// "first fit", for the middle of a sentence.
[[nodiscard]] std::string policy_in_words(u32 policy);

}  // namespace mempool::viz
