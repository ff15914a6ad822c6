// The carpet: see carpet.hpp.
#include "view/carpet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "view/sheet.hpp"

namespace mempool::viz {

namespace {

constexpr u32 wanted_width = 1024, wanted_height = 512;  // points of a raster with few cells
constexpr std::size_t weaves = 5;

constexpr std::array<std::pair<Weave, std::string_view>, weaves> names{
    {{Weave::used, "used"},
     {Weave::free, "free"},
     {Weave::guard, "guard"},
     {Weave::quarantine, "quarantine"},
     {Weave::damaged, "damaged"}}};

/// The grey level of a point: patterns run through, whatever the cells' size.
u8 level(Weave weave, u32 x, u32 y) {
  switch (weave) {
    case Weave::used: return 70;
    case Weave::free: return x % 8 == 0 && y % 8 == 0 ? 176 : 250;
    case Weave::guard: return y % 4 < 2 ? 120 : 215;
    case Weave::quarantine: return (x / 4 + y / 4) % 2 == 0 ? 150 : 225;
    case Weave::damaged: return (x + y) % 6 < 2 || (x + 6000 - y) % 6 < 2 ? 255 : 0;
  }
  return 0;
}

/// Bytes of each weave in the rows that a range touches, added up.
class Loom {
 public:
  Loom(u64 capacity, std::size_t rows) : capacity_(capacity), bytes_(rows) {}

  void add(u64 begin, u64 end, Weave weave) {
    const auto which = static_cast<std::size_t>(weave);
    while (begin < end) {
      const std::size_t row = row_at(begin);
      const u64 part = std::min(end, row_end(row)) - begin;
      bytes_[row][which] += part;
      begin += part;
    }
  }

  [[nodiscard]] std::vector<Weave> column() const {
    std::vector<Weave> column;
    for (const auto& shares : bytes_) {
      const bool damaged = shares[static_cast<std::size_t>(Weave::damaged)] != 0;
      const auto most = std::ranges::max_element(shares) - shares.begin();
      column.push_back(damaged ? Weave::damaged : static_cast<Weave>(most));
    }
    return column;
  }

 private:
  [[nodiscard]] u64 row_end(std::size_t row) const {
    const u64 rows = bytes_.size();
    return capacity_ / rows * (row + 1) + capacity_ % rows * (row + 1) / rows;
  }
  [[nodiscard]] std::size_t row_at(u64 offset) const {
    const u64 rows = bytes_.size();
    auto row = static_cast<std::size_t>(static_cast<long double>(offset) /
                                        static_cast<long double>(capacity_) *
                                        static_cast<long double>(rows));
    row = std::min<std::size_t>(row, rows - 1);
    while (row > 0 && row_end(row - 1) > offset) --row;
    while (row + 1 < rows && row_end(row) <= offset) ++row;
    return row;
  }

