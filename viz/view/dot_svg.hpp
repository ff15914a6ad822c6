// Dot's SVG: what its pictures still need: words for those who do not see them, and movement.
//
//     dot's SVG, caption --with_caption--> a picture with title, description and named links
//     several of them    --animate-------> one picture that shows them one after the other
//
// Text in, text out; it runs nothing and knows no pool.
#pragma once

#include <string>
#include <vector>

namespace mempool::viz {

/// What a picture says to those who do not see it.
struct Caption {
  std::string title;
  std::string description;
};

/// Gives an SVG picture by Graphviz its title and description, and its links, which blocks are,
/// their names: by keyboard one goes from block to block.
[[nodiscard]] std::string with_caption(std::string svg, const Caption& caption);

/// A picture of a sequence, as dot made it.
struct SvgFrame {
  std::string svg;
  Caption caption;
  std::string label;  // of its button: "41"
};

/// One SVG that shows pictures of the same size one after the other, and begins anew. It halts
/// while the pointer or the keyboard is on it, a button for each picture shows that one, and for
/// readers who want no motion it shows the last one and its buttons. No script.
[[nodiscard]] std::string animate(const std::vector<SvgFrame>& frames, const Caption& caption);

}  // namespace mempool::viz
