// Dump damage: under a row, where its guards are damaged or its free bytes written after the free,
// and the bytes there in hex.
//
//     hit!  0x02A8 |                                        ^^^                     |
//     zoom  0x02A0 |58 58 58 58 58 58 58 58 58 58 58 AB AB AB AB AB  #9 back guard  |
//     zoom         |                        ^^ ^^ ^^                 want AB        |
#include <algorithm>
#include <functional>

#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

bool is_guard(const Piece& piece) {
  return piece.part == Part::front_guard || piece.part == Part::back_guard;
}

/// What is known of the damage in a piece.
Damage damage_in(const Model& model, const Piece& piece) {
  if (is_guard(piece)) {
    const bool front = piece.part == Part::front_guard;
    const Guard& guard = front ? piece.block->front() : piece.block->back();
    return {piece.block->number, u32{front ? POOL_SIDE_FRONT : POOL_SIDE_BACK}, guard.first,
            guard.damaged, guard.size};
  }
  const Damage* stain = model.stain_in(piece.begin, piece.end - piece.begin);
  return stain == nullptr ? Damage{POOL_NONE, 0, piece.begin} : *stain;
}

/// The damaged columns of one guard, or of one free block, in one row.
struct Hit {
  const Row& row;
  const Piece& piece;
  Damage damage;
  Columns bad{};
  unsigned first = 0, last = 0;  // of the bad columns, last included

  [[nodiscard]] std::string which() const {
    const char* side = piece.part == Part::front_guard ? " front" : " back";
    return piece.block->name() + (is_guard(piece) ? side : " written");
  }
  [[nodiscard]] std::string whole() const {
    return which() + (is_guard(piece) ? " guard" : " after free");
  }
};

/// ^^^ and, where there is room beside them, what it is about; else that stands on its own line.
void write_hit(DumpPage& page, const Hit& hit) {
  const Damage& damage = hit.damage;
  const std::string which = hit.which();
  const std::string count =
      std::to_string(damage.damaged) + " of " + std::to_string(damage.size) + " bytes";
  const bool whole = damage.damaged != 0 && damage.first >= hit.row.start;
  const std::string text = whole
                               ? first_that_fits({hit.whole() + ", " + count, which + ", " + count,
                                                  which, hit.piece.block->name()},
                                                 page.width)
                               : first_that_fits({hit.whole(), which}, page.width);
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
  const std::string label =
      first_that_fits({hit.whole(), hit.which(), hit.piece.block->name()}, room);
  page.boxed(page.head("zoom", start), bytes + " " + label);
  std::string under = page.head("zoom");
  under.back() = '|';
  page.boxed(under, carets + " want " + hex(is_guard(hit.piece) ? guard_byte : poison_byte, 2));
}

}  // namespace

void write_dump_damage(DumpPage& page, const Row& row) {
  const unsigned group = page.width == most_columns ? 16 : 8;
  constexpr u64 most_groups = 2;  // of a piece: a check tells 16 bytes from the first bad one on
  for (const Piece& piece : row.pieces) {
    const bool may_be =
        is_guard(piece) || piece.part == Part::free || piece.part == Part::quarantine;
    if (!may_be) continue;
    Hit hit{row, piece, damage_in(page.model, piece)};
    unsigned count = 0;
    for (unsigned i = row.first(piece); i < row.last(piece); ++i) {
      if (row.cells[i].shade != Shade::damaged) continue;
      if (count++ == 0) hit.first = i;
      hit.last = i;
      hit.bad[i] = true;
    }
    if (count == 0) continue;
    write_hit(page, hit);
    const u64 zoomed = round_down(std::min(hit.damage.first, row.start + hit.first), group);
    for (u64 start = row.start; start < row.end(); start += group) {
      const unsigned from = static_cast<unsigned>(start - row.start);
      const auto bad = hit.bad.begin() + from;
      const bool any = std::any_of(bad, bad + std::min(group, page.width - from), std::identity{});
      if (any && start - zoomed < most_groups * group) write_zoom(page, hit, start, group);
    }
  }
}

}  // namespace mempool::viz
