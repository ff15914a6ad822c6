// Cells: what every byte of a row of the dump is. Private to the dump.
//
// A row covers `width` bytes of the region. Its pieces are the parts of blocks that lie in it; a
// cell is one byte: which part it belongs to, whose, and its value as far as the log tells.
#pragma once

#include <array>
#include <vector>

#include "model/model.hpp"

namespace mempool::viz {

inline constexpr unsigned most_columns = 64;

enum class Part : u8 {
  header,
  front_guard,
  payload,
  padding,
  back_guard,
  free,
  quarantine,
  nothing
};

/// A part of a block: the whole of it, also where it reaches beyond the row.
struct Piece {
  Part part;
  bool odd;  // every other used block is: neighbours get different colours
  u64 begin, end;
  const Block* block;  // nullptr: of none, as a snapshot that was cut tells not all of them
};

enum class Shade : u8 {
  nothing,
  header,
  payload,
  padding,
  guard,
  damaged,  // a guard, or free bytes that were poisoned
  free,
  quarantine,
  ghost
};

struct Cell {
  Shade shade = Shade::nothing;  // nothing: behind the end of the region
  bool known = false;  // a free byte that holds the pool's fill or poison counts as not known
  bool fill = false;   // fresh payload that the pool filled; in quarantine: as the pool left it
  u8 value = 0;
  u64 number = 0;  // of the block
  bool operator==(const Cell&) const = default;
};

struct Row {
  u64 start = 0;
  unsigned columns = 0;  // of the region: less than the width in the last row only
  std::array<Cell, most_columns> cells;
  std::vector<Piece> pieces;  // in address order

  [[nodiscard]] u64 end() const { return start + columns; }
  /// The columns that a piece takes: from first up to last.
  [[nodiscard]] unsigned first(const Piece& piece) const {
    return piece.begin <= start ? 0 : static_cast<unsigned>(piece.begin - start);
  }
  [[nodiscard]] unsigned last(const Piece& piece) const {
    return piece.end >= end() ? columns : static_cast<unsigned>(piece.end - start);
  }
};

/// Makes rows of a model, in rising order.
class Rows {
 public:
  /// Reading a byte costs a look-up. Behind so many, rows inside one piece are not read any more
  /// when lines are folded: a region may have any size, what a log tells of it has not.
  static constexpr u64 most_read = u64{64} << 20;

  Rows(const Model& model, unsigned width) : model_(model), width_(width) { rewind(); }

  void read(u64 start, Row& row);
  /// The whole rows from `start` on that need not be read: they lie inside the piece returned,
  /// which begins before them. 0 while little has been read, unless they are no block's.
  [[nodiscard]] u64 unread_rows(u64 start, Piece& piece);

 private:
  void rewind();
  void advance(u64 start);
  [[nodiscard]] Cell cell(const Piece& piece, u64 at) const;
  void color_free(const Piece& piece, u64 at, const Byte& byte, Cell& cell) const;

  const Model& model_;
  unsigned width_;
  Model::Blocks::const_iterator block_;  // the first that ends behind the last row's start
  bool odd_ = false;                     // of the used blocks up to block_
  u64 read_ = 0;
};

}  // namespace mempool::viz
