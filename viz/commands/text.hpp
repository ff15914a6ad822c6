// Text views: what show, dump and bare op lists have in common, which is all but the frame. How
// the text looks is the views' (view/view.hpp); where it goes is decided here.
#pragma once

#include "commands/source.hpp"
#include "view/text.hpp"

namespace mempool::viz {

/// Colours for standard output or the options' file: if they are asked for, or wanted by a terminal
/// whose user has not said NO_COLOR.
[[nodiscard]] Palette palette_of(const Options& options);

/// Draws the frame by the view of this name, in colour if that is wanted where it goes to, and
/// writes it to the options' output, whole or not at all.
[[nodiscard]] Result<int> write_text(std::string_view view, const Loaded& loaded,
                                     const Options& options, const Frame* diff = nullptr);

/// Asked for, or wanted by a terminal whose user has not said NO_COLOR.
[[nodiscard]] bool wants_colour(const Options& options);

}  // namespace mempool::viz
