// Strip: the region in address order, a card a block, without a gap between neighbours.
//
//     +---------------+ - - - - - - +     used: filled, guards at its ends as G or ✗
//     |G|  #17 56 B |G|  // f8 //         free: dashed, hatched above and below
//     +---------------+ - - - - - - +
//     472             544                 where each block starts
//
// A block in quarantine is drawn as a free one is, in another colour and hatched with dots.
//
// One table, so that cards tile exactly as the bytes do. Ports: b17 above, b17_below under it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr int written_height = 4;

struct Edge {
  int width;
  std::string_view colour, style;
};

Edge edge_of(const Picture& p, const Card& card) {
  if (card.kind != Card::Kind::block) return {1, colour::grey, "dotted"};
  if (p.blank_all()) return {2, colour::grey, "solid"};
  const Change* change = p.change(card.offset);
  const bool used = card.used();
  const std::string_view style = used ? "solid" : "dashed";
  if (change != nullptr) return {3, colour::black, style};
  return {2,
          used           ? colour::used_edge
          : card.waits() ? colour::quarantine_edge
                         : colour::free_edge,
          style};
}

int hatch_height(const Picture& p) {
  return p.style.hatch * 6 / 5 + 1;
}

std::string inner_table(std::string_view rows) {
  return fmt::format("<TABLE {}>{}</TABLE>", bare, rows);
}

std::string lines(const Picture& p, const Card& card, int width) {
  const CardText text = card_text(card, p.story);
  const Style& style = p.style;
  const bool fits = text_width(text.extra, style.small) + 4 <= width;
  if (p.blank_all()) return "";
  if (p.blank_sizes())
    return p.say(text.name, style.name, "", true) + "<BR/>" + p.say("___ B", style.small);
  std::string all =
      p.say(text.name, style.name, "", true) + "<BR/>" + p.say(text.size, style.small);
  if (!text.extra.empty()) all += "<BR/>" + p.say(fits ? text.extra : text.brief, style.small);
  return all;
}

int break_width(const Picture& p) {
  return p.style.name + 3;
}

std::string break_cell(const Picture& p, int height, std::string_view more = "") {
  return cell(break_width(p), height, fmt::format("BGCOLOR=\"{}\" {}", colour::white, more),
              p.say("⌇⌇", p.style.name, colour::grey, true));
}

std::string guard_cell(const Picture& p, const Guard& guard, int width, int height) {
  const bool bad = guard.damaged != 0;
  return cell(
      width, height,
      fmt::format("BORDER=\"1\" COLOR=\"{}\" BGCOLOR=\"{}\"",
                  bad ? colour::black : colour::guard_edge, bad ? colour::damage : colour::guard),
      p.say(bad ? "✗" : "G", p.style.small, "", bad));
}

std::string used_card(const Picture& p, const Card& card, int width, int height) {
  const Block& block = *card.block;
  int middle = width - card.front_guard - card.back_guard;
  std::string row;
  if (card.front_guard != 0) row += guard_cell(p, block.front(), card.front_guard, height);
  std::string break_mark;
  if (card.shortened) {
    middle -= break_width(p);
    break_mark = break_cell(p, height);
  }
  std::string text = lines(p, card, middle);
  if (card.widened) text += "<BR/>" + p.say("↔", p.style.tiny, colour::black);
  row += cell(middle, height, "", text) + break_mark;
  if (card.back_guard != 0) row += guard_cell(p, block.back(), card.back_guard, height);
  return inner_table("<TR>" + row + "</TR>");
}

/// A row of hatching, with a sign in its middle if there is one.
std::string hatched(const Picture& p, const Card& card, int width, int height,
                    std::string_view sign = "") {
  const int room = sign.empty() ? width - 4 : (width - 2 * p.style.tiny) / 2;
  const std::string text =
      card.waits() ? p.say(hatching(room * 0.8, p.style.hatch, ':'), p.style.hatch,
                           colour::quarantine_edge, true)
                   : p.say(hatching(room, p.style.hatch), p.style.hatch, colour::free_edge);
  return cell(width, height, "",
              sign.empty() ? text : text + p.say(sign, p.style.tiny, colour::black) + text);
}

/// Above the words of a free card: hatching; or that somebody wrote there.
std::string upper_row(const Picture& p, const Card& card, int width, int height) {
  if (card.stain == nullptr) return hatched(p, card, width, height);
  const int size = p.style.tiny;
  const std::string_view words = fits("✗ written", width - 4, size) ? "✗ written" : "✗";
  return cell(width, height, fmt::format("BGCOLOR=\"{}\"", colour::damage),
              p.say(words, size, "", true));
}

