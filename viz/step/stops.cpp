// Breakpoints and watches while calls go by: see stops.hpp.
#include "step/stops.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

bool measures(const std::vector<Stop>& stops) {
  const auto asks = [](const std::optional<Condition>& c) { return c && c->measures(); };
  return std::ranges::any_of(
      stops, [&](const Stop& stop) { return asks(stop.condition) || asks(stop.further); });
}

std::string describe_guard(const Guard& guard, const char* side) {
  if (guard.size == 0) return "";
  if (guard.damaged == 0) return fmt::format("{} guard of {} B intact", side, guard.size);
  return fmt::format("{} guard: {} of {} B damaged", side, guard.damaged, guard.size);
}

std::string describe_guards(const Block& block) {
  const std::string front = describe_guard(block.front(), "front");
  const std::string back = describe_guard(block.back(), "back");
  if (front.empty() && back.empty()) return "no guards";
  return front + (front.empty() || back.empty() ? "" : ", ") + back;
}

std::string part_of(const Block& block, u64 offset) {
  if (!block.lives()) return block.quarantined ? "in quarantine" : "free";
  if (block.guard_at(offset) != nullptr) return "guard";
  if (block.payload <= offset && offset < block.payload_end()) return "payload";
  return offset < block.payload ? "header" : "padding";
}

std::string describe_byte(u64 offset, const Model& model) {
  const Block* block = model.containing(offset);
  if (block == nullptr) return "outside the region";
  const Byte byte = model.byte(offset, block);
  return fmt::format("{} of {}, {}", part_of(*block, offset), block->name(),
                     byte.known ? fmt::format("0x{:02X}", byte.value) : "value not known");
}

bool overlap(const Written& a, u64 offset, u64 size) {
  return a.offset < offset + size && offset < a.offset + a.size;
}

}  // namespace

Result<Watched> parse_watched(std::string_view text) {
  constexpr const char* expected =
      "a block, its guards or an offset is expected: watch #9, watch #9.guard, watch 0x2A8";
  Watched watched;
  const bool block = text.starts_with('#');
  if (block) text.remove_prefix(1);
  if (block && (text.ends_with(".guard") || text.ends_with(".guards"))) {
    watched.what = Watched::What::guards;
    text = text.substr(0, text.rfind('.'));
  } else if (!block) {
    watched.what = Watched::What::byte;
  }
  const std::optional<u64> number = whole_number(text);
  if (!number) return failure(expected);
  watched.which = *number;
  return watched;
}

std::string describe(const Watched& watched, const Model& model, Radix radix) {
  if (watched.what == Watched::What::byte) return describe_byte(watched.which, model);
  const Block* block = model.live(watched.which);
  if (block == nullptr) return watched.which < model.next_number ? "gone" : "not there yet";
  if (watched.what == Watched::What::guards) return describe_guards(*block);
  return fmt::format("{} B at {}, {} asked for{}", block->size, offset_text(block->offset, radix),
                     block->requested, block->guard == 0 ? "" : ", " + describe_guards(*block));
}

// ---- breakpoints and watches

Lookout::Lookout(std::vector<Stop>& stops, Radix radix, bool all)
    : Gather(measures(stops)), stops_(stops), radix_(radix), all_(all) {}

void Lookout::start(const Model& model) {
  const u64 largest = this->largest();
  for (Stop& stop : stops_) {
    if (stop.watched) stop.seen = describe(*stop.watched, model, radix_);
    CallFacts none;
    none.call = model.last_call;
    none.first_seq = none.last_seq = model.last_seq;
    if (stop.condition && stop.condition->is_state())
      stop.held = model.capacity != 0 && stop.condition->holds(none, model, largest);
  }
}

bool Lookout::meets(Stop& stop, const CallFacts& facts, const Model& after, std::string& change) {
  if (stop.condition) {
    const bool holds = stop.condition->holds(facts, after, largest());
    const bool held = std::exchange(stop.held, holds);
    if (!holds || (held && stop.condition->is_state())) return false;
  } else {
    const std::string now = describe(*stop.watched, after, radix_);
    const Block* block =
        stop.watched->what == Watched::What::block ? after.live(stop.watched->which) : nullptr;
    const bool written = block != nullptr && std::ranges::any_of(facts.told, [&](const Written& w) {
                           return overlap(w, block->payload, block->requested);
                         });
    if (now == stop.seen && !written) return false;
    change = now == stop.seen ? "bytes of its payload are told"
                              : fmt::format("was: {}; is: {}", stop.seen, now);
    stop.seen = now;
  }
  return !stop.further || stop.further->holds(facts, after, largest());
}

bool Lookout::judge(const CallFacts& facts, const Model& after) {
  bool stopped = false;
  for (Stop& stop : stops_) {
    std::string change;
    if (!meets(stop, facts, after, change)) continue;
    if (!all_) {
      ++stop.hits;
      if (stop.ignore != 0) {
        --stop.ignore;
        continue;
      }
    }
    hits_.push_back({facts.call, stop.id, std::move(change)});
    stopped = true;
  }
  return all_ || !stopped;
}

// ---- searches

void Finder::start(const Model& model) {
  CallFacts none;
  none.call = model.last_call;
  none.first_seq = none.last_seq = model.last_seq;
  held_ = condition_.is_state() && model.capacity != 0 && condition_.holds(none, model, largest());
}

bool Finder::judge(const CallFacts& facts, const Model& after) {
  const bool holds = condition_.holds(facts, after, largest());
  const bool counts = holds && !(condition_.is_state() && held_);
  held_ = holds;
  if (counts) found = facts.call;
  return !counts || last_;
}

}  // namespace mempool::viz::step
