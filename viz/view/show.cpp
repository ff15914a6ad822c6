// Show: see show.hpp.
#include "view/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "view/text.hpp"

namespace mempool::viz {

namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t most_entries = 40;  // of a list, unless folding is off
constexpr std::size_t most_name = 40;

using Blocks = std::vector<const Block*>;

class Show {
 public:
  Show(const Frame& frame, const ViewOptions& options)
      : frame_(frame),
        options_(options),
        palette_(options.colour ? Palette::dark : Palette::none),
        story_(tell(frame, options.radix)) {}

  std::string text() {
    title();
    trail();
    events();
    lists();
    sums();
    damage();
    return options_.ascii_labels ? ascii_lines() : out_;
  }

 private:
  [[nodiscard]] std::string at(u64 offset) const;
  [[nodiscard]] std::string ascii_lines() const;
  [[nodiscard]] std::size_t most(std::size_t count, std::size_t folded) const {
    return options_.fold ? folded : count;
  }
  void heading(std::string_view text);
  void paragraph(std::string_view text);
  void title();
  void trail();
  void events();
  void lists();
  void list(const Blocks& blocks, std::string_view title, bool with_payload);
  void sums();
  void damage();
  [[nodiscard]] std::string remark(const Block& block) const;
  [[nodiscard]] std::string guard_remark(const Block& block) const;
  [[nodiscard]] std::string free_remark(const Block& block) const;
  [[nodiscard]] std::string change_remark(const Block& block) const;

  const Frame& frame_;
  const ViewOptions& options_;
  Palette palette_;
  Story story_;
  std::string out_;
};

/// 472, 0x1D8, or 472 (0x1D8)
std::string Show::at(u64 offset) const {
  const Radix other = options_.radix == Radix::dec ? Radix::hex : Radix::dec;
  const std::string text = offset_text(offset, options_.radix);
  return options_.both_radices ? text + " (" + offset_text(offset, other) + ")" : text;
}

std::string Show::ascii_lines() const {
  std::string out;
  for (std::string_view rest = out_; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    out += ascii(rest.substr(0, end)) + "\n";
    rest.remove_prefix(end + 1);
  }
  return out;
}

void Show::heading(std::string_view text) {
  out_ += '\n';
  for (const std::string& line : wrap(text, page_width)) {
    paint(out_, palette_, Ink::strong, false, line);
    out_ += '\n';
  }
}

void Show::paragraph(std::string_view text) {
  std::string_view indent = "  ";
  for (const std::string& line : wrap(printable(text), page_width - 4)) {
    out_.append(indent).append(line).append("\n");
    indent = "    ";
  }
}

void Show::title() {
  const Model& model = frame_.after;
  std::string head = fmt::format("pool {}", model.pool);
  if (!model.name.empty()) head += fmt::format(" \"{}\"", clip(printable(model.name), most_name));
  head += fmt::format(", call {} of {}: {} B, {}, alignment {}", frame_.call, frame_.last_call,
                      model.capacity, policy_text(model), model.align);
  head += model.guard_size == 0 ? ", no guards" : fmt::format(", guards of {} B", model.guard_size);
  if (model.poison) head += ", poison";
  if (model.quarantine != 0) head += fmt::format(", quarantine of {} B", model.quarantine);
  if (model.destroyed) head += ", destroyed";
  for (const std::string& line : wrap(head, page_width)) out_ += line + "\n";
  for (const std::string& line : wrap(recorded_text(model), page_width)) out_ += line + "\n";
  heading(printable(story_.title));
  for (const std::string& sentence : story_.sentences) paragraph(sentence);
}

// ---- the list that was searched

std::string verdict_text(const Look& look, const Story& story, const Look* taken,
                         const Model& searched) {
  const u32 policy = searched.policy;
  const std::string with_gap = fmt::format("{} + {} B", look.gap, story.needed);
  switch (look.verdict) {
    case Verdict::too_small: return fmt::format("too small, {} short", look.shortfall);
    case Verdict::lies_wrong: return fmt::format("lies wrong: {} with the gap", with_gap);
    case Verdict::taken:
      return look.gap == 0 ? "fits: taken" : fmt::format("fits: taken, {} with the gap", with_gap);
    case Verdict::not_looked_at: return "not looked at";
    case Verdict::passed: break;
  }
  if (taken != nullptr && taken->size == look.size)
    return searched.list_in_address_order() ? "fits too, at a higher address"
                                            : "fits too, later in the list";
  if (policy == POOL_BEST) return "fits, but is not the smallest";
  if (policy == POOL_WORST) return "fits, but is not the largest";
  return "fits, but is not taken";
}

std::string left_out_text(const std::vector<Look>& looks, std::size_t first, std::size_t last) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(looks.begin() + static_cast<std::ptrdiff_t>(first),
                         looks.begin() + static_cast<std::ptrdiff_t>(last),
                         [&](const Look& look) { return look.verdict == verdict; });
  };
  std::string text = fmt::format("... {} more:", last - first);
  const char* comma = "";
  const auto part = [&](Verdict verdict, const char* words) {
    if (count(verdict) == 0) return;
    text += fmt::format("{} {} {}", comma, count(verdict), words);
    comma = ",";
  };
  part(Verdict::too_small, "too small");
  part(Verdict::lies_wrong, "that lie wrong");
  part(Verdict::passed, "that fit, but are not taken");
  part(Verdict::not_looked_at, "not looked at");
  return text;
}

