// Graphviz: DOT text to a picture, by the program `dot`, which is found and run here and nowhere
// else. Without it nothing of Mempool fails but the pictures; the DOT text can be kept instead.
//
// dot is run without a shell: DOT on its standard input, the picture on its standard output, both
// through unnamed temporary files, so that nothing is left behind and no pipe can fill up.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mempool::viz {

/// The path of `dot`: what MEMPOOL_DOT names, else the first in PATH. Fails with how to get it.
[[nodiscard]] Result<std::string> find_dot();

/// Renders DOT text as "svg", "png" or "pdf" and returns the file's bytes. Fails when dot does,
/// with what it said.
[[nodiscard]] Result<std::string> render(std::string_view dot_text, std::string_view format);

}  // namespace mempool::viz
