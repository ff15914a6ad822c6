// Histogram: the free blocks by size; of the list that was searched, if one was, with a line at the
// size that was needed. Rows end at that size, so what is over the line is too small, all of it,
// and what is under it fits.
#include <fmt/format.h>

#include <algorithm>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr std::size_t most_rows = 12;

struct Row {
  u64 from = 0, to = 0;  // sizes, both inclusive
  u64 blocks = 0, bytes = 0;
};

std::vector<u64> sizes_of(const Picture& p) {
  std::vector<u64> sizes;
  if (p.story.fits) {
    for (const Look& look : p.story.trail) sizes.push_back(look.size);
  } else {
    for (const auto& [offset, block] : p.model().blocks())
      if (!block.used) sizes.push_back(block.size);
  }
  return sizes;
}

/// Rows from power to power of `factor`, cut at `needed` (0: nowhere); empty ones at the ends are
/// left out.
std::vector<Row> rows_by(u64 factor, const std::vector<u64>& sizes, u64 needed) {
  std::vector<Row> rows;
  for (u64 from = 1; from != 0;) {
    const u64 next = from > u64_max / factor ? 0 : from * factor;  // 0: there is no next
    const u64 to = next == 0 ? u64_max : next - 1;
    if (from < needed && needed <= to) {
      rows.push_back({from, needed - 1});
      rows.push_back({needed, to});
    } else {
      rows.push_back({from, to});
    }
    from = next;
  }
  for (const u64 size : sizes) {
    const auto row = std::ranges::lower_bound(rows, size, {}, &Row::to);
    if (row == rows.end()) continue;
    ++row->blocks;
    row->bytes += size;
  }
  const auto used = [](const Row& row) { return row.blocks != 0; };
  const auto first = std::ranges::find_if(rows, used);
  rows.erase(rows.begin(), first);
  while (!rows.empty() && !used(rows.back())) rows.pop_back();
  std::vector<Row> told;  // with neighbouring empty rows as one
  for (const Row& row : rows) {
    const bool more_of_nothing = !told.empty() && !used(told.back()) && !used(row);
    if (more_of_nothing && row.from != needed)
      told.back().to = row.to;
    else
      told.push_back(row);
  }
  return told;
}

std::vector<Row> rows_of(const std::vector<u64>& sizes, u64 needed) {
  std::vector<Row> rows = rows_by(2, sizes, needed);
  for (u64 factor = 4; rows.size() > most_rows; factor *= 2) rows = rows_by(factor, sizes, needed);
  return rows;
}

constexpr int label_width = 150, bar_width = 320, count_width = 280, row_height = 14;

std::string line_of(const std::string& label, const std::string& bar, const std::string& count) {
  return "<TR>" + cell(label_width, row_height, "ALIGN=\"RIGHT\"", label) +
         cell(bar_width, row_height, "ALIGN=\"LEFT\"", bar) +
         cell(count_width, row_height, "ALIGN=\"LEFT\"", count) + "</TR>\n    ";
}

/// Two cells, the second empty: a table is stretched to the cell it stands in.
std::string bar(int width, int height, std::string_view attributes) {
  return fmt::format("<TABLE {}><TR>{}{}</TR></TABLE>", bare, cell(width, height, attributes, ""),
                     cell(bar_width - 20 - width, height, "", ""));
}

std::string row_markup(const Picture& p, const Row& row, u64 most, bool too_small) {
  const int size = p.style.small;
  const double share = static_cast<double>(row.blocks) / static_cast<double>(most);
  const int width = std::max(4, static_cast<int>(share * (bar_width - 30)));
  const std::string label = row.from == row.to
                                ? size_text(row.from)
                                : fmt::format("{} to {}", size_number(row.from), size_text(row.to));
  const std::string look =
      fmt::format("BORDER=\"2\" COLOR=\"{}\" STYLE=\"{}\" BGCOLOR=\"{}\"", colour::free_edge,
                  too_small ? "dashed" : "solid", too_small ? colour::white : colour::fits);
  std::string count = "none";
  if (row.blocks != 0) {
    const std::string_view verdict = !p.story.fits ? "" : too_small ? ", too small ✗" : " ✓";
    count = fmt::format("{}, {}{}", count_text(row.blocks, "block"), size_text(row.bytes), verdict);
  }
  return line_of(p.say(label, size), row.blocks == 0 ? "" : bar(width, 13, look),
                 p.say(count, size));
}

std::string needed_line(const Picture& p) {
  const int size = p.style.small;
  return line_of(
      p.say("needed: " + size_text(p.story.needed), size, "", true),
      bar(bar_width - 30, 3, fmt::format("FIXEDSIZE=\"TRUE\" BGCOLOR=\"{}\"", colour::black)),
      p.say(fmt::format("{} of {} fit", *p.story.fits, p.story.trail.size()), size, "", true));
}

}  // namespace

void draw_histogram(Picture& p) {
  const std::vector<u64> sizes = sizes_of(p);
  if (sizes.empty()) return;
  const u64 needed = p.story.fits ? p.story.needed : 0;
  const std::vector<Row> rows = rows_of(sizes, needed);
  u64 most = 1;
  for (const Row& row : rows) most = std::max(most, row.blocks);
  std::string markup;
  bool line_drawn = needed == 0;
  int height = 0;
  for (const Row& row : rows) {
    if (!line_drawn && row.from >= needed) {
      markup += needed_line(p);
      height += row_height + 4;
      line_drawn = true;
    }
    markup += row_markup(p, row, most, row.to < needed);
    height += row_height + 4;
  }
  if (!line_drawn) {
    markup += needed_line(p);
    height += row_height + 4;
  }
  p.y += 14;
  p.canvas.text(
      "histogram_title", {0, p.y, p.full_width(), p.style.text + 8}, "LEFT",
      p.say(p.story.fits ? "Free blocks by size, as the search found them" : "Free blocks by size",
            p.style.text, "", true));
  p.y += p.style.text + 10;
  p.canvas.table("histogram", {0, p.y, label_width + bar_width + count_width + 4 * 4, height},
                 {R"(BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="0")", markup});
  p.y += height;
}

}  // namespace mempool::viz::dot
