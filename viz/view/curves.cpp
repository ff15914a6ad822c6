// Drawing the curves: see curves.hpp.
#include "view/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "view/sheet.hpp"

namespace mempool::viz {

namespace {

constexpr double least_width = 860, letter_width = 7.2, left = 64, right = 672, top = 96,
                 bottom = 372, label_height = 16;
constexpr std::size_t most_points = 304;
constexpr std::size_t letters_on_a_line = 4;

/// A curve as it is drawn: at most most_points points.
struct Line {
  std::size_t index;
  const Curve* curve;
  std::vector<Point> points;
  double label_y = 0;
};

class Drawing {
 public:
  Drawing(const CurveSheet& sheet, std::span<const Curve> curves)
      : sheet_(sheet), svg_(width_for(curves), bottom + 58, sheet.title) {
    for (std::size_t i = 0; i < curves.size(); ++i) lines_.push_back(line_of(curves[i], i));
  }

  std::string draw() && {
    svg_.description(sheet_.description);
    svg_.text({24, 34}, sheet_.title, {"start", 17, true, "ink"});
    svg_.text({24, 54}, sheet_.subtitle, {"start", 12, false, "soft"});
    axes();
    place_labels();
    for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) draw(*line);
    for (const Line& line : lines_) letters(line);
    return std::move(svg_).finish();
  }

 private:
  /// The names and values at the ends have room.
  [[nodiscard]] static double width_for(std::span<const Curve> curves) {
    std::size_t longest = 0;
    for (const Curve& curve : curves)
      longest = std::max(longest, curve.name.size() + curve.note.size() + 6);
    return std::max(least_width, right + 24 + letter_width * static_cast<double>(longest));
  }
  [[nodiscard]] double x_of(double call) const {
    const double calls = std::max(1.0, static_cast<double>(sheet_.last_call - sheet_.first_call));
    return left + (call - static_cast<double>(sheet_.first_call)) / calls * (right - left);
  }
  [[nodiscard]] static double y_of(double share) { return bottom - share * (bottom - top); }

  [[nodiscard]] Line line_of(const Curve& curve, std::size_t index) const {
    Line line{index, &curve, {}, 0};
    const std::size_t count = curve.values.size();
    const std::size_t points = std::min(count, most_points);
    for (std::size_t i = 0; i < points; ++i) {
      const std::size_t from = i * count / points, to = (i + 1) * count / points;
      double sum = 0;
      for (std::size_t k = from; k < to; ++k) sum += static_cast<double>(curve.values[k]);
      const double call = static_cast<double>(sheet_.first_call) +
                          (static_cast<double>(from) + static_cast<double>(to) - 1) / 2;
      line.points.push_back({x_of(call), y_of(sum / static_cast<double>(to - from))});
    }
    return line;
  }

  void axes() {
    for (const int percent : {0, 25, 50, 75, 100}) {
      const double y = y_of(percent / 100.0);
      svg_.line({left, y}, {right, y}, percent == 0 ? "axis" : "grid");
      svg_.text({left - 8, y + 4}, fmt::format("{} %", percent), {"end", 11, false, "soft"});
    }
    const auto calls = static_cast<double>(sheet_.last_call - sheet_.first_call);
    double step = std::pow(10, std::floor(std::log10(std::max(calls, 1.0))));
    if (calls / step < 2)
      step /= 5;
    else if (calls / step < 5)
      step /= 2;
    step = std::max(step, 1.0);
    for (double call = std::ceil(static_cast<double>(sheet_.first_call) / step) * step;
         call <= static_cast<double>(sheet_.last_call); call += step) {
      svg_.line({x_of(call), bottom}, {x_of(call), bottom + 4}, "axis");
      svg_.text({x_of(call), bottom + 19}, fmt::format("{}", static_cast<unsigned long>(call)),
                {"middle", 11, false, "soft"});
    }
    svg_.text({(left + right) / 2, bottom + 42}, "call", {"middle", 12, false, "ink"});
    svg_.text({left - 40, top - 10}, sheet_.y_name, {"start", 11, false, "soft"});
  }

  /// From the top down, each at least a line's height below the one before, and none outside.
  void place_labels() {
    std::vector<Line*> order;
    for (Line& line : lines_) {
      line.label_y = line.points.empty() ? bottom : line.points.back().y + 4;
      order.push_back(&line);
    }
    std::ranges::stable_sort(order, {}, &Line::label_y);
    for (std::size_t i = 1; i < order.size(); ++i)
      order[i]->label_y = std::max(order[i]->label_y, order[i - 1]->label_y + label_height);
    double most = bottom + 4;
    for (auto line = order.rbegin(); line != order.rend(); ++line, most -= label_height)
      (*line)->label_y = std::min((*line)->label_y, most);
  }

  void draw(const Line& line) {
    if (line.points.empty()) return;
    std::string path;
    for (const Point& point : line.points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", point.x, point.y);
    svg_.path(path, fmt::format("{} thin dash{}", stroke_class(line.index), line.index % 6));
    const Point end = line.points.back();
    svg_.line({end.x + 3, end.y}, {right + 12, line.label_y - 4}, "lead");
    svg_.text({right + 16, line.label_y},
              fmt::format("{}  {}: {}", letter(line), line.curve->name, line.curve->note),
              {"start", 12, line.index == 0, color_class(line.index)});
  }

  /// Along the line, each curve's at places of its own, so that they seldom hide each other.
  void letters(const Line& line) {
    const std::size_t points = line.points.size();
    for (std::size_t i = 0; i < letters_on_a_line && points >= 8; ++i) {
      const double share = (static_cast<double>(i) + (static_cast<double>(line.index) + 0.5) /
                                                         static_cast<double>(lines_.size())) /
                           letters_on_a_line;
      const Point at = line.points[static_cast<std::size_t>(share * static_cast<double>(points))];
      svg_.dot(at, 7.5, "ground");
      svg_.text({at.x, at.y + 4}, letter(line), {"middle", 11, true, color_class(line.index)});
    }
  }

  [[nodiscard]] static std::string letter(const Line& line) {
    return std::string(1, static_cast<char>('A' + line.index % 26));
  }

  const CurveSheet& sheet_;
  Svg svg_;
  std::vector<Line> lines_;
};

}  // namespace

std::string draw_curves(const CurveSheet& sheet, std::span<const Curve> curves) {
  return Drawing(sheet, curves).draw();
}

}  // namespace mempool::viz
