// Sheet: an SVG to draw on. Knows marks and colours, nothing of allocators; plots of the tool and
// of the benchmarks draw on it.
//
// Colours are classes c0 to c8, each with a shade for light and one for dark pages; c0 is the one
// the picture is about. Ink, grid and background follow the page as well.
#pragma once

#include <string>
#include <string_view>

namespace mempool::viz {

struct Point {
  double x = 0, y = 0;
};

/// A size, a weight, where it is anchored.
struct TextStyle {
  const char* anchor = "start";  // start, middle, end
  double size = 12;
  bool bold = false;
  std::string color = "ink";  // a class
};

class Svg {
 public:
  Svg(double width, double height, std::string_view title);

  /// For those who cannot see the picture. First of all.
  void description(std::string_view words);
  void text(Point at, std::string_view words, const TextStyle& style = {});
  void line(Point from, Point to, std::string_view css_class);
  void bar(Point corner, double width, double height, std::string_view css_class);
  void path(std::string_view points, std::string_view css_class);
  /// A picture in the picture: a PNG's bytes, of more points than it is shown with.
  void image(Point corner, double width, double height, std::string_view png);
  void dot(Point center, double radius, std::string_view css_class);
  /// The whole picture.
  [[nodiscard]] std::string finish() &&;

 private:
  std::string out_;
};

/// The class of the n-th colour, for lines ("s...") and areas ("c...").
[[nodiscard]] std::string color_class(std::size_t n);
[[nodiscard]] std::string stroke_class(std::size_t n);

}  // namespace mempool::viz
