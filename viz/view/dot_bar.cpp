// Bars: the whole region to one scale, with the strip's edges, before and after the call; the sums.
//
//     before |G #1 G|/ f8 ////////////////|
//     after  |G #1 G|G #17 G|/ f8 ////////|
//            0     256     512     768    1024
//
// Up to a few blocks a bar is made of blocks. With more, it is a raster: each column is as dark as
// its share of used bytes is large, so a million blocks cost what a hundred do.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr int column_width = 2;  // of a raster

struct Bar {
  const Picture& p;
  const Model& model;
  int height;
  std::string cells;

  [[nodiscard]] int x(u64 offset) const {
    const double share = static_cast<double>(offset) / static_cast<double>(model.capacity);
    return static_cast<int>(std::lround(share * p.strip.width));
  }
  void add(int width, std::string_view fill, std::string_view content = "") {
    if (width <= 0) return;
    // An empty cell may be held to its size; one with text is left to grow rather than to warn.
    cells +=
        fmt::format("<TD {}WIDTH=\"{}\" HEIGHT=\"{}\" BGCOLOR=\"{}\">{}</TD>",
                    content.empty() ? "FIXEDSIZE=\"TRUE\" " : "", width, height, fill, content);
  }
};

/// The name in the middle, as far as there is room; free bytes are hatched around it.
std::string segment_text(const Picture& p, const Block& block, int width) {
  const int size = p.style.tiny;
  const double name_width = text_width(block.name(), size, true);
  const bool named = name_width + 3 <= width;
  std::string text = named ? p.say(block.name(), size, "", true) : "";
  if (block.lives()) return text;
  const int hatch = size - 1;
  const double room = named ? (width - name_width - 4) / 2 : width - 2;
  const std::string strokes =
      block.quarantined
          ? p.say(hatching(room * 0.8, hatch, ':'), hatch, colour::quarantine_edge, true)
          : p.say(hatching(room, hatch), hatch, colour::free_edge);
  return named ? strokes + text + strokes : strokes;
}

/// The guard as this call knows it: a check may find damage in a block that is then freed.
bool known_damaged(const Picture& p, const Guard& guard) {
  if (guard.damaged != 0) return true;
  return std::ranges::any_of(p.frame.events, [&](const OwnedEvent& event) {
    return event->kind == POOL_EVENT_GUARD_CHECK && event->as.guard_check.damaged != 0 &&
           event->as.guard_check.offset == guard.offset;
  });
}

/// A free block, and where in it somebody wrote.
void add_stained(Bar& bar, const Block& block, const Damage& stain, int from, int right) {
  constexpr int least = 3;
  const std::string_view fill = block.quarantined ? colour::quarantine : colour::white;
  const int begin = std::clamp(bar.x(stain.first), from, std::max(from, right - least));
  const int wanted = std::max(bar.x(stain.first + stain.damaged) - begin, least);
  const int end = std::min(begin + wanted, std::max(begin, right));
  const bool name_first = begin - from > right - end;
  const auto add = [&](int width, bool named) {
    bar.add(width, fill, named ? segment_text(bar.p, block, width) : "");
  };
  add(begin - from, name_first);
  bar.add(end - begin, colour::damage);
  add(right - end, !name_first);
}

void add_block(Bar& bar, const Block& block) {
  const int left = bar.x(block.offset), right = bar.x(block.end());
  const bool parted = block.offset != 0 && right - left >= 3;
  if (parted) bar.add(1, colour::black);
  const int from = left + (parted ? 1 : 0);
  const auto edge = [&](u64 offset) {
    return std::clamp(bar.x(offset), from, std::max(from, right));
  };
  const std::string_view fill = block.quarantined ? colour::quarantine
                                : block.used      ? colour::used
                                                  : colour::white;
  const auto add_guard = [&](const Guard& guard, int width) {
    const bool bad = known_damaged(bar.p, guard);
    const std::string_view letter = bad ? "✗" : "G";
    const bool lettered = text_width(letter, bar.p.style.tiny) + 1 <= width;
    bar.add(width, bad ? colour::damage : colour::guard,
            lettered ? bar.p.say(letter, bar.p.style.tiny) : "");
  };
  const int payload = block.front().size == 0 ? from : edge(block.payload);
  const int payload_end = block.back().size == 0 ? right : edge(block.payload_end());
  add_guard(block.front(), payload - from);
  const Damage* stain = block.lives() ? nullptr : bar.model.stain_in(block.offset, block.size);
  if (stain != nullptr) return add_stained(bar, block, *stain, from, right);
  const int middle = std::max(payload, payload_end) - payload;
  bar.add(middle, fill, segment_text(bar.p, block, middle));
  add_guard(block.back(), right - std::max(payload, payload_end));
}

