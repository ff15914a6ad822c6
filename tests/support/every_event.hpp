// Support for specs of the log: events of every kind with values at their limits, so that a new
// event or field is covered as soon as it is in the list. Expects nothing itself.
#pragma once

#include <iterator>
#include <vector>

#include "event/table.hpp"
#include "log/jsonl.hpp"

namespace mempool::tests {

inline const u64 numbers[] = {0,
                              1,
                              log::largest_plain_number - 1,
                              log::largest_plain_number,
                              log::largest_plain_number + 1,
                              log::largest_plain_number + 2,
                              u64_max - 1,
                              u64_max};

/// What a program may hand over as text, and what a reader gets to see.
struct Text {
  const char* said;
  const char* read;
};
inline const Text texts[] = {
    {"", ""},
    {"plain", "plain"},
    {"\"quoted\" \\ /\b\f\n\r\t", "\"quoted\" \\ /\b\f\n\r\t"},
    {"\x01\x1b[31m\x1f\x7f", "\x01\x1b[31m\x1f\x7f"},
    {"%n%s", "%n%s"},
    {"</script>", "</script>"},
    {"grüße 🦊", "grüße 🦊"},
    {"stray \x80, cut \xf0\x9f", "stray \xef\xbf\xbd, cut \xef\xbf\xbd\xef\xbf\xbd"},
    {"overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd"},
    {"surrogate \xed\xa0\x80.", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd."},
    {"beyond \xf4\x90\x80\x80.", "beyond \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd."},
};

/// Sets a field to the n-th of the values that may stand in it.
inline void set_nth(pool_event& event, const event::Field& field, std::size_t n) {
  static const std::vector<u8> every_byte = [] {
    std::vector<u8> bytes(256);
    for (std::size_t i = 0; i < 256; ++i) bytes[i] = static_cast<u8>(i);
    return bytes;
  }();
  using event::Type;
  switch (field.type) {
    case Type::U64:
    case Type::OPT:
    case Type::ADDR:
    case Type::OPTADDR: return event::set<u64>(event, field, numbers[n % std::size(numbers)]);
    case Type::FLAG:
    case Type::MARK: return event::set<u8>(event, field, n % 2);
    case Type::TEXT: return event::set<const char*>(event, field, texts[n % std::size(texts)].said);
    case Type::BYTES: {
      const pool_bytes bytes{every_byte.data(), n % 3 == 0 ? 256 : n % 17};
      return event::set<pool_bytes>(event, field, bytes);
    }
    default: {
      const auto words = event::words(field.type);
      return event::set<u32>(event, field, words[n % words.size()].code);
    }
  }
}

/// All kinds in an order that a log may have: `end` comes last, whatever its code.
inline const std::vector<event::Kind>& every_kind() {
  static const std::vector<event::Kind> kinds = [] {
    std::vector<event::Kind> in_order;
    for (const event::Kind& kind : event::kinds)
      if (kind.code != POOL_EVENT_END) in_order.push_back(kind);
    in_order.push_back(*event::find(POOL_EVENT_END));
    return in_order;
  }();
  return kinds;
}

/// An event of this kind with something in every field.
inline pool_event event_of(const event::Kind& kind) {
  pool_event event = event::make(kind.code);
  event.seq = kind.code;
  for (std::size_t f = 0; f < kind.fields.size(); ++f) set_nth(event, kind.fields[f], f + 1);
  return event;
}

}  // namespace mempool::tests
