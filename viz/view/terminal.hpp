// Terminal: one call in a block of a few lines: title, the region as a strip, both lists, and the
// reasons. Written call after call, an op list reads like a lesson.
//
// The strip is as wide as the page and drawn to scale, but every block gets room for its name as
// long as there is room for all names; a block that had to give way shows the break mark `//`.
#pragma once

#include <iosfwd>
#include <string>

#include "view/view.hpp"

namespace mempool::viz {

/// The region and its lists, a line each; quarantine is empty when nothing waits there.
struct TerminalLists {
  std::string map, free, used, quarantine;
};
[[nodiscard]] TerminalLists terminal_lists(const Frame& frame, const Story& story,
                                           const ViewOptions& options);

void write_terminal(std::ostream& out, const Frame& frame, const ViewOptions& options);

/// What the calls add up to, with the terms; written once, behind the last call.
void write_terminal_sums(std::ostream& out, const Frame& frame, const ViewOptions& options);

}  // namespace mempool::viz
