// Dump: its order, its header and its key. Lists, rows and damage have files of their own.
#include "view/dump.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <span>

#include "event/table.hpp"
#include "view/dump_page.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t most_name = 40;

/// The event that a call is about; its companions (splits, guards, bytes) go without saying.
const pool_event* main_event(const Frame& frame) {
  // The last of them may be what the call is about, if there is nothing else: pool_check().
  constexpr u32 companions[] = {
      POOL_EVENT_SLAB,  POOL_EVENT_SPLIT, POOL_EVENT_GUARD_WRITE,  POOL_EVENT_GUARD_CHECK,
      POOL_EVENT_BYTES, POOL_EVENT_LEAK,  POOL_EVENT_POISON_CHECK, POOL_EVENT_RELEASE,
      POOL_EVENT_SITE,  POOL_EVENT_BLOCK, POOL_EVENT_COALESCE,     POOL_EVENT_CHECK};
  for (const std::size_t count : {std::size(companions), std::size(companions) - 1}) {
    const std::span known(companions, count);
    const auto found = std::ranges::find_if(frame.events, [&](const OwnedEvent& event) {
      return std::ranges::find(known, event->kind) == known.end();
    });
    if (found != frame.events.end()) return &**found;
  }
  return frame.events.empty() ? nullptr : &*frame.events.front();
}

std::string number(std::string_view key, u64 value) {
  return std::string(key) + "=" + std::to_string(value);
}

std::string fragmentation(const Model& model, u64 largest) {
  if (model.free_bytes == 0) return "frag=none";
  const double share = static_cast<double>(largest) / static_cast<double>(model.free_bytes);
  return number("frag", static_cast<u64>(std::lround((1 - share) * 100))) + "%";
}

void write_sizes(DumpPage& page) {
  const Model& model = page.model;
  const u64 largest = model.largest_free();
  WordLine line(page.out, "pool  ", most_line);
  line.word(number("size", model.capacity));
  line.word(number("used", model.used_bytes));
  line.word(number("payload", model.payload_bytes));
  line.word(number("guards", model.guard_bytes));
  if (model.all_headers() != 0) line.word(number("headers", model.all_headers()));
  if (model.padding_bytes() != 0) line.word(number("padding", model.padding_bytes()));
  if (model.quarantined_bytes != 0) line.word(number("quarantine", model.quarantined_bytes));
  line.word(number("free", model.free_bytes));
  line.word(number("largest", largest));
  line.word(fragmentation(model, largest));
  line.end();
}

void write_settings(DumpPage& page) {
  const Model& model = page.model;
  WordLine line(page.out, "pool  ", most_line);
  line.word("policy=" + std::string(event::word(event::Type::POLICY, model.policy)) + "-fit");
  line.word("order=" + std::string(word(model.list_order())));
  if (!model.coalesces()) line.word("coalesce=off");
  if (model.header_bytes() != 0) line.word(number("header", model.header_bytes()));
  line.word(model.guard_size == 0 ? "guard=off" : number("guard", model.guard_size) + "x0xAB");
  line.word(number("blocks", model.blocks().size()));
  line.word(number("call", page.frame.call));
  const pool_event* event = main_event(page.frame);
  const event::Kind* kind = event == nullptr ? nullptr : event::find(event->kind);
  if (kind != nullptr) line.word("event=" + std::string(kind->name));
  if (page.frame.one_event && event != nullptr) line.word(number("seq", event->seq));
  line.next_line();
  line.word(number("id", model.pool));
  line.word(number("align", model.align));
  line.word(model.fill ? "fill=on" : "fill=off");
  if (model.poison) line.word("poison=on");
  if (model.quarantine != 0) line.word(number("most-quarantine", model.quarantine));
  line.word(number("last-call", page.frame.last_call));
  if (page.options.diff != nullptr) line.word(number("diff", page.options.diff->call));
  if (!model.name.empty()) line.word("name=" + clip(ascii(model.name), most_name));
  line.end();
}

