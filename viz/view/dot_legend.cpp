// Legend: what the signs of this picture mean; only those that occur in it.
//
// The last part of a picture in a document. A slide has none: there the speaker is the legend.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

struct Entry {
  std::string swatch;  // attributes of a cell
  std::string sign;    // in it
  std::string text;
};

template <class Test>
bool any_card(const Picture& p, Test test) {
  return std::ranges::any_of(p.strip.cards, test);
}

std::string swatch(int border, std::string_view edge, std::string_view style,
                   std::string_view fill) {
  return fmt::format("BORDER=\"{}\" COLOR=\"{}\" STYLE=\"{}\" BGCOLOR=\"{}\"", border, edge, style,
                     fill);
}

void add_blocks(const Picture& p, std::vector<Entry>& entries) {
  const auto guarded = [](const Card& card) {
    return card.used() && (card.block->front().size != 0 || card.block->back().size != 0);
  };
  const auto is_damaged = [](const Card& card) { return card.used() && damaged(*card.block); };
  const auto asked = [&](const Card& card) {
    if (p.story.op == Op::destroy) return false;  // cards say "leaked" instead
    return card.used() && card.block->requested != card.block->size;
  };
  if (any_card(p, [](const Card& card) { return card.used(); }))
    entries.push_back({swatch(2, colour::used_edge, "solid", colour::used), "", "used block"});
  if (any_card(p, [](const Card& card) { return card.is_free(); }))
    entries.push_back({swatch(2, colour::free_edge, "dashed", colour::white), "//", "free block"});
  if (any_card(p, [](const Card& card) { return card.waits(); }))
    entries.push_back({swatch(2, colour::quarantine_edge, "dashed", colour::quarantine),
                       "::", "freed, in quarantine"});
  if (any_card(p, [](const Card& card) { return card.stain != nullptr; }))
    entries.push_back(
        {swatch(1, colour::black, "solid", colour::damage), "✗", "written after free"});
  if (any_card(p, guarded))
    entries.push_back({swatch(1, colour::guard_edge, "solid", colour::guard), "G", "guard"});
  if (any_card(p, is_damaged))
    entries.push_back({swatch(1, colour::black, "solid", colour::damage), "✗", "damaged guard"});
  if (!p.story.changes.empty())
    entries.push_back(
        {swatch(3, colour::black, "solid", colour::white), "", "changed by this call"});
  if (p.strip.folded)
    entries.push_back({swatch(1, colour::grey, "dotted", colour::fold), "⋯", "folded run"});
  if (any_card(p, asked)) entries.push_back({"", "(56)", "bytes asked for"});
}

void add_signs(const Picture& p, std::vector<Entry>& entries) {
  if (!p.story.written.empty()) {
    entries.push_back({swatch(0, colour::told, "solid", colour::told), "", "bytes recorded"});
    entries.push_back({swatch(0, colour::black, "solid", colour::black), "", "bytes changed"});
  }
  entries.push_back({"", "72 B", "whole block; cards are to one scale"});
  if (any_card(p, [](const Card& card) { return card.widened; }))
    entries.push_back({"", "↔", "wider than to scale"});
  if (any_card(p, [](const Card& card) { return card.shortened; }))
    entries.push_back({"", "⌇⌇", "shortened"});
  if (p.model().blocks().size() > most_bar_blocks)
    entries.push_back({swatch(1, colour::used_edge, "solid", colour::half_used), "",
                       "bars: the darker, the more of it is used"});
}

constexpr int spacing = 5, height = 18;

struct Widths {
  int sign, text;
  [[nodiscard]] int all() const { return sign + text + 2 * spacing; }
};

Widths widths(const Entry& entry, int size) {
  const auto points = [&](std::string_view text, bool bold) {
    return static_cast<int>(std::ceil(text_width(text, size, bold)));
  };
  return {std::max(22, points(entry.sign, true) + 4), points(entry.text, false) + 14};
}

std::string entry_cells(const Picture& p, const Entry& entry, int size) {
  const Widths width = widths(entry, size);
  return cell(width.sign, height, entry.swatch, p.say(entry.sign, size, "", true)) +
         cell(width.text, height, "ALIGN=\"LEFT\"", p.say(entry.text, size));
}

}  // namespace

void draw_legend(Picture& p) {
  std::vector<Entry> entries;
  add_blocks(p, entries);
  add_signs(p, entries);
  const int size = p.style.small;
  p.y += 12;
  std::string cells;
  int width = 0, row = 0;
  const auto end_row = [&] {
    p.canvas.table(
        fmt::format("legend_{}", row++), {p.left(), p.y, width + spacing, height + 2 * spacing},
        {fmt::format("BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"{}\" CELLPADDING=\"0\"", spacing),
         "<TR>" + cells + "</TR>"});
    p.y += height + spacing;
    cells.clear();
    width = 0;
  };
  for (const Entry& entry : entries) {
    const int needed = widths(entry, size).all();
    if (width != 0 && width + needed > p.strip.width + p.right()) end_row();
    cells += entry_cells(p, entry, size);
    width += needed;
  }
  end_row();
}

}  // namespace mempool::viz::dot
