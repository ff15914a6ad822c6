// The two encodings of a log, and which one a path asks for. What they look like is jsonl.hpp's
// and mplog.hpp's; which one a file that is read has, its first bytes say (reader.cpp).
#pragma once

#include <mempool/event.h>

#include <string>
#include <string_view>

#include "event/table.hpp"

namespace mempool::log {

/// The version of the log, the same in both. A newer minor only adds: events, or fields at the end
/// of an event, which must be ones that may be left out.
inline constexpr u16 format_major = 1;
inline constexpr u16 format_minor = 0;

enum class Encoding : u8 {
  jsonl,  // for people and their tools
  mplog,  // for speed
};

/// By the extension: `.mplog`, and .jsonl for everything else.
[[nodiscard]] Encoding encoding_of(std::string_view path);

/// What a log begins with, written to memory with room for most_bytes_without_data. Returns its
/// end.
[[nodiscard]] char* write_header(Encoding encoding, char* to);

/// Writes one event to memory with room for most_bytes(event); a little more than its own bytes may
/// be overwritten. Returns its end.
using EventWriter = char* (*)(const pool_event& event, char* to);
[[nodiscard]] EventWriter event_writer(Encoding encoding);

/// Bytes that an event may take in any encoding: its numbers and words, and its text and bytes,
/// a byte of which can become `\u001f`.
inline constexpr std::size_t most_bytes_without_data = 1024;
[[nodiscard]] std::size_t size_of_data(const pool_event& event);
[[nodiscard]] inline std::size_t most_bytes(const pool_event& event) {
  return most_bytes_without_data + (event::has_data(event.kind) ? 6 * size_of_data(event) : 0);
}

/// The same at the end of a string.
void write_header(Encoding encoding, std::string& out);
void write_event(Encoding encoding, const pool_event& event, std::string& out);

}  // namespace mempool::log
