// Page: a dump while it is being written. Private to the dump.
//
//     write_dump --> header, lists, bytes (rows, damage), key; each appends whole lines to out
#pragma once

#include <ostream>
#include <string>

#include "model/story.hpp"
#include "view/dump_cells.hpp"
#include "view/text.hpp"
#include "view/view.hpp"

namespace mempool::viz {

inline constexpr std::size_t most_line = 79;

struct DumpPage {
  std::ostream& stream;
  const Frame& frame;
  const Model& model;  // after the call
  const ViewOptions& options;
  Palette palette;
  Story story;
  unsigned width = most_columns;  // columns between the bars
  unsigned digits = 4;            // of an offset, hexadecimal
  std::string out = {};           // lines on their way
  unsigned shades = 0;            // those that were drawn, a bit each: what the key explains
  bool unknown = false;           // a '?' was drawn
  bool unprintable = false;       // a '~' was drawn
  bool filled = false;            // the word `fill` was drawn
  bool poisoned = false;          // the word `poison` was drawn
  bool stained = false;           // bytes that were written after free were drawn
  bool hit = false;               // a damaged guard was drawn

  [[nodiscard]] std::string offset(u64 at) const { return "0x" + hex(at, digits); }
  /// "data  0x01C0 |": what stands before the content of a row.
  [[nodiscard]] std::string head(std::string_view tag, u64 at) const;
  /// The same without an offset and a bar: "ruler         ".
  [[nodiscard]] std::string head(std::string_view tag) const;
  /// A line with one text between the bars.
  void boxed(std::string head, std::string_view text);
  /// A sentence under a tag, in as many lines as it takes.
  void say(std::string_view tag, std::string_view text);
  void send() {
    stream << out;
    out.clear();
  }
};

/// Which columns of a row are not what they were.
using Columns = std::array<bool, most_columns>;

void write_dump_header(DumpPage& page);
void write_dump_lists(DumpPage& page);
void write_dump_bytes(DumpPage& page);
void write_dump_key(DumpPage& page);

/// data and mark lines, and what damage there is in the row.
void write_dump_row(DumpPage& page, const Row& row, const Columns& changed);
void write_dump_damage(DumpPage& page, const Row& row);

/// The columns of a row that the call changed.
[[nodiscard]] Columns changed_by_call(const DumpPage& page, const Row& row);

}  // namespace mempool::viz
