// Widths of cards: to scale where that can be read, and marked where it cannot.
//
// A pool is a few large blocks and many small ones. To one scale the small ones have no room for
// their names, so each card has a least width; and if few large blocks are what makes it so, they
// are shortened. The choice that leaves the fewest cards off the scale wins.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr int padding = 12;
constexpr double worth_it = 2;  // a card is shortened to half of its length or less

/// What the text of a card needs.
int words_width(const Picture& p, const Card& card) {
  const Style& style = p.style;
  double widest = 0;
  const auto widen = [&](std::string_view text, int size, bool bold) {
    widest = std::max(widest, text_width(text, size, bold));
  };
  switch (card.kind) {
    case Card::Kind::fold:
      widen("⋯ " + count_text(card.used_blocks + card.free_blocks + card.waiting_blocks, "block") +
                " ⋯",
            style.small, true);
      widen(size_text(card.size), style.small, false);
      if (card.waiting_blocks != 0)
        widen(fmt::format("{} free, {} wait", card.free_blocks, card.waiting_blocks), style.small,
              false);
      break;
    case Card::Kind::untold: widen("not told", style.small, false); break;
    case Card::Kind::block: {
      const CardText text = card_text(card, p.story);
      widen(text.name, style.name, true);
      widen(text.size, style.small, false);
      widen(text.brief, style.small, false);
    }
  }
  return static_cast<int>(std::ceil(widest)) + padding;
}

int guards(const Card& card) {
  if (!card.used()) return 0;
  return (card.block->front().size != 0 ? 1 : 0) + (card.block->back().size != 0 ? 1 : 0);
}

int least_width(const Picture& p, const Card& card) {
  return std::max(p.offset_width(card.offset), card.words + guards(card) * p.style.guard);
}

/// Cards in a row: what is to be fitted in.
struct Sizes {
  std::vector<u64> bytes;
  std::vector<int> least;     // points that the texts need
  std::vector<double> fixed;  // points of folds and of shortened cards; 0: to scale
  double total = 0;           // points
  int mark = 0;               // points that a break mark takes
};

struct Scaled {
  std::vector<double> widths;
  std::vector<bool> widened;
  double points_per_byte = 0;
};

/// One scale for all cards that are not fixed, such that the widths add up to the total.
Scaled scale(const Sizes& sizes) {
  const std::size_t n = sizes.bytes.size();
  Scaled scaled{std::vector<double>(n), std::vector<bool>(n), 0};
  const auto to_scale = [&](std::size_t i) {
    return static_cast<double>(sizes.bytes[i]) * scaled.points_per_byte;
  };
  for (bool again = true; again;) {
    double room = sizes.total, bytes = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (sizes.fixed[i] > 0)
        room -= sizes.fixed[i];
      else if (scaled.widened[i])
        room -= sizes.least[i];
      else
        bytes += static_cast<double>(sizes.bytes[i]);
    }
    scaled.points_per_byte = bytes == 0 ? 0 : room / bytes;
    again = false;
    for (std::size_t i = 0; i < n; ++i) {
      if (sizes.fixed[i] > 0 || scaled.widened[i] || to_scale(i) >= sizes.least[i]) continue;
      scaled.widened[i] = again = true;
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    scaled.widths[i] = sizes.fixed[i] > 0  ? sizes.fixed[i]
                       : scaled.widened[i] ? sizes.least[i]
                                           : to_scale(i);
  return scaled;
}

/// Cards that are shortened, and how wide they are then.
struct Cut {
  std::vector<bool> shortened;
  Scaled scaled;
  long off_scale = 0;  // cards that are not to scale
};

/// Gives the `count` largest blocks this width; nullopt if that shortens one of them too little.
std::optional<Cut> shorten(const Sizes& sizes, const std::vector<std::size_t>& by_size,
                           std::size_t count, double width) {
  Sizes cut = sizes;
  Cut tried{std::vector<bool>(sizes.bytes.size()), {}, static_cast<long>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t card = by_size[i];
    cut.fixed[card] = std::max<double>(width, sizes.least[card] + sizes.mark);
    tried.shortened[card] = true;
  }
  tried.scaled = scale(cut);
  tried.off_scale += std::ranges::count(tried.scaled.widened, true);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t card = by_size[i];
    const double whole = static_cast<double>(sizes.bytes[card]) * tried.scaled.points_per_byte;
    if (whole < worth_it * cut.fixed[card]) return std::nullopt;
  }
  return tried;
}

