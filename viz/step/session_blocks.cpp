// Looking at blocks: the map, the lists, the sizes, one block. See session.hpp.
// Long lists are folded around what the call changed; `all` unfolds them.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "step/session.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

constexpr std::size_t most_blocks = 40;  // of a list; `all` shows the rest

/// Where a block lies in the region, in so many columns: "   ####      ".
std::string bar_of(const Block& block, u64 capacity, std::size_t columns) {
  const auto column = [&](u64 offset) {
    const auto share = static_cast<long double>(offset) / static_cast<long double>(capacity);
    return static_cast<std::size_t>(share * static_cast<long double>(columns));
  };
  const std::size_t first = std::min(column(block.offset), columns - 1);
  const std::size_t last = std::clamp(column(block.end()), first + 1, columns);
  const char sign = block.quarantined ? 'q' : block.used ? '#' : '.';
  std::string bar(columns, ' ');
  std::fill(bar.begin() + static_cast<std::ptrdiff_t>(first),
            bar.begin() + static_cast<std::ptrdiff_t>(last), sign);
  return bar;
}

std::string damage_remark(const Block& block, const Model& model) {
  if (block.front().damaged + block.back().damaged != 0) return "guard DAMAGED";
  if (!block.lives() && model.stain_in(block.offset, block.size) != nullptr)
    return "WRITTEN AFTER FREE";
  return "";
}

/// How a change of this call shows in a list.
const char* mark_text(Mark mark) {
  switch (mark) {
    case Mark::fresh: return "new";
    case Mark::moved: return "moved here";
    case Mark::rest: return "rest";
    case Mark::gap: return "gap in front";
    case Mark::freed: return "freed";
    case Mark::quarantined: return "freed";
    case Mark::coalesced: return "coalesced";
    case Mark::resized: return "resized";
    case Mark::written: return "written to";
    case Mark::found_damaged: return "damage found";
  }
  return "";
}

std::string remark(const Block& block, const Story& story, const Model& model) {
  const auto change = story.changes.find(block.offset);
  std::string text = change == story.changes.end() ? "" : mark_text(change->second.mark);
  const std::string damage = damage_remark(block, model);
  if (!damage.empty()) text += (text.empty() ? "" : ", ") + damage;
  return text;
}

/// Calls row(i) for what is shown of so many entries, and skipped(first, last) for what is not.
template <class RowOf, class Skipped>
void each_shown(const std::vector<bool>& shown, RowOf row, Skipped skipped) {
  for (std::size_t i = 0; i < shown.size();) {
    if (shown[i]) {
      row(i++);
      continue;
    }
    const std::size_t first = i;
    while (i < shown.size() && !shown[i]) ++i;
    skipped(first, i);
  }
}

}  // namespace

