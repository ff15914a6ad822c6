// Tells the calls that hand nothing out: the pool itself, misuse, guards, checks, notes, leaks.
//
// Text from the program is made printable on its way in; addresses are never said.
#include <fmt/format.h>

#include "base/text.hpp"
#include "event/table.hpp"
#include "model/policy.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

std::string printable(const char* text) {
  std::string out;
  if (text != nullptr) append_printable(text, out);
  return out;
}

std::string printable(const std::string& text) {
  return printable(text.c_str());
}

/// "alignment 16, first fit, guards of 8 B"
std::string settings_text(const Model& model) {
  return fmt::format(
      "alignment {}, {}, {}", model.align, policy_text(model),
      model.guard_size == 0 ? "no guards" : fmt::format("guards of {} B", model.guard_size));
}

std::string named_text(const Model& model) {
  return model.name.empty() ? "The pool" : "The pool \"" + printable(model.name) + "\"";
}

struct Misused {
  std::string title;
  std::string sentence;
};

std::string inside_text(const Telling& t, const Block& block, u64 offset) {
  if (offset < block.payload) return "in its front guard";
  const u64 from_payload = offset - block.payload;
  if (offset < block.payload_end() || block.back().size == 0)
    return fmt::format("{} behind its first byte at {}", count_text(from_payload, "byte"),
                       t.at(block.payload));
  return "in its back guard";
}

Misused interior_free(const Telling& t, const pool_event_misuse& e, const std::string& name) {
  const Block* block = e.offset == POOL_NONE ? nullptr : t.frame.before.containing(e.offset);
  Misused said{"a pointer into the middle of " + name,
               "The pointer is not the one that pool_alloc returned"};
  if (block == nullptr) return said;
  if (block->quarantined)
    said.sentence = fmt::format("Offset {} lies inside #{}, which lies in quarantine since call {}",
                                t.at(e.offset), block->number, block->call);
  else if (block->used)
    said.sentence = fmt::format(
        "Offset {} lies inside {}, {}: only the pointer that pool_alloc returned "
        "can be freed",
        t.at(e.offset), block->name(), inside_text(t, *block, e.offset));
  else
    said.sentence =
        fmt::format("Offset {} lies in free memory, in {}", t.at(e.offset), block->name());
  return said;
}

/// The event may not know whose pointer it was; the model does, until the place is reused.
Misused double_free(const Telling& t, const pool_event_misuse& e) {
  const Model& before = t.frame.before;
  const auto freed = e.offset == POOL_NONE ? std::nullopt : before.freed(e.offset);
  if (!freed) {
    return {e.block == POOL_NONE ? "double free" : fmt::format("double free of #{}", e.block),
            "The pointer lies in free memory: it was freed before, or never handed out"};
  }
  const Block* there = before.containing(e.offset);
  const bool waits = there != nullptr && there->quarantined && there->payload == e.offset;
  const char* fate = before.live(freed->number) == nullptr ? "was given back" : "moved away";
  std::string sentence = fmt::format("Offset {} was the pointer of #{}, which {} at call {}",
                                     t.at(e.offset), freed->number, fate, freed->call);
  if (waits)
    sentence += fmt::format("; #{} lies in quarantine since call {}: caught before reuse",
                            there->number, there->call);
  return {fmt::format("double free of #{}", freed->number), sentence};
}

Misused misused(const Telling& t, const pool_event_misuse& e) {
  const std::string name = e.block == POOL_NONE ? "a block" : fmt::format("#{}", e.block);
  const std::string where = e.offset == POOL_NONE ? "The pointer" : "Offset " + t.at(e.offset);
  switch (e.kind) {
    case POOL_ERROR_DOUBLE_FREE: return double_free(t, e);
    case POOL_ERROR_INTERIOR_FREE: return interior_free(t, e, name);
    case POOL_ERROR_FOREIGN_FREE:
      return {"a pointer that is not the pool's", where + " was never handed out by this pool"};
    case POOL_ERROR_WRONG_POOL:
      return {"a pointer of another pool",
              "The pointer lies in another pool's region: it must be freed there"};
    default: return {"", ""};
  }
}

}  // namespace

void tell_create(Telling& t, const pool_event_create& e) {
  t.story.op = Op::create;
  t.story.title = fmt::format("pool_create({})", e.capacity);
  t.say(fmt::format("{} opens with {} B, all in one free block: {}.", named_text(t.frame.after),
                    e.capacity, settings_text(t.frame.after)));
  if (!t.frame.after.recorded.empty()) t.say(recorded_text(t.frame.after));
  if (e.fill != 0) t.say("Fresh payload is filled with '0', freed payload with '.'.");
  if (e.poison != 0)
    t.say("Free bytes are DD, and are looked at before they are used: a write after free shows.");
  if (t.frame.after.quarantine != 0)
    t.say(fmt::format("Freed blocks wait in quarantine, up to {} B of them, before they are free.",
                      t.frame.after.quarantine));
}

