// Words of the records: number, badge, what the search thought of it. See dot_records.hpp.
#include "view/dot_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace mempool::viz::dot {

namespace {

/// What the search thought of a block. A view into the trail and the ordinals beside it.
struct Searched {
  const Look* look = nullptr;
  u64 ordinal = 0;  // from 1; 0 = not looked at
};

/// Looks at blocks that start in [from, to): indices into the trail, which is in address order.
struct Range {
  std::size_t begin, end;
};
Range looks_in(const Picture& p, u64 from, u64 to) {
  const auto index = [&](u64 offset) {
    const auto it = std::ranges::lower_bound(p.story.trail, offset, {}, &Look::offset);
    return static_cast<std::size_t>(it - p.story.trail.begin());
  };
  return {index(from), index(to)};
}

Searched searched(const Picture& p, std::size_t index) {
  return {&p.story.trail[index], p.ordinals[index]};
}

/// A free block as the search found it: perhaps larger, before its low part was taken.
std::optional<Searched> find_look(const Picture& p, const Block& block) {
  const std::size_t behind = looks_in(p, 0, block.offset + 1).end;
  if (behind == 0 || p.story.trail[behind - 1].number != block.number) return std::nullopt;
  return searched(p, behind - 1);
}

/// "look 3" and "160 ≥ 72 ✓", or what it lacks.
void add_verdict(const Picture& p, const Searched& found, std::vector<Line>& lines) {
  const int size = p.style.small;
  const Look& look = *found.look;
  const std::string needed = size_number(p.story.needed), has = size_number(look.size);
  const bool failed = p.story.op == Op::alloc_fail || p.story.op == Op::realloc_fail;
  if (found.ordinal != 0 && !failed) lines.push_back({fmt::format("look {}", found.ordinal), size});
  switch (look.verdict) {
    case Verdict::too_small:
      lines.push_back({fmt::format("{} < {} ✗", has, needed), size});
      if (failed) lines.push_back({size_number(look.shortfall) + " short", size});
      break;
    case Verdict::taken:
      lines.push_back({fmt::format("{} ≥ {} ✓", has, needed), size, "", true});
      break;
    case Verdict::passed: lines.push_back({fmt::format("{} ≥ {} fits", has, needed), size}); break;
    case Verdict::not_looked_at: lines.push_back({"not looked at", size, colour::grey}); break;
  }
}

Record record_of(const Picture& p, const Card& card) {
  Record record;
  record.card = &card;
  record.name = "list_" + p.id(card);
  Line name{card.block->name(), p.style.text, "", true};
  if (const Change* change = p.change(card.offset)) {
    record.kind = Record::Kind::changed;
    const std::string_view word = badge(change->mark);
    if (!word.empty()) name.text += " " + std::string(word);
    if (change->mark == Mark::resized)
      record.lines.push_back({"was " + size_number(change->was_size), p.style.small});
  }
  record.lines.insert(record.lines.begin(), name);
  return record;
}

/// A block that the search looked at and that the list holds no more: taken whole, or coalesced.
Record left_record(const Picture& p, const Card& card, const Searched& found) {
  Record record;
  record.kind = Record::Kind::left;
  record.card = &card;
  record.name = fmt::format("left_f{}", found.look->number);
  record.lines.push_back(
      {fmt::format("f{}", found.look->number), p.style.text, colour::grey, true});
  add_verdict(p, found, record.lines);
  record.lines.push_back({"left the list", p.style.small, colour::grey});
  return record;
}

/// "looks 1 to 60", "all < 92 ✗": the search in a fold.
void add_fold_verdict(const Picture& p, const Card& card, std::vector<Line>& lines) {
  const int size = p.style.small;
  const Range range = looks_in(p, card.offset, card.end());
  const u64 in_fold = range.end - range.begin;
  u64 looked_at = 0, fit = 0, first = u64_max, last = 0;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    fit += p.story.trail[i].shortfall == 0;
    const u64 ordinal = p.ordinals[i];
    if (ordinal == 0) continue;
    ++looked_at;
    first = std::min(first, ordinal);
    last = std::max(last, ordinal);
  }
  if (in_fold == 0) return;
  if (looked_at == 0) {
    lines.push_back({"not looked at", size, colour::grey});
  } else {
    lines.push_back({last - first + 1 != looked_at ? fmt::format("{} looked at", looked_at)
                     : first == last               ? fmt::format("look {}", first)
                                                   : fmt::format("looks {} to {}", first, last),
                     size});
  }
  lines.push_back({fit == 0 ? fmt::format("all < {} ✗", size_number(p.story.needed))
                            : fmt::format("{} of {} fit", fit, in_fold),
                   size});
}