void Show::trail() {
  if (story_.trail.empty()) return;
  const std::vector<Look> looks = story_.walk();
  const auto taken = std::ranges::find(looks, Verdict::taken, &Look::verdict);
  const Look* const chosen = taken == looks.end() ? nullptr : &*taken;
  heading(fmt::format("search for {} B, {} fit", story_.as_it_lies ? story_.needed : story_.room,
                      event::word(event::Type::POLICY, frame_.before.policy)));
  const std::vector<bool> shown =
      excerpt(looks.size(), most(looks.size(), most_entries / 2),
              [&](std::size_t i) { return looks[i].verdict == Verdict::taken; });
  Table table("llrll");
  for (std::size_t i = 0; i < looks.size();) {
    const Look& look = looks[i];
    if (!shown[i]) {
      const std::size_t first = i;
      while (i < looks.size() && !shown[i]) ++i;
      table.line(left_out_text(looks, first, i));
      continue;
    }
    table.row({look.ordinal == 0 ? "" : fmt::format("look {}", look.ordinal),
               fmt::format("f{}", look.number), fmt::format("{} B", look.size),
               "at " + at(look.offset), verdict_text(look, story_, chosen, frame_.before)},
              look.verdict == Verdict::taken);
    ++i;
  }
  table.write(out_, palette_, page_width);
}

// ---- events

void Show::events() {
  const std::vector<OwnedEvent>& events = frame_.events;
  if (events.empty()) return;
  heading(events.size() == 1 ? "event" : "events");
  const std::vector<bool> shown =
      excerpt(events.size(), most(events.size(), most_entries), [&](std::size_t i) {
        const pool_event& event = *events[i];
        return (event.kind == POOL_EVENT_GUARD_CHECK && event.as.guard_check.damaged != 0) ||
               (event.kind == POOL_EVENT_POISON_CHECK && event.as.poison_check.damaged != 0);
      });
  Table table("rll");
  for (std::size_t i = 0; i < events.size();) {
    if (shown[i]) {
      const event::Kind* kind = event::find(events[i]->kind);
      table.row({std::to_string(events[i]->seq), std::string(kind == nullptr ? "?" : kind->name),
                 printable(explain::narrate(*events[i]))});
      ++i;
      continue;
    }
    const std::size_t first = i;
    while (i < events.size() && !shown[i]) ++i;
    table.line(fmt::format("... {} more, to event {}", i - first, events[i - 1]->seq));
  }
  table.write(out_, palette_, page_width);
}

// ---- lists

std::string Show::change_remark(const Block& block) const {
  const auto found = story_.changes.find(block.offset);
  if (found == story_.changes.end()) return "";
  const Change& change = found->second;
  const auto was = [&](const char* words) {
    return change.was_size == 0 ? std::string(words)
                                : fmt::format("{}, was {} B", words, change.was_size);
  };
  switch (change.mark) {
    case Mark::fresh: return "new";
    case Mark::moved: return "moved here";
    case Mark::rest: return was("rest");
    case Mark::gap: return was("gap in front");
    case Mark::freed: return "freed";
    case Mark::quarantined: return "";  // the list says so
    case Mark::coalesced: return fmt::format("coalesced: {}", fmt::join(change.parts, " + "));
    case Mark::resized: return was("resized");
    case Mark::written: return "written to";
    case Mark::found_damaged: return "damage found";
  }
  return "";
}

std::string Show::guard_remark(const Block& block) const {
  if (block.front().size + block.back().size == 0) return "";
  std::string text = fmt::format("guards {}+{}", block.front().size, block.back().size);
  bool checked = true;
  for (const Guard* guard : {&block.front(), &block.back()}) {
    checked = checked && (guard->size == 0 || frame_.after.known_good(*guard) != POOL_NONE);
    if (guard->damaged == 0) continue;
    text += fmt::format(", {} DAMAGED: {} of {} B, first at {}, {}",
                        guard == &block.front() ? "front" : "back", guard->damaged, guard->size,
                        at(guard->first), window_text(guard->good_call, guard->bad_call));
  }
  if (block.front().damaged + block.back().damaged != 0) return text;
  return text + (checked ? " intact" : " not checked yet");
}

