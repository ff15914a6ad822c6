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

std::set<std::size_t> choose(const Blocks& blocks, const std::vector<u64>& focus,
                             std::size_t most) {
  const auto index_of = [&](u64 offset) {
    const auto it = std::ranges::lower_bound(blocks, offset, {}, &Block::offset);
    return static_cast<std::size_t>(it - blocks.begin());
  };
  std::set<std::size_t> kept{0, blocks.size() - 1};
  for (const u64 offset : focus) keep(kept, index_of(offset), most);
  for (std::size_t far = 1; far <= 3; ++far) {
    for (std::size_t i = 0; i < std::min<std::size_t>(focus.size(), 4); ++i) {
      const std::size_t index = index_of(focus[i]);
      if (!kept.contains(index)) continue;
      if (index >= far) keep(kept, index - far, most);
      if (index + far < blocks.size()) keep(kept, index + far, most);
    }
  }
  for (std::size_t i = 1; i < most && i < blocks.size(); ++i) {  // what room is left
    keep(kept, i, most);
    keep(kept, blocks.size() - 1 - i, most);
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

Card fold_card(const Blocks& blocks, std::size_t from, std::size_t to) {
  Card card = block_card(*blocks[from]);
  card.kind = Card::Kind::fold;
  card.last = blocks[to - 1];
  card.size = card.last->end() - card.offset;
  for (std::size_t i = from; i < to; ++i) {
    const Block& block = *blocks[i];
    if (block.quarantined) {
      ++card.waiting_blocks;
      continue;
    }
    ++(block.used ? card.used_blocks : card.free_blocks);
    (block.used ? card.used_bytes : card.free_bytes) += block.size;
  }
  return card;
}

Cards fold(const Blocks& blocks, const std::set<std::size_t>& kept) {
  Cards strip;
  std::size_t next = 0;
  for (const std::size_t index : kept) {
    if (index == next + 1) {
      strip.cards.push_back(block_card(*blocks[next]));
    } else if (index > next) {
      strip.cards.push_back(fold_card(blocks, next, index));
      strip.folded = true;
    }
    strip.cards.push_back(block_card(*blocks[index]));
    next = index + 1;
  }
  return strip;
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

double Cards::x_of(u64 offset) const {
  for (const Card& card : cards)
    if (card.offset <= offset && offset < card.end()) return card.x_of(offset);
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

Cards choose_cards(const Model& model, const Blocks& blocks, const std::vector<u64>& focus,
                   std::size_t most) {
  Cards strip;
  if (blocks.size() <= most)
    for (const Block* block : blocks) strip.cards.push_back(block_card(*block));
  else
    strip = fold(blocks, choose(blocks, focus, most));
  add_quarantine(model, strip);
  add_places(model, strip);
  const u64 told = blocks.empty() ? 0 : blocks.back()->end();
  if (told < model.capacity) {
    Card card;
    card.kind = Card::Kind::untold;
    card.offset = told;
    card.size = model.capacity - told;
    strip.cards.push_back(card);
  }
  return strip;
}

}  // namespace mempool::viz::dot
