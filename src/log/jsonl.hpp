// The .jsonl encoding: one flat JSON object an event, one event a line. The writing half.
//
//     {"mempool_log":1,"minor":0,"producer":"mempool 0.0.2"}            <- the first line
//     {"seq":3,"pool":1,"call":1,"event":"alloc","block":0,"offset":0,...}
//
// Keys: seq, pool, call, event, [time], then the event's fields in the order of the one list; a
// field that holds nothing is left out. No space outside strings. Numbers above 2^53 - 1 are
// written as decimal strings (JavaScript cannot hold them); text is made valid UTF-8 (a byte that
// is not becomes U+FFFD). The reading half is reader.hpp, which links a JSON library; this half
// is linked into libmempool and links nothing.
#pragma once

#include "log/encoding.hpp"

namespace mempool::log {

inline constexpr u64 largest_plain_number = (u64{1} << 53) - 1;

namespace jsonl {

/// See encoding.hpp.
[[nodiscard]] char* write_header(char* to);
[[nodiscard]] char* write_event(const pool_event& event, char* to);

}  // namespace jsonl

/// Appends the first line of a log; one event and a newline.
inline void write_header(std::string& out) {
  write_header(Encoding::jsonl, out);
}
inline void write_event(const pool_event& event, std::string& out) {
  write_event(Encoding::jsonl, event, out);
}

}  // namespace mempool::log
