// Choosing cards: which blocks stay, which runs are folded, what is written on each.
#include "view/dot_cards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "view/dot_text.hpp"

namespace mempool::viz::dot {

namespace {

const Change* find_change(const Story& story, u64 offset) {
  const auto it = story.changes.find(offset);
  return it == story.changes.end() ? nullptr : &it->second;
}

std::string parts_text(const std::vector<u64>& parts) {
  if (parts.size() > 4) return count_text(parts.size(), "part");
  std::string text;
  for (const u64 part : parts) text += (text.empty() ? "" : " + ") + size_number(part);
  return text;
}

using Blocks = std::vector<const Block*>;

/// A column before anything is folded.
struct Piece {
  u64 offset = 0;
  u64 shown_by = 0;  // so many models have just this block
  const Block* first = nullptr;
  bool may_fold = true;
};
using Pieces = std::vector<Piece>;

bool same(const Block& a, const Block& b) {
  return a.size == b.size && a.used == b.used && a.quarantined == b.quarantined &&
         a.number == b.number;
}

/// Where the log has told no further block.
u64 told_end(const Model& model) {
  return model.blocks().empty() ? 0 : std::prev(model.blocks().end())->second.end();
}

Pieces pieces_of(const std::vector<const Model*>& models) {
  std::vector<u64> starts;
  for (const Model* model : models) {
    for (const auto& [offset, block] : model->blocks()) starts.push_back(offset);
    if (told_end(*model) < model->capacity) starts.push_back(told_end(*model));
  }
  std::ranges::sort(starts);
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  Pieces pieces;
  for (const u64 start : starts) pieces.push_back({start});
  for (const Model* model : models) {
    std::size_t i = 0;
    for (const auto& [offset, block] : model->blocks()) {
      while (pieces[i].offset != offset) ++i;
      Piece& piece = pieces[i];
      ++piece.shown_by;
      if (piece.first == nullptr) piece.first = &block;
      piece.may_fold = piece.may_fold && same(*piece.first, block);
    }
  }
  for (Piece& piece : pieces) piece.may_fold = piece.may_fold && piece.shown_by == models.size();
  return pieces;
}

/// Cards that it takes to show these blocks: they, and what lies between them. A run of one block
/// is shown rather than folded.
std::size_t cost(const std::set<std::size_t>& kept) {
  std::size_t cards = 0, next = 0;
  for (const std::size_t index : kept) {
    cards += index > next ? 2 : 1;
    next = index + 1;
  }
  return cards;
}

/// Adds a block to those that are kept if there is room for it.
void keep(std::set<std::size_t>& kept, std::size_t index, std::size_t most) {
  const bool is_new = kept.insert(index).second;
  if (is_new && cost(kept) > most) kept.erase(index);
}

std::set<std::size_t> choose(const Pieces& pieces, const std::vector<u64>& focus,
                             std::size_t most) {
  const auto index_of = [&](u64 offset) {
    const auto it = std::ranges::lower_bound(pieces, offset, {}, &Piece::offset);
    return static_cast<std::size_t>(it - pieces.begin());
  };
  std::set<std::size_t> kept{0, pieces.size() - 1};
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (!pieces[i].may_fold) kept.insert(i);
  for (const u64 offset : focus) keep(kept, index_of(offset), most);
  for (std::size_t far = 1; far <= 3; ++far) {
    for (std::size_t i = 0; i < std::min<std::size_t>(focus.size(), 4); ++i) {
      const std::size_t index = index_of(focus[i]);
      if (!kept.contains(index)) continue;
      if (index >= far) keep(kept, index - far, most);
      if (index + far < pieces.size()) keep(kept, index + far, most);
    }
  }
  for (std::size_t i = 1; i < most && i < pieces.size(); ++i) {  // what room is left
    keep(kept, i, most);
    keep(kept, pieces.size() - 1 - i, most);
  }
  return kept;
}

Card block_card(const Block& block) {
  Card card;
  card.offset = block.offset;
  card.size = block.size;
  card.block = &block;
  return card;
}

Card fold_card(const Blocks& blocks) {
  Card card = block_card(*blocks.front());
  card.kind = Card::Kind::fold;
  card.last = blocks.back();
  card.size = card.last->end() - card.offset;
  for (const Block* block : blocks) {
    if (block->quarantined) {
      ++card.waiting_blocks;
      continue;
    }
    ++(block->used ? card.used_blocks : card.free_blocks);
    (block->used ? card.used_bytes : card.free_bytes) += block->size;
  }
  return card;
}

/// Who waits, in which turn; and what was written to although it is free.
void add_quarantine(const Model& model, Cards& strip) {
  const std::vector<const Block*> waiting = model.in_quarantine();
  for (Card& card : strip.cards) {
    if (card.kind != Card::Kind::block || card.block->lives()) continue;
    card.stain = model.stain_in(card.offset, card.size);
    const auto place = std::ranges::find(waiting, card.block);
    if (place != waiting.end()) card.turn = static_cast<u64>(place - waiting.begin()) + 1;
  }
}

}  // namespace

double Card::x_of(u64 at) const {
  const auto place = [](u64 from, u64 bytes, double left, double right, u64 wanted) {
    const double share =
        bytes == 0 ? 0 : static_cast<double>(wanted - from) / static_cast<double>(bytes);
    return left + std::clamp(share, 0.0, 1.0) * (right - left);
  };
  const double left = x, right = x + width;
  at = std::clamp(at, offset, end());
  if (!used() || (front_guard == 0 && back_guard == 0)) return place(offset, size, left, right, at);
  const double inner_left = left + front_guard, inner_right = right - back_guard;
  const u64 payload = block->payload;
  const u64 payload_end = back_guard == 0 ? end() : block->payload_end();
  if (at < payload) return place(offset, payload - offset, left, inner_left, at);
  if (at < payload_end) return place(payload, payload_end - payload, inner_left, inner_right, at);
  return place(payload_end, end() - payload_end, inner_right, right, at);
}

// On a card with guards these have their own scale; on others columns keep their places.
double Cards::x_of(u64 offset) const {
  for (const Card& card : cards) {
    if (offset < card.offset || offset >= card.end()) continue;
    if (card.front_guard != 0 || card.back_guard != 0) return card.x_of(offset);
    for (const Column& column : columns)
      if (column.offset <= offset && offset < column.end())
        return column.x + static_cast<double>(offset - column.offset) * column.width /
                              static_cast<double>(column.size);
  }
  return width;
}

std::string listed_name(const Card& card) {
  const std::string name = card.block->name();
  return card.listed == 0 ? name : fmt::format("{}. {}", card.listed, name);
}

CardText card_text(const Card& card, const Story& story) {
  const bool leaked = story.op == Op::destroy;
  const Block& block = *card.block;
  CardText text{listed_name(card), size_text(block.size), "", ""};
  const Change* change = find_change(story, block.offset);
  if (block.quarantined) {
    text.extra = fmt::format("waits, no. {}", card.turn);
    text.brief = fmt::format("no. {}", card.turn);
  } else if (block.used && leaked) {
    text.extra = text.brief = "leaked";
  } else if (block.used && block.requested != block.size) {
    text.extra = size_number(block.requested) + " asked";
    text.brief = "(" + size_number(block.requested) + ")";
  } else if (change != nullptr && change->mark == Mark::coalesced) {
    text.extra = text.brief = parts_text(change->parts);
  } else if (change != nullptr && change->mark == Mark::rest && change->was_size != 0) {
    text.extra = text.brief = "was " + size_number(change->was_size);
  }
  return text;
}

std::vector<u64> focus(const Frame& frame, const Story& story) {
  constexpr std::size_t most = 12;
  const Model& model = frame.after;
  std::vector<u64> offsets;
  const auto add = [&](const Block* block) {
    if (block != nullptr && offsets.size() < most &&
        std::ranges::find(offsets, block->offset) == offsets.end())
      offsets.push_back(block->offset);
  };
  for (const OwnedEvent& event : frame.events)
    if (event->kind == POOL_EVENT_MISUSE && event->as.misuse.offset != POOL_NONE)
      add(model.containing(event->as.misuse.offset));
  for (const auto& [offset, change] : story.changes)
    if (change.mark != Mark::written) add(model.at(offset));
  for (const auto& [offset, change] : story.changes) add(model.at(offset));
  if (story.op == Op::alloc_fail || story.op == Op::realloc_fail) {
    const u64 largest = model.largest_free();
    for (const auto& [offset, block] : model.blocks())
      if (!block.used && block.size == largest) add(&block);
  }
  for (const auto& [offset, block] : model.blocks()) {
    const bool leaked = model.destroyed && block.lives();
    if (leaked || (!block.lives() && model.stain_in(offset, block.size) != nullptr) ||
        block.front().damaged != 0 || block.back().damaged != 0)
      add(&block);
  }
  return offsets;
}

std::vector<Column> choose_columns(const std::vector<const Model*>& models,
                                   const std::vector<u64>& focus, std::size_t most) {
  Pieces pieces = pieces_of(models);
  if (pieces.empty()) return {};
  if (models.size() > 1) {
    const std::set<u64> about(focus.begin(), focus.end());
    for (Piece& piece : pieces) piece.may_fold = piece.may_fold && !about.contains(piece.offset);
  }
  std::vector<Column> columns;
  const auto add = [&](std::size_t from, std::size_t to) {
    const u64 end = to < pieces.size() ? pieces[to].offset : models.front()->capacity;
    columns.push_back({pieces[from].offset, end - pieces[from].offset, to - from > 1});
  };
  std::size_t next = 0;
  const std::set<std::size_t> kept = choose(pieces, focus, std::max(most, std::size_t{3}));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces.size() > most && !kept.contains(i)) continue;
    if (i != next) add(next, i);
    add(i, i + 1);
    next = i + 1;
  }
  return columns;
}