/// Tries to shorten none, one, two ... of the largest blocks, rather a little than a lot.
Cut best_cut(const Sizes& sizes) {
  std::vector<std::size_t> by_size(sizes.bytes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::erase_if(by_size, [&](std::size_t i) { return sizes.fixed[i] > 0; });
  std::ranges::stable_sort(by_size, std::greater{}, [&](std::size_t i) { return sizes.bytes[i]; });
  std::optional<Cut> best = shorten(sizes, by_size, 0, 0);
  for (const double share : {0.45, 0.3, 0.15}) {
    for (std::size_t count = 1; count <= 4 && count < by_size.size(); ++count) {
      const double width = sizes.total * share / static_cast<double>(count);
      std::optional<Cut> tried = shorten(sizes, by_size, count, width);
      if (tried && tried->off_scale < best->off_scale) best = std::move(tried);
    }
  }
  return *best;
}

/// Guards keep their share of the card's width where that can be seen.
void set_guards(Card& card, const Style& style) {
  if (guards(card) == 0) return;
  const double share = static_cast<double>(card.width) / static_cast<double>(card.size);
  const auto points = [&](const Guard& guard) {
    if (guard.size == 0) return 0;
    const double scaled = static_cast<double>(guard.size) * share;
    const double most = std::max<double>(style.guard, (card.width - card.words) / guards(card));
    return static_cast<int>(std::clamp<double>(scaled, style.guard, most));
  };
  card.front_guard = points(card.block->front());
  card.back_guard = points(card.block->back());
}

/// The columns that a card covers, as indices [from, to).
struct Cover {
  std::size_t from = 0, to = 0;
};
Cover cover(const std::vector<Column>& columns, const Card& card) {
  const auto from = std::ranges::lower_bound(columns, card.offset, {}, &Column::offset);
  const auto to = std::ranges::lower_bound(columns, card.end(), {}, &Column::offset);
  return {static_cast<std::size_t>(from - columns.begin()),
          static_cast<std::size_t>(to - columns.begin())};
}

/// A card needs at least so much, and its columns share it.
void widen(Sizes& sizes, Cover over, int least) {
  int sum = 0;
  for (std::size_t i = over.from; i < over.to; ++i) sum += sizes.least[i];
  const auto count = static_cast<int>(over.to - over.from);
  for (std::size_t i = over.from; sum < least && i < over.to; ++i)
    sizes.least[i] += (least - sum + count - 1) / count;
}

/// What the columns need, so that each card of each picture has what it needs.
Sizes measure(std::vector<Picture>& pictures, const std::vector<Column>& columns) {
  Sizes sizes;
  sizes.mark = 3 * pictures.front().style.name;
  for (const Column& column : columns) sizes.bytes.push_back(column.size);
  sizes.least.resize(columns.size());
  sizes.fixed.resize(columns.size());
  std::vector<u64> as_blocks(columns.size());
  for (const bool single : {true, false}) {
    for (Picture& p : pictures) {
      for (Card& card : p.strip.cards) {
        const Cover over = cover(columns, card);
        card.words = words_width(p, card);
        if (card.kind == Card::Kind::block) ++as_blocks[over.from];
        if ((over.to - over.from == 1) == single) widen(sizes, over, least_width(p, card));
      }
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i)  // folds, and what no picture has told
    if (columns[i].fold || as_blocks[i] == 0) sizes.fixed[i] = sizes.least[i];
  return sizes;
}

}  // namespace

void set_widths(std::vector<Picture>& pictures, int width) {
  const Style& style = pictures.front().style;
  std::vector<Column> columns = pictures.front().strip.columns;
  Sizes sizes = measure(pictures, columns);
  const int needed = std::accumulate(sizes.least.begin(), sizes.least.end(), 0);
  const int total = std::max(width, needed + needed * style.slack / 100);
  sizes.total = total;
  const Cut cut = best_cut(sizes);
  const std::vector<double>& widths = cut.scaled.widths;
  const double sum = std::accumulate(widths.begin(), widths.end(), 0.0);
  double right = 0;
  int x = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    right += widths[i] * total / sum;  // what nothing could use is shared out
    columns[i].x = x;
    columns[i].width = static_cast<int>(std::lround(right)) - x;
    x += columns[i].width;
  }
  for (Picture& p : pictures) {
    p.strip.columns = columns;
    p.strip.width = total;
    for (Card& card : p.strip.cards) {
      const auto [from, to] = cover(columns, card);
      card.x = columns[from].x;
      card.width = columns[to - 1].x + columns[to - 1].width - card.x;
      const double to_scale = static_cast<double>(card.size) * cut.scaled.points_per_byte;
      for (std::size_t i = from; i < to; ++i) {
        card.widened = card.widened || (cut.scaled.widened[i] && to_scale < 0.9 * card.width);
        card.shortened = card.shortened || cut.shortened[i];
      }
      set_guards(card, style);
    }
  }
}

}  // namespace mempool::viz::dot