Answer Session::map(std::string_view arguments) {
  const Model& model = frame().after;
  std::vector<const Block*> blocks;
  for (const auto& [offset, block] : model.blocks()) blocks.push_back(&block);
  if (blocks.empty()) return good_answer("there are no blocks");
  const std::size_t most = arguments == "all" ? blocks.size() : most_blocks;
  const std::vector<bool> shown = excerpt(blocks.size(), most, [&](std::size_t i) {
    return !remark(*blocks[i], story_, model).empty();
  });
  const std::size_t columns = std::clamp<std::size_t>(look_.page, 56, 120) - 40;
  Table table("rlrll");
  each_shown(
      shown,
      [&](std::size_t i) {
        const Block& block = *blocks[i];
        table.row(
            {at(block.offset), block.name(), fmt::format("{} B", block.size),
             "|" + bar_of(block, model.capacity, columns) + "|", remark(block, story_, model)},
            story_.changes.contains(block.offset));
      },
      [&](std::size_t first, std::size_t last) {
        table.line(fmt::format("... {} more, {} to {}; map all shows them", last - first,
                               at(blocks[first]->offset), at(blocks[last - 1]->end())));
      });
  std::string text;
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

Answer Session::list(std::string_view arguments) {
  const std::string_view which = take_word(arguments);
  const auto is = [&](std::string_view word) { return !which.empty() && word.starts_with(which); };
  const Model& model = frame().after;
  std::vector<const Block*> blocks;
  if (is("quarantine")) {
    blocks = model.in_quarantine();
  } else if (is("free") || is("used")) {
    for (const auto& [offset, block] : model.blocks())
      if (is("used") ? block.lives() : !block.used) blocks.push_back(&block);
  } else {
    return bad_answer("free, used or quarantine is expected: list free");
  }
  u64 bytes = 0, largest = 0;
  for (const Block* block : blocks) {
    bytes += block->size;
    largest = std::max(largest, block->size);
  }
  std::string text =
      fmt::format("{} list: {}, {} B{}\n",
                  is("free")   ? "free"
                  : is("used") ? "used"
                               : "quarantine",
                  count_text(blocks.size(), "block"), bytes,
                  is("free") && !blocks.empty() ? fmt::format(", largest {} B", largest) : "");
  const std::vector<bool> shown =
      excerpt(blocks.size(), arguments == "all" ? blocks.size() : most_blocks,
              [&](std::size_t i) { return story_.changes.contains(blocks[i]->offset); });
  Table table("lrll");
  each_shown(
      shown,
      [&](std::size_t i) {
        const Block& block = *blocks[i];
        const std::string payload =
            block.lives() ? fmt::format("{} asked for  ", block.requested) : "";
        table.row({block.name(), fmt::format("{} B", block.size), "at " + at(block.offset),
                   payload + remark(block, story_, model)},
                  story_.changes.contains(block.offset));
      },
      [&](std::size_t first, std::size_t last) {
        table.line(fmt::format("... {} more; list {} all shows them", last - first, which));
      });
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

/// The free blocks by size, a class an octave, with a bar a class.
Answer Session::bins(std::string_view) {
  struct Bin {
    u64 count = 0, bytes = 0;
  };
  std::map<int, Bin> bins;
  u64 most = 0;
  for (const auto& [offset, block] : frame().after.blocks()) {
    if (block.used) continue;
    Bin& bin = bins[std::bit_width(block.size)];
    ++bin.count;
    bin.bytes += block.size;
    most = std::max(most, bin.count);
  }
  if (bins.empty()) return good_answer("nothing is free");
  Table table("rrrl");
  table.row({"sizes", "blocks", "bytes", ""});
  for (const auto& [width, bin] : bins) {
    const u64 low = width == 0 ? 0 : u64{1} << (width - 1);
    const u64 high = width == 64 ? u64_max : (u64{1} << width) - 1;
    const std::size_t length =
        std::max<std::size_t>(1, static_cast<std::size_t>(30.0 * static_cast<double>(bin.count) /
                                                          static_cast<double>(most)));
    const bool needed = story_.needed != POOL_NONE && low <= story_.needed && story_.needed <= high;
    table.row(
        {fmt::format("{} to {}", low, high), std::to_string(bin.count),
         fmt::format("{} B", bin.bytes),
         std::string(length, '#') + (needed ? fmt::format("  {} needed", story_.needed) : "")});
  }
  std::string text;
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

Answer Session::block(std::string_view arguments) {
  const bool free = arguments.starts_with('f');
  const std::optional<u64> number =
      free ? whole_number(arguments.substr(1)) : block_number(arguments);
  if (!number) return bad_answer("the name of a block is expected: block #2, block f1");
  const Model& model = frame().after;
  const Block* found = free ? nullptr : model.live(*number);
  for (const auto& [offset, block] : model.blocks())
    if (found == nullptr && block.number == *number && (free ? !block.used : block.quarantined))
      found = &block;
  if (found == nullptr)
    return bad_answer(fmt::format("there is no block {}{} at this moment{}", free ? "f" : "#",
                                  *number, free ? "" : "; who tells of one that is gone"));
  const Block& block = *found;
  std::string text = fmt::format("{}: {} B at {}, up to {}\n", block.name(), block.size,
                                 at(block.offset), at(block.end()));
  Table table("ll");
  table.row({"state", !block.used ? "free"
                      : block.quarantined
                          ? fmt::format("freed at call {}, in quarantine", block.call)
                          : "live"});
  table.row({"since", fmt::format("call {}", block.call)});
  if (block.lives()) {
    table.row(
        {"payload", fmt::format("{} B asked for, at {}", block.requested, at(block.payload))});
    for (const Guard* guard : {&block.front(), &block.back()})
      if (guard->size != 0)
        table.row({guard == &block.front() ? "front guard" : "back guard",
                   fmt::format("{} B at {}, {}", guard->size, at(guard->offset),
                               guard->damaged == 0
                                   ? "intact as far as is known"
                                   : fmt::format("{} DAMAGED, the first at {}; {}", guard->damaged,
                                                 at(guard->first),
                                                 window_text(guard->good_call, guard->bad_call)))});
    const std::string site = site_text(model, block.number);
    if (!site.empty()) table.row({"asked for", "at " + site});
  }
  const std::string says = remark(block, story_, model);
  if (!says.empty()) table.row({"this call", says});
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

}  // namespace mempool::viz::step
