// Dump rows: a line of data and a line of marks.
//
//     data  0x01C0 |66666666~~~~~~~~~~~~~~~~????????????...
//     mark  0x01C0 |-#6----]GGGGGGGGGGGGGGGG[#17 56 NEW------
#include <algorithm>

#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

bool is_printable(u8 value) {
  return 0x20 <= value && value < 0x7F;
}

/// The sign of a byte. Never the byte itself unless it is printable ASCII.
std::string_view sign(DumpPage& page, const Cell& cell, const char& value) {
  if (cell.shade == Shade::nothing) return " ";
  if (!cell.known) {
    const bool free = cell.shade == Shade::free;
    const bool as_left = cell.shade == Shade::quarantine && cell.fill;
    page.unknown = page.unknown || !(free || as_left);
    return free || as_left ? "." : "?";
  }
  if (is_printable(cell.value)) return {&value, 1};
  page.unprintable = true;
  if (!page.options.utf8) return "~";
  const bool intact = cell.shade == Shade::guard || cell.shade == Shade::ghost;
  return intact ? "\u00AB" : "\u00B7";
}

char mark_of(Shade shade) {
  switch (shade) {
    case Shade::nothing: return ' ';
    case Shade::header: return 'h';
    case Shade::payload: return '-';
    case Shade::padding: return 'p';
    case Shade::guard: return 'G';
    case Shade::damaged: return 'X';
    case Shade::free: return '.';
    case Shade::quarantine: return 'q';
    case Shade::ghost: return 'g';
  }
  return ' ';
}

Ink ink_of(const Cell& cell, bool odd) {
  switch (cell.shade) {
    case Shade::nothing: return Ink::plain;
    case Shade::header:
    case Shade::padding: return Ink::other;
    case Shade::payload: return odd ? Ink::used : Ink::used_next;
    case Shade::guard: return Ink::guard;
    case Shade::damaged: return Ink::damaged;
    case Shade::free: return Ink::free;
    case Shade::quarantine: return Ink::quarantine;
    case Shade::ghost: return Ink::ghost;
  }
  return Ink::plain;
}

/// What happened to a block, in its label. No G and no X: those are marks.
std::string_view news(const DumpPage& page, const Block& block) {
  const auto change = page.story.changes.find(block.offset);
  if (change == page.story.changes.end()) return "";
  switch (change->second.mark) {
    case Mark::fresh: return " NEW";
    case Mark::moved: return " MOVED";
    case Mark::rest:
    case Mark::gap: return " REST";
    case Mark::freed:
    case Mark::quarantined: return " FREED";
    case Mark::coalesced: return " COALESCED";
    case Mark::resized: return " RESIZED";
    case Mark::written: return " WRITTEN";
    case Mark::found_damaged: return " HIT";
  }
  return "";
}

/// Puts the first label that fits into the first stretch of the piece without ghosts, and returns
/// it; empty if none fits.
std::string_view put_label(std::string& marks, unsigned first, unsigned last, char plain,
                           std::initializer_list<std::string_view> labels) {
  for (const std::string_view label : labels) {
    unsigned begin = first;
    while (begin < last) {
      if (marks[begin] != plain) {
        ++begin;
        continue;
      }
      unsigned end = begin;
      while (end < last && marks[end] == plain) ++end;
      const unsigned apart = marks[begin - 1] == 'g' ? 1 : 0;  // "ggg.f8", not "gggf8"
      if (end - begin >= label.size() + apart) {
        marks.replace(begin + apart, label.size(), label);
        return label;
      }
      begin = end;
    }
  }
  return {};
}

/// How the marks of a piece begin, go on and end.
std::string_view dress_of(Part part) {
  return part == Part::payload ? "[-]" : part == Part::quarantine ? "{q}" : "(.)";
}

/// "f8 free 88", "#17 56", "#7q 48"
std::string sized_name(const Piece& piece) {
  const Block& block = *piece.block;
  if (piece.part == Part::free) return block.name() + " free " + std::to_string(block.size);
  const bool used = piece.part == Part::payload;
  return block.name() + " " + std::to_string(used ? block.requested : block.size);
}

