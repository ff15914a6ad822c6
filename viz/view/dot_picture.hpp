// Picture: what the parts of the block-list picture share, and the list of the parts.
//
//     headline, notes          dot_headline.cpp        what happened, in words
//     free list                dot_lists.cpp           records, in list order
//     pointers                 dot_pointers.cpp        what points into the region
//     strip                    dot_strip.cpp           the region, a card a block (dot_cards.hpp)
//     used list                dot_lists.cpp
//     quarantine               dot_quarantine.cpp      who waits, in which order; if anybody does
//     bars, sums               dot_bar.cpp             the same bytes to scale, before and after
//     atlas, histogram         dot_atlas.cpp, dot_histogram.cpp    when the strip is folded
//     legend                   dot_legend.cpp
//
// A part draws itself at Picture::y and moves it down. Private to dot.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "view/dot_canvas.hpp"
#include "view/dot_cards.hpp"
#include "view/dot_text.hpp"
#include "view/view.hpp"

namespace mempool::viz::dot {

/// Sizes in points. A slide is 1280 x 720 points and has no type under 18.
struct Style {
  int title, text, name, small, tiny;  // type sizes
  int hatch;                           // of the strokes that hatch free cards
  int left, right;                     // margins beside the strip: titles of bars, NULL
  int width;                           // of the strip, at least
  int folded_width;                    // at most, by folding more, if it is folded at all
  int card_height;
  int guard;    // least width of a guard on a card
  int slack;    // per cent of width beyond what texts need, for the scale
  double line;  // width of arrows
  std::size_t most_cards;
};
inline constexpr Style for_doc{.title = 18,
                               .text = 12,
                               .name = 14,
                               .small = 11,
                               .tiny = 9,
                               .hatch = 8,
                               .left = 62,
                               .right = 52,
                               .width = 800,
                               .folded_width = 960,
                               .card_height = 72,
                               .guard = 13,
                               .slack = 25,
                               .line = 1.6,
                               .most_cards = 16};
inline constexpr Style for_slide{.title = 30,
                                 .text = 20,
                                 .name = 24,
                                 .small = 18,
                                 .tiny = 18,
                                 .hatch = 12,
                                 .left = 96,
                                 .right = 84,
                                 .width = 1060,
                                 .folded_width = 1060,
                                 .card_height = 116,
                                 .guard = 24,
                                 .slack = 0,
                                 .line = 2.4,
                                 .most_cards = 8};
inline constexpr int slide_width = 1280, slide_height = 720, slide_pad = 20;

/// Heights that the pictures of a sequence give to each part, so that nothing jumps between them:
/// those of the highest. 0: as high as it needs to be.
struct Rooms {
  int free_records = 0, used_records = 0;
  std::array<int, 10> parts{};
  int headline = 0;
};

/// With more blocks, a bar is a raster.
inline constexpr std::size_t most_bar_blocks = 150;

struct Picture {
  const Frame& frame;
  const ViewOptions& options;
  Story story;
  const Style& style;
  Cards strip;
  Canvas canvas;
  int y = 0;     // where the next part begins
  int bars = 2;  // at most
  Rooms rooms = {};

  [[nodiscard]] const Model& model() const { return frame.after; }
  [[nodiscard]] bool slide() const { return options.for_slide; }
  [[nodiscard]] bool blank() const { return options.blank != Blank::nothing; }
  [[nodiscard]] bool blank_all() const { return options.blank == Blank::all; }
  [[nodiscard]] bool blank_lists() const {
    return options.blank == Blank::lists || options.blank == Blank::all;
  }
  [[nodiscard]] bool blank_sizes() const {
    return options.blank == Blank::sizes || options.blank == Blank::all;
  }
  /// Markup for text of any origin.
  [[nodiscard]] std::string say(std::string_view text) const {
    return escape(text, options.ascii_labels);
  }
  /// The same in another size, colour (empty: black) or weight.
  [[nodiscard]] std::string say(std::string_view text, int size, std::string_view colour = "",
                                bool bold = false) const;
  /// An offset, in both radices if that is wanted.
  [[nodiscard]] std::string at(u64 offset) const;
  /// How an offset stands under the strip: a line, or two for two radices.
  [[nodiscard]] std::vector<std::string> offset_lines(u64 offset) const;
  [[nodiscard]] int offset_width(u64 offset) const;
  /// x of an offset on the canvas.
  [[nodiscard]] int x_of(u64 offset) const;
  /// The margins have room for what stands in them: sizes and NULL, the offset of the end.
  [[nodiscard]] int left() const;
  [[nodiscard]] int right() const { return std::max(style.right, offset_width(model().capacity)); }
  [[nodiscard]] int full_width() const { return left() + strip.width + right(); }
  [[nodiscard]] const Change* change(u64 offset) const;
  /// Names of ports, nodes and links: "b17", "f8", "fold_b2". A block that moves has its number
  /// twice for some events: the one that is no longer the number's owner adds its offset.
  [[nodiscard]] std::string id(const Block& block) const;
  [[nodiscard]] std::string id(const Card& card) const;
};

// ---- dot_text.cpp has the letters; these are the words that several parts use

/// A mark's word on a record: "NEW", "REST".
[[nodiscard]] std::string_view badge(Mark mark);
[[nodiscard]] bool damaged(const Block& block);
/// `HREF="#b17" TITLE="..."`: a tooltip, and focus by keyboard, in SVG.
[[nodiscard]] std::string link(const Picture& picture, const Block& block);
[[nodiscard]] std::string link(const Picture& picture, const Card& fold);

/// Centres for boxes in a row: each as near to where it wants to be as their order, the gaps and
/// the edges allow.
struct Seat {
  double wanted;  // centre
  int width;
  int x = 0;  // out: left edge
};
void seat(std::vector<Seat>& row, int gap, int left, int right);

/// Gives the cards of these pictures, which are on the same columns, their widths and places. At
/// least `width` points wide, wider if texts need it.
void set_widths(std::vector<Picture>& pictures, int width);

/// How much width the wider of the lists needs at least.
[[nodiscard]] int lists_width(const Picture& picture);
/// How high the records of the lists are.
[[nodiscard]] int free_records_height(const Picture& picture);
[[nodiscard]] int used_records_height(const Picture& picture);

/// On a canvas of its own, at its top, at most this high (a line of text is always there). The
/// height.
int draw_headline(const Picture& picture, Canvas& canvas, int most_height);
void draw_free_list(Picture& picture);
void draw_pointers(Picture& picture);
void draw_strip(Picture& picture);
void draw_used_list(Picture& picture);
void draw_quarantine(Picture& picture);
void draw_bars(Picture& picture);
void draw_sums(Picture& picture);
void draw_atlas(Picture& picture);
void draw_histogram(Picture& picture);
void draw_legend(Picture& picture);

}  // namespace mempool::viz::dot
