// Lines: what an operation costs with a thousand live blocks, and with a million; see plots.hpp.
//
// Both axes are logarithmic. The names stand at the ends of their lines, moved apart where they
// would overlap, so that no legend has to be matched by colour.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "bench/plots.hpp"
#include "view/sheet.hpp"

namespace mempool::bench {

namespace {

using namespace viz;

// The first is what the picture is about. The colours are those of the other plot.
struct Shown {
  const char* peer;
  std::size_t color;
  const char* label;
};
constexpr std::array<Shown, 8> shown{{{"first", 0, "Mempool first"},
                                      {"good", 8, "Mempool good"},
                                      {"best", 7, "Mempool best"},
                                      {"boost-rbtree", 1, "Boost rbtree"},
                                      {"tbb-fixed", 2, "oneTBB fixed_pool"},
                                      {"glibc", 4, "glibc"},
                                      {"mimalloc", 5, "mimalloc"},
                                      {"jemalloc", 6, "jemalloc"}}};
constexpr double width = 860, height = 470, left = 70, right = 690, top = 84, bottom = 414;
constexpr double label_height = 15;

struct Sample {
  double blocks, ns;
};

struct Curve {
  const Shown* shown;
  std::vector<Sample> samples;
  double label_y = 0;
};

struct Scale {
  double least_blocks = 1e3, most_blocks = 1e6, least_ns = 5, most_ns = 1000;

  [[nodiscard]] Point at(const Sample& sample) const {
    const double x = std::log(sample.blocks / least_blocks) / std::log(most_blocks / least_blocks);
    const double y = std::log(sample.ns / least_ns) / std::log(most_ns / least_ns);
    return {left + x * (right - left), bottom - y * (bottom - top)};
  }
};

std::vector<Curve> curves_of(const Results& results) {
  std::vector<Curve> curves;
  for (const Shown& one : shown) {
    Curve curve{&one, {}, 0};
    for (const Row& row : results.rows) {
      const Cell* cell = row.group == Group::steady ? results.cell(row.program, one.peer) : nullptr;
      if (cell != nullptr && cell->ns > 0)
        curve.samples.push_back({static_cast<double>(row.outline.peak_blocks), cell->ns});
    }
    if (!curve.samples.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

Scale scale_of(const std::vector<Curve>& curves) {
  Scale scale;
  double most_blocks = 0, least = 1e9, most = 0;
  for (const Curve& curve : curves)
    for (const Sample& sample : curve.samples) {
      most_blocks = std::max(most_blocks, sample.blocks);
      least = std::min(least, sample.ns);
      most = std::max(most, sample.ns);
    }
  if (curves.empty()) return scale;
  scale.most_blocks = std::max(most_blocks, 2 * scale.least_blocks);
  scale.least_ns = least / 1.3;
  scale.most_ns = most * 1.3;
  return scale;
}

/// From the top down, each at least a line's height below the one before.
void place_labels(std::vector<Curve>& curves, const Scale& scale) {
  std::vector<Curve*> order;
  for (Curve& curve : curves) {
    curve.label_y = scale.at(curve.samples.back()).y + 4;
    order.push_back(&curve);
  }
  std::sort(order.begin(), order.end(),
            [](const Curve* a, const Curve* b) { return a->label_y < b->label_y; });
  for (std::size_t i = 1; i < order.size(); ++i)
    order[i]->label_y = std::max(order[i]->label_y, order[i - 1]->label_y + label_height);
}

void draw_axes(Svg& svg, const Scale& scale) {
  for (const double ns : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0}) {
    if (ns < scale.least_ns || ns > scale.most_ns) continue;
    const double y = scale.at({scale.least_blocks, ns}).y;
    svg.line({left, y}, {right, y}, "grid");
    svg.text({left - 8, y + 4}, fmt::format("{:g} ns", ns), {"end", 11, false, "soft"});
  }
  for (const auto& [blocks, name] :
       {std::pair{1e3, "1 000"}, {1e4, "10 000"}, {1e5, "100 000"}, {1e6, "1 000 000"}}) {
    if (blocks > scale.most_blocks * 1.01) continue;
    const double x = scale.at({blocks, scale.least_ns}).x;
    svg.line({x, top}, {x, bottom}, "grid");
    svg.text({x, bottom + 19}, name, {"middle", 11, false, "soft"});
  }
  svg.line({left, bottom}, {right, bottom}, "axis");
  svg.text({(left + right) / 2, bottom + 40}, "live blocks", {"middle", 12, false, "ink"});
}

void draw(Svg& svg, const Curve& curve, const Scale& scale) {
  const bool subject = curve.shown->color == 0;
  std::string points;
  for (const Sample& sample : curve.samples) {
    const Point at = scale.at(sample);
    points += fmt::format("{}{:.1f} {:.1f}", points.empty() ? "M" : " L", at.x, at.y);
  }
  svg.path(points, stroke_class(curve.shown->color) + (subject ? " thick" : " thin"));
  for (const Sample& sample : curve.samples)
    svg.dot(scale.at(sample), subject ? 4.5 : 3, color_class(curve.shown->color));
  const Sample& last = curve.samples.back();
  const Point end = scale.at(last);
  svg.text({end.x + 12, curve.label_y}, fmt::format("{}  {:.0f} ns", curve.shown->label, last.ns),
           {"start", 12, subject, color_class(curve.shown->color)});
}

}  // namespace

std::string plot_growth(const Results& results) {
  std::vector<Curve> curves = curves_of(results);
  const Scale scale = scale_of(curves);
  place_labels(curves, scale);
  Svg svg(width, height, "Cost of an operation over the number of live blocks");
  svg.text({24, 34}, "Cost of an operation over the number of live blocks",
           {"start", 17, true, "ink"});
  svg.text({24, 54}, "Steady state: a random block goes, a new one of a power-law size comes.",
           {"start", 12, false, "soft"});
  draw_axes(svg, scale);
  for (auto curve = curves.rbegin(); curve != curves.rend(); ++curve) draw(svg, *curve, scale);
  return std::move(svg).finish();
}

}  // namespace mempool::bench
