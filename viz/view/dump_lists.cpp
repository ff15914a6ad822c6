// Dump lists: a line for every free and every used block, in address order; long lists are folded
// around what changed.
//
//     free  f8   off=0x0218 size=88   changed=rest was=160
//     used  #9   off=0x0270 size=64   payload=48   user=0x0278 guard=HIT
//     used  #9   back[0..2] first=0x02A8 want=AB got=58 good=31 bad=42
//     quar  #7q  off=0x02B0 size=48   freed=40
//     quar  #7q  written first=0x02B4 count=1 want=DD got=41 was=#7 good=40 bad=42
#include <algorithm>
#include <map>
#include <utility>

#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t most_entries = 64;  // of a list, unless folding is off

using Blocks = std::vector<const Block*>;

/// Columns of the lists, wide enough for every entry.
struct Widths {
  std::size_t name = 4;
  std::size_t free_size = 4, used_size = 4, payload = 4;
};

Widths widths_of(const Model& model) {
  const auto widen = [](std::size_t& width, std::string_view text) {
    width = std::max(width, text.size());
  };
  Widths widths;
  for (const auto& [offset, block] : model.blocks()) {
    widen(widths.name, block.name());
    widen(block.lives() ? widths.used_size : widths.free_size, std::to_string(block.size));
    widen(widths.payload, std::to_string(block.requested));
  }
  return widths;
}

std::string key_value(std::string_view key, const std::string& value) {
  return std::string(key) + "=" + value;
}

std::string offset_value(const DumpPage& page, std::string_view key, u64 at) {
  std::string text = key_value(key, page.offset(at));
  if (page.options.both_radices) text += "(" + std::to_string(at) + ")";
  return text;
}

bool is_damaged(const Model& model, const Block& block) {
  if (!block.lives()) return model.stain_in(block.offset, block.size) != nullptr;
  return block.front().damaged + block.back().damaged != 0;
}

std::string guard_state(const Model& model, const Block& block) {
  if (is_damaged(model, block)) return "HIT";
  if (block.front().size + block.back().size == 0) return "none";
  for (const Guard* guard : {&block.front(), &block.back()})
    if (guard->size != 0 && model.known_good(*guard) == POOL_NONE) return "?";
  return "ok";
}

/// Where a guard is damaged, counted from its first byte: "back[0..2]"; "back[0..]" when the log
/// does not tell how far it goes.
std::string damage_range(const Guard& guard, std::string_view side) {
  u64 bad = 0;
  u64 last = guard.first;
  for (u64 at = guard.first; at < guard.end(); ++at) {
    if (guard.byte(at).value_or(guard_byte) == guard_byte) continue;
    ++bad;
    last = at;
  }
  std::string range = std::to_string(guard.first - guard.offset);
  if (bad < guard.damaged)
    range += "..";
  else if (last > guard.first)
    range += ".." + std::to_string(last - guard.offset);
  return std::string(side) + "[" + range + "]";
}

void write_damage(const DumpPage& page, WordLine& line, const Guard& guard, std::string_view side) {
  if (guard.damaged == 0) return;
  line.next_line();
  line.word(damage_range(guard, side));
  line.word(offset_value(page, "first", guard.first));
  line.word(key_value("want", hex(guard_byte, 2)));
  if (guard.shown > 0) line.word(key_value("got", hex(guard.found[0], 2)));
  if (guard.good_call != POOL_NONE) line.word(key_value("good", std::to_string(guard.good_call)));
  if (guard.bad_call != POOL_NONE) line.word(key_value("bad", std::to_string(guard.bad_call)));
}

/// Bytes of free memory that are not as the pool left them.
void write_stain(const DumpPage& page, WordLine& line, const Block& block) {
  const Damage* stain = page.model.stain_in(block.offset, block.size);
  if (block.lives() || stain == nullptr) return;
  line.next_line();
  line.word("written");
  line.word(offset_value(page, "first", stain->first));
  line.word(key_value("count", std::to_string(stain->damaged)));
  line.word(key_value("want", hex(poison_byte, 2)));
  if (const Byte got = page.model.byte(stain->first); got.known)
    line.word(key_value("got", hex(got.value, 2)));
  if (stain->number != POOL_NONE) line.word("was=#" + std::to_string(stain->number));
  if (stain->good_call != POOL_NONE) line.word(key_value("good", std::to_string(stain->good_call)));
  line.word(key_value("bad", std::to_string(stain->bad_call)));
}

