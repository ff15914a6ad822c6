// Tells damage, whenever a call finds or tells it: which bytes, whose, who gave them back; and the
// window, the two calls between which somebody wrote. Also where a block was asked for.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "model/telling.hpp"

namespace mempool::viz {

namespace {

std::string hex_text(const u8* bytes, u64 count) {
  std::string text;
  for (u64 i = 0; i < count; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : " ", bytes[i]);
  return text;
}

const char* side_text(bool front) {
  return front ? "front" : "back";
}

/// " #9 was asked for at parser.c:118."
std::string asked_text(const Telling& t, u64 number) {
  std::string site = site_text(t.frame.before, number);
  if (site.empty()) site = site_text(t.frame.after, number);
  return site.empty() ? "" : fmt::format(" #{} was asked for at {}.", number, site);
}

// ---- guards

/// "✗ Guard: the back guard of #9 has 3 of 8 bytes overwritten, ..."
std::string guard_text(const Telling& t, u64 number, bool front, const Guard& guard) {
  std::string text =
      fmt::format("✗ Guard: the {} guard of #{} has {} of {} bytes overwritten, first at {}",
                  side_text(front), number, guard.damaged, guard.size, t.at(guard.first));
  const u64 shown = std::min<u64>({guard.shown, guard.damaged, 4});
  if (shown != 0)
    text += fmt::format(" (expected {}, found {})", hex_text(guard.expected.data(), shown),
                        hex_text(guard.found.data(), shown));
  return fmt::format("{}; {}.{}", text, window_text(guard.good_call, guard.bad_call),
                     asked_text(t, number));
}

/// The guard as this call's check found it: the block may be gone afterwards.
Guard as_checked(const Telling& t, const pool_event_guard_check& e) {
  Guard guard;
  guard.offset = e.offset;
  guard.size = e.size;
  guard.damaged = e.damaged;
  guard.first = e.first;
  const u64 shown = std::min<u64>({e.expected.size, e.found.size, guard.found.size()});
  guard.shown = static_cast<u8>(shown);
  std::copy_n(e.expected.data, shown, guard.expected.begin());
  std::copy_n(e.found.data, shown, guard.found.begin());
  guard.bad_call = t.frame.call;
  const Block* block = t.frame.before.containing(e.offset);
  const Guard* known = block == nullptr ? nullptr : block->guard_at(e.offset);
  if (known == nullptr) return guard;
  guard.good_call = t.frame.before.known_good(*known);
  if (known->bad_call != POOL_NONE) guard.bad_call = known->bad_call;
  return guard;
}

// ---- writes after free

/// What the model knows of the damage that begins there: found now, or still there.
Damage known_stain(const Telling& t, Damage damage) {
  const Model& after = t.frame.after;
  const auto newest = std::ranges::find_if(
      after.damages.rbegin(), after.damages.rend(),
      [&](const Damage& each) { return !each.is_guard() && each.first == damage.first; });
  if (newest != after.damages.rend()) return *newest;
  const auto still = after.stains.find(damage.first);
  if (still != after.stains.end()) return still->second;
  damage.bad_call = t.frame.call;
  return damage;
}

/// "byte 4 of #0, which was given back at call 3"
std::string owner_text(const Telling& t, u64 number, u64 at) {
  const Model& after = t.frame.after;
  const Grave* grave = after.gone(number);
  const bool holds = grave != nullptr && grave->holds(at);
  std::string what = fmt::format("a byte of #{}", number);
  if (holds && at >= grave->payload)
    what = fmt::format("byte {} of #{}", at - grave->payload, number);
  const std::optional<u64> call = holds ? grave->call : after.freed_call(number);
  return call ? fmt::format("{}, which was given back at call {}", what, *call) : what;
}

/// "✗ Write after free: 1 of 32 free bytes is not DD, at 4 (expected DD, found 41): ..."
std::string stain_text(const Telling& t, const Damage& damage, pool_bytes found) {
  std::string text = fmt::format("✗ Write after free: {} of {} free bytes {} not DD, {} {}",
                                 damage.damaged, damage.size, damage.damaged == 1 ? "is" : "are",
                                 damage.damaged == 1 ? "at" : "first at", t.at(damage.first));
  const u64 shown = std::min<u64>({found.size, damage.damaged, 4});
  if (shown != 0)
    text += fmt::format(
        " (expected {}, found {})",
        hex_text(std::array<u8, 4>{poison_byte, poison_byte, poison_byte, poison_byte}.data(),
                 shown),
        hex_text(found.data, shown));
  if (damage.number != POOL_NONE) text += ": " + owner_text(t, damage.number, damage.first);
  return fmt::format("{}; {}.{}", text, window_text(damage.good_call, damage.bad_call),
                     damage.number == POOL_NONE ? "" : asked_text(t, damage.number));
}

/// Damage that `bytes` events told before any check did.
void say_told(Telling& t, const pool_event_bytes& e, std::set<u64>& said) {
  const Model& after = t.frame.after;
  const auto told_here = [&](u64 bad_call, u64 first) {
    return bad_call == t.frame.call && first >= e.offset && first - e.offset < e.hex.size &&
           said.insert(first).second;
  };
  const Block* block = after.containing(e.offset);
  for (; block != nullptr && block->offset < e.offset + e.hex.size;
       block = after.containing(block->end()))
    for (const Guard* guard : {&block->front(), &block->back()})
      if (guard->damaged != 0 && told_here(guard->bad_call, guard->first))
        t.say(guard_text(t, block->number, guard == &block->front(), *guard));
  for (const Damage& damage : after.damages) {
    if (damage.is_guard() || !told_here(damage.bad_call, damage.first)) continue;
    const u8* found = e.hex.data + (damage.first - e.offset);
    t.say(stain_text(t, damage, {found, e.hex.size - (damage.first - e.offset)}));
  }
}

}  // namespace

std::string window_text(u64 good_call, u64 bad_call) {
  if (good_call == POOL_NONE) return fmt::format("never seen good, bad at call {}", bad_call);
  if (good_call == bad_call) return fmt::format("good, then bad within call {}", bad_call);
  return fmt::format("good at call {}, bad at call {}: written between them", good_call, bad_call);
}

std::string damage_text(const Damage& damage, Radix radix) {
  std::string what;
  if (damage.is_guard())
    what = fmt::format("{} guard of #{}", side_text(damage.side == POOL_SIDE_FRONT), damage.number);
  else
    what = damage.number == POOL_NONE ? "free memory"
                                      : fmt::format("freed bytes of #{}", damage.number);
  return fmt::format("{}: {} of {} B, first at {}; {}", what, damage.damaged, damage.size,
                     offset_text(damage.first, radix),
                     window_text(damage.good_call, damage.bad_call));
}

std::string site_text(const Model& model, u64 number) {
  const std::optional<Site> site = model.site(number);
  if (!site) return "";
  if (site->file.empty()) return fmt::format("line {}", site->line);
  std::string text;
  append_printable(site->file, text);
  return site->line == 0 ? text : fmt::format("{}:{}", text, site->line);
}

std::string recorded_text(const std::string& program) {
  if (program.empty()) return "";
  std::string name;
  append_printable(program, name);
  return fmt::format("These are the recorded calls of {} in this pool, not its own heap.", name);
}

std::string recorded_text(const Model& model) {
  return recorded_text(model.recorded);
}

void say_site(const Telling& t, const Model& model, u64 number) {
  const std::string site = site_text(model, number);
  if (!site.empty()) t.say(fmt::format("#{} was asked for at {}.", number, site));
}

void say_damage(Telling& t) {
  std::set<u64> said;  // by the first bad byte: a call may look twice
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind == POOL_EVENT_GUARD_CHECK && event->as.guard_check.damaged != 0) {
      const pool_event_guard_check& e = event->as.guard_check;
      if (said.insert(e.first).second)
        t.say(guard_text(t, e.block, e.side == POOL_SIDE_FRONT, as_checked(t, e)));
    }
    if (event->kind == POOL_EVENT_POISON_CHECK && event->as.poison_check.damaged != 0) {
      const pool_event_poison_check& e = event->as.poison_check;
      Damage damage = known_stain(t, {e.block, 0, e.first, e.damaged, e.size});
      damage.damaged = e.damaged;
      damage.size = e.size;
      if (said.insert(e.first).second) t.say(stain_text(t, damage, e.found));
    }
    if (event->kind == POOL_EVENT_BYTES) say_told(t, event->as.bytes, said);
  }
}

void say_checked(const Telling& t, u64 number) {
  u64 checked = 0, damaged = 0;
  for (const OwnedEvent& event : t.frame.events) {
    if (event->kind != POOL_EVENT_GUARD_CHECK || event->as.guard_check.block != number) continue;
    ++checked;
    damaged += event->as.guard_check.damaged;
  }
  if (checked != 0 && damaged == 0)
    t.say(fmt::format("The guards of #{} are checked: intact.", number));
}

}  // namespace mempool::viz
