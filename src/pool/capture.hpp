// Capture: which bytes of the region have changed since they were last told. Option `capture`.
//
//     region   ..ABCD....xy......
//     shadow   ..ABcD..........          what was told
//     told         -     --              runs; two that are nearly next to each other are one
//
// Knows bytes, not blocks. Costs a comparison of the region a call, so it is for small pools.
#pragma once

#include <algorithm>
#include <cstring>

#include "base/memory.hpp"

namespace mempool {

class Capture {
 public:
  Capture() = default;
  ~Capture() { unmap(shadow_, size_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// What is in the region now counts as told. Without memory nothing is captured.
  void open(const u8* region, u64 size) {
    shadow_ = static_cast<u8*>(map(size));
    if (shadow_ == nullptr) return;
    size_ = size;
    std::memcpy(shadow_, region, size);
  }
  [[nodiscard]] bool active() const { return shadow_ != nullptr; }

  /// tell(offset, size) for each run that has changed; then it counts as told.
  template <class Tell>
  void changes(const u8* region, const Tell& tell) {
    for (u64 line = 0; line < size_; line += line_size) {
      const u64 end = std::min(size_, line + line_size);
      if (std::memcmp(region + line, shadow_ + line, end - line) == 0) continue;
      for (u64 at = line; at < end;) {
        if (region[at] == shadow_[at]) {
          ++at;
          continue;
        }
        const u64 first = at;
        u64 last = at;
        for (; at < size_ && at - last <= nearly_next && at - first < most_at_once; ++at)
          if (region[at] != shadow_[at]) last = at;
        std::memcpy(shadow_ + first, region + first, last + 1 - first);
        tell(first, last + 1 - first);
        at = last + 1;
      }
    }
  }

 private:
  static constexpr u64 line_size = 4096;
  static constexpr u64 nearly_next = 16;
  static constexpr u64 most_at_once = 4096;

  u8* shadow_ = nullptr;  // owned
  u64 size_ = 0;
};

}  // namespace mempool
