// Past: a pool's blocks as they were some changes ago. The changes are undone, the last one first;
// what none of them touched is as it is now, and not kept here.
//
//     now             [ #1 ][ #7 ][ free ......... ][ #4 ]
//     undo take #7    [ #1 ][ free ............... ][ #4 ]      pieces: the free one
//     undo give #5    [ #1 ][ free ..][ #5 ][ free ][ #4 ]      pieces: these three
//
// A change says all of the bytes that it touched, before and after, so undoing it needs no look at
// the pool. Knows no pool, engine or log.
#pragma once

#include <map>

#include "explain/explain.hpp"

namespace mempool::explain {

class Past {
 public:
  /// A block as it was; of a free one only offset and size count.
  enum class State : u8 { free, live, quarantined };
  struct Piece {
    Layout block;
    State state;
  };

  void undo(const Taken& taken);
  void undo(const Given& given);
  void undo(const Quarantined& freed);
  void undo(const Released& released);
  void undo(const Resized& resized);

  /// The block that started there, if a change touched it; else nullptr: it is as it is now.
  [[nodiscard]] const Piece* at(u64 offset) const;

 private:
  void forget(u64 begin, u64 end);
  void add_free(u64 offset, u64 size);
  void undo_give(const Layout& block, u64 left, u64 right, State before);

  std::map<u64, Piece> pieces_;  // by offset
};

}  // namespace mempool::explain
