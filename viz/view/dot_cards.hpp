// Cards: which blocks the strip shows, which it folds, and how wide each is drawn.
//
//     Model, focus --choose_cards--> cards --set_widths (dot_widths.cpp)--> cards with places
//
// Up to `most` cards: then every block has one. Above, first and last, the blocks that the call is
// about and their neighbours stay, and the runs between become folds whose counts are exact.
// Widths are to scale; a card that its text makes wider, or that is drawn shorter, says so.
#pragma once

#include <vector>

#include "model/story.hpp"

namespace mempool::viz::dot {

/// One column of the strip.
struct Card {
  enum class Kind { block, fold, untold };  // untold: a snapshot that has not told it yet

  Kind kind = Kind::block;
  u64 offset = 0, size = 0;
  const Block* block = nullptr;  // kind block; borrowed from the model
  const Block* last = nullptr;   // kind fold: block is its first, last its last
  u64 used_blocks = 0, used_bytes = 0, free_blocks = 0, free_bytes = 0;  // kind fold
  u64 waiting_blocks = 0;                                                // kind fold: in quarantine
  u64 listed = 0;  // kind block: its place in a free list that is in another order, from 1
  u64 turn = 0;    // kind block: its place in the quarantine, from 1; 0 = not there
  const Damage* stain = nullptr;  // kind block: it was written to after it was freed; borrowed

  int x = 0, width = 0;                 // points, from the strip's left edge
  int words = 0;                        // of the width, what its text needs
  int front_guard = 0, back_guard = 0;  // of the width
  bool widened = false;                 // its text needs more than the scale gives it
  bool shortened = false;               // drawn shorter than to scale, with a break mark

  [[nodiscard]] u64 end() const { return offset + size; }
  [[nodiscard]] bool used() const { return kind == Kind::block && block->lives(); }
  [[nodiscard]] bool waits() const { return kind == Kind::block && block->quarantined; }
  [[nodiscard]] bool is_free() const { return kind == Kind::block && !block->used; }
  /// Where a byte of it lies, in points from the strip's left edge. Guards have their own scale.
  [[nodiscard]] double x_of(u64 at) const;
};

struct Cards {
  std::vector<Card> cards;  // in address order, without a gap
  int width = 0;            // of them all
  bool folded = false;

  /// Where an offset lies on the strip; the end of the region is its right edge.
  [[nodiscard]] double x_of(u64 offset) const;
};

/// What stands on a card besides name and size: "was 160", "40 + 144", "56 asked".
struct CardText {
  std::string name;   // "#17", "f8"
  std::string size;   // "72 B"
  std::string extra;  // may be empty
  std::string brief;  // extra, when there is little room
};
/// "f8"; "2. f8" where the free list has an order of its own.
[[nodiscard]] std::string listed_name(const Card& card);
[[nodiscard]] CardText card_text(const Card& card, const Story& story);

using Blocks = std::vector<const Block*>;

/// The blocks that the call is about, by offset, the most important first.
[[nodiscard]] std::vector<u64> focus(const Frame& frame, const Story& story);

/// At most `most` cards (3 or more) for these blocks, which are all that the model has.
[[nodiscard]] Cards choose_cards(const Model& model, const Blocks& blocks,
                                 const std::vector<u64>& focus, std::size_t most);

}  // namespace mempool::viz::dot
