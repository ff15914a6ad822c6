// The list of events as constexpr data: what readers, writers, narration and docs loop over.
//
// Everything here is expanded from include/mempool/event.h; nothing is said twice. Not a reader
// or a writer: it only knows where each field lies in a pool_event and what it means.
#pragma once

#include <mempool/event.h>

#include <array>
#include <cstring>
#include <span>
#include <string_view>

#include "base/units.hpp"

namespace mempool::event {

enum class Type : u8 {
  U64,
  OPT,
  FLAG,
  MARK,
  ADDR,
  OPTADDR,
  TEXT,
  BYTES,
  POLICY,
  SIDE,
  REASON,
  ERROR
};
enum class Unit : u8 { BYTES, NUMBER, WORD, ADDRESS, TEXT, HEX, FLAG };

struct Field {
  std::string_view name;
  Type type;
  Unit unit;
  u16 at;  // bytes from the start of pool_event
  std::string_view meaning;
};

struct Kind {
  u32 code;
  std::string_view name;
  std::string_view says;  // narration, see event.h
  std::span<const Field> fields;
};

#define POOL_ROW_(TYPE, field, unit, meaning) \
  Field{#field, Type::TYPE, Unit::unit,       \
        static_cast<u16>(offsetof(pool_event, as) + offsetof(EventStruct, field)), meaning},
#define POOL_ROWS_(NAME, name, code, says)                           \
  namespace rows_##name {                                            \
    using EventStruct = pool_event_##name;                           \
    inline constexpr Field rows[] = {POOL_FIELDS_##name(POOL_ROW_)}; \
  }
POOL_EVENTS(POOL_ROWS_)
#undef POOL_ROWS_
#undef POOL_ROW_

#define POOL_ENTRY_(NAME, name, code, says) Kind{code, #name, says, rows_##name::rows},
inline constexpr Kind kinds[] = {POOL_EVENTS(POOL_ENTRY_)};
#undef POOL_ENTRY_

/// The row of a kind; nullptr for a code that is not in the list.
[[nodiscard]] constexpr const Kind* find(u32 code) {
  if (code == 0 || code > std::size(kinds)) return nullptr;
  return &kinds[code - 1];  // codes run from 1 without gaps, asserted below
}

[[nodiscard]] constexpr const Kind* find(std::string_view name) {
  for (const Kind& kind : kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

consteval bool codes_run_from_one() {
  for (u32 i = 0; i < std::size(kinds); ++i)
    if (kinds[i].code != i + 1) return false;
  return true;
}
static_assert(codes_run_from_one(), "an event code was skipped or reused: codes are on disk");

/// Words of one kind of field: a word and its code.
struct Word {
  u32 code;
  std::string_view text;
};

#define POOL_WORD_ROW_(CONSTANT, word, code) Word{code, #word},
inline constexpr Word policies[] = {POOL_POLICIES(POOL_WORD_ROW_)};
inline constexpr Word sides[] = {POOL_SIDES(POOL_WORD_ROW_)};
inline constexpr Word reasons[] = {POOL_REASONS(POOL_WORD_ROW_)};
inline constexpr Word errors[] = {POOL_ERRORS(POOL_WORD_ROW_)};
#undef POOL_WORD_ROW_

/// The words a field of this type may hold; empty if it holds no word.
[[nodiscard]] constexpr std::span<const Word> words(Type type) {
  switch (type) {
    case Type::POLICY: return policies;
    case Type::SIDE: return sides;
    case Type::REASON: return reasons;
    case Type::ERROR: return errors;
    default: return {};
  }
}

/// The word for a code, "?" if there is none; and the code for a word, 0 if there is none.
[[nodiscard]] constexpr std::string_view word(Type type, u32 code) {
  for (const Word& w : words(type))
    if (w.code == code) return w.text;
  return "?";
}
[[nodiscard]] constexpr u32 code_of(Type type, std::string_view text) {
  for (const Word& w : words(type))
    if (w.text == text) return w.code;
  return 0;
}

/// Has a kind text or bytes, of any length?
[[nodiscard]] constexpr bool has_data(u32 code) {
  constexpr auto mask = [] {
    u64 codes = 0;
    for (const Kind& kind : kinds)
      for (const Field& field : kind.fields)
        if (field.type == Type::TEXT || field.type == Type::BYTES) codes |= u64{1} << kind.code;
    return codes;
  }();
  static_assert(std::size(kinds) < 64);
  return code < 64 && (mask >> code & 1) != 0;
}

/// Reads and writes a field's value in an event. T is the field's C type.
template <class T>
[[nodiscard]] T get(const pool_event& event, const Field& field) {
  T value;
  std::memcpy(&value, reinterpret_cast<const char*>(&event) + field.at, sizeof value);
  return value;
}
template <class T>
void set(pool_event& event, const Field& field, T value) {
  std::memcpy(reinterpret_cast<char*>(&event) + field.at, &value, sizeof value);
}

/// True for a field that may be left out of the log.
[[nodiscard]] constexpr bool optional(Type type) {
  return type == Type::OPT || type == Type::OPTADDR || type == Type::TEXT || type == Type::BYTES ||
         type == Type::MARK;
}

/// False for an optional field that holds nothing; such a field is not written.
[[nodiscard]] inline bool present(const pool_event& event, const Field& field) {
  switch (field.type) {
    case Type::OPT:
    case Type::OPTADDR: return get<u64>(event, field) != POOL_NONE;
    case Type::MARK: return get<u8>(event, field) != 0;
    case Type::TEXT: return get<const char*>(event, field) != nullptr;
    case Type::BYTES: return get<pool_bytes>(event, field).data != nullptr;
    default: return true;
  }
}

/// An event of this kind with every optional field left out and every other field 0.
[[nodiscard]] inline pool_event make(u32 kind) {
  pool_event event{};
  event.kind = kind;
  event.time = POOL_NONE;
  if (const Kind* row = find(kind))
    for (const Field& field : row->fields)
      if (field.type == Type::OPT || field.type == Type::OPTADDR) set<u64>(event, field, POOL_NONE);
  return event;
}

/// An event with these fields: what make() gives, then assigned, for where time counts.
#define POOL_EVENT_OF_(NAME, name, code, says)                          \
  [[nodiscard]] inline pool_event of(const pool_event_##name& fields) { \
    pool_event event;                                                   \
    event.kind = POOL_EVENT_##NAME;                                     \
    event.pool = 0;                                                     \
    event.seq = event.call = 0;                                         \
    event.time = POOL_NONE;                                             \
    event.as.name = fields;                                             \
    return event;                                                       \
  }
POOL_EVENTS(POOL_EVENT_OF_)
#undef POOL_EVENT_OF_

}  // namespace mempool::event