void tell_snapshot(Telling& t, const pool_event_snapshot& e) {
  const Model& after = t.frame.after;
  t.story.op = Op::snapshot;
  t.story.title = "the log opens on a pool in use";
  t.say(fmt::format("{} has {} B: {}. {} live and {} free; {} had been tried.", named_text(after),
                    e.capacity, settings_text(after), count_text(after.used_blocks, "block"),
                    after.free_blocks, count_text(e.allocs, "allocation")));
  if (after.quarantined_blocks != 0)
    t.say(fmt::format("{} more, {} B, {} in quarantine: freed, but kept from reuse.",
                      after.quarantined_blocks, after.quarantined_bytes,
                      after.quarantined_blocks == 1 ? "is" : "are"));
}

void tell_misuse(Telling& t, const pool_event_misuse& e) {
  t.story.op = Op::misuse;
  t.story.number = e.block;
  if (e.kind == POOL_ERROR_DOUBLE_FREE && e.offset != POOL_NONE)
    if (const auto freed = t.frame.before.freed(e.offset)) t.story.number = freed->number;
  const Misused said = misused(t, e);
  if (!said.title.empty()) {
    t.story.title = "pool_free(...): " + said.title;
    t.say(said.sentence + ".");
  } else if (e.kind == POOL_ERROR_BAD_ARGUMENT) {
    t.story.title = "misuse: bad argument";
    t.say("An argument of the call is out of range.");
  } else {
    t.story.title = fmt::format("misuse: {}", event::word(event::Type::ERROR, e.kind));
  }
  t.say("It is reported, and nothing is changed.");
  if (t.story.number != POOL_NONE) say_site(t, t.frame.before, t.story.number);
}

void tell_guards(Telling& t, const pool_event_guards& e) {
  t.story.op = Op::guards;
  if (e.ok == 0) {
    t.story.title = "pool_disable_guards fails";
    t.say(fmt::format("Refused: {} live. The guards stay as they are.",
                      t.frame.before.used_blocks == 1
                          ? "1 block is"
                          : fmt::format("{} blocks are", t.frame.before.used_blocks)));
  } else if (e.enabled != 0) {
    t.story.title = fmt::format("pool_enable_guards({})", e.guard_size);
    t.say(
        fmt::format("Later blocks get guards of {} B on either side; blocks already live stay as "
                    "they are.",
                    e.guard_size));
  } else {
    t.story.title = "pool_disable_guards";
    t.say("Later blocks get no guards.");
  }
}

void tell_check(Telling& t, const pool_event* check) {
  t.story.op = Op::check;
  t.story.title = "pool_check";
  if (check == nullptr) return;
  const pool_event_check& e = check->as.check;
  t.say(fmt::format("{} looked at: {}.",
                    e.blocks == 1 ? "1 live block is" : fmt::format("{} live blocks are", e.blocks),
                    e.violations == 0 ? "no violation" : count_text(e.violations, "violation")));
}

void tell_note(Telling& t, const pool_event_note& e) {
  t.story.op = Op::note;
  const std::string text = printable(e.text);
  t.story.title = text.empty() ? "an empty note" : "note: " + text;
  if (e.file != nullptr && e.line != POOL_NONE)
    t.say(fmt::format("Noted at {}:{}.", printable(e.file), e.line));
}

void tell_reset(Telling& t, const pool_event_reset& e) {
  t.story.op = Op::reset;
  t.story.title = "pool_reset";
  const Block* whole = t.frame.after.at(0);
  t.say(fmt::format("Everything is free again, in one block{}.",
                    whole == nullptr ? "" : ", " + whole->name()));
  t.say(fmt::format("{} ({} B asked for) {} live; pointers into the pool are dead.",
                    count_text(e.live_blocks, "block"), e.live_bytes,
                    e.live_blocks == 1 ? "was" : "were"));
}

void tell_destroy(Telling& t) {
  t.story.op = Op::destroy;
  t.story.title = "pool_destroy";
  std::vector<std::string> leaks;
  u64 bytes = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_LEAK) continue;
    const pool_event_leak& e = event->as.leak;
    const std::string site = site_text(t.frame.before, e.block);
    leaks.push_back(site.empty() ? fmt::format("#{} ({} B)", e.block, e.requested)
                                 : fmt::format("#{} ({} B, {})", e.block, e.requested, site));
    bytes += e.requested;
  }
  const char* were = leaks.size() == 1 ? "was" : "were";
  t.say(leaks.empty() ? "Everything is released; nothing leaks."
                      : fmt::format("{} ({} B asked for) {} never freed: {}.",
                                    count_text(leaks.size(), "block"), bytes, were,
                                    list_text(leaks, 8, "and")));
}

void say_bytes(Telling& t) {
  u64 told = 0, left_out = 0, fresh = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_BYTES) continue;
    told += event->as.bytes.hex.size;
    if (event->as.bytes.left_out != POOL_NONE) left_out += event->as.bytes.left_out;
  }
  for (const Written& run : t.story.written) fresh += run.size;
  if (told == 0) return;
  t.say(fmt::format("{} of the region are recorded{}.", count_text(told, "byte"),
                    fresh == 0      ? "; all were known"
                    : fresh == told ? ""
                                    : fmt::format("; {} of them are new or changed", fresh)));
  if (left_out != 0)
    t.say(fmt::format("{} of live blocks are left out.", count_text(left_out, "byte")));
}

}  // namespace mempool::viz
