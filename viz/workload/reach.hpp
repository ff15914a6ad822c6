// Reach: what a write operation does to the region, and the note that tells it.
//
// A write goes through a pointer, so it may begin before the payload and end behind it; what would
// lie outside of the region is left out, and said. The note is read again when a workload is made
// from a log (from_log.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workload/workload.hpp"

namespace mempool::viz {

/// The part of a write that lies inside of the region.
struct Reach {
  u64 begin = 0;    // offset in the region
  u64 count = 0;    // bytes
  u64 outside = 0;  // bytes that are left out
};
[[nodiscard]] Reach reach(const Write& write, u64 payload, u64 capacity);

/// "4 x 0x58 written through #0 at byte 16; 2 more would lie outside of the region"
[[nodiscard]] std::string write_note(const Write& write, u32 index, const Reach& reach);

/// What such a note tells; nothing if it is another one.
struct NotedWrite {
  Write write;
  u32 index = 0;
};
[[nodiscard]] std::optional<NotedWrite> read_write_note(std::string_view text);

}  // namespace mempool::viz