/// Every block; what a snapshot has not told yet is grey.
void add_blocks(Bar& bar) {
  u64 told = 0;
  for (const auto& [offset, block] : bar.model.blocks()) {
    add_block(bar, block);
    told = block.end();
  }
  bar.add(bar.p.strip.width - bar.x(told), colour::fold);
}

struct Column {
  double used = 0;
  bool damaged = false;
  bool operator==(const Column&) const = default;
};

void spread(std::vector<Column>& columns, const Block& block, double columns_per_byte) {
  const double from = static_cast<double>(block.offset) * columns_per_byte;
  const double to = static_cast<double>(block.end()) * columns_per_byte;
  const std::size_t last = columns.size() - 1;
  for (auto i = std::min(static_cast<std::size_t>(from), last);
       i <= last && static_cast<double>(i) < to; ++i) {
    const double low = std::max(from, static_cast<double>(i));
    const double high = std::min(to, static_cast<double>(i + 1));
    columns[i].used += std::max(0.0, high - low);
    columns[i].damaged = columns[i].damaged || damaged(block);
  }
}

std::string_view shade(const Column& column) {
  if (column.damaged) return colour::damage;
  constexpr std::string_view shades[] = {colour::white, colour::little_used, colour::half_used,
                                         colour::mostly_used, colour::used};
  const double used =
      column.used > 0.995 ? 4 : std::clamp(std::ceil(column.used * 4 - 0.02), 0.0, 3.0);
  return shades[static_cast<std::size_t>(used)];
}

void add_raster(Bar& bar) {
  const int count = bar.p.strip.width / column_width;
  std::vector<Column> columns(static_cast<std::size_t>(count));
  const double per_byte = count / static_cast<double>(bar.model.capacity);
  for (const auto& [offset, block] : bar.model.blocks())
    if (block.lives()) spread(columns, block, per_byte);
  int from = 0;
  for (int i = 1; i <= count; ++i) {
    const auto column = [&](int at) { return shade(columns[static_cast<std::size_t>(at)]); };
    if (i < count && column(i) == column(from)) continue;
    const int right = i == count ? bar.p.strip.width : i * column_width;
    bar.add(right - from * column_width, column(from));
    from = i;
  }
}

void draw_bar(Picture& p, const Model& model, const std::string& name, std::string_view title) {
  const int height = p.style.tiny + 9;
  Bar bar{p, model, height, ""};
  if (model.blocks().size() <= most_bar_blocks)
    add_blocks(bar);
  else
    add_raster(bar);
  p.canvas.text(name + "_title", {0, p.y, p.left() - 10, height}, "RIGHT",
                p.say(title, p.style.small));
  p.canvas.table(name, {p.left() - 1, p.y - 1, p.strip.width + 2, height + 2},
                 {fmt::format("BORDER=\"1\" COLOR=\"{}\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
                              "CELLPADDING=\"0\"",
                              colour::black),
                  "<TR>" + bar.cells + "</TR>"});
  p.y += height + 6;
}

/// A round distance between ticks: a power of two where the radix or the capacity is one.
u64 tick_distance(u64 capacity, Radix radix, u64 most) {
  if (radix == Radix::hex || is_power_of_two(capacity)) {
    u64 distance = 1;
    while (capacity / distance > most) distance *= 2;
    return distance;
  }
  u64 ten = 1;
  while (capacity / ten > 10 * most) ten *= 10;
  for (const u64 times : {1, 2, 5})
    if (capacity / (ten * times) <= most) return ten * times;
  return ten * 10;
}

