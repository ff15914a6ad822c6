// Cells: see dump_cells.hpp.
#include "view/dump_cells.hpp"

#include <algorithm>

namespace mempool::viz {

namespace {

//  used: [ header ][ front guard ][ payload ][ padding ][ back guard ][ padding ]
//
// Headers are what lies before the payload and is no guard: in-band allocators have them.
template <class Take>
void each_piece(const Block& block, bool odd, Take take) {
  u64 at = block.offset;
  const auto piece = [&](Part part, u64 end) {
    if (end > at) take(Piece{part, odd, at, end, &block});
    at = std::max(at, end);
  };
  if (!block.lives()) return piece(block.used ? Part::quarantine : Part::free, block.end());
  if (block.front().size != 0) {
    piece(Part::header, block.front().offset);
    piece(Part::front_guard, block.front().end());
  }
  piece(Part::header, block.payload);
  piece(Part::payload, block.payload_end());
  if (block.back().size != 0) {
    piece(Part::padding, block.back().offset);
    piece(Part::back_guard, block.back().end());
  }
  piece(Part::padding, block.end());
}

}  // namespace

void Rows::rewind() {
  block_ = model_.blocks().begin();
}

void Rows::advance(u64 start) {
  for (; block_ != model_.blocks().end() && block_->second.end() <= start; ++block_)
    if (block_->second.lives()) odd_ = !odd_;
}

Cell Rows::cell(const Piece& piece, u64 at) const {
  const Byte byte = model_.byte(at, piece.block);
  Cell cell{Shade::free, byte.known, byte.fill, byte.value, piece.block->number};
  switch (piece.part) {
    case Part::header: cell.shade = Shade::header; break;
    case Part::payload: cell.shade = Shade::payload; break;
    case Part::padding: cell.shade = Shade::padding; break;
    case Part::nothing: break;
    case Part::front_guard:
    case Part::back_guard: {
      const Guard& guard =
          piece.part == Part::front_guard ? piece.block->front() : piece.block->back();
      const bool bad = byte.known ? byte.value != guard_byte : guard.first == at;
      cell.shade = bad ? Shade::damaged : Shade::guard;
      break;
    }
    case Part::free:
    case Part::quarantine: color_free(piece, at, byte, cell); break;
  }
  if (!cell.known) cell.value = 0;
  return cell;
}

/// Bytes that nobody should write to: as the pool left them, old guards, or written after the free.
void Rows::color_free(const Piece& piece, u64 at, const Byte& byte, Cell& cell) const {
  const u8 as_left = model_.poison ? poison_byte : freed_byte;
  if (piece.part == Part::quarantine) cell.shade = Shade::quarantine;
  if (model_.poison && byte.known && byte.value != poison_byte)
    cell.shade = Shade::damaged;
  else if (byte.known && byte.value == guard_byte && model_.ghost_guard(at))
    cell.shade = Shade::ghost;
  if (byte.value != as_left) return;
  cell.known = false;
  cell.fill = byte.known && piece.part == Part::quarantine;
}

void Rows::read(u64 start, Row& row) {
  advance(start);
  row.start = start;
  row.columns = static_cast<unsigned>(std::min<u64>(width_, model_.capacity - start));
  row.pieces.clear();
  row.cells.fill(Cell{});
  bool odd = odd_;
  for (auto it = block_; it != model_.blocks().end() && it->first < row.end(); ++it) {
    if (it->second.lives()) odd = !odd;
    each_piece(it->second, odd, [&](const Piece& piece) {
      if (piece.end > start && piece.begin < row.end()) row.pieces.push_back(piece);
    });
  }
  for (const Piece& piece : row.pieces)
    for (unsigned i = row.first(piece); i < row.last(piece); ++i)
      row.cells[i] = cell(piece, start + i);
  read_ += row.columns;
}

u64 Rows::unread_rows(u64 start, Piece& found) {
  advance(start);
  if (block_ == model_.blocks().end()) {
    const u64 end = start < model_.capacity ? model_.capacity : u64_max;
    found = {Part::nothing, false, start, end, nullptr};
    return (end - start) / width_;
  }
  if (read_ < most_read) return 0;
  u64 rows = 0;
  each_piece(block_->second, false, [&](const Piece& piece) {
    if (piece.begin >= start || piece.end <= start) return;
    found = piece;
    rows = (piece.end - start) / width_;
  });
  return rows;
}

}  // namespace mempool::viz
