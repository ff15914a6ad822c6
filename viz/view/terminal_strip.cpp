// Strip: see terminal_strip.hpp.
#include "view/terminal_strip.hpp"

#include <algorithm>
#include <numeric>

namespace mempool::viz {

namespace {

/// A block's piece of the strip.
struct Card {
  const Block* block;
  bool changed;
  bool odd;               // every other used block is
  std::string name;       // "#17*"
  std::string sized;      // "#17* 72"
  std::size_t least = 0;  // columns it needs
  std::size_t width = 0;  // columns it gets
  bool cut = false;       // drawn shorter than to scale
  bool guards = true;     // intact ones are drawn, too: all cards have room for theirs
  bool stained = false;   // free, and written to
};

bool is_damaged(const Block& block) {
  return block.front().damaged + block.back().damaged != 0;
}
bool has_guards(const Block& block) {
  return block.front().size + block.back().size != 0;
}

/// offset * columns / capacity, without overflow.
std::size_t column_at(u64 offset, u64 capacity, std::size_t columns) {
  const auto share = static_cast<long double>(offset) / static_cast<long double>(capacity);
  return static_cast<std::size_t>(share * static_cast<long double>(columns));
}

/// named: some of them may have room for their names.
std::vector<Card> cards_of(const Model& model, const Story& story, bool named) {
  std::vector<Card> cards;
  cards.reserve(model.blocks().size());
  bool odd = false;
  for (const auto& [offset, block] : model.blocks()) {
    if (block.lives()) odd = !odd;
    const auto change = story.changes.find(offset);
    const bool changed = change != story.changes.end();
    cards.push_back({&block, changed, odd, "", ""});
    if (named) {
      cards.back().name = block.name() + (changed ? "*" : "");
      cards.back().sized = cards.back().name + " " + std::to_string(block.size);
    }
    cards.back().stained = !block.lives() && model.stain_in(offset, block.size) != nullptr;
  }
  return cards;
}

/// How much of its text every card has room for.
enum class Room { name_and_size, name, nothing };

/// Says what room every card needs; false if that is too much for the strip.
bool reserve(std::vector<Card>& cards, Room room, std::size_t columns) {
  std::size_t sum = 0;
  for (Card& card : cards) {
    card.guards = room == Room::name_and_size;
    const std::size_t guards = has_guards(*card.block) ? 2 : 0;
    const std::size_t damage = is_damaged(*card.block) || card.stained ? 1 : 0;
    switch (room) {
      case Room::name_and_size:
        card.least = card.sized.size() + guards + (card.stained ? 1 : 0) + 2;
        break;
      case Room::name: card.least = card.name.size() + damage + 2; break;
      case Room::nothing: card.least = 1; break;
    }
    sum += card.least;
  }
  return sum <= (room == Room::name ? columns : columns * 3 / 4);  // the rest shows the scale
}

/// Columns for every card: its least, or its share of what the others leave, to scale.
void lay_out(std::vector<Card>& cards, u64 capacity, std::size_t columns) {
  std::vector<bool> fixed(cards.size(), false);
  auto room = static_cast<long double>(columns);
  auto bytes = static_cast<long double>(capacity);
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < cards.size(); ++i) {
      const auto share = room * static_cast<long double>(cards[i].block->size) / bytes;
      if (fixed[i] || share >= static_cast<long double>(cards[i].least)) continue;
      fixed[i] = again = true;
      room -= static_cast<long double>(cards[i].least);
      bytes -= static_cast<long double>(cards[i].block->size);
    }
  }
  // Shares are rounded so that they add up: each ends where their sum so far ends.
  long double exact = 0;
  std::size_t given = 0;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    Card& card = cards[i];
    if (fixed[i]) {
      card.width = card.least;
      continue;
    }
    exact += room * static_cast<long double>(card.block->size) / bytes;
    card.width = static_cast<std::size_t>(exact + 0.5L) - given;
    given += card.width;
  }
  const auto scale = static_cast<long double>(columns) / static_cast<long double>(capacity);
  for (Card& card : cards)
    card.cut = static_cast<long double>(card.width) + 2 <
               scale * static_cast<long double>(card.block->size);
}

char sign_of(const Card& card) {
  if (is_damaged(*card.block) || card.stained) return 'X';
  return card.block->quarantined ? 'q' : card.block->used ? '#' : '.';
}

/// Brackets, and what fills the room between them.
std::string_view dress_of(const Block& block) {
  return block.quarantined ? "{:}" : block.used ? "[ ]" : "(.)";
}