std::string join(const std::vector<u64>& numbers) {
  std::string text;
  for (const u64 number : numbers) text += (text.empty() ? "" : "+") + std::to_string(number);
  return text;
}

void write_change(const DumpPage& page, WordLine& line, const Block& block) {
  const auto found = page.story.changes.find(block.offset);
  if (found == page.story.changes.end()) return;
  const Change& change = found->second;
  switch (change.mark) {
    case Mark::fresh: line.word("changed=new"); break;
    case Mark::moved: line.word("changed=moved"); break;
    case Mark::rest: line.word("changed=rest"); break;
    case Mark::gap: line.word("changed=gap"); break;
    case Mark::freed: line.word("changed=freed"); break;
    case Mark::quarantined: line.word("changed=quarantined"); break;
    case Mark::coalesced: line.word("changed=coalesced"); break;
    case Mark::resized: line.word("changed=resized"); break;
    case Mark::written: line.word("changed=written"); break;
    case Mark::found_damaged: line.word("changed=hit"); break;
  }
  if (change.was_size != 0) line.word(key_value("was", std::to_string(change.was_size)));
  if (!change.parts.empty()) line.word(key_value("was", join(change.parts)));
}

void write_block(DumpPage& page, const Block& block, const Widths& widths,
                 std::string_view remark = "") {
  std::string name = pad_right(block.name(), widths.name) + " ";
  const char* tag = block.quarantined ? "quar  " : block.used ? "used  " : "free  ";
  WordLine line(page.out, tag + name, most_line);
  const auto number = [&](std::string_view key, u64 value, std::size_t width) {
    line.word(key_value(key, std::to_string(value)), key.size() + 1 + width);
  };
  line.word(offset_value(page, "off", block.offset));
  number("size", block.size, block.lives() ? widths.used_size : widths.free_size);
  if (block.quarantined) number("freed", block.call, 0);
  if (block.lives()) {
    number("payload", block.requested, widths.payload);
    line.word(offset_value(page, "user", block.payload));
    const std::string guard = key_value("guard", guard_state(page.model, block));
    line.word(guard);
    write_damage(page, line, block.front(), "front");
    write_damage(page, line, block.back(), "back");
  }
  if (remark.empty())
    write_change(page, line, block);
  else
    line.word(remark);
  write_stain(page, line, block);
  line.end();
}

/// "fold  936 used blocks, 0x0050..0x9000, 123456 B, 2 of them damaged"
void write_left_out(DumpPage& page, std::span<const Block* const> blocks) {
  u64 bytes = 0;
  u64 damaged = 0;
  for (const Block* block : blocks) {
    bytes += block->size;
    damaged += is_damaged(page.model, *block) ? 1 : 0;
  }
  const bool waits = blocks.front()->quarantined;
  std::string text = std::to_string(blocks.size()) + (waits ? " blocks in quarantine"
                                                      : blocks.front()->used ? " used blocks"
                                                                             : " free blocks");
  const bool in_order = blocks.front()->used || page.model.list_in_address_order();
  if (!waits && in_order)
    text += ", " + page.offset(blocks.front()->offset) + ".." + page.offset(blocks.back()->end());
  text += ", " + std::to_string(bytes) + " B";
  if (damaged != 0) text += ", " + std::to_string(damaged) + " of them damaged";
  page.say("fold", text);
}

void write_list(DumpPage& page, const Blocks& blocks, const Widths& widths) {
  const std::size_t most = page.options.fold ? most_entries : blocks.size();
  const std::vector<bool> shown = excerpt(blocks.size(), most, [&](std::size_t i) {
    const auto change = page.story.changes.find(blocks[i]->offset);
    const bool changed = change != page.story.changes.end() && change->second.mark != Mark::written;
    return changed || is_damaged(page.model, *blocks[i]);
  });
  for (std::size_t i = 0; i < blocks.size();) {
    if (shown[i]) {
      write_block(page, *blocks[i++], widths);
      continue;
    }
    const std::size_t first = i;
    while (i < blocks.size() && !shown[i]) ++i;
    write_left_out(page, std::span(blocks).subspan(first, i - first));
  }
}

