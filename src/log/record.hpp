// The .mplog encoding: what a record is, for the half that writes (mplog.cpp) and the half that
// reads (unpack.cpp). No code; docs/log-format.md tells the same in prose.
//
//     header  64 bytes   "MEMPOOL\n" | major u16 | minor u16 | record size u16 | producer, zeros
//     record  32 bytes   | kind u8 | bits u8 | pool u16 | seq u32 |   stored last, in one piece
//                        | call u32 | 5 cells, u32 each           |
//
// An event is one record, and more where it does not fit: `more` records with 6 cells each, then
// `text` and `bytes` records with 24 bytes each. They begin like the record they continue, with a
// kind of their own. The kind of an event is its code in the list; 0 is never a kind, so the
// first record that is 0 ends the log. All numbers are little-endian.
//
// The cells, in this order:
//
//     wide only   the high halves of seq and call, and the pool above its 16 bits
//     if timed    time: two cells
//     the fields  in the order of the list, without those that a bit says all of: a flag, and an
//                 optional field that holds nothing. One cell each, two (low, high) in a wide
//                 record. A word is its code; a text or a run of bytes is its size.
#pragma once

#include "event/table.hpp"

namespace mempool::log::record {

inline constexpr std::string_view magic{"MEMPOOL\n", 8};
inline constexpr std::size_t header_size = 64;
inline constexpr std::size_t producer_at = 16, producer_size = 48;

inline constexpr std::size_t size = 32;
inline constexpr std::size_t head_size = 8;
inline constexpr std::size_t first_cells = 5, more_cells = 6, data_size = 24;

enum Kind : u8 { more = 240, text = 241, bytes = 242 };
inline constexpr u8 first_continuation = more;

/// The first eight bytes of every record.
struct Head {
  u8 kind;
  u8 bits;  // of an event: wide, timed, then one for each flag or optional field; of `text` and
            // `bytes`: how many of the 24 bytes are used
  u16 pool;
  u32 seq;
};
static_assert(sizeof(Head) == head_size);

inline constexpr u8 wide = 1, timed = 2;

/// Has a field a bit of its own?
[[nodiscard]] constexpr bool has_bit(event::Type type) {
  return type == event::Type::FLAG || event::optional(type);
}
/// Has it a cell, when it is there?
[[nodiscard]] constexpr bool has_cell(event::Type type) {
  return type != event::Type::FLAG && type != event::Type::MARK;
}

/// The bit of field f of an event; 0 if it needs none.
[[nodiscard]] constexpr u8 bit_of(const event::Kind& kind, std::size_t f) {
  if (!has_bit(kind.fields[f].type)) return 0;
  unsigned bit = 4;
  for (std::size_t i = 0; i < f; ++i)
    if (has_bit(kind.fields[i].type)) bit <<= 1;
  return static_cast<u8>(bit);
}

/// The bits that mean something for a kind.
[[nodiscard]] constexpr u8 known_bits(const event::Kind& kind) {
  unsigned bits = wide | timed;
  for (std::size_t f = 0; f < kind.fields.size(); ++f) bits |= bit_of(kind, f);
  return static_cast<u8>(bits);
}

[[nodiscard]] consteval bool bits_suffice() {
  for (const event::Kind& kind : event::kinds) {
    unsigned bits = 2;
    for (const event::Field& field : kind.fields) bits += has_bit(field.type) ? 1 : 0;
    if (bits > 8) return false;
  }
  return true;
}
static_assert(bits_suffice(), "an event has more flags and optional fields than a record has bits");
static_assert(std::size(event::kinds) < first_continuation);

/// The most fields with a cell that any event has, and cells of any event.
[[nodiscard]] consteval std::size_t count_most_values() {
  std::size_t most = 0;
  for (const event::Kind& kind : event::kinds) {
    std::size_t values = 0;
    for (const event::Field& field : kind.fields) values += has_cell(field.type) ? 1 : 0;
    most = values > most ? values : most;
  }
  return most;
}
inline constexpr std::size_t most_values = count_most_values();
inline constexpr std::size_t most_cells = 3 + 2 + 2 * most_values;

}  // namespace mempool::log::record