/// Where the free list is not in the order of the strip, cards say their place in it.
void add_places(const Model& model, Cards& strip) {
  if (model.list_in_address_order()) return;
  const std::vector<const Block*> list = model.free_list();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto card = std::ranges::lower_bound(strip.cards, list[i]->offset, {}, &Card::offset);
    if (card != strip.cards.end() && card->block == list[i] && card->is_free())
      card->listed = i + 1;
  }
}

Cards cards_on(const std::vector<Column>& columns, const Model& model) {
  Cards strip;
  strip.columns = columns;
  auto block = model.blocks().begin();
  for (const Column& column : columns) {
    if (block == model.blocks().end()) break;
    if (block->second.offset >= column.end()) continue;  // the last card reaches over it
    if (!column.fold) {
      strip.cards.push_back(block_card((block++)->second));
      continue;
    }
    strip.folded = true;
    Blocks folded;
    for (; block != model.blocks().end() && block->second.offset < column.end(); ++block)
      folded.push_back(&block->second);
    strip.cards.push_back(fold_card(folded));
  }
  add_quarantine(model, strip);
  add_places(model, strip);
  if (const u64 told = told_end(model); !columns.empty() && told < model.capacity) {
    Card card;
    card.kind = Card::Kind::untold;
    card.offset = told;
    card.size = model.capacity - told;
    strip.cards.push_back(card);
  }
  return strip;
}

}  // namespace mempool::viz::dot
