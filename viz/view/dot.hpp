// dot: the block-list picture as DOT text, one call (or event) a picture.
//
//     Frame, Story --write_dot--> DOT text --dot--> SVG, PNG, PDF
//
// Every place is computed here and pinned (layout=neato with fixed positions), so that the bar has
// the strip's edges, nothing jumps between the pictures of one log, and dot only draws. The parts
// lie in dot_*.cpp; dot_picture.hpp is their map. It runs no program and knows no file.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "view/view.hpp"

namespace mempool::viz {

void write_dot(std::ostream& out, const Frame& frame, const ViewOptions& options);

/// Frames of one pool, in order: a picture each, all of one size, and each byte and each part at
/// the same place in all of them. At least one frame. Fails with a sentence when so much changes
/// that slides have no room for it.
[[nodiscard]] Result<std::vector<std::string>> draw_sequence(const std::vector<Frame>& frames,
                                                             const ViewOptions& options);

}  // namespace mempool::viz
