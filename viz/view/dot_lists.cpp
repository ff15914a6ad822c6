// Lists: the free list over the strip, the used list under it, each a chain of records in a frame
// of its own, for the records lie in the slab and not in the pool.
//
//     ,- free list  4 blocks, 368 B -------- records (slab), outside the pool -,
//     | head --> [f2, look 1: 48 < 72 ✗] --> [f8 REST, look 3 ✓] --> NULL      |
//     '------------------:----------------------------:------------------------'
//
// A record says its number, what the call did to it and what a search thought of it; its size
// stands on the strip. What a record's words are is dot_records.cpp's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "view/dot_records.hpp"

namespace mempool::viz::dot {

namespace {

constexpr int gap = 18;  // between records: an arrow

int record_height(const Picture& p, const std::vector<Record>& records) {
  int height = 0;
  for (const Record& record : records) height = std::max(height, record.height());
  return std::max(height, p.style.text + 12);
}

/// What a list looks like.
struct Lane {
  std::string name;  // of the list, and of its nodes
  std::string_view edge;
  std::string port_suffix, join_from, join_to;  // how a record is joined to its card
  bool above;                                   // the strip
};

std::string record_text(const Picture& p, const Record& record) {
  std::string text;
  for (const Line& line : record.lines)
    text += (text.empty() ? "" : "<BR/>") + p.say(line.text, line.size, line.colour, line.bold);
  return text;
}

int border_width(const Record& record) {
  switch (record.kind) {
    case Record::Kind::fold:
    case Record::Kind::left: return 1;
    case Record::Kind::changed: return 3;
    case Record::Kind::plain: break;
  }
  return 2;
}

std::string border(const Record& record, std::string_view list_edge) {
  std::string_view style = "rounded", edge = list_edge;
  if (record.kind == Record::Kind::fold) style = "dashed";
  if (record.kind == Record::Kind::left) style = "dotted", edge = colour::grey;
  if (record.kind == Record::Kind::changed) edge = colour::black;
  return fmt::format("BORDER=\"{}\" STYLE=\"{}\" COLOR=\"{}\"", border_width(record), style, edge);
}

/// The title is on the side that no join crosses.
void draw_frame(Picture& p, const Lane& lane, Box box, const std::string& title) {
  const std::string where =
      p.model().list_in_address_order()
          ? std::string("records (slab), outside the pool; both lists in address order")
          : fmt::format("free list {}, used list by address", in_words(p.model().list_order()));
  const std::string_view valign = lane.above ? "TOP" : "BOTTOM";
  const int half = (box.width - 2) / 2, height = box.height - 2;
  const auto side = [&](std::string_view align, int width, const std::string& text) {
    return cell(width, height, fmt::format("ALIGN=\"{}\" VALIGN=\"{}\"", align, valign), text);
  };
  p.canvas.table(lane.name + "_frame", box,
                 {fmt::format("BORDER=\"1\" STYLE=\"rounded,dashed\" COLOR=\"{}\" CELLBORDER=\"0\" "
                              "CELLSPACING=\"0\" CELLPADDING=\"4\"",
                              colour::grey),
                  "<TR>" + side("LEFT", half, title) +
                      side("RIGHT", box.width - 2 - half,
                           p.say(p.slide() ? "records, outside the pool" : where, p.style.small,
                                 colour::grey)) +
                      "</TR>"});
}

void draw_chain(Picture& p, const Lane& lane, const std::vector<Record>& records, int y) {
  const std::string line = fmt::format("color=\"{}\"", lane.edge);
  const int size = p.style.small;
  const double head = text_width("head", size) / 2 + 14, null = text_width("NULL", size) / 2 + 14;
  p.canvas.text(lane.name + "_head", std::round(p.left() - head), y, p.say("head"));
  p.canvas.text(lane.name + "_null", std::round(p.left() + p.strip.width + null), y,
                p.say("NULL", size, colour::grey));
  std::string from = lane.name + "_head";
  for (const Record& record : records) {
    if (record.kind == Record::Kind::left) continue;
    p.canvas.edge(from, record.name, line);
    from = record.name;
  }
  p.canvas.edge(from, lane.name + "_null", line);
}

void draw_records(Picture& p, const Lane& lane, const std::vector<Record>& records, int y,
                  int height) {
  // A list with an order of its own is not joined to the strip: its places are said on the cards.
  const bool joined = !lane.above || p.model().list_in_address_order();
  std::vector<Seat> row;
  for (const Record& record : records) {
    const double beside = (static_cast<double>(row.size()) + 0.5) /
                          static_cast<double>(records.size()) * p.strip.width;
    row.push_back(
        {p.left() + (joined ? record.card->x + record.card->width / 2.0 : beside), record.width()});
  }
  seat(row, gap, p.left(), p.left() + p.strip.width);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const Box box{row[i].x, y + (height - record.height()) / 2, row[i].width, record.height()};
    const int edge = 2 * border_width(record);
    p.canvas.table(
        record.name, box,
        {fmt::format("{} BGCOLOR=\"{}\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
                     "CELLPADDING=\"0\"",
                     border(record, lane.edge), colour::white),
         "<TR>" + cell(box.width - edge, box.height - edge, "", record_text(p, record)) + "</TR>"},
        fmt::format("id=\"{}\", ", record.name));
    if (!joined) continue;
    const std::string port = p.id(*record.card) + lane.port_suffix;
    p.canvas.edge(record.name + lane.join_from, "strip:" + port + lane.join_to,
                  fmt::format("color=\"{}\", style=dotted, arrowhead=none, penwidth={}",
                              record.kind == Record::Kind::left ? colour::grey : lane.edge,
                              0.85 * p.style.line));
  }
}

void draw_list(Picture& p, const Lane& lane, const std::string& title,
               const std::vector<Record>& records) {
  const int heading = p.style.text + 10;
  const int height = record_height(p, records);
  const int join = 22;
  if (!lane.above) p.y += join;
  draw_frame(p, lane, {0, p.y, p.full_width(), heading + height + 8}, title);
  const int top = p.y + (lane.above ? heading : 8);
  draw_chain(p, lane, records, top + height / 2);
  draw_records(p, lane, records, top, height);
  p.y += heading + height + 8 + (lane.above ? join : 0);
}

std::string search_text(const Picture& p) {
  if (!p.story.fits) return "";
  const bool with_gap = p.story.room != p.story.needed;
  return fmt::format(" – needed {}{}: {} of {} {}", size_text(p.story.room),
                     with_gap ? " with the gap" : "", *p.story.fits, p.story.trail.size(),
                     p.story.trail.size() == 1 ? "fits" : "fit");
}

std::string title_of(const Picture& p, std::string_view name, std::string_view colour, u64 blocks,
                     u64 bytes, std::string_view more) {
  return p.say(name, p.style.text, colour, true) +
         p.say(fmt::format("  {}, {}{}", count_text(blocks, "block"), size_text(bytes), more),
               p.style.small);
}

}  // namespace

int lists_width(const Picture& p) {
  int widest = 0;
  for (const std::vector<Record>& records : {free_records(p), used_records(p)}) {
    int width = 0;
    for (const Record& record : records) width += record.width() + gap;
    widest = std::max(widest, width);
  }
  return widest;
}

void draw_free_list(Picture& p) {
  const Model& model = p.model();
  draw_list(p, {"free_list", colour::free_edge, "", ":s", ":n", true},
            title_of(p, "free list", colour::free_edge, model.free_blocks, model.free_bytes,
                     search_text(p)),
            free_records(p));
}

void draw_used_list(Picture& p) {
  const Model& model = p.model();
  draw_list(p, {"used_list", colour::used_edge, "_below", ":n", ":s", false},
            title_of(p, "used list", colour::used_edge, model.used_blocks, model.used_bytes, ""),
            used_records(p));
}

}  // namespace mempool::viz::dot