Record fold_record(const Picture& p, const Card& card, u64 count, std::string_view list) {
  Record record;
  record.kind = Record::Kind::fold;
  record.card = &card;
  record.name = fmt::format("list_{}_{}", list, p.id(card));
  record.lines.push_back({fmt::format("⋯ {} more ⋯", count), p.style.small, "", true});
  return record;
}

bool still_listed(const Model& after, const Look& look) {
  for (const u64 at : {look.offset, look.offset + look.size - 1}) {
    const Block* block = after.containing(at);
    if (block != nullptr && !block->used && block->number == look.number) return true;
  }
  return false;
}

/// Searched blocks that began in this card and are in the list no more.
void add_left(const Picture& p, const Card& card, std::vector<Record>& records) {
  const Range range = looks_in(p, card.offset, card.end());
  for (std::size_t i = range.begin; i < range.end; ++i)
    if (!still_listed(p.model(), p.story.trail[i]))
      records.push_back(left_record(p, card, searched(p, i)));
}

}  // namespace

int Record::width() const {
  double widest = 0;
  for (const Line& line : lines)
    widest = std::max(widest, text_width(line.text, line.size, line.bold));
  return static_cast<int>(std::ceil(widest)) + 16;
}

int Record::height() const {
  double height = 0;
  for (const Line& line : lines) height += 1.25 * line.size;
  return static_cast<int>(std::ceil(height)) + 10;
}

/// A walk goes along the list; next fit starts at its cursor and goes round.
std::vector<u64> look_ordinals(const Frame& frame, const Story& story) {
  const std::vector<Look>& trail = story.trail;
  std::vector<u64> ordinals(trail.size());
  if (story.looked_at == 0) return ordinals;
  const Model& before = frame.before;
  std::size_t start = 0;
  if (before.policy == POOL_NEXT && before.cursor != POOL_NONE) {
    const auto it = std::ranges::find_if(
        trail, [&](const Look& look) { return look.offset + look.size > before.cursor; });
    if (it != trail.end()) start = static_cast<std::size_t>(it - trail.begin());
  }
  u64 ordinal = 0;
  for (std::size_t i = 0; i < trail.size(); ++i) {
    const std::size_t index = (start + i) % trail.size();
    if (trail[index].verdict != Verdict::not_looked_at) ordinals[index] = ++ordinal;
  }
  return ordinals;
}

std::vector<Record> free_records(const Picture& p) {
  std::vector<Record> records;
  for (const Card& card : p.strip.cards) {
    if (card.kind == Card::Kind::fold && card.free_blocks != 0) {
      records.push_back(fold_record(p, card, card.free_blocks, "free"));
      add_fold_verdict(p, card, records.back().lines);
    }
    if (card.kind != Card::Kind::block) continue;
    if (card.is_free()) {
      records.push_back(record_of(p, card));
      if (const auto found = find_look(p, *card.block))
        add_verdict(p, *found, records.back().lines);
    }
    add_left(p, card, records);
  }
  return records;
}

std::vector<Record> used_records(const Picture& p) {
  std::vector<Record> records;
  for (const Card& card : p.strip.cards) {
    if (card.kind == Card::Kind::fold && card.used_blocks != 0)
      records.push_back(fold_record(p, card, card.used_blocks, "used"));
    if (!card.used()) continue;
    Record record = record_of(p, card);
    const int size = p.style.small;
    if (damaged(*card.block)) record.lines.push_back({"guard ✗", size, "", true});
    if (p.model().destroyed) record.lines.push_back({"LEAKED", size, "", true});
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace mempool::viz::dot
