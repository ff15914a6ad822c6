// Canvas: see dot_canvas.hpp.
#include "view/dot_canvas.hpp"

#include <fmt/format.h>

#include <ostream>

namespace mempool::viz::dot {

std::string cell(int width, int height, std::string_view attributes, std::string_view content) {
  return fmt::format("<TD WIDTH=\"{}\" HEIGHT=\"{}\"{}{}>{}</TD>", width, height,
                     attributes.empty() ? "" : " ", attributes, content);
}

void Canvas::table(std::string_view name, Box box, const Table& table,
                   std::string_view attributes) {
  nodes_.push_back(
      {std::string(name), box.x + box.width / 2.0, box.y + box.height / 2.0,
       fmt::format("{}label=<<TABLE {}>{}</TABLE>>", attributes, table.attributes, table.rows)});
}

void Canvas::text(std::string_view name, double x, double y, std::string_view html) {
  nodes_.push_back({std::string(name), x, y, fmt::format("label=<{}>", html)});
}

void Canvas::text(std::string_view name, Box box, std::string_view align, std::string_view html,
                  std::string_view valign) {
  std::string attributes = fmt::format("ALIGN=\"{}\"", align);
  if (valign != "MIDDLE") attributes += fmt::format(" VALIGN=\"{}\"", valign);
  table(name, box,
        {std::string(bare), "<TR>" + cell(box.width, box.height, attributes, html) + "</TR>"});
}

void Canvas::anchor(std::string_view name, int x, int y) {
  nodes_.push_back({std::string(name), static_cast<double>(x), static_cast<double>(y),
                    "shape=point, width=0.01, style=invis, label=\"\""});
}

void Canvas::edge(std::string_view from, std::string_view to, std::string_view attributes) {
  edges_ += fmt::format("  {} -> {} [{}];\n", from, to, attributes);
}

void Canvas::write(std::ostream& out, int move_down) const {
  for (const Node& node : nodes_)
    out << fmt::format("  {} [pos=\"{},{}!\", {}];\n", node.name, node.x, 0 - (node.y + move_down),
                       node.rest);
  out << edges_;
}

}  // namespace mempool::viz::dot