/// Of a block that is free, or was freed and waits.
std::string Show::free_remark(const Block& block) const {
  std::string text;
  if (block.quarantined) text = fmt::format("freed at call {}", block.call);
  const Damage* stain = frame_.after.stain_in(block.offset, block.size);
  if (block.lives() || stain == nullptr) return text;
  if (!text.empty()) text += "; ";
  text += fmt::format("WRITTEN AFTER FREE: {} B, first at {}", stain->damaged, at(stain->first));
  const bool own = block.quarantined && stain->number == block.number;
  if (stain->number != POOL_NONE && !own) text += fmt::format(", once #{}'s", stain->number);
  return text + ", " + window_text(stain->good_call, stain->bad_call);
}

std::string Show::remark(const Block& block) const {
  std::string text;
  const std::string site = block.used ? site_text(frame_.after, block.number) : "";
  for (const std::string& part :
       {change_remark(block), free_remark(block), guard_remark(block), site})
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  return text;
}

void Show::list(const Blocks& blocks, std::string_view title, bool with_payload) {
  u64 bytes = 0, largest = 0;
  for (const Block* block : blocks) {
    bytes += block->size;
    largest = std::max(largest, block->size);
  }
  const bool free = !blocks.empty() && !blocks.front()->used;
  heading(fmt::format("{}: {}, {} B{}", title, count_text(blocks.size(), "block"), bytes,
                      free && blocks.size() > 1 ? fmt::format(", largest {} B", largest) : ""));
  const std::vector<bool> shown =
      excerpt(blocks.size(), most(blocks.size(), most_entries), [&](std::size_t i) {
        const auto change = story_.changes.find(blocks[i]->offset);
        const bool changed = change != story_.changes.end() && change->second.mark != Mark::written;
        return changed || blocks[i]->front().damaged + blocks[i]->back().damaged != 0;
      });
  Table table(with_payload ? "lrrrll" : "lrrrl");
  if (!blocks.empty())
    table.row(with_payload ? std::vector<std::string>{"block", "size", "from", "to", "payload", ""}
                           : std::vector<std::string>{"block", "size", "from", "to", ""});
  for (std::size_t i = 0; i < blocks.size();) {
    const std::size_t first = i;
    u64 hidden = 0;
    for (; i < blocks.size() && !shown[i]; ++i) hidden += blocks[i]->size;
    if (i > first) {
      const std::string more = count_text(i - first, "more block");
      const bool in_order = blocks[first]->used || frame_.after.list_in_address_order();
      table.line(blocks[first]->quarantined || !in_order
                     ? fmt::format("... {}, {} B", more, hidden)
                     : fmt::format("... {}, {} to {}, {} B", more, at(blocks[first]->offset),
                                   at(blocks[i - 1]->end()), hidden));
      continue;
    }
    const Block& block = *blocks[i++];
    std::vector<std::string> row{block.name(), fmt::format("{} B", block.size), at(block.offset),
                                 at(block.end())};
    if (with_payload) row.push_back(fmt::format("{} B at {}", block.requested, at(block.payload)));
    row.push_back(remark(block));
    table.row(std::move(row), story_.changes.contains(block.offset));
  }
  table.write(out_, palette_, page_width);
}

void Show::lists() {
  Blocks free, used;
  for (const auto& [offset, block] : frame_.after.blocks())
    if (block.lives()) used.push_back(&block);
  free = frame_.after.free_list();
  list(free,
       frame_.after.list_in_address_order()
           ? std::string("free list")
           : fmt::format("free list, {}", in_words(frame_.after.list_order())),
       false);
  list(used, "used list", true);
  if (frame_.after.quarantined_blocks != 0)
    list(frame_.after.in_quarantine(), "quarantine, oldest first", false);
}

void Show::sums() {
  const Model& model = frame_.after;
  heading("sums");
  paragraph(sum_of_bytes(model));
  paragraph(sum_of_fragmentation(model));
  paragraph(fmt::format("peak of payload: {} B, at call {}", model.peak_payload, model.peak_call));
  paragraph(fmt::format("so far: {}, {}, {}, {} of misuse, {}", count_text(model.allocs, "alloc"),
                        count_text(model.frees, "free"), count_text(model.failures, "failure"),
                        count_text(model.misuses, "report"),
                        count_text(model.reallocs, "realloc")));
  if (model.leaked_blocks != 0)
    paragraph(fmt::format("leaked: {}, {} B asked for", count_text(model.leaked_blocks, "block"),
                          model.leaked_bytes));
}

/// Whatever was found up to now, also in blocks that are gone.
void Show::damage() {
  const Model& model = frame_.after;
  if (model.damages.empty()) return;
  const u64 left_out = model.damaged_places - model.damages.size();
  heading(left_out == 0 ? std::string("damage so far")
                        : fmt::format("damage so far: {} places, the last {} of them",
                                      model.damaged_places, model.damages.size()));
  for (const Damage& each : model.damages) {
    const std::string site = site_text(model, each.number);
    paragraph("✗ " + damage_text(each, options_.radix) +
              (site.empty() ? "" : fmt::format("; asked for at {}", site)));
  }
}

}  // namespace

void write_show(std::ostream& out, const Frame& frame, const ViewOptions& options) {
  out << Show(frame, options).text();
}

}  // namespace mempool::viz
