// The pane of calls: a line each, told from their events alone. See screen.hpp.
// At the fine grain it shows the events of the call in place of the calls around it.
#include <fmt/format.h>

#include <algorithm>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "step/screen.hpp"

namespace mempool::viz::step {

namespace {

/// What stands behind a call's number.
struct Line {
  char sign = ' ';  // '!' it fails, 'X' damage or misuse
  std::string what, more;
};

const pool_event* find(const BareCall& call, u32 kind) {
  for (const OwnedEvent& event : call.events)
    if (event->kind == kind) return &*event;
  return nullptr;
}

/// The damage that a call's checks found, in words; empty: none.
std::string damage_of(const BareCall& call) {
  for (const OwnedEvent& event : call.events) {
    if (event->kind == POOL_EVENT_GUARD_CHECK && event->as.guard_check.damaged != 0)
      return fmt::format("{} guard of #{} damaged",
                         event::word(event::Type::SIDE, event->as.guard_check.side),
                         event->as.guard_check.block);
    if (event->kind == POOL_EVENT_POISON_CHECK && event->as.poison_check.damaged != 0)
      return "written after free";
  }
  return "";
}

Line alloc_line(const BareCall& call, const pool_event_alloc& e, Radix radix) {
  const std::string place = fmt::format("{} B at {}", e.size, offset_text(e.offset, radix));
  for (const u32 kind : {POOL_EVENT_FREE, POOL_EVENT_QUARANTINE})
    if (const pool_event* freed = find(call, kind)) {
      const bool same =
          (kind == POOL_EVENT_FREE ? freed->as.free.block : freed->as.quarantine.block) == e.block;
      if (same)
        return {' ', fmt::format("realloc {}", e.requested),
                fmt::format("#{} moves: {}", e.block, place)};
    }
  return {' ', fmt::format("alloc {}", e.requested), fmt::format("#{}: {}", e.block, place)};
}

Line free_line(const BareCall& call, u64 block, u64 offset, u64 size, bool waits, Radix radix) {
  std::string more = fmt::format("{} B at {}", size, offset_text(offset, radix));
  u64 sides = 0;
  for (const OwnedEvent& event : call.events) sides += event->kind == POOL_EVENT_COALESCE ? 1 : 0;
  if (waits) more += ", waits";
  if (!waits && sides != 0) more += sides == 2 ? ", coalesced twice" : ", coalesced";
  return {' ', fmt::format("free #{}", block), std::move(more)};
}

/// The call in two or three words and its outcome.
Line line_of(const BareCall& call, Radix radix) {
  const auto at = [radix](u64 offset) { return offset_text(offset, radix); };
  if (const auto* e = find(call, POOL_EVENT_CREATE))
    return {' ', "create", fmt::format("{} B", e->as.create.capacity)};
  if (find(call, POOL_EVENT_SNAPSHOT) != nullptr) return {' ', "snapshot", "a pool in use"};
  if (const auto* e = find(call, POOL_EVENT_ALLOC)) return alloc_line(call, e->as.alloc, radix);
  if (const auto* e = find(call, POOL_EVENT_FREE))
    return free_line(call, e->as.free.block, e->as.free.offset, e->as.free.size, false, radix);
  if (const auto* e = find(call, POOL_EVENT_QUARANTINE))
    return free_line(call, e->as.quarantine.block, e->as.quarantine.offset, e->as.quarantine.size,
                     true, radix);
  if (const auto* e = find(call, POOL_EVENT_ALLOC_FAIL))
    return {'!', fmt::format("alloc {}", e->as.alloc_fail.requested),
            fmt::format("fails: needs {}, largest {}", e->as.alloc_fail.needed,
                        e->as.alloc_fail.largest)};
  if (const auto* e = find(call, POOL_EVENT_RESIZE))
    return {' ', fmt::format("realloc {}", e->as.resize.requested),
            fmt::format("#{} in place: {} B at {}", e->as.resize.block, e->as.resize.size,
                        at(e->as.resize.offset))};
  if (const auto* e = find(call, POOL_EVENT_MISUSE))
    return {'X', "misuse", std::string(event::word(event::Type::ERROR, e->as.misuse.kind))};
  if (const auto* e = find(call, POOL_EVENT_NOTE))
    return {' ', "note", printable(e->as.note.text == nullptr ? "" : e->as.note.text)};
  if (const auto* e = find(call, POOL_EVENT_CHECK))
    return {' ', "check",
            fmt::format("{}, {}", count_text(e->as.check.blocks, "block"),
                        count_text(e->as.check.violations, "violation"))};
  for (const u32 kind : {POOL_EVENT_RESET, POOL_EVENT_DESTROY, POOL_EVENT_LEAK, POOL_EVENT_GUARDS})
    if (const auto* e = find(call, kind))
      return {' ', std::string(kind == POOL_EVENT_LEAK ? "destroy" : event::find(kind)->name),
              kind == POOL_EVENT_LEAK ? "with leaks" : printable(explain::narrate(*e))};
  if (call.events.empty()) return {};
  const pool_event& first = *call.events.front();
  const event::Kind* kind = event::find(first.kind);
  return {' ', std::string(kind == nullptr ? "?" : kind->name), printable(explain::narrate(first))};
}

std::string row(const Session& session, bool here, const std::string& number, const Line& line,
                std::size_t what_width) {
  const Palette palette = session.look().colour ? Palette::dark : Palette::none;
  std::string text = fmt::format("{} {} ", here ? '>' : ' ', number);
  const Ink ink = line.sign == 'X' ? Ink::damaged : here ? Ink::strong : Ink::plain;
  std::string out;
  paint(out, palette, here ? Ink::strong : Ink::plain, false, text);
  paint(out, palette, ink, false, std::string(1, line.sign));
  paint(out, palette, here ? Ink::strong : Ink::plain, false,
        fmt::format(" {} {}", pad_right(line.what, what_width), line.more));
  return out;
}

/// The first of so many rows that keep place `here` of `count` in sight, a third from the top.
u64 first_row(u64 here, u64 count, u64 rows) {
  const u64 above = rows / 2;
  const u64 first = here > above ? here - above : 0;
  return count > rows ? std::min(first, count - rows) : 0;
}

std::vector<std::string> draw_events(const Session& session, std::size_t rows) {
  const std::vector<OwnedEvent>& events = session.call_frame().events;
  const u64 first = first_row(session.event() - 1, events.size(), rows);
  std::vector<std::string> lines;
  for (u64 i = first; i < events.size() && lines.size() < rows; ++i) {
    const event::Kind* kind = event::find(events[i]->kind);
    const bool damage =
        (events[i]->kind == POOL_EVENT_GUARD_CHECK && events[i]->as.guard_check.damaged != 0) ||
        (events[i]->kind == POOL_EVENT_POISON_CHECK && events[i]->as.poison_check.damaged != 0);
    const Line line{damage ? 'X' : ' ', std::string(kind == nullptr ? "?" : kind->name),
                    printable(explain::narrate(*events[i]))};
    lines.push_back(row(session, i + 1 == session.event(),
                        pad_left(std::to_string(events[i]->seq), 6), line, 12));
  }
  return lines;
}

}  // namespace

std::vector<std::string> draw_calls(Session& session, std::size_t width, std::size_t rows) {
  if (session.event() != 0) return draw_events(session, rows);
  const u64 start = session.first_call(), here = session.call_frame().call;
  const u64 last = session.prediction().on ? here : session.last_call();
  const u64 first = start + first_row(here - start, last - start + 1, rows);
  const std::size_t digits = std::max<std::size_t>(std::to_string(session.last_call()).size(), 4);
  std::vector<std::string> lines;
  for (const BareCall& call : session.calls(first, std::min(last, first + rows - 1))) {
    Line line = line_of(call, session.look().radix);
    if (const std::string damage = damage_of(call); !damage.empty()) {
      line.sign = 'X';
      line.more += (line.more.empty() ? "" : "; ") + damage;
    }
    std::string number = pad_left(std::to_string(call.call), digits);
    number += session.is_marked(call.call) ? '@' : ' ';
    lines.push_back(fit(row(session, call.call == here, number, line, 13), width));
  }
  return lines;
}

}  // namespace mempool::viz::step