// ---- --diff

/// True if the block is the same entry: nothing that its line says differs.
bool same_entry(const Model& model_of_a, const Block& a, const Model& model_of_b, const Block& b) {
  return a.offset == b.offset && a.size == b.size && a.payload == b.payload &&
         a.requested == b.requested && guard_state(model_of_a, a) == guard_state(model_of_b, b);
}

std::string figures(const Model& model) {
  return "used=" + std::to_string(model.used_bytes) + " free=" + std::to_string(model.free_bytes) +
         (model.quarantined_bytes == 0 ? ""
                                       : " quarantine=" + std::to_string(model.quarantined_bytes)) +
         " largest=" + std::to_string(model.largest_free()) +
         " blocks=" + std::to_string(model.blocks().size());
}

using Names = std::map<std::string, const Block*>;

/// A block that has moved may lie in quarantine more than once.
std::string key_of(const Block& block) {
  return block.name() + (block.quarantined ? "@" + std::to_string(block.offset) : "");
}

Names names_of(const Model& model) {
  Names names;
  for (const auto& [offset, block] : model.blocks()) names.emplace(key_of(block), &block);
  return names;
}

/// What became of the block of this name.
std::string difference(const DumpPage& page, const Model& other, const Block* was,
                       const Block& now) {
  if (was == nullptr) return "changed=new";
  if (was->offset != now.offset) return "changed=moved was=" + page.offset(was->offset);
  if (was->size != now.size) return "changed=resized was=" + std::to_string(was->size);
  if (was->requested != now.requested)
    return "changed=resized was=" + std::to_string(was->requested);
  if (!now.lives()) return "changed=hit";
  return "changed=guard was=" + guard_state(other, *was);
}

/// A line for every entry that differs, of both frames; more than enough of them are folded.
std::vector<std::string> entries_that_differ(DumpPage& page, const Model& other) {
  const Names now = names_of(page.model);
  const Names before = names_of(other);
  const Widths widths = widths_of(page.model);
  std::vector<std::string> lines;
  std::string kept = std::exchange(page.out, {});
  for (const auto& [offset, block] : other.blocks())
    if (!now.contains(key_of(block)))
      lines.push_back("chng  " + pad_right(block.name(), widths.name) + " off=" +
                      page.offset(offset) + " size=" + std::to_string(block.size) + " gone\n");
  for (const auto& [offset, block] : page.model.blocks()) {
    const auto found = before.find(key_of(block));
    const Block* was = found == before.end() ? nullptr : found->second;
    if (was != nullptr && same_entry(other, *was, page.model, block)) continue;
    write_block(page, block, widths, difference(page, other, was, block));
    lines.push_back(std::exchange(page.out, {}));
  }
  page.out = std::move(kept);
  return lines;
}

void write_differences(DumpPage& page, const Model& other) {
  page.say("chng", "now " + figures(page.model));
  page.say("chng", "was " + figures(other));
  const std::vector<std::string> lines = entries_that_differ(page, other);
  if (lines.empty()) page.say("note", "the lists are the same");
  const std::size_t most = page.options.fold ? most_entries : lines.size();
  const std::vector<bool> shown = excerpt(lines.size(), most, [](std::size_t) { return false; });
  for (std::size_t i = 0; i < lines.size();) {
    const std::size_t first = i;
    while (i < lines.size() && !shown[i]) ++i;
    if (i > first)
      page.say("fold", std::to_string(i - first) + " more entries that differ");
    else
      page.out += lines[i++];
  }
}

}  // namespace

void write_dump_lists(DumpPage& page) {
  if (page.options.diff != nullptr) return write_differences(page, page.options.diff->after);
  const Widths widths = widths_of(page.model);
  Blocks free, used;
  free = page.model.free_list();
  for (const auto& [offset, block] : page.model.blocks())
    if (block.lives()) used.push_back(&block);
  write_list(page, free, widths);
  write_list(page, used, widths);
  write_list(page, page.model.in_quarantine(), widths);
}

}  // namespace mempool::viz
