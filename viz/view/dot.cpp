// dot: puts the parts of the block-list picture together. dot_picture.hpp lists them.
#include "view/dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <span>
#include <sstream>

#include "view/dot_picture.hpp"

namespace mempool::viz {

namespace dot {

namespace {

constexpr int unlimited = 1'000'000;

std::vector<u64> focus_of(const std::vector<Picture>& pictures) {
  std::vector<u64> about;
  for (const Picture& picture : pictures)
    for (const u64 offset : focus(picture.frame, picture.story)) about.push_back(offset);
  return about;
}

/// A slide has a width that holds and shows as many cards as have room; a document grows with the
/// cards, but folds more when it folds anyway.
std::vector<Picture> plan(const std::vector<const Frame*>& frames, const ViewOptions& options) {
  const Style& style = options.for_slide ? for_slide : for_doc;
  std::vector<Picture> pictures;
  std::vector<const Model*> models;
  for (const Frame* frame : frames) {
    pictures.push_back({*frame, options, tell(*frame, options.radix), style, {}, {}});
    models.push_back(&frame->after);
  }
  const Picture& first = pictures.front();
  const std::vector<u64> about = focus_of(pictures);
  const int beyond = first.left() - style.left + first.right() - style.right;
  constexpr std::size_t least_cards = 3;
  for (std::size_t most = style.most_cards; most >= least_cards; --most) {
    const std::vector<Column> columns = choose_columns(models, about, most);
    if (columns.empty()) break;
    int least = options.for_slide ? style.width - beyond : style.width;
    for (Picture& picture : pictures) {
      picture.strip = cards_on(columns, picture.model());
      least = std::max(least, lists_width(picture));
    }
    set_widths(pictures, least);
    const bool may_grow = !options.for_slide && !first.strip.folded;
    if (may_grow || first.strip.width + beyond <= style.folded_width) break;
  }
  return pictures;
}

using Part = void (*)(Picture&);
constexpr Part on_a_slide[] = {draw_free_list,  draw_pointers, draw_strip, draw_used_list,
                               draw_quarantine, draw_bars,     draw_sums};
constexpr Part in_a_document[] = {draw_free_list,  draw_pointers, draw_strip, draw_used_list,
                                  draw_quarantine, draw_bars,     draw_sums,  draw_atlas,
                                  draw_histogram,  draw_legend};

std::span<const Part> parts_of(const Picture& picture) {
  if (picture.slide()) return on_a_slide;
  return in_a_document;
}

/// Draws the parts one under the other; `heights` gets how high each became.
void draw_body(Picture& picture, std::array<int, 10>& heights) {
  if (picture.strip.cards.empty()) {
    picture.canvas.text("nothing", {0, 0, picture.style.width, 40}, "LEFT",
                        picture.say("The log has told no block of this pool."));
    picture.y = 40;
    return;
  }
  std::size_t i = 0;
  for (const Part draw : parts_of(picture)) {
    const int top = picture.y;
    const bool of_folds = draw == draw_atlas || draw == draw_histogram;
    const bool tells_sizes = of_folds || draw == draw_pointers;
    if ((!of_folds || picture.strip.folded) && !(tells_sizes && picture.blank())) draw(picture);
    heights[i] = picture.y - top;
    picture.y = top + std::max(heights[i], picture.rooms.parts[i]);
    ++i;
  }
}

constexpr int slide_room = slide_height - 2 * slide_pad;

int draw_headline(const Picture& picture, Canvas& canvas) {
  return draw_headline(picture, canvas, picture.slide() ? slide_room - picture.y : unlimited);
}

/// What each part, and the headline, needs in the picture that needs most.
Rooms rooms_for(const std::vector<Picture>& planned, int bars) {
  Rooms rooms;
  const auto grow = [](int& room, int height) { room = std::max(room, height); };
  for (const Picture& picture : planned) {
    grow(rooms.free_records, free_records_height(picture));
    grow(rooms.used_records, used_records_height(picture));
  }
  for (Picture picture : planned) {
    picture.rooms = {rooms.free_records, rooms.used_records};
    picture.bars = bars;
    std::array<int, 10> heights{};
    draw_body(picture, heights);
    for (std::size_t i = 0; i < heights.size(); ++i) grow(rooms.parts[i], heights[i]);
  }
  return rooms;
}

/// A slide that is too full leaves out first the bar before the call, then bars altogether.
std::vector<Picture> draw(const std::vector<Picture>& planned) {
  for (int bars = 2;; --bars) {
    const Rooms rooms = planned.size() > 1 ? rooms_for(planned, bars) : Rooms{};
    std::vector<Picture> drawn = planned;
    bool too_high = false;
    for (Picture& picture : drawn) {
      picture.rooms = rooms;
      picture.bars = bars;
      std::array<int, 10> heights{};
      draw_body(picture, heights);
      const int least_headline = picture.style.title + 3 * picture.style.text;
      too_high = too_high || picture.y + least_headline > slide_room;
    }
    if (drawn.front().slide() && bars != 0 && too_high) continue;
    for (const Picture& picture : planned.size() > 1 ? drawn : std::vector<Picture>{}) {
      Canvas measured;
      const int height = draw_headline(picture, measured);
      for (Picture& each : drawn) each.rooms.headline = std::max(each.rooms.headline, height);
    }
    return drawn;
  }
}

void write_head(std::ostream& out, const Picture& picture) {
  constexpr std::string_view fonts = "DejaVu Sans,Helvetica,Arial,sans-serif";
  out << "digraph block_list {\n"
         "  graph [layout=neato, inputscale=72, splines=line, "
         "outputorder=edgesfirst, bgcolor=white, charset=\"UTF-8\",\n";
  out << fmt::format("    fontname=\"{}\", pad={}, id=\"block_list\"];\n", fonts,
                     picture.slide() ? "0" : "0.15");
  out << fmt::format("  node [shape=plain, fontname=\"{}\", fontsize={}];\n", fonts,
                     picture.style.small);
  out << fmt::format("  edge [penwidth={}, arrowsize=0.7];\n", picture.style.line);
}

/// Two corners that keep the canvas as large, whatever is on it.
void pin(Canvas& canvas, Box box) {
  canvas.anchor("corner_first", box.x, box.y);
  canvas.anchor("corner_last", box.right(), box.bottom());
}

void write(std::ostream& out, const Picture& picture, bool one_of_many) {
  Canvas headline;
  if (picture.slide()) pin(headline, {-slide_pad, -slide_pad, slide_width, slide_height});
  const int height = std::max(draw_headline(picture, headline), picture.rooms.headline);
  if (one_of_many && !picture.slide())
    pin(headline, {0, 0, picture.full_width(), height + picture.y});
  write_head(out, picture);
  headline.write(out, 0);
  picture.canvas.write(out, height);
  out << "}\n";
}

}  // namespace

}  // namespace dot

void write_dot(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  dot::write(out, dot::draw(dot::plan({&frame}, options)).front(), false);
}

Result<std::vector<std::string>> draw_sequence(const std::vector<Frame>& frames,
                                               const ViewOptions& options) {
  std::vector<const Frame*> borrowed;
  for (const Frame& frame : frames) borrowed.push_back(&frame);
  const std::vector<dot::Picture> planned = dot::plan(borrowed, options);
  if (const dot::Picture& first = planned.front();
      options.for_slide && first.full_width() > dot::slide_width - dot::slide_pad)
    return failure(fmt::format(
        "calls {} to {} change more blocks than a slide has room for: choose fewer calls, or "
        "--for doc",
        frames.front().call, frames.back().call));
  std::vector<std::string> texts;
  for (const dot::Picture& picture : dot::draw(planned)) {
    std::ostringstream text;
    dot::write(text, picture, true);
    texts.push_back(std::move(text).str());
  }
  return texts;
}

}  // namespace mempool::viz
