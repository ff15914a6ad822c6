// Single frees that would have made room: see rescue.hpp.
#include "model/rescue.hpp"

#include <iterator>

namespace mempool::viz {

//  [ free ][ block ][ free ]   =>   [ ........ piece ........ ]
Piece piece_if_freed(const Model& model, Model::Blocks::const_iterator it) {
  Piece piece{it->second.offset, it->second.size};
  if (!model.coalesces()) return piece;
  if (it != model.blocks().begin()) {
    const Block& left = std::prev(it)->second;
    if (!left.used) piece = {left.offset, left.size + piece.size};
  }
  const auto right = std::next(it);
  if (right != model.blocks().end() && !right->second.used) piece.size += right->second.size;
  return piece;
}

std::vector<Rescue> rescues(const Model& model, const Wanted& wanted, const Block* resized,
                            u64 grown) {
  std::vector<Rescue> found;
  for (auto it = model.blocks().begin(); it != model.blocks().end(); ++it) {
    const Block& block = it->second;
    if (!block.lives() || (resized != nullptr && block.number == resized->number)) continue;
    const Piece piece = piece_if_freed(model, it);
    const bool to_grow =
        resized != nullptr && piece.offset == resized->end() && resized->size + piece.size >= grown;
    if (to_grow || wanted.fits(piece.offset, piece.size))
      found.push_back({block.number, block.size, piece.size, to_grow});
  }
  return found;
}

}  // namespace mempool::viz
