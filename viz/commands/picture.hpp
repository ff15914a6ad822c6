// Picture: a frame, or DOT text, as a file that Graphviz draws.
//
//     Frame --view/dot--> DOT text --Graphviz--> .svg, .png, .pdf; with a caption in an .svg
//
// What the picture shows is the view's. Where Graphviz fails its DOT text is kept beside the file.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/frame.hpp"
#include "view/dot_svg.hpp"
#include "view/view.hpp"

namespace mempool::viz {

/// Title and description. A drawing that is to be completed says nothing of what is missing.
[[nodiscard]] Caption caption_of(const Frame& frame, const ViewOptions& view);

/// The file's name says the format: .dot, .svg, .png or .pdf.
[[nodiscard]] Result<void> draw_dot(const std::string& dot_text, const std::string& file,
                                    const Caption& caption);
[[nodiscard]] Result<void> draw_picture(const Frame& frame, const ViewOptions& view,
                                        const std::string& file);

}  // namespace mempool::viz
