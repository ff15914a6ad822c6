// Grouped bars: how long each peer takes, relative to first fit; see plots.hpp.
//
// The axis is logarithmic and the bars begin at 1, so that twice as fast is as long to the left as
// twice as slow is to the right. The first group is the mean over the recorded programs.
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

struct Shown {
  const char* peer;
  const char* label;
};
constexpr std::array<Shown, 6> shown{{{"boost-rbtree", "Boost rbtree"},
                                      {"tbb-fixed", "oneTBB fixed_pool"},
                                      {"pmr-pool", "std::pmr pool"},
                                      {"glibc", "glibc"},
                                      {"mimalloc", "mimalloc"},
                                      {"jemalloc", "jemalloc"}}};
constexpr double width = 860, left = 150, right = 760, edge = 836, top = 108;
constexpr double bar_height = 5, bar_gap = 1, group_gap = 11;
constexpr std::array<double, 9> ticks{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20};

struct Series {
  const Shown* shown;
  std::size_t color;
};

/// A name and a ratio for each series; 0: there is none.
struct Grouping {
  std::string name;
  std::vector<double> ratios;
  double ns = 0;  // of first fit; 0: a mean over programs
};

/// From the last tick below all ratios to the first above them.
struct Axis {
  double least = 0.5, most = 2;

  explicit Axis(const std::vector<Grouping>& groups) {
    for (const Grouping& group : groups)
      for (const double ratio : group.ratios) {
        const auto above = std::lower_bound(ticks.begin(), ticks.end() - 1, ratio);
        most = std::max(most, *above);
        const auto below = std::upper_bound(ticks.begin() + 1, ticks.end(), ratio) - 1;
        if (ratio > 0) least = std::min(least, *below);
      }
  }
  [[nodiscard]] double at(double ratio) const {
    const double part = std::log(std::clamp(ratio, least, most) / least) / std::log(most / least);
    return left + part * (right - left);
  }
};

std::vector<Series> series_of(const Results& results) {
  std::vector<Series> series;
  for (std::size_t i = 0; i < shown.size(); ++i)
    for (const Peer* peer : results.peers)
      if (std::string_view(peer->name) == shown[i].peer) series.push_back({&shown[i], i + 1});
  return series;
}

void add_mean(const Results& results, const std::vector<Series>& series, const char* name,
              Group group, std::vector<Grouping>& groups) {
  if (results.ratio("first", "first", group).programs == 0) return;
  Grouping mean{name, {}, 0};
  for (const Series& one : series)
    mean.ratios.push_back(results.ratio(one.shown->peer, "first", group).ratio);
  groups.push_back(std::move(mean));
}

/// The means first; the lab's traces, many and alike, only as a mean.
std::vector<Grouping> groups_of(const Results& results, const std::vector<Series>& series) {
  std::vector<Grouping> groups;
  add_mean(results, series, "recorded, mean", Group::recorded, groups);
  add_mean(results, series, "CS:APP lab, mean", Group::lab, groups);
  for (const Row& row : results.rows) {
    const Cell* first = results.cell(row.program, "first");
    if (first == nullptr || first->ns <= 0 || row.group == Group::lab) continue;
    Grouping group{row.program, {}, first->ns};
    for (const Series& one : series) {
      const Cell* cell = results.cell(row.program, one.shown->peer);
      group.ratios.push_back(cell == nullptr ? 0 : cell->ns / first->ns);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

void draw_heading(Svg& svg, const std::vector<Series>& series) {
  svg.text({24, 34}, "Time of other allocators, relative to Mempool's first fit",
           {"start", 17, true, "ink"});
  svg.text({24, 54}, "Left of the line: faster than Mempool. Right of it: slower.",
           {"start", 12, false, "soft"});
  double x = 24;
  for (const Series& one : series) {
    svg.bar({x, 69}, 11, 11, color_class(one.color));
    svg.text({x + 16, 79}, one.shown->label, {"start", 12, false, "ink"});
    x += 38 + 6.8 * static_cast<double>(std::string_view(one.shown->label).size());
  }
  svg.text({edge, 79}, "first fit", {"end", 11, false, "soft"});
}

void draw_axis(Svg& svg, const Axis& axis, double bottom) {
  for (const double tick : ticks) {
    if (tick < axis.least || tick > axis.most) continue;
    const bool one = tick == 1;
    svg.line({axis.at(tick), top - 6}, {axis.at(tick), bottom}, one ? "axis" : "grid");
    svg.text({axis.at(tick), bottom + 17}, one ? "1" : fmt::format("{:g} x", tick),
             {"middle", 11, one, one ? "ink" : "soft"});
  }
}

void draw_bar(Svg& svg, const Axis& axis, double y, double ratio, std::size_t color) {
  const double from = std::min(axis.at(1), axis.at(ratio));
  const double to = std::max(axis.at(1), axis.at(ratio));
  svg.bar({from, y}, std::max(1.0, to - from), bar_height, color_class(color));
  if (ratio > axis.most)  // it ends at the edge: say how far it would go
    svg.text({to + 3, y + bar_height}, fmt::format("{:.0f} x", ratio), {"start", 8, true, "soft"});
}

void draw_group(Svg& svg, const Axis& axis, double y, const Grouping& group,
                const std::vector<Series>& series) {
  const double middle =
      y + (static_cast<double>(series.size()) * (bar_height + bar_gap) - bar_gap) / 2 + 4;
  svg.text({left - 12, middle}, group.name, {"end", 12, group.ns <= 0, "ink"});
  if (group.ns > 0)
    svg.text({edge, middle}, fmt::format("{:.0f} ns", group.ns), {"end", 11, false, "soft"});
  for (std::size_t i = 0; i < series.size(); ++i)
    if (group.ratios[i] > 0)
      draw_bar(svg, axis, y + static_cast<double>(i) * (bar_height + bar_gap), group.ratios[i],
               series[i].color);
}

}  // namespace

std::string plot_peers(const Results& results) {
  const std::vector<Series> series = series_of(results);
  const std::vector<Grouping> groups = groups_of(results, series);
  const double group_height =
      static_cast<double>(series.size()) * (bar_height + bar_gap) + group_gap;
  const double bottom = top + static_cast<double>(groups.size()) * group_height;
  const Axis axis(groups);
  Svg svg(width, bottom + 34, "Time of other allocators relative to Mempool's first fit");
  draw_heading(svg, series);
  draw_axis(svg, axis, bottom);
  double y = top;
  for (const Grouping& group : groups) {
    draw_group(svg, axis, y, group, series);
    y += group_height;
  }
  return std::move(svg).finish();
}

}  // namespace mempool::bench
