// Canvas: nodes at fixed places, edges between them, and the DOT text that says so.
//
// Points, y downwards, as on a page; it knows nothing of pools. Nodes are drawn in the order in
// which they come, edges under all of them.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace mempool::viz::dot {

struct Box {
  int x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] int right() const { return x + width; }
  [[nodiscard]] int bottom() const { return y + height; }
  [[nodiscard]] int center() const { return x + width / 2; }
};

/// The outermost table of a node. Graphviz does not stretch cells to a table's size, so the cells
/// have the sizes, and together they must fill the node's box: the table is centred on it.
struct Table {
  std::string attributes;
  std::string rows;
};

/// Attributes of a table that is nothing but its cells.
inline constexpr std::string_view bare = R"(BORDER="0" CELLSPACING="0" CELLPADDING="0")";

/// `<TD WIDTH=".." HEIGHT=".." attributes>content</TD>`
[[nodiscard]] std::string cell(int width, int height, std::string_view attributes,
                               std::string_view content);

class Canvas {
 public:
  /// A node whose label is a table. attributes: DOT, each with a comma behind it; may be empty.
  void table(std::string_view name, Box box, const Table& table, std::string_view attributes = "");
  /// Markup centred on a place.
  void text(std::string_view name, double x, double y, std::string_view html);
  /// Markup in a box. align: LEFT or RIGHT; valign: TOP, MIDDLE or BOTTOM.
  void text(std::string_view name, Box box, std::string_view align, std::string_view html,
            std::string_view valign = "MIDDLE");
  /// A place without extent, for edges.
  void anchor(std::string_view name, int x, int y);
  void edge(std::string_view from, std::string_view to, std::string_view attributes);

  void write(std::ostream& out, int move_down) const;

 private:
  struct Node {
    std::string name;
    double x, y;  // of its centre
    std::string rest;
  };
  std::vector<Node> nodes_;
  std::string edges_;
};

}  // namespace mempool::viz::dot