/// [#17 56 NEW-----]   (f8 free 88 REST....)   {#7q 48 FREED qqq}
void mark_span(DumpPage& page, const Row& row, const Piece& piece, std::string& marks) {
  const bool used = piece.part == Part::payload;
  const bool begins = piece.begin >= row.start;
  const bool ends = piece.end <= row.end();
  const unsigned first = row.first(piece);
  const unsigned last = row.last(piece);
  const std::string_view dress = dress_of(piece.part);
  const char plain = dress[1];
  const auto all = [&](auto test) {
    return std::all_of(row.cells.begin() + first, row.cells.begin() + last, test);
  };
  const bool fill = used && all([](const Cell& cell) { return cell.fill; });
  const bool poison = !used && page.model.poison &&
                      all([](const Cell& cell) { return cell.shade != Shade::damaged; });
  const auto dressed = [&](unsigned at, char sign) {  // damage shows through
    if (row.cells[at].shade != Shade::damaged) marks[at] = sign;
  };
  if (ends) dressed(last - 1, dress[2]);
  if (begins) dressed(first, dress[0]);
  const std::string name = piece.block->name();
  const std::string filled = fill ? " fill" : poison ? " poison" : "";
  std::string whole = name + filled, told = name, sized = name;
  if (begins) {
    sized = sized_name(piece);
    told = sized + std::string(news(page, *piece.block));
    whole = told + filled;
  }
  const std::string_view label =
      put_label(marks, first + 1, ends ? last - 1 : last, plain, {whole, told, sized, name});
  page.filled = page.filled || label.ends_with(" fill");
  page.poisoned = page.poisoned || label.ends_with(" poison");
}

std::string marks_of(DumpPage& page, const Row& row) {
  std::string marks(page.width, ' ');
  for (unsigned i = 0; i < row.columns; ++i) {
    marks[i] = mark_of(row.cells[i].shade);
    page.shades |= 1U << static_cast<unsigned>(row.cells[i].shade);
  }
  for (const Piece& piece : row.pieces) {
    const bool guard = piece.part == Part::front_guard || piece.part == Part::back_guard;
    for (unsigned i = row.first(piece); i < row.last(piece); ++i)
      if (row.cells[i].shade == Shade::damaged) (guard ? page.hit : page.stained) = true;
  }
  for (const Piece& piece : row.pieces)
    if (piece.part == Part::payload || piece.part == Part::free || piece.part == Part::quarantine)
      mark_span(page, row, piece, marks);
  return marks;
}

using Inks = std::array<std::string, most_columns>;

/// The escape sequence of every column; neighbours with the same one are drawn together.
Inks inks_of(const DumpPage& page, const Row& row, const Columns& changed) {
  Inks inks;
  if (page.palette == Palette::none) return inks;
  for (const Piece& piece : row.pieces)
    for (unsigned i = row.first(piece); i < row.last(piece); ++i)
      inks[i] = ink_on(page.palette, ink_of(row.cells[i], piece.odd), changed[i]);
  return inks;
}

void write_line(DumpPage& page, std::string_view tag, u64 start, const Inks& inks,
                const std::array<std::string_view, most_columns>& signs) {
  std::string& out = page.out;
  out += page.head(tag, start);
  bool on = false;
  for (unsigned i = 0; i < page.width; ++i) {
    if (i == 0 || inks[i] != inks[i - 1]) {
      if (on) out += ink_off;
      out += inks[i];
      on = !inks[i].empty();
    }
    out += signs[i];
  }
  if (on) out += ink_off;
  out += "|\n";
}

}  // namespace

Columns changed_by_call(const DumpPage& page, const Row& row) {
  Columns changed{};
  const std::vector<Written>& written = page.story.written;
  const auto told = [&](u64 at) {
    const auto behind = std::ranges::upper_bound(written, at, {}, &Written::offset);
    return behind != written.begin() && at - std::prev(behind)->offset < std::prev(behind)->size;
  };
  for (const Piece& piece : row.pieces) {
    const auto change = page.story.changes.find(piece.block->offset);
    if (change == page.story.changes.end()) continue;
    const Mark mark = change->second.mark;
    if (mark == Mark::found_damaged) continue;  // has a colour of its own
    for (unsigned i = row.first(piece); i < row.last(piece); ++i)
      changed[i] = mark != Mark::written || told(row.start + i);
  }
  return changed;
}

void write_dump_row(DumpPage& page, const Row& row, const Columns& changed) {
  std::array<std::string_view, most_columns> signs;
  std::array<char, most_columns> values{};
  const Inks inks = inks_of(page, row, changed);
  for (unsigned i = 0; i < page.width; ++i) {
    values[i] = static_cast<char>(row.cells[i].value);
    signs[i] = sign(page, row.cells[i], values[i]);
  }
  write_line(page, "data", row.start, inks, signs);
  const std::string marks = marks_of(page, row);
  for (unsigned i = 0; i < page.width; ++i) signs[i] = std::string_view(marks).substr(i, 1);
  write_line(page, "mark", row.start, inks, signs);
}

}  // namespace mempool::viz
