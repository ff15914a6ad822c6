// The sums and the note of a write: see reach.hpp.
#include "workload/reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "workload/number.hpp"

namespace mempool::viz {

namespace {

/// A text that is eaten from the front; what does not come ends it.
struct Rest {
  std::string_view text;
  bool good = true;

  void word(std::string_view expected) {
    good = good && text.starts_with(expected);
    if (good) text.remove_prefix(expected.size());
  }
  u64 number(u64 most) {
    const Number found = good ? read_number(text) : Number{};
    good = found.length != 0 && !found.too_large && found.value <= most;
    text.remove_prefix(found.length);
    return found.value;
  }
};

}  // namespace

Reach reach(const Write& write, u64 payload, u64 capacity) {
  const bool before = write.offset < 0;
  const u64 distance = before ? 0 - static_cast<u64>(write.offset) : static_cast<u64>(write.offset);
  const u64 cut = before && distance > payload ? distance - payload : 0;  // below the region
  Reach made;
  made.begin = before ? payload + cut - distance : add_saturating(payload, distance);
  const u64 wanted = write.count - std::min(cut, write.count);
  made.count = std::min(wanted, capacity - std::min(made.begin, capacity));
  made.outside = write.count - made.count;
  return made;
}

std::string write_note(const Write& write, u32 index, const Reach& reach) {
  std::string text = fmt::format("{} x 0x{:02X} written through #{} at byte {}", reach.count,
                                 write.byte, index, write.offset);
  if (reach.outside != 0)
    text += fmt::format("; {} more would lie outside of the region", reach.outside);
  return text;
}

std::optional<NotedWrite> read_write_note(std::string_view text) {
  constexpr u64 most_offset = std::numeric_limits<std::int64_t>::max();
  Rest rest{text};
  NotedWrite noted;
  noted.write.count = rest.number(u64_max);
  rest.word(" x ");
  noted.write.byte = static_cast<u8>(rest.number(255));
  rest.word(" written through #");
  noted.index = static_cast<u32>(rest.number(most_allocations - 1));
  rest.word(" at byte ");
  const bool before = rest.text.starts_with('-');
  if (before) rest.word("-");
  const auto distance = static_cast<std::int64_t>(rest.number(most_offset));
  noted.write.offset = before ? -distance : distance;
  if (rest.good && !rest.text.empty()) {
    rest.word("; ");
    const u64 outside = rest.number(u64_max);
    rest.word(" more would lie outside of the region");
    noted.write.count = add_saturating(noted.write.count, outside);
  }
  if (!rest.good || !rest.text.empty() || noted.write.count == 0) return std::nullopt;
  return noted;
}

}  // namespace mempool::viz