/// A ruler: each tick is the left edge of a cell, its offset stands beside it.
void draw_axis(Picture& p) {
  const u64 capacity = p.model().capacity;
  const int size = p.style.small, height = size + 6, tick = 2;
  const double widest = text_width(offset_text(capacity, p.options.radix), size) + 24;
  const auto most = static_cast<u64>(std::clamp(p.strip.width / widest, 1.0, 8.0));
  const u64 distance = tick_distance(capacity, p.options.radix, most);
  const auto x = [&](u64 offset) {
    const double share = static_cast<double>(offset) / static_cast<double>(capacity);
    return static_cast<int>(std::lround(share * p.strip.width));
  };
  std::string cells;
  const auto add = [&](u64 offset, int width, bool named) {
    const std::string text = named ? p.say(offset_text(offset, p.options.radix)) : "";
    cells += cell(width, height, R"(ALIGN="LEFT" VALIGN="BOTTOM" BORDER="1" SIDES="L")", text);
  };
  for (u64 offset = 0; offset < capacity;) {
    const bool last = capacity - offset <= distance;
    const int width = x(last ? capacity : offset + distance) - x(offset);
    add(offset, width, !last || width >= widest);
    offset = last ? capacity : offset + distance;
  }
  add(capacity, p.right(), true);
  p.canvas.table("axis", {p.left(), p.y - tick, p.strip.width + p.right(), height},
                 {R"(BORDER="0" CELLSPACING="0" CELLPADDING="2")", "<TR>" + cells + "</TR>"});
  p.y += height - tick;
}

/// Only what changes blocks has a before; an overwritten byte moves no edge.
bool has_before(const Picture& p) {
  if (p.frame.before.blocks().empty() || p.frame.before.capacity != p.model().capacity)
    return false;
  return std::ranges::any_of(p.story.changes, [](const auto& change) {
    return change.second.mark != Mark::written && change.second.mark != Mark::found_damaged;
  });
}

}  // namespace

void draw_bars(Picture& p) {
  if (p.bars == 0) return;
  p.y += p.slide() ? 8 : 14;
  if (p.blank()) {
    if (!has_before(p)) return;
    draw_bar(p, p.frame.before, "bar_before", "before");
  } else if (p.bars == 2 && has_before(p)) {
    draw_bar(p, p.frame.before, "bar_before", "before");
    draw_bar(p, p.model(), "bar", "after");
  } else {
    draw_bar(p, p.model(), "bar", "to scale");
  }
  draw_axis(p);
}

void draw_sums(Picture& p) {
  const int size = p.slide() ? p.style.small : p.style.text;
  p.y += p.slide() ? 4 : 6;
  std::vector<std::string> sums{sum_of_bytes(p.model()), sum_of_fragmentation(p.model())};
  if (p.blank_sizes())
    sums = {fmt::format("{} B = used _____ + free _____", p.model().capacity),
            "external fragmentation = 1 - _____ / _____ = _____ %"};
  const Model& model = p.model();
  if (model.leaked_blocks != 0)
    sums.push_back(fmt::format("leaked: {}, {} asked for", count_text(model.leaked_blocks, "block"),
                               count_text(model.leaked_bytes, "byte")));
  constexpr std::size_t most_damages = 3;
  const std::size_t shown = p.slide() ? 0 : std::min(most_damages, model.damages.size());
  for (const Damage& damage : std::span(model.damages).last(shown))
    sums.push_back("✗ " + damage_text(damage, p.options.radix));
  if (shown != 0 && model.damaged_places > shown)
    sums.push_back(fmt::format("and {} before", count_text(model.damaged_places - shown, "place")));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    p.canvas.text(fmt::format("sum_{}", i), {p.left(), p.y, p.strip.width + p.right(), size + 6},
                  "LEFT", p.say(sums[i], size));
    p.y += size + 6;
  }
}

}  // namespace mempool::viz::dot