/// It has no fill: ghosts of edges are drawn under it. One in quarantine has, and no ghosts.
std::string free_card(const Picture& p, const Card& card, int width, int height) {
  const int tail = card.shortened ? p.style.name : 0;
  const int main = card.shortened ? width - tail - break_width(p) : width;
  const int high = card.stain == nullptr ? hatch_height(p) : p.style.tiny + 4;
  const int low = card.widened ? p.style.tiny + 4 : hatch_height(p);
  const int middle = height - high - low;
  std::string rows[3] = {upper_row(p, card, main, high),
                         cell(main, middle, "", lines(p, card, main)),
                         hatched(p, card, main, low, card.widened ? "↔" : "")};
  if (card.shortened) {
    rows[0] += break_cell(p, height, "ROWSPAN=\"3\"") + hatched(p, card, tail, high);
    rows[1] += cell(tail, middle, "", "");
    rows[2] += hatched(p, card, tail, low);
  }
  return inner_table(fmt::format("<TR>{}</TR><TR>{}</TR><TR>{}</TR>", rows[0], rows[1], rows[2]));
}

/// Where the parts of a coalesced block met there are ghosts of the edges that were between them:
/// from top to bottom, or, where the words of the card stand, at both ends.
void draw_ghosts(Picture& p, const Card& card) {
  const Change* change = p.change(card.offset);
  if (!card.is_free() || change == nullptr || change->mark != Mark::coalesced || p.blank()) return;
  const double words = text_width(card_text(card, p.story).extra, p.style.small) / 2 + 6;
  const int top = p.y + 3, low = p.y + p.style.card_height - 3;
  u64 at = card.offset;
  for (std::size_t i = 0; i + 1 < change->parts.size(); ++i) {
    at += change->parts[i];
    const int x = p.x_of(at);
    const bool clear = std::abs(x - p.left() - card.x - card.width / 2) > words;
    const std::string name = fmt::format("ghost_{}_{}", p.id(card), i);
    const auto line = [&](std::string_view part, int from, int to) {
      const std::string a = fmt::format("{}_{}a", name, part),
                        b = fmt::format("{}_{}b", name, part);
      p.canvas.anchor(a, x, from);
      p.canvas.anchor(b, x, to);
      p.canvas.edge(a, b, "style=dashed, penwidth=1.5, arrowhead=none");
    };
    if (clear) {
      line("whole", top, low);
    } else {
      line("top", top, top + 10);
      line("low", low - 10, low);
    }
  }
}

std::string fold_text(const Picture& p, const Card& card) {
  const int size = p.style.small;
  const u64 blocks = card.used_blocks + card.free_blocks + card.waiting_blocks;
  return p.say("⋯ " + count_text(blocks, "block") + " ⋯", size, "", true) + "<BR/>" +
         p.say(fmt::format("{} used", card.used_blocks), size) + "<BR/>" +
         p.say(card.waiting_blocks == 0
                   ? fmt::format("{} free", card.free_blocks)
                   : fmt::format("{} free, {} wait", card.free_blocks, card.waiting_blocks),
               size) +
         "<BR/>" + p.say(size_text(card.size), size);
}

std::string card_cell(const Picture& p, const Card& card) {
  const Edge edge = edge_of(p, card);
  const int height = p.style.card_height;
  if (p.blank_all() && card.kind == Card::Kind::block)
    return fmt::format(
        "\n    <TD PORT=\"{0}\" ID=\"{0}\" WIDTH=\"{1}\" HEIGHT=\"{2}\" BORDER=\"{3}\" "
        "COLOR=\"{4}\"></TD>",
        p.id(card), card.width, height, edge.width, edge.colour);
  const int inner_width = card.width - 2 * edge.width;
  const int inner_height = height - 2 * edge.width;
  std::string fill, text, about;
  switch (card.kind) {
    case Card::Kind::fold:
      fill = fmt::format(" BGCOLOR=\"{}\"", colour::fold);
      text = fold_text(p, card);
      about = link(p, card);
      break;
    case Card::Kind::untold: text = p.say("not told", p.style.small, colour::grey); break;
    case Card::Kind::block:
      if (!p.blank()) about = link(p, *card.block);
      if (card.used()) fill = fmt::format(" BGCOLOR=\"{}\"", colour::used);
      if (card.waits()) fill = fmt::format(" BGCOLOR=\"{}\"", colour::quarantine);
      text = card.used() ? used_card(p, card, inner_width, inner_height)
                         : free_card(p, card, inner_width, inner_height);
  }
  return fmt::format(
      "\n    <TD PORT=\"{0}\" ID=\"{0}\" {1} WIDTH=\"{2}\" HEIGHT=\"{3}\" BORDER=\"{4}\" "
      "COLOR=\"{5}\" STYLE=\"{6}\"{7}>{8}</TD>",
      p.id(card), about, card.width, height, edge.width, edge.colour, edge.style, fill, text);
}