/// Damage that the call found and that is not among the bytes any more: they are somebody's.
void write_past_damage(DumpPage& page) {
  for (const Damage& damage : page.model.damages) {
    const Block* block = damage.is_guard() ? page.model.live(damage.number) : nullptr;
    const bool seen = damage.is_guard() ? block != nullptr && block->guard_at(damage.first) &&
                                              block->guard_at(damage.first)->damaged != 0
                                        : page.model.stains.contains(damage.first);
    if (damage.bad_call == page.frame.call && !seen)
      page.say("note", "damage: " + damage_text(damage, Radix::hex));
  }
}

std::string other_pools(const Frame& frame) {
  std::string text;
  constexpr std::size_t most = 12;
  for (std::size_t i = 0; i < std::min(most, frame.other_pools.size()); ++i)
    text += (i == 0 ? "other pools of the log: " : ", ") + std::to_string(frame.other_pools[i]);
  if (frame.other_pools.size() > most)
    text += " and " + std::to_string(frame.other_pools.size() - most) + " more";
  return text;
}

void dump(std::ostream& out, const Frame& frame, const ViewOptions& options, Palette palette) {
  DumpPage page{out, frame, frame.after, options, palette, tell(frame, Radix::hex)};
  page.width = options.width == 32 ? 32 : most_columns;
  page.digits = std::max(4U, hex_digits(std::max<u64>(frame.after.capacity, 1) - 1));
  std::ranges::sort(page.story.written, {}, &Written::offset);
  if (!options.rows_alone) {
    write_dump_header(page);
    page.out += '\n';
    write_dump_lists(page);
    page.out += '\n';
  }
  write_dump_bytes(page);
  if (!options.rows_alone) write_dump_key(page);
  page.send();
}

}  // namespace

std::string DumpPage::head(std::string_view tag, u64 at) const {
  constexpr unsigned room = 13;  // before the bar
  std::string text(tag);
  text += digits == 4 ? "  " : " ";
  text += digits <= 6 ? offset(at) : hex(at, std::max(digits, 8U));
  return pad_right(text, room) + "|";
}

std::string DumpPage::head(std::string_view tag) const {
  return pad_right(tag, head("data", 0).size());
}

void DumpPage::boxed(std::string head, std::string_view text) {
  out += head;
  out += pad_right(clip(text, width), width);
  out += "|\n";
}

void DumpPage::say(std::string_view tag, std::string_view text) {
  const std::string head = pad_right(tag, 6);
  for (const std::string& line : wrap(ascii(text), most_line - head.size()))
    out += head + line + "\n";
}

void write_dump_header(DumpPage& page) {
  write_sizes(page);
  write_settings(page);
  const std::string_view title = page.story.title;
  page.say("note", title.starts_with("note: ") ? title.substr(6) : title);
  page.say("note", sum_of_bytes(page.model));
  page.say("note", sum_of_fragmentation(page.model));
  if (!page.model.recorded.empty()) page.say("note", recorded_text(page.model));
  write_past_damage(page);
  if (page.model.destroyed) page.say("note", "the pool is destroyed: what was used has leaked");
  page.say("note", other_pools(page.frame));
}

void write_dump_key(DumpPage& page) {
  WordLine line(page.out, "key   ", most_line);
  const auto drawn = [&](Shade shade) {
    return (page.shades >> static_cast<unsigned>(shade) & 1) != 0;
  };
  const auto key = [&](bool wanted, std::string_view words) {
    if (wanted) line.word(std::string(words) + "  ");
  };
  key(drawn(Shade::payload), "[--] used payload");
  key(drawn(Shade::free), "(..) free");
  key(drawn(Shade::quarantine), "{qq} freed, in quarantine");
  key(drawn(Shade::guard), "G guard");
  key(page.hit, "X guard damaged");
  key(page.stained, "X written after free");
  key(drawn(Shade::ghost), "g old guard in free memory");
  key(drawn(Shade::header), "h header");
  key(drawn(Shade::padding), "p padding");
  key(page.filled, "fill: as the pool filled it");
  key(page.poisoned, "poison: 0xDD");
  key(page.unknown, "? not known");
  key(page.unprintable && !page.options.utf8, "~ not printable");
  key(page.unprintable && page.options.utf8, "\u00AB guard byte  \u00B7 not printable");
  line.end();
}

void write_dump(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  const Palette coloured = options.light ? Palette::print : Palette::dark;
  dump(out, frame, options, options.colour ? coloured : Palette::none);
}

}  // namespace mempool::viz
