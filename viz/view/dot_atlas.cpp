// Atlas: every block once, in address order, a cell a block, 25 a row; not to scale.
//
// A picture holds at most 10,000 cells. With more blocks a cell stands for a run of them, all runs
// of one length, and the title says so; counts stay exact.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr std::size_t cells_a_row = 25;
constexpr std::size_t most_cells = 10'000;

/// A run of blocks, mostly of one.
struct Cell {
  const Block* first = nullptr;
  const Block* last = nullptr;
  u64 used_blocks = 0, used_bytes = 0, free_blocks = 0, free_bytes = 0;
  u64 waiting_blocks = 0;  // in quarantine
  bool changed = false, damaged = false;

  [[nodiscard]] u64 blocks() const { return used_blocks + free_blocks + waiting_blocks; }
};

std::vector<Cell> cells_of(const Picture& p, std::size_t run) {
  std::vector<Cell> cells;
  for (const auto& [offset, block] : p.model().blocks()) {
    if (cells.empty() || cells.back().blocks() == run) cells.push_back({&block});
    Cell& cell = cells.back();
    cell.last = &block;
    if (block.quarantined) {
      ++cell.waiting_blocks;
    } else {
      ++(block.used ? cell.used_blocks : cell.free_blocks);
      (block.used ? cell.used_bytes : cell.free_bytes) += block.size;
    }
    cell.changed = cell.changed || p.change(offset) != nullptr;
    cell.damaged = cell.damaged || damaged(block) ||
                   (!block.lives() && p.model().stain_in(offset, block.size) != nullptr);
  }
  return cells;
}

struct Words {
  std::string upper, lower;
};

Words words(const Cell& cell, std::size_t run) {
  const std::string cross = cell.damaged ? "✗ " : "";
  if (run == 1) return {cross + cell.first->name(), size_number(cell.first->size)};
  return {cross + fmt::format("{} used", cell.used_blocks),
          fmt::format("{} free", cell.free_blocks)};
}

/// A run is as blue as its share of used bytes is large.
std::string_view fill(const Cell& cell) {
  if (cell.damaged) return colour::damage;
  if (cell.waiting_blocks == cell.blocks()) return colour::quarantine;
  if (cell.used_bytes == 0) return colour::white;
  if (cell.free_bytes == 0) return colour::used;
  return cell.used_bytes < cell.free_bytes ? colour::little_used : colour::half_used;
}

std::string tooltip(const Picture& p, const Cell& cell) {
  if (cell.blocks() == 1) return link(p, *cell.first);
  Card card;
  card.kind = Card::Kind::fold;
  card.offset = cell.first->offset;
  card.size = cell.last->end() - card.offset;
  card.block = cell.first;
  card.last = cell.last;
  card.used_blocks = cell.used_blocks;
  card.used_bytes = cell.used_bytes;
  card.free_blocks = cell.free_blocks;
  card.free_bytes = cell.free_bytes;
  card.waiting_blocks = cell.waiting_blocks;
  return link(p, card);
}

std::string cell_markup(const Picture& p, const Cell& cell, std::size_t run, int width,
                        int height) {
  const bool empty = cell.used_blocks == 0;
  const bool waits = cell.waiting_blocks == cell.blocks();
  const Words said = words(cell, run);
  return fmt::format(
      "<TD {} WIDTH=\"{}\" HEIGHT=\"{}\" BORDER=\"{}\" COLOR=\"{}\" STYLE=\"{}\" "
      "BGCOLOR=\"{}\">{}<BR/>"
      "{}</TD>",
      tooltip(p, cell), width, height, cell.changed ? 3 : 1,
      cell.changed ? colour::black
      : waits      ? colour::quarantine_edge
      : empty      ? colour::free_edge
                   : colour::used_edge,
      empty ? "dashed" : "solid", fill(cell), p.say(said.upper, p.style.tiny),
      p.say(said.lower, p.style.tiny, "", run == 1));
}

std::string title(std::size_t blocks, std::size_t run) {
  if (run == 1) return "a cell a block: number and size in bytes; not to scale";
  return fmt::format(
      "{} blocks are too many for a cell each: a cell is a run of {} blocks; not to scale", blocks,
      run);
}

}  // namespace

void draw_atlas(Picture& p) {
  const std::size_t blocks = p.model().blocks().size();
  const std::size_t run = (blocks + most_cells - 1) / most_cells;
  const std::vector<Cell> cells = cells_of(p, run);
  const int size = p.style.tiny, spacing = 2;
  const int label = std::max(
      p.left(),
      static_cast<int>(text_width(offset_text(p.model().capacity, p.options.radix), size)) + 8);
  double widest = (p.strip.width + p.right()) / static_cast<double>(cells_a_row) - spacing;
  for (const Cell& cell : cells) {
    const Words said = words(cell, run);
    widest = std::max(
        {widest, text_width(said.upper, size) + 5, text_width(said.lower, size, true) + 5});
  }
  const int width = static_cast<int>(widest), height = static_cast<int>(2.5 * size) + 4;
  p.y += 14;
  p.canvas.text("atlas_title", {0, p.y, p.full_width(), p.style.text + 8}, "LEFT",
                p.say("Every block, in address order  ", p.style.text, "", true) +
                    p.say(title(blocks, run), p.style.small));
  p.y += p.style.text + 8;
  std::string rows;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % cells_a_row == 0)
      rows += fmt::format(
          "{}<TR><TD WIDTH=\"{}\" ALIGN=\"RIGHT\">{}</TD>", i == 0 ? "" : "</TR>\n    ",
          label - spacing,
          p.say(offset_text(cells[i].first->offset, p.options.radix), size, colour::grey));
    rows += cell_markup(p, cells[i], run, width, height);
  }
  const auto lines = static_cast<int>((cells.size() + cells_a_row - 1) / cells_a_row);
  const Box box{0, p.y, label + static_cast<int>(cells_a_row) * (width + spacing) + spacing,
                lines * (height + spacing) + spacing};
  p.canvas.table(
      "atlas", box,
      {fmt::format(R"(BORDER="0" CELLBORDER="0" CELLSPACING="{}" CELLPADDING="0")", spacing),
       rows + "</TR>"});
  p.y = box.bottom();
}

}  // namespace mempool::viz::dot
