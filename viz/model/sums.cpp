// Sums: the two figures that every view shows, with the terms they are made of; offsets, lists and
// counts in words. Knows a model, no frame and no call.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/telling.hpp"

namespace mempool::viz {

std::string sum_of_bytes(const Model& model) {
  std::string used = fmt::format("used {}", model.used_bytes);
  if (model.used_bytes != 0) {
    used += fmt::format(" (payload {}", model.payload_bytes);
    if (model.guard_bytes != 0) used += fmt::format(" + guards {}", model.guard_bytes);
    if (model.all_headers() != 0) used += fmt::format(" + headers {}", model.all_headers());
    if (model.padding_bytes() != 0) used += fmt::format(" + padding {}", model.padding_bytes());
    used += ")";
  }
  if (model.quarantined_bytes != 0)
    used += fmt::format(" + quarantine {}", model.quarantined_bytes);
  return fmt::format("{} B = {} + free {}", model.capacity, used, model.free_bytes);
}

std::string sum_of_fragmentation(const Model& model) {
  if (model.free_bytes == 0) return "external fragmentation: nothing is free";
  const u64 largest = model.largest_free();
  const double share = static_cast<double>(largest) / static_cast<double>(model.free_bytes);
  return fmt::format("external fragmentation = 1 - {}/{} = {} %", largest, model.free_bytes,
                     std::lround((1 - share) * 100));
}

std::string offset_text(u64 offset, Radix radix) {
  return radix == Radix::hex ? fmt::format("0x{:X}", offset) : std::to_string(offset);
}

std::string list_text(const std::vector<std::string>& items, std::size_t most,
                      const char* last_word) {
  const std::size_t shown = std::min(items.size(), most);
  const std::size_t more = items.size() - shown;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == shown && more == 0;
    if (i > 0) text += last ? fmt::format(" {} ", last_word) : ", ";
    text += items[i];
  }
  return more == 0 ? text : fmt::format("{} {} {} more", text, last_word, more);
}

std::string count_text(u64 count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

const pool_event* Telling::find(u32 kind) const {
  for (const OwnedEvent& event : frame.events)
    if (event->kind == kind) return &*event;
  return nullptr;
}

}  // namespace mempool::viz
