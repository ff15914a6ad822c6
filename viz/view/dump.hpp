// Dump: the region's bytes, 64 a line, with a line of marks of the same width under each, between
// the lists of blocks and a key. ASCII, at most 79 columns, made for grep and cut.
//
//     Frame --cells--> rows --folding, --diff--> data, mark, hit!, zoom, chng, fold lines
//
// Every line starts with a tag: pool free used quar ruler data mark hit! zoom chng fold note key.
// Content stands in columns 15 to 78, whatever the pool: an offset of more than four hex digits
// takes the blanks around it, and from 16 MiB on its 0x (`data 01000000|`). Only pools above
// 4 GiB have longer lines. It shows no byte that the log did not tell: those are '?', free ones
// '.'.
#pragma once

#include <iosfwd>

#include "view/view.hpp"

namespace mempool::viz {

/// Offsets are hexadecimal whatever the options' radix, as the ruler and the rows are;
/// both_radices adds the decimal ones in the lists. With options.diff only what differs from that
/// frame is written: rows with a `chng` line under them, and list entries.
void write_dump(std::ostream& out, const Frame& frame, const ViewOptions& options);

}  // namespace mempool::viz
