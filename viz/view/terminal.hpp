// Terminal: one call in a block of a few lines: title, the region as a strip, both lists, and the
// reasons. Written call after call, an op list reads like a lesson.
//
// The strip is 72 columns wide and drawn to scale, but every block gets room for its name as long
// as there is room for all names; a block that had to give way shows the break mark `//`.
#pragma once

#include <iosfwd>

#include "view/view.hpp"

namespace mempool::viz {

void write_terminal(std::ostream& out, const Frame& frame, const ViewOptions& options);

/// What the calls add up to, with the terms; written once, behind the last call.
void write_terminal_sums(std::ostream& out, const Frame& frame, const ViewOptions& options);

}  // namespace mempool::viz
