// Past: see past.hpp.
#include "explain/past.hpp"

namespace mempool::explain {

void Past::forget(u64 begin, u64 end) {
  pieces_.erase(pieces_.lower_bound(begin), pieces_.lower_bound(end));
}

void Past::add_free(u64 offset, u64 size) {
  if (size == 0) return;
  Piece piece{};  // free
  piece.block.offset = offset;
  piece.block.size = size;
  pieces_[offset] = piece;
}

void Past::undo(const Taken& taken) {
  const u64 begin = taken.block.offset - taken.gap;
  forget(begin, begin + taken.from);
  add_free(begin, taken.from);
}

void Past::undo_give(const Layout& block, u64 left, u64 right, State before) {
  const u64 end = block.offset + block.size;
  forget(block.offset - left, end + right);
  add_free(block.offset - left, left);
  pieces_[block.offset] = {block, before};
  add_free(end, right);
}

void Past::undo(const Given& given) {
  undo_give(given.block, given.left, given.right, State::live);
}

void Past::undo(const Released& released) {
  undo_give(released.block, released.left, released.right, State::quarantined);
}

void Past::undo(const Quarantined& freed) {
  pieces_[freed.block.offset] = {freed.block, State::live};
}

void Past::undo(const Resized& resized) {
  const Layout& block = resized.before;
  const u64 both = resized.after.size + resized.rest;
  forget(block.offset, block.offset + both);
  pieces_[block.offset] = {block, State::live};
  add_free(block.offset + block.size, both - block.size);
}

const Past::Piece* Past::at(u64 offset) const {
  const auto found = pieces_.find(offset);
  return found == pieces_.end() ? nullptr : &found->second;
}

}  // namespace mempool::explain
