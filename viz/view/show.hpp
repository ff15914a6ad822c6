// Show: one moment of a pool as text for people, 80 columns: what the call did and why, its look
// trail, its events, the free list, the used list, and the sums.
//
// For reading, not for grep: dump.hpp has lines that scripts can rely on.
#pragma once

#include <iosfwd>

#include "view/view.hpp"

namespace mempool::viz {

void write_show(std::ostream& out, const Frame& frame, const ViewOptions& options);

}  // namespace mempool::viz