/// Was the byte told before? (If so it has changed.) For few bytes only: it takes its time.
bool was_known(const Picture& p, u64 offset, u64 in_run) {
  constexpr u64 most = 65'536;
  return in_run <= most && p.frame.before.byte(offset).known;
}

enum class Told : char { no, first, changed };

/// A card's points, each as what is told of the bytes there.
std::vector<Told> told_points(const Picture& p, const Card& card) {
  std::vector<Told> points(static_cast<std::size_t>(card.width));
  for (const Written& run : p.story.written) {
    const u64 end = std::min(run.offset + run.size, card.end());
    for (u64 at = std::max(run.offset, card.offset); at < end;) {
      const bool changed = was_known(p, at, run.size);
      u64 next = at + 1;
      while (next < end && was_known(p, next, run.size) == changed) ++next;
      const auto from = static_cast<std::size_t>(card.x_of(at) - card.x);
      const auto to = static_cast<std::size_t>(std::ceil(card.x_of(next) - card.x));
      for (std::size_t i = from; i < std::min(std::max(to, from + 2), points.size()); ++i)
        points[i] = std::max(points[i], changed ? Told::changed : Told::first);
      at = next;
    }
  }
  return points;
}

/// Under a card: a line under the bytes that the call told and that were not known so.
std::string written_cell(const Picture& p, const Card& card) {
  const std::vector<Told> points = told_points(p, card);
  std::string cells;
  for (std::size_t from = 0; from < points.size();) {
    std::size_t end = from;
    while (end < points.size() && points[end] == points[from]) ++end;
    const std::string_view fill = points[from] == Told::changed ? colour::black : colour::told;
    cells += cell(static_cast<int>(end - from), written_height,
                  points[from] == Told::no ? "FIXEDSIZE=\"TRUE\""
                                           : fmt::format("FIXEDSIZE=\"TRUE\" BGCOLOR=\"{}\"", fill),
                  "");
    from = end;
  }
  return cell(card.width, written_height + 2, "", inner_table("<TR>" + cells + "</TR>"));
}

std::string offset_lines(const Picture& p, u64 offset) {
  std::string text;
  if (p.blank_sizes() && offset != 0 && offset != p.model().capacity) return text;
  for (const std::string& line : p.offset_lines(offset))
    text += p.say(line, p.style.small) + "<BR ALIGN=\"LEFT\"/>";
  return text;
}

std::string offset_cell(const Picture& p, const Card& card, int height) {
  return cell(card.width, height,
              fmt::format("PORT=\"{}_below\" ALIGN=\"LEFT\" VALIGN=\"TOP\"", p.id(card)),
              offset_lines(p, card.offset));
}

}  // namespace

void draw_strip(Picture& p) {
  const int line = p.style.small + 5;
  const int under = p.options.both_radices ? 2 * line : line;
  const int told = p.story.written.empty() ? 0 : written_height + 2;
  std::string cards, written, offsets;
  for (const Card& card : p.strip.cards) {
    draw_ghosts(p, card);
    cards += card_cell(p, card);
    if (told != 0) written += written_cell(p, card);
    offsets += offset_cell(p, card, under);
  }
  const int height = p.style.card_height;
  p.canvas.text("region",
                {0, p.y + height / 2 - p.style.small - 4, p.left() - 10, 2 * p.style.small + 8},
                "RIGHT",
                p.say("the pool", p.style.small, "", true) + "<BR ALIGN=\"RIGHT\"/>" +
                    p.say(size_text(p.model().capacity), p.style.small) + "<BR ALIGN=\"RIGHT\"/>");
  p.canvas.table(
      "strip", {p.left(), p.y, p.strip.width, height + told + under},
      {std::string(bare), fmt::format("<TR>{}</TR>{}\n    <TR>{}</TR>", cards,
                                      told == 0 ? "" : "\n    <TR>" + written + "</TR>", offsets)});
  p.canvas.text("strip_end", {p.left() + p.strip.width, p.y + height + told, p.right(), under},
                "LEFT", offset_lines(p, p.model().capacity), "TOP");
  p.y += height + told + under;
}

}  // namespace mempool::viz::dot
