// The .mplog encoding, writing half. One function an event kind, made from the list when we
// compile: which field lies where is known then, so packing is a row of moves.
#include "log/mplog.hpp"

#include <mempool.h>

#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/little.hpp"
#include "log/encoding.hpp"
#include "log/record.hpp"

namespace mempool::log::mplog {
namespace {

using event::Field;
using event::Type;

/// Hands a field's number over, if the field has a cell and is there, and sets its bit if it has
/// one.
template <std::size_t kind, std::size_t f, class Put>
[[gnu::always_inline]] inline void each_number(const pool_event& event, u8& bits, const Put& put) {
  constexpr Field field = event::kinds[kind].fields[f];
  constexpr u8 bit = record::bit_of(event::kinds[kind], f);
  if constexpr (!record::has_cell(field.type)) {
    if (event::get<u8>(event, field) != 0) bits |= bit;
    return;
  }
  if constexpr (bit != 0) {
    if (!event::present(event, field)) return;
    bits |= bit;
  }
  if constexpr (field.type == Type::TEXT)
    put(std::strlen(event::get<const char*>(event, field)));
  else if constexpr (field.type == Type::BYTES)
    put(event::get<pool_bytes>(event, field).size);
  else if constexpr (event::words(field.type).empty())
    put(event::get<u64>(event, field));
  else
    put(u64{event::get<u32>(event, field)});
}

/// The numbers of an event's fields, in order; returns their bits.
template <std::size_t kind, class Put>
[[gnu::always_inline]] inline u8 each_number(const pool_event& event, const Put& put) {
  u8 bits = 0;
  [&]<std::size_t... f>(std::index_sequence<f...>) {
    (each_number<kind, f>(event, bits, put), ...);
  }
  (std::make_index_sequence<event::kinds[kind].fields.size()>{});
  return bits;
}

record::Head head_of(const pool_event& event, u8 kind, u8 bits) {
  return {kind, bits, little(static_cast<u16>(event.pool)), little(static_cast<u32>(event.seq))};
}

/// The eight bytes of a record that come first; the cells or data that follow are the caller's.
char* put_head(record::Head head, char* to) {
  std::memcpy(to, &head, sizeof head);
  return to + sizeof head;
}

char* put_cell(u32 cell, char* to) {
  store_little(to, cell);
  return to + sizeof cell;
}

/// All that a record can be: wide, timed, with cells in `more` records.
template <std::size_t kind>
[[gnu::noinline]] char* put_any(const pool_event& event, bool wide, char* to) {
  u32 cells[record::most_cells] = {};
  std::size_t count = 0;
  const auto add = [&](u64 number) { cells[count++] = static_cast<u32>(number); };
  const auto add_pair = [&](u64 number) {
    add(number);
    add(number >> 32);
  };
  if (wide) {
    add(event.seq >> 32);
    add(event.call >> 32);
    add(event.pool >> 16);
  }
  const bool timed = event.time != POOL_NONE;
  if (timed) add_pair(event.time);
  const u8 bits =
      each_number<kind>(event, [&](u64 number) { wide ? add_pair(number) : add(number); });

  const auto flags = static_cast<u8>((wide ? record::wide : 0) | (timed ? record::timed : 0));
  char* at = put_head(head_of(event, static_cast<u8>(event.kind), bits | flags), to);
  at = put_cell(static_cast<u32>(event.call), at);
  std::size_t done = 0;
  for (; done < record::first_cells; ++done) at = put_cell(cells[done], at);
  while (done < count) {
    at = put_head(head_of(event, record::more, 0), at);
    for (std::size_t i = 0; i < record::more_cells; ++i, ++done)
      at = put_cell(done < count ? cells[done] : 0, at);
  }
  return at;
}

/// Nearly all events fit into one record that is neither wide nor timed. So they are written as if
/// they did, and once more if they do not.
template <std::size_t kind>
[[gnu::always_inline]] inline char* put_numbers(const pool_event& event, char* to) {
  char* const end = to + record::size;
  char* at = put_cell(static_cast<u32>(event.call), to + record::head_size);
  u64 all = event.seq | event.call;
  const u8 bits = each_number<kind>(event, [&](u64 number) {
    all |= number;
    at = put_cell(static_cast<u32>(number), at);
  });
  const bool wide = (all >> 32 | event.pool >> 16) != 0;
  if (MEMPOOL_UNLIKELY(wide || event.time != POOL_NONE || at > end))
    return put_any<kind>(event, wide, to);
  while (at < end) at = put_cell(0, at);
  static_cast<void>(put_head(head_of(event, static_cast<u8>(event.kind), bits), to));
  return end;
}

char* put_data(const pool_event& event, u8 kind, std::string_view data, char* to) {
  while (!data.empty()) {
    const std::string_view part = data.substr(0, record::data_size);
    to = put_head(head_of(event, kind, static_cast<u8>(part.size())), to);
    std::memset(to, 0, record::data_size);
    part.copy(to, part.size());
    to += record::data_size;
    data.remove_prefix(part.size());
  }
  return to;
}

template <std::size_t kind, std::size_t f>
void put_field_data(const pool_event& event, char*& to) {
  constexpr Field field = event::kinds[kind].fields[f];
  if constexpr (field.type == Type::TEXT) {
    if (const char* text = event::get<const char*>(event, field))
      to = put_data(event, record::text, text, to);
  } else if constexpr (field.type == Type::BYTES) {
    const auto bytes = event::get<pool_bytes>(event, field);
    if (bytes.data != nullptr)
      to = put_data(event, record::bytes, {reinterpret_cast<const char*>(bytes.data), bytes.size},
                    to);
  }
}

template <std::size_t kind>
char* write_kind(const pool_event& event, char* to) {
  to = put_numbers<kind>(event, to);
  [&]<std::size_t... f>(std::index_sequence<f...>) {
    (put_field_data<kind, f>(event, to), ...);
  }
  (std::make_index_sequence<event::kinds[kind].fields.size()>{});
  return to;
}

/// Cells in the first record and those that follow, and a last record for each text.
static_assert(record::size * (1 + record::most_cells / record::more_cells + record::most_values) <=
                  most_bytes_without_data,
              "an event may take more records than there is room for");

using Write = char* (*)(const pool_event&, char*);

constexpr auto writers = []<std::size_t... kind>(std::index_sequence<kind...>) {
  return std::array<Write, sizeof...(kind)>{write_kind<kind>...};
}
(std::make_index_sequence<std::size(event::kinds)>{});

}  // namespace

char* write_header(char* to) {
  constexpr std::string_view producer = "mempool " MEMPOOL_VERSION;
  static_assert(producer.size() < record::producer_size);
  std::memset(to, 0, record::header_size);
  record::magic.copy(to, record::magic.size());
  store_little(to + 8, format_major);
  store_little(to + 10, format_minor);
  store_little(to + 12, static_cast<u16>(record::size));
  producer.copy(to + record::producer_at, producer.size());
  return to + record::header_size;
}

char* write_event(const pool_event& event, char* to) {
  return event::find(event.kind) == nullptr ? to : writers[event.kind - 1](event, to);
}

}  // namespace mempool::log::mplog
