// Rescue: which single free would have made room for a request that failed.
//
//     failed request, the pool as it was --rescues--> "freeing #3 alone would have made room"
//
// A pure function of a model: it tries every live block in turn, with the free neighbours that it
// would coalesce with. It changes nothing, and knows no sentence: tell_alloc.cpp words it.
#pragma once

#include <vector>

#include "model/policy.hpp"

namespace mempool::viz {

/// A block whose free would have helped.
struct Rescue {
  u64 number = 0;        // #3
  u64 own = 0;           // its size
  u64 piece = 0;         // what would be free in one piece then: its own size and its neighbours'
  bool to_grow = false;  // it lies where the block that was to be resized could have grown
};

/// What would be free in one piece if the block there were freed.
struct Piece {
  u64 offset = 0, size = 0;
};
[[nodiscard]] Piece piece_if_freed(const Model& model, Model::Blocks::const_iterator block);

/// All of them, in address order. resized: the block that could not be moved, nullptr for none; to
/// it `grown` bytes would have to belong.
[[nodiscard]] std::vector<Rescue> rescues(const Model& model, const Wanted& wanted,
                                          const Block* resized = nullptr, u64 grown = 0);

}  // namespace mempool::viz
