// dot: puts the parts of the block-list picture together. dot_picture.hpp lists them.
#include "view/dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "view/dot_picture.hpp"

namespace mempool::viz {

namespace dot {

namespace {

constexpr int unlimited = 1'000'000;

/// A slide has a width that holds and shows as many cards as have room; a document grows with the
/// cards, but folds more when it folds anyway.
Picture plan(const Frame& frame, const ViewOptions& options) {
  const Style& style = options.for_slide ? for_slide : for_doc;
  Picture picture{frame, options, tell(frame, options.radix), style, {}, {}};
  Blocks blocks;
  for (const auto& [offset, block] : frame.after.blocks()) blocks.push_back(&block);
  const std::vector<u64> about = focus(frame, picture.story);
  constexpr std::size_t least_cards = 3;
  for (std::size_t most = style.most_cards; most >= least_cards; --most) {
    picture.strip = choose_cards(frame.after, blocks, about, most);
    const int beyond = picture.left() - style.left + picture.right() - style.right;
    const int least = options.for_slide ? style.width - beyond : style.width;
    set_widths(picture, std::max(least, lists_width(picture)));
    const bool may_grow = !options.for_slide && !picture.strip.folded;
    if (may_grow || picture.strip.width + beyond <= style.folded_width) break;
  }
  return picture;
}

void draw_body(Picture& picture) {
  if (picture.strip.cards.empty()) {
    picture.canvas.text("nothing", {0, 0, picture.style.width, 40}, "LEFT",
                        picture.say("The log has told no block of this pool."));
    picture.y = 40;
    return;
  }
  draw_free_list(picture);
  draw_pointers(picture);
  draw_strip(picture);
  draw_used_list(picture);
  draw_quarantine(picture);
  draw_bars(picture);
  draw_sums(picture);
  if (picture.slide()) return;
  if (picture.strip.folded) {
    draw_atlas(picture);
    draw_histogram(picture);
  }
  draw_legend(picture);
}

constexpr int slide_room = slide_height - 2 * slide_pad;

/// A slide that is too full leaves out first the bar before the call, then bars altogether.
Picture draw(const Frame& frame, const ViewOptions& options) {
  const Picture planned = plan(frame, options);
  for (int bars = 2;; --bars) {
    Picture drawn = planned;
    drawn.bars = bars;
    draw_body(drawn);
    const int least_headline = drawn.style.title + 3 * drawn.style.text;
    if (!options.for_slide || bars == 0 || drawn.y + least_headline <= slide_room) return drawn;
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

/// Two corners that keep the canvas 16:9, whatever is on it.
void pin_slide(Canvas& canvas) {
  canvas.anchor("corner_first", -slide_pad, -slide_pad);
  canvas.anchor("corner_last", slide_width - slide_pad, slide_height - slide_pad);
}

}  // namespace

}  // namespace dot

void write_dot(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  using namespace dot;
  Picture picture = draw(frame, options);
  Canvas headline;
  const int room = picture.slide() ? slide_room - picture.y : unlimited;
  if (picture.slide()) pin_slide(headline);
  const int height = draw_headline(picture, headline, room);
  write_head(out, picture);
  headline.write(out, 0);
  picture.canvas.write(out, height);
  out << "}\n";
}

}  // namespace mempool::viz
