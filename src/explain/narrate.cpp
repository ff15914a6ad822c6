// narrate: fills in the narrations of the one list of events. See event.h for their rules.
//
// A narration is read twice by the same reader: when we compile, to refuse one that could not be
// said, and when an event is told. It holds no sentence of its own but the one for unknown kinds.
#include "explain/narrate.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "event/table.hpp"

namespace mempool::explain {
namespace {

using event::Field;
using event::Kind;
using event::Type;

/// A narration is a row of pieces: words to say, {field} to fill in, {?flag} and {?one>other} to be
/// held against the event.
struct Piece {
  enum Sort { words, value, condition, broken } sort;
  std::string_view text;   // the words, or the field's name
  std::string_view other;  // of a condition: the field that must be less; empty if there is none
};

/// Takes the first piece off the rest of an alternative, which is not empty.
constexpr Piece take_piece(std::string_view& rest) {
  const std::size_t brace = std::min(rest.find_first_of("{}"), rest.size());
  if (brace > 0) {
    const std::string_view words = rest.substr(0, brace);
    rest.remove_prefix(brace);
    return {Piece::words, words, {}};
  }
  const std::size_t close = rest.find('}');
  std::string_view inside = rest.substr(1, close == rest.npos ? rest.npos : close - 1);
  if (rest[0] == '}' || close == rest.npos || inside.find('{') != inside.npos) {
    rest = {};
    return {Piece::broken, {}, {}};
  }
  rest.remove_prefix(close + 1);
  if (!inside.starts_with('?')) return {Piece::value, inside, {}};
  inside.remove_prefix(1);
  const std::size_t greater = inside.find('>');
  if (greater == inside.npos) return {Piece::condition, inside, {}};
  return {Piece::condition, inside.substr(0, greater), inside.substr(greater + 1)};
}

/// Takes the first alternative off a narration.
constexpr std::string_view take_alternative(std::string_view& says) {
  const std::size_t bar = std::min(says.find('|'), says.size());
  const std::string_view alternative = says.substr(0, bar);
  says.remove_prefix(std::min(bar + 1, says.size()));
  return alternative;
}

/// The index of a field; as many as there are if none has this name.
constexpr std::size_t find_field(const Kind& kind, std::string_view name) {
  std::size_t i = 0;
  while (i < kind.fields.size() && kind.fields[i].name != name) ++i;
  return i;
}

/// A condition is about a flag or a number, or about two numbers.
constexpr bool can_be_asked(const Kind& kind, const Piece& condition) {
  const Type type = kind.fields[find_field(kind, condition.text)].type;
  if (condition.other.empty()) return type == Type::FLAG || type == Type::MARK || type == Type::U64;
  const std::size_t other = find_field(kind, condition.other);
  return type == Type::U64 && other != kind.fields.size() && kind.fields[other].type == Type::U64;
}

/// Every placeholder names a field, every condition a flag or a number, braces match, and the last
/// alternative can always be said.
consteval bool can_be_said(const Kind& kind) {
  std::string_view says = kind.says;
  bool always = false;
  while (!says.empty()) {
    std::string_view alternative = take_alternative(says);
    if (alternative.empty()) return false;
    always = true;
    while (!alternative.empty()) {
      const Piece piece = take_piece(alternative);
      if (piece.sort == Piece::words) continue;
      const std::size_t i = find_field(kind, piece.text);
      if (i == kind.fields.size()) return false;
      const bool condition = piece.sort == Piece::condition;
      if (condition && !can_be_asked(kind, piece)) return false;
      if (condition || event::optional(kind.fields[i].type)) always = false;
    }
  }
  return always;
}

/// One check an event, so that the compiler's complaint names the one that is wrong.
#define POOL_CHECK_(NAME, name, code, says)                        \
  static_assert(can_be_said(event::kinds[POOL_EVENT_##NAME - 1]),  \
                "the narration of `" #name                         \
                "` names an unknown field, has unmatched braces, " \
                "or has no last alternative that can always be said");
POOL_EVENTS(POOL_CHECK_)
#undef POOL_CHECK_

void append_number(u64 n, int base, std::string& out) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n, base).ptr);
}

/// "ab ab 41"
void append_bytes(pool_bytes bytes, std::string& out) {
  constexpr char hex_digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size; ++i) {
    if (i > 0) out += ' ';
    out += hex_digits[bytes.data[i] >> 4];
    out += hex_digits[bytes.data[i] & 15];
  }
}

void append_value(const pool_event& event, const Field& field, std::string& out) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT: return append_number(event::get<u64>(event, field), 10, out);
    case Type::FLAG:
    case Type::MARK: out += event::get<u8>(event, field) != 0 ? "yes" : "no"; return;
    case Type::ADDR:
    case Type::OPTADDR: out += "0x"; return append_number(event::get<u64>(event, field), 16, out);
    case Type::TEXT: return append_printable(event::get<const char*>(event, field), out);
    case Type::BYTES: return append_bytes(event::get<pool_bytes>(event, field), out);
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: out += event::word(field.type, event::get<u32>(event, field)); return;
  }
}

bool holds(const pool_event& event, const Kind& kind, const Piece& condition) {
  const Field& field = kind.fields[find_field(kind, condition.text)];
  if (field.type != Type::U64) return event::get<u8>(event, field) != 0;
  const u64 least = condition.other.empty()
                        ? 0
                        : event::get<u64>(event, kind.fields[find_field(kind, condition.other)]);
  return event::get<u64>(event, field) > least;
}

/// Says one alternative; false, and out as it was, when the event does not have what it needs.
bool say(const pool_event& event, const Kind& kind, std::string_view alternative,
         std::string& out) {
  const std::size_t start = out.size();
  while (!alternative.empty()) {
    const Piece piece = take_piece(alternative);
    if (piece.sort == Piece::words) {
      out += piece.text;
      continue;
    }
    const Field& field = kind.fields[find_field(kind, piece.text)];
    const bool sayable =
        piece.sort == Piece::condition ? holds(event, kind, piece) : event::present(event, field);
    if (!sayable) {
      out.resize(start);
      return false;
    }
    if (piece.sort == Piece::value) append_value(event, field, out);
  }
  return true;
}

}  // namespace

void narrate(const pool_event& event, std::string& out) {
  const Kind* kind = event::find(event.kind);
  if (kind == nullptr) {
    out += "an event of unknown kind ";
    return append_number(event.kind, 10, out);
  }
  std::string_view says = kind->says;
  while (!says.empty() && !say(event, *kind, take_alternative(says), out)) {
  }
}

std::string narrate(const pool_event& event) {
  std::string sentence;
  narrate(event, sentence);
  return sentence;
}

}  // namespace mempool::explain
