// Cards: which blocks the strip shows, which it folds, and how wide each is drawn.
//
//     models, focus --choose_columns--> columns --cards_on--> cards of each picture
//                                          '--set_widths (dot_widths.cpp)--> their places
//
//     picture 1  | #0  | f1                |      Columns are what lies between two offsets at
//     which picture 2  | #0  | #1   | f1         |      a block of any of the pictures begins. A
//     card covers columns    '-----'------'------------'      one or several, so nothing jumps
//     between pictures.
//
// Up to `most` columns every block has a card. Above, first and last, the blocks that the calls are
// about and their neighbours stay, and the runs between become folds whose counts are exact. What
// is not the same in all pictures is never folded. Widths are to scale; a card that its text makes
// wider, or that is drawn shorter, says so.
#pragma once

#include <vector>

#include "model/story.hpp"

namespace mempool::viz::dot {

/// What lies between two offsets at which a block of any picture of a sequence begins.
struct Column {
  u64 offset = 0, size = 0;
  bool fold = false;  // several such, drawn as one
  int x = 0, width = 0;

  [[nodiscard]] u64 end() const { return offset + size; }
};

/// A block, a run of blocks or what is not told, as the strip shows it.
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
  std::vector<Card> cards;      // in address order, without a gap
  std::vector<Column> columns;  // that they cover
  int width = 0;                // of them all
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

/// The blocks that the call is about, by offset, the most important first.
[[nodiscard]] std::vector<u64> focus(const Frame& frame, const Story& story);

/// The columns for these models of one pool, at most `most` (3 or more) unless more than that is
/// not the same in all of them. Of several, what begins at an offset of the focus is always shown.
[[nodiscard]] std::vector<Column> choose_columns(const std::vector<const Model*>& models,
                                                 const std::vector<u64>& focus, std::size_t most);

/// The cards of a model on such columns.
[[nodiscard]] Cards cards_on(const std::vector<Column>& columns, const Model& model);

}  // namespace mempool::viz::dot
