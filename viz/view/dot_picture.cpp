// Picture: words, names and seats that several parts use.
#include "view/dot_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mempool::viz::dot {

std::string Picture::say(std::string_view text, int size, std::string_view colour,
                         bool bold) const {
  if (text.empty()) return "";  // Graphviz refuses empty elements
  std::string markup = say(text);
  if (bold) markup = "<B>" + markup + "</B>";
  if (size == style.small && colour.empty()) return markup;  // the nodes' own size
  const std::string dyed = colour.empty() ? "" : fmt::format(" COLOR=\"{}\"", colour);
  return fmt::format("<FONT POINT-SIZE=\"{}\"{}>{}</FONT>", size, dyed, markup);
}

std::string Picture::at(u64 offset) const {
  const std::vector<std::string> lines = offset_lines(offset);
  return lines.size() == 1 ? lines[0] : fmt::format("{} ({})", lines[0], lines[1]);
}

std::vector<std::string> Picture::offset_lines(u64 offset) const {
  std::vector<std::string> lines{offset_text(offset, options.radix)};
  const Radix other = options.radix == Radix::dec ? Radix::hex : Radix::dec;
  if (options.both_radices) lines.push_back(offset_text(offset, other));
  return lines;
}

int Picture::offset_width(u64 offset) const {
  double widest = 0;
  for (const std::string& line : offset_lines(offset))
    widest = std::max(widest, text_width(line, style.small));
  return static_cast<int>(std::ceil(widest)) + 4;
}

int Picture::left() const {
  const double size = text_width(size_text(model().capacity), style.small);
  return std::max(style.left, static_cast<int>(std::ceil(size)) + 14);
}

int Picture::x_of(u64 offset) const {
  return left() + static_cast<int>(std::lround(strip.x_of(offset)));
}

const Change* Picture::change(u64 offset) const {
  const auto it = story.changes.find(offset);
  return it == story.changes.end() ? nullptr : &it->second;
}

std::string_view badge(Mark mark) {
  switch (mark) {
    case Mark::fresh: return "NEW";
    case Mark::moved: return "MOVED";
    case Mark::rest: return "REST";
    case Mark::gap: return "GAP";
    case Mark::freed:
    case Mark::quarantined: return "FREED";
    case Mark::coalesced: return "COALESCED";
    case Mark::resized: return "RESIZED";
    case Mark::written: return "WRITTEN";
    case Mark::found_damaged: return "";  // the guard itself says so
  }
  return "";
}

bool damaged(const Block& block) {
  return block.front().damaged != 0 || block.back().damaged != 0;
}

std::string Picture::id(const Block& block) const {
  if (!block.used) return fmt::format("f{}", block.number);
  if (block.quarantined) return fmt::format("q{}_at_{}", block.number, block.offset);
  const Block* owner = model().live(block.number);
  const bool moved = owner == nullptr || owner->offset != block.offset;
  return moved ? fmt::format("b{}_at_{}", block.number, block.offset)
               : fmt::format("b{}", block.number);
}

std::string Picture::id(const Card& card) const {
  if (card.kind == Card::Kind::untold) return "untold";
  return (card.kind == Card::Kind::fold ? "fold_" : "") + id(*card.block);
}

std::string link(const Picture& picture, const Block& block) {
  const std::string use =
      block.quarantined ? fmt::format("in quarantine, freed at call {}", block.call)
      : block.used      ? fmt::format("used, {} asked for", count_text(block.requested, "byte"))
                        : "free";
  const bool stained =
      !block.lives() && picture.model().stain_in(block.offset, block.size) != nullptr;
  return fmt::format("HREF=\"#{}\" TITLE=\"{}: {}, {} to {}, {}{}\"", picture.id(block),
                     picture.say(block.name()), use, picture.at(block.offset),
                     picture.at(block.end()), count_text(block.size, "byte"),
                     damaged(block) ? ", guard damaged"
                     : stained      ? ", written after free"
                                    : "");
}

std::string link(const Picture& picture, const Card& fold) {
  return fmt::format(
      "HREF=\"#{}\" TITLE=\"{} to {}: {}, {} used with {}, {} free with {}{}, {} to {}\"",
      picture.id(fold), fold.block->name(), fold.last->name(),
      count_text(fold.used_blocks + fold.free_blocks + fold.waiting_blocks, "block"),
      fold.used_blocks, count_text(fold.used_bytes, "byte"), fold.free_blocks,
      count_text(fold.free_bytes, "byte"),
      fold.waiting_blocks == 0 ? "" : fmt::format(", {} in quarantine", fold.waiting_blocks),
      picture.at(fold.offset), picture.at(fold.end()));
}

/// Boxes that want the same place form a group, which lies where its members want to be on average.
void seat(std::vector<Seat>& row, int gap, int left, int right) {
  struct Group {
    double sum = 0;  // of what its members want its left edge to be
    std::size_t count = 0;
    double width = 0;
    [[nodiscard]] double x() const { return sum / static_cast<double>(count); }
  };
  std::vector<Group> groups;
  double total = 0;
  for (const Seat& box : row) total += box.width + gap;
  for (const Seat& box : row) {
    groups.push_back({box.wanted - box.width / 2.0, 1, static_cast<double>(box.width + gap)});
    while (groups.size() > 1 &&
           groups[groups.size() - 2].x() + groups[groups.size() - 2].width > groups.back().x()) {
      const Group later = groups.back();
      groups.pop_back();
      Group& group = groups.back();
      group.sum += later.sum - static_cast<double>(later.count) * group.width;
      group.count += later.count;
      group.width += later.width;
    }
  }
  double from = left, behind = total;
  std::size_t next = 0;
  for (const Group& group : groups) {
    double x = std::max(from, std::min(group.x(), right + gap - behind));
    from = x + group.width;
    behind -= group.width;
    for (std::size_t i = 0; i < group.count; ++i) {
      Seat& box = row[next++];
      box.x = static_cast<int>(std::lround(x));
      x += box.width + gap;
    }
  }
}

}  // namespace mempool::viz::dot
