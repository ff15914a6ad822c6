// Quarantine: under the used list, the blocks that were freed and wait, in the order in which they
// will leave; nothing if nobody waits.
//
//     ,- quarantine, oldest first  2 blocks, 64 B of at most 64 -,
//     | leaves first --> [no. 1  #0q] --> [no. 2  #3q]           |
//     '----------------------------------------------------------'
//
// Their order is not that of their addresses, so nothing joins them to the strip: the cards there
// repeat the number.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr int gap = 22;  // between entries: an arrow

struct Entry {
  std::string name;  // of the node
  std::string first, second;
  int width = 0;
  bool changed = false;
};

std::vector<Entry> entries_of(const Picture& p) {
  std::vector<Entry> entries;
  for (const Block* block : p.model().in_quarantine()) {
    Entry entry;
    entry.name = "waits_" + p.id(*block);
    entry.first = fmt::format("{}. {}", entries.size() + 1, block->name());
    entry.second = fmt::format("freed at call {}", block->call);
    entry.changed = p.change(block->offset) != nullptr;
    entry.width =
        16 + static_cast<int>(std::ceil(std::max(text_width(entry.first, p.style.text, true),
                                                 text_width(entry.second, p.style.small))));
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// How many of them have room, when one more word says how many are left out.
std::size_t that_fit(const std::vector<Entry>& entries, int room) {
  std::size_t count = 0;
  for (int width = 0; count < entries.size(); ++count)
    if ((width += entries[count].width + gap) > room) break;
  return count;
}

void draw_entry(Picture& p, const Entry& entry, Box box) {
  const int border = entry.changed ? 3 : 2;
  p.canvas.table(entry.name, box,
                 {fmt::format("BORDER=\"{}\" STYLE=\"rounded,dashed\" COLOR=\"{}\" "
                              "BGCOLOR=\"{}\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
                              "CELLPADDING=\"0\"",
                              border, entry.changed ? colour::black : colour::quarantine_edge,
                              colour::quarantine),
                  "<TR>" +
                      cell(box.width - 2 * border, box.height - 2 * border, "",
                           p.say(entry.first, p.style.text, "", true) + "<BR/>" +
                               p.say(entry.second, p.style.small)) +
                      "</TR>"});
}

}  // namespace

void draw_quarantine(Picture& p) {
  const Model& model = p.model();
  const std::vector<Entry> entries = entries_of(p);
  if (entries.empty() || p.blank_lists()) return;
  const Style& style = p.style;
  const int heading = style.text + 10, height = style.text + style.small + 20;
  p.y += 8;
  const Box frame{0, p.y, p.full_width(), heading + height + 8};
  const std::string title =
      p.say("quarantine", style.text, colour::quarantine_edge, true) +
      p.say(fmt::format("  {}, {}{}, oldest first", count_text(entries.size(), "block"),
                        size_text(model.quarantined_bytes),
                        model.quarantine == 0
                            ? ""
                            : fmt::format(" of at most {}", size_text(model.quarantine))),
            style.small);
  const int half = (frame.width - 2) / 2;
  p.canvas.table(
      "quarantine_frame", frame,
      {fmt::format("BORDER=\"1\" STYLE=\"rounded,dashed\" COLOR=\"{}\" "
                   "CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\"",
                   colour::grey),
       "<TR>" + cell(half, frame.height - 2, R"(ALIGN="LEFT" VALIGN="TOP")", title) +
           cell(frame.width - 2 - half, frame.height - 2, R"(ALIGN="RIGHT" VALIGN="TOP")",
                p.say(p.slide() ? ""
                                : "no. 1 leaves when the limit is passed, or when "
                                  "room is needed",
                      style.small, colour::grey)) +
           "</TR>"});
  const int y = p.y + heading;
  const std::string more = fmt::format("and {} more", entries.size());
  const int room = p.strip.width - static_cast<int>(text_width(more, style.small));
  const std::size_t shown = that_fit(entries, room);
  const double head = text_width("head", style.small) / 2 + 14;
  p.canvas.text("quarantine_head", std::round(p.left() - head), y + height / 2, p.say("head"));
  std::string from = "quarantine_head";
  int x = p.left() + gap / 2;
  for (std::size_t i = 0; i < shown; ++i) {
    draw_entry(p, entries[i], {x, y, entries[i].width, height - 4});
    p.canvas.edge(from, entries[i].name, fmt::format("color=\"{}\"", colour::quarantine_edge));
    from = entries[i].name;
    x += entries[i].width + gap;
  }
  if (shown < entries.size())
    p.canvas.text(
        "quarantine_more", {x, y, p.strip.width + p.left() - x, height - 4}, "LEFT",
        p.say(fmt::format("and {} more", entries.size() - shown), style.small, colour::grey));
  p.y = frame.bottom();
}

}  // namespace mempool::viz::dot