  u64 capacity_;
  std::vector<std::array<u64, weaves>> bytes_;
};

constexpr double left = 84, top = 96, plot_width = 720, plot_height = 360;

std::string bytes_text(u64 bytes) {
  if (bytes >= u64{10} << 20) return fmt::format("{} MiB", bytes >> 20);
  return bytes >= u64{10} << 10 ? fmt::format("{} KiB", bytes >> 10) : fmt::format("{}", bytes);
}

void draw_axes(Svg& svg, const Carpet& carpet) {
  const double bottom = top + plot_height;
  for (int i = 0; i <= 4; ++i) {
    const double y = bottom - plot_height * i / 4;
    const u64 offset =
        carpet.capacity / 4 * static_cast<u64>(i) + carpet.capacity % 4 * static_cast<u64>(i) / 4;
    svg.line({left - 5, y}, {left, y}, "axis");
    svg.text({left - 9, y + 4}, bytes_text(offset), {"end", 11, false, "soft"});
  }
  // A call is named under the middle of its column.
  const std::size_t columns = carpet.calls.size();
  const std::size_t ticks = std::min<std::size_t>(columns, 7);
  for (std::size_t i = 0; i < ticks; ++i) {
    const std::size_t column = ticks == 1 ? 0 : i * (columns - 1) / (ticks - 1);
    const double x =
        left + plot_width * (static_cast<double>(column) + 0.5) / static_cast<double>(columns);
    svg.line({x, bottom}, {x, bottom + 5}, "axis");
    svg.text({x, bottom + 19}, fmt::format("{}", carpet.calls[column]),
             {"middle", 11, false, "soft"});
  }
  svg.line({left, top}, {left, bottom}, "axis");
  svg.line({left, bottom}, {left + plot_width, bottom}, "axis");
  svg.text({left - 60, top - 12}, "offset", {"start", 11, false, "soft"});
  svg.text({left + plot_width / 2, bottom + 40}, "call", {"middle", 12, false, "ink"});
}

/// Only what is there: a swatch of its pattern, and its name.
void draw_legend(Svg& svg, const Carpet& carpet) {
  constexpr u32 side = 24;
  double x = left;
  const double y = top + plot_height + 54;
  for (const auto& [weave, name] : names) {
    const bool there = std::ranges::any_of(carpet.columns, [weave = weave](const auto& column) {
      return std::ranges::find(column, weave) != column.end();
    });
    if (!there) continue;
    GreyPicture swatch{2 * side, side, {}};
    for (u32 row = 0; row < side; ++row)
      for (u32 column = 0; column < 2 * side; ++column)
        swatch.levels.push_back(level(weave, column, row));
    svg.image({x, y}, 34, 17, png(swatch));
    svg.text({x + 42, y + 13}, name, {"start", 12, false, "ink"});
    x += 64 + 8.0 * static_cast<double>(name.size());
  }
}

}  // namespace

std::size_t rows_of(u64 capacity) {
  return static_cast<std::size_t>(std::min<u64>(std::max<u64>(capacity, 1), most_rows));
}

std::vector<Weave> column_of(const Model& model, std::size_t rows) {
  Loom loom(model.capacity, rows);
  for (const auto& [offset, block] : model.blocks()) {
    if (block.quarantined || !block.used) {
      loom.add(offset, block.end(), block.quarantined ? Weave::quarantine : Weave::free);
      continue;
    }
    const Guard &front = block.front(), &back = block.back();
    const auto part = [](const Guard& guard) {
      return guard.damaged != 0 ? Weave::damaged : Weave::guard;
    };
    const u64 begin = front.size == 0 ? offset : front.end();
    const u64 end = back.size == 0 ? block.end() : back.offset;
    loom.add(offset, begin, part(front));
    loom.add(begin, end, Weave::used);
    loom.add(end, block.end(), part(back));
  }
  for (const auto& [offset, stain] : model.stains)
    loom.add(stain.first, stain.first + 1, Weave::damaged);
  return loom.column();
}

GreyPicture weave(const Carpet& carpet) {
  if (carpet.columns.empty() || carpet.columns.front().empty()) return {1, 1, {255}};
  const auto columns = static_cast<u32>(carpet.columns.size());
  const auto rows = static_cast<u32>(carpet.columns.front().size());
  const u32 wide = std::max<u32>(1, (wanted_width + columns - 1) / columns);
  const u32 high = std::max<u32>(1, (wanted_height + rows - 1) / rows);
  GreyPicture picture{columns * wide, rows * high, {}};
  picture.levels.reserve(std::size_t{picture.width} * picture.height);
  for (u32 y = 0; y < picture.height; ++y)
    for (u32 x = 0; x < picture.width; ++x)
      picture.levels.push_back(level(carpet.columns[x / wide][rows - 1 - y / high], x, y));
  return picture;
}

std::string draw_carpet(const Carpet& carpet) {
  Svg svg(left + plot_width + 40, top + plot_height + 90, carpet.title);
  svg.description(carpet.description);
  svg.text({24, 34}, carpet.title, {"start", 17, true, "ink"});
  svg.text({24, 54}, carpet.subtitle, {"start", 12, false, "soft"});
  svg.image({left, top}, plot_width, plot_height, png(weave(carpet)));
  draw_axes(svg, carpet);
  draw_legend(svg, carpet);
  return std::move(svg).finish();
}

}  // namespace mempool::viz