/// "[G#1 80    G]": the text of a card, as much of it as there is room for.
std::string card_text(const Card& card) {
  const Block& block = *card.block;
  if (card.width == 0) return "";
  if (card.width == 1) return {sign_of(card)};
  const std::size_t inside = card.width - 2;
  const std::string_view dress = dress_of(block);
  std::string text(inside, dress[1]);
  const auto guard_columns = [&](const Guard& guard) {
    const std::size_t share = column_at(guard.size, block.size, inside);
    return guard.size == 0 ? 0 : std::max<std::size_t>(share, 1);
  };
  std::size_t front = guard_columns(block.front()), back = guard_columns(block.back());
  const char front_sign = block.front().damaged != 0 ? 'X' : 'G';
  const char back_sign = block.back().damaged != 0 ? 'X' : 'G';
  if (!card.guards || inside < card.name.size() + front + back) {
    // Damage is drawn in any case, and goes before the name.
    front = block.front().damaged != 0 && inside > 1 ? 1 : 0;
    back = block.back().damaged != 0 ? 1 : 0;
  }
  back = std::min(back, inside - front);
  text.replace(0, front, front, front_sign);
  text.replace(inside - back, back, back, back_sign);
  const std::size_t room = inside - front - back;
  const std::string label = first_that_fits({card.sized, card.name}, room);
  text.replace(front, label.size(), label);
  if (card.stained && room > 0) text.back() = 'X';
  if (card.cut && !block.used && room >= label.size() + 2)
    text.replace(inside - (card.stained ? 3 : 2), 2, "//");
  return dress[0] + text + dress[2];
}

void paint_card(std::string& out, const Card& card, Palette palette) {
  const std::string text = card_text(card);
  const Ink body = card.block->quarantined ? Ink::quarantine
                   : !card.block->used     ? Ink::free
                   : card.odd              ? Ink::used
                                           : Ink::used_next;
  for (std::size_t i = 0; i < text.size();) {
    const auto ink = [&](char c) { return c == 'G' ? Ink::guard : c == 'X' ? Ink::damaged : body; };
    std::size_t end = i + 1;
    while (end < text.size() && ink(text[end]) == ink(text[i])) ++end;
    paint(out, palette, ink(text[i]), card.changed, std::string_view(text).substr(i, end - i));
    i = end;
  }
}

/// Too many blocks for cards: what lies under each column.
std::string paint_columns(const std::vector<Card>& cards, u64 capacity, std::size_t columns,
                          Palette palette) {
  struct Under {
    bool used = false, free = false, waits = false, damaged = false, changed = false;
  };
  std::vector<Under> under(columns);
  for (const Card& card : cards) {
    const std::size_t first = column_at(card.block->offset, capacity, columns);
    const std::size_t last = column_at(card.block->end() - 1, capacity, columns);
    for (std::size_t i = first; i <= last && i < columns; ++i) {
      (card.block->quarantined ? under[i].waits
       : card.block->used      ? under[i].used
                               : under[i].free) = true;
      under[i].damaged = under[i].damaged || is_damaged(*card.block) || card.stained;
      under[i].changed = under[i].changed || card.changed;
    }
  }
  std::string out;
  for (const Under& u : under) {
    const bool mixed = u.used + u.free + u.waits > 1;
    const char sign = u.damaged ? 'X' : mixed ? ':' : u.used ? '#' : u.waits ? 'q' : '.';
    const Ink ink = u.damaged ? Ink::damaged
                    : u.used  ? Ink::used
                    : u.waits ? Ink::quarantine
                              : Ink::free;
    paint(out, palette, ink, u.changed, std::string_view(&sign, 1));
  }
  return out;
}

}  // namespace

std::string draw_strip(const Model& model, const Story& story, std::size_t columns,
                       Palette palette) {
  const bool many = model.blocks().size() > columns;
  std::vector<Card> cards = cards_of(model, story, !many);
  if (cards.empty()) return std::string(columns, ' ');
  if (many) return paint_columns(cards, model.capacity, columns, palette);
  const auto fits = [&](Room room) { return reserve(cards, room, columns); };
  if (!fits(Room::name_and_size) && !fits(Room::name) && !fits(Room::nothing))
    return paint_columns(cards, model.capacity, columns, palette);
  lay_out(cards, model.capacity, columns);
  std::string strip;
  for (const Card& card : cards) paint_card(strip, card, palette);
  return strip;
}

}  // namespace mempool::viz
