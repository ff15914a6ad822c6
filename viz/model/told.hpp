// Told: what the log has told of the region's bytes. A memory of values; it knows no blocks.
//
// Bytes are known in three ways: a `bytes` event gave them (kept in pages), a guard was left
// behind in free memory, or freed payload was filled (both kept as spans). A program writes
// without telling, so "known" always means: as last told.
// Memory is bounded by what a log may reasonably tell: past most_pages further bytes are not kept,
// and the views show them as unknown.
#pragma once

#include <mempool/event.h>

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/units.hpp"
#include "model/offset_map.hpp"

namespace mempool::viz {

/// What a freed block leaves in free memory.
enum class Left : u8 { nothing, guard, fill };

class Told {
 public:
  static constexpr u64 page_size = 4096;
  static constexpr std::size_t most_pages = 16384;  // 64 MiB of the region

  /// These bytes stand at offset now.
  void tell(u64 offset, pool_bytes bytes);
  /// Somebody takes the range or writes it anew: nothing is known of it.
  void forget(u64 offset, u64 size);
  /// A freed block leaves this behind. The range holds no span yet.
  void leave(u64 offset, u64 size, Left what);
  /// The bytes told of [from, from + size) now stand at `to` as well; the ranges do not overlap.
  void copy(u64 from, u64 to, u64 size);
  void clear();

  /// The byte that a `bytes` event told.
  [[nodiscard]] std::optional<u8> at(u64 offset) const;
  /// What was left at offset, whether or not it has been told again since.
  [[nodiscard]] Left left(u64 offset) const;

 private:
  struct Page {
    std::array<u8, page_size> value{};
    std::array<u64, page_size / 64> known{};  // a bit a byte
  };
  struct Span {
    u64 size = 0;
    Left what = Left::nothing;
  };
  /// The pages of the range that are told. Visits whichever are fewer, those of the range or all
  /// that are told, so that a hostile size costs nothing.
  [[nodiscard]] std::vector<u64> pages_in(u64 offset, u64 size) const;
  void forget_pages(u64 offset, u64 size);
  void forget_spans(u64 offset, u64 size);

  std::unordered_map<u64, Page> pages_;  // by offset / page_size
  OffsetMap<Span> spans_;                // they do not overlap
  friend class Keyframe;                 // keyframe.cpp: a model as bytes
};

}  // namespace mempool::viz
