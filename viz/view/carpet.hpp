// Carpet: the region over time, a column a moment, a row for so many bytes: fragmentation seen as
// weave. A raster of at most 1024 x 512 cells, however long the log.
//
//     Model --column_of--> states of the rows ... --weave--> grey picture --png, svg--> file
//
// What a cell is can be seen without colour: by shade and by pattern.
//
//     used  dark, plain    free  white, few dots    guard  stripes    quarantine  chequered
//     damaged  black, with a white cross-hatch
#pragma once

#include <string>
#include <vector>

#include "model/model.hpp"
#include "view/png.hpp"

namespace mempool::viz {

enum class Weave : u8 { free, used, guard, quarantine, damaged };

inline constexpr std::size_t most_rows = 512;  // columns are as many as samples: sampled.hpp

/// Rows of a region of so many bytes: a byte each, or equal shares of it.
[[nodiscard]] std::size_t rows_of(u64 capacity);

/// What lies in each row, from offset 0 up: what has the most bytes there; damage goes before all.
[[nodiscard]] std::vector<Weave> column_of(const Model& model, std::size_t rows);

struct Carpet {
  u64 capacity = 0;
  std::string title, subtitle, description;
  std::vector<u64> calls;                   // of the columns
  std::vector<std::vector<Weave>> columns;  // all of one length
};

/// The raster alone: offset 0 at the bottom.
[[nodiscard]] GreyPicture weave(const Carpet& carpet);
/// With axes and legend.
[[nodiscard]] std::string draw_carpet(const Carpet& carpet);

}  // namespace mempool::viz
