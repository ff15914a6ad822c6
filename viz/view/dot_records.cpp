// Words of the records: number, badge, what the search thought of it. See dot_records.hpp.
#include "view/dot_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mempool::viz::dot {

namespace {

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

/// A free block as the search found it: perhaps larger, before its low part was taken.
const Look* find_look(const Picture& p, const Block& block) {
  const std::size_t behind = looks_in(p, 0, block.offset + 1).end;
  if (behind == 0 || p.story.trail[behind - 1].number != block.number) return nullptr;
  return &p.story.trail[behind - 1];
}

/// "160" against "72"; of an aligned block that is taken as it lies, "16 + 72" against "160".
std::string compared(const Picture& p, const Look& look) {
  const Story& story = p.story;
  if (!story.as_it_lies || look.size < story.needed) {
    const u64 least = story.as_it_lies ? story.needed : story.room;
    return fmt::format("{} {} {}", size_number(look.size), look.size < least ? "<" : "≥",
                       size_number(least));
  }
  const bool fits = look.size - story.needed >= look.gap;
  return fmt::format("{} + {} {} {}", size_number(look.gap), size_number(story.needed),
                     fits ? "≤" : ">", size_number(look.size));
}

/// "look 3" and "160 ≥ 72 ✓", or what it lacks.
void add_verdict(const Picture& p, const Look& look, std::vector<Line>& lines) {
  const int size = p.style.small;
  const bool failed = p.story.op == Op::alloc_fail || p.story.op == Op::realloc_fail;
  if (look.ordinal != 0 && !failed) lines.push_back({fmt::format("look {}", look.ordinal), size});
  switch (look.verdict) {
    case Verdict::too_small:
      lines.push_back({compared(p, look) + " ✗", size});
      if (failed) lines.push_back({size_number(look.shortfall) + " short", size});
      break;
    case Verdict::lies_wrong: lines.push_back({compared(p, look) + " ✗", size}); break;
    case Verdict::taken: lines.push_back({compared(p, look) + " ✓", size, "", true}); break;
    case Verdict::passed: lines.push_back({compared(p, look) + " fits", size}); break;
    case Verdict::not_looked_at: lines.push_back({"not looked at", size, colour::grey}); break;
  }
}

Record record_of(const Picture& p, const Card& card) {
  Record record;
  record.card = &card;
  record.name = "list_" + p.id(card);
  record.place = card.listed;
  Line name{listed_name(card), p.style.text, "", true};
  if (const Change* change = p.change(card.offset)) {
    record.kind = Record::Kind::changed;
    const std::string_view word = badge(change->mark);
    if (!word.empty()) name.text += " " + std::string(word);
    if (change->mark == Mark::resized && change->was_size != 0)
      record.lines.push_back({"was " + size_number(change->was_size), p.style.small});
  }
  record.lines.insert(record.lines.begin(), name);
  return record;
}

/// A block that the search looked at and that the list holds no more: taken whole, or coalesced.
Record left_record(const Picture& p, const Card& card, const Look& look) {
  Record record;
  record.kind = Record::Kind::left;
  record.card = &card;
  record.name = fmt::format("left_f{}", look.number);
  record.lines.push_back({fmt::format("f{}", look.number), p.style.text, colour::grey, true});
  add_verdict(p, look, record.lines);
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
    const u64 ordinal = p.story.trail[i].ordinal;
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
  const u64 least = p.story.as_it_lies ? p.story.needed : p.story.room;
  lines.push_back({fit == 0 ? fmt::format("all < {} ✗", size_number(least))
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
      records.push_back(left_record(p, card, p.story.trail[i]));
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
      if (const Look* look = find_look(p, *card.block)) add_verdict(p, *look, records.back().lines);
    }
    add_left(p, card, records);
  }
  // In the order of the list; what stands for no place in it comes last.
  if (!p.model().list_in_address_order())
    std::ranges::stable_sort(records, {}, [](const Record& r) { return r.place - 1; });
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
