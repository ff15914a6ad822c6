// Dump damage: under a row, where its guards are damaged, and the bytes there in hex.
//
//     hit!  0x02A8 |                                        ^^^                     |
//     zoom  0x02A0 |58 58 58 58 58 58 58 58 58 58 58 AB AB AB AB AB  #9 back guard  |
//     zoom         |                        ^^ ^^ ^^                 want AB        |
#include <algorithm>
#include <functional>

#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

/// The damaged columns of one guard in one row.
struct Hit {
  const Row& row;
  const Piece& piece;
  Columns bad{};
  unsigned first = 0, last = 0;  // of the bad columns, last included

  [[nodiscard]] const Guard& guard() const {
    return piece.part == Part::front_guard ? piece.block->front() : piece.block->back();
  }
  [[nodiscard]] std::string side() const {
    return piece.part == Part::front_guard ? " front" : " back";
  }
};

/// ^^^ and, where there is room beside them, what it is about; else that stands on its own line.
void write_hit(DumpPage& page, const Hit& hit) {
  const Guard& guard = hit.guard();
  const std::string which = hit.piece.block->name() + hit.side();
  const std::string count =
      std::to_string(guard.damaged) + " of " + std::to_string(guard.size) + " bytes";
  const bool whole = guard.damaged != 0 && guard.first >= hit.row.start;
  const std::string text = whole
                               ? first_that_fits({which + " guard, " + count, which + ", " + count,
                                                  which, hit.piece.block->name()},
                                                 page.width)
                               : first_that_fits({which + " guard", which}, page.width);
  std::string line(page.width, ' ');
  for (unsigned i = hit.first; i <= hit.last; ++i)
    if (hit.bad[i]) line[i] = '^';
  const std::size_t room_after = page.width - hit.last - 1;
  const bool after = room_after >= text.size() + 2;
  const bool before = !after && hit.first >= text.size() + 2;
  if (after) line.replace(hit.last + 3, text.size(), text);
  if (before) line.replace(hit.first - 2 - text.size(), text.size(), text);
  const u64 at = hit.row.start + hit.first;
  page.boxed(page.head("hit!", at), line);
  if (!after && !before) page.boxed(page.head("hit!", at), text);
}

/// A group of bytes in hex and, under it, which of them are bad.
void write_zoom(DumpPage& page, const Hit& hit, u64 start, unsigned group) {
  std::string bytes, carets;
  for (unsigned i = 0; i < group; ++i) {
    const u64 at = start + i;
    const Byte byte = at < page.model.capacity ? page.model.byte(at) : Byte{};
    const bool inside = at < page.model.capacity;
    bytes += !inside ? "   " : byte.known ? hex(byte.value, 2) + " " : "?? ";
    const u64 column = at - hit.row.start;
    carets += column < hit.row.columns && hit.bad[column] ? "^^ " : "   ";
  }
  const std::size_t room = page.width - bytes.size() - 1;
  const std::string which = hit.piece.block->name() + hit.side();
  const std::string label =
      first_that_fits({which + " guard", which, hit.piece.block->name()}, room);
  page.boxed(page.head("zoom", start), bytes + " " + label);
  std::string under = page.head("zoom");
  under.back() = '|';
  page.boxed(under, carets + " want " + hex(guard_byte, 2));
}

}  // namespace

void write_dump_damage(DumpPage& page, const Row& row) {
  const unsigned group = page.width == most_columns ? 16 : 8;
  constexpr u64 most_groups = 2;  // of a guard: a check tells 16 bytes from the first bad one on
  for (const Piece& piece : row.pieces) {
    if (piece.part != Part::front_guard && piece.part != Part::back_guard) continue;
    Hit hit{row, piece};
    unsigned count = 0;
    for (unsigned i = row.first(piece); i < row.last(piece); ++i) {
      if (row.cells[i].shade != Shade::damaged) continue;
      if (count++ == 0) hit.first = i;
      hit.last = i;
      hit.bad[i] = true;
    }
    if (count == 0) continue;
    write_hit(page, hit);
    const u64 zoomed = round_down(std::min(hit.guard().first, row.start + hit.first), group);
    for (u64 start = row.start; start < row.end(); start += group) {
      const unsigned from = static_cast<unsigned>(start - row.start);
      const auto bad = hit.bad.begin() + from;
      const bool any = std::any_of(bad, bad + std::min(group, page.width - from), std::identity{});
      if (any && start - zoomed < most_groups * group) write_zoom(page, hit, start, group);
    }
  }
}

}  // namespace mempool::viz
