// The .jsonl encoding, writing half: see jsonl.hpp for the format.
//
// Made to be called for every event of a running program, so: no allocation, no format strings, no
// search. Keys are laid out with their quotes and commas when we compile; numbers go through
// std::to_chars. The caller has made room for the longest line there can be (encoding.hpp).
#include "log/jsonl.hpp"

#include <mempool.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "event/table.hpp"

namespace mempool::log::jsonl {
namespace {

using event::Field;
using event::Kind;
using event::Type;

/// A short text known when we compile. It is copied whole, in two moves of the processor, and
/// then only its size counts: cheaper than a copy of variable length.
struct Piece {
  char text[31];
  u8 size;
};

/// A text that does not fit is an array index out of range: it does not compile.
consteval Piece piece(std::string_view before, std::string_view name, std::string_view after) {
  Piece made{};
  for (std::string_view part : {before, name, after})
    for (char c : part) made.text[made.size++] = c;
  return made;
}

constexpr std::size_t kind_count = std::size(event::kinds);

consteval std::size_t count_most_fields() {
  std::size_t most = 0;
  for (const Kind& kind : event::kinds) most = std::max(most, kind.fields.size());
  return most;
}
constexpr std::size_t most_fields = count_most_fields();

/// `,"event":"alloc"` of every kind, and `,"size":` of every field of every kind.
struct Keys {
  Piece event[kind_count];
  Piece field[kind_count][most_fields];
};
consteval Keys make_keys() {
  Keys keys{};
  for (std::size_t k = 0; k < kind_count; ++k) {
    const Kind& kind = event::kinds[k];
    keys.event[k] = piece(",\"event\":\"", kind.name, "\"");
    for (std::size_t f = 0; f < kind.fields.size(); ++f)
      keys.field[k][f] = piece(",\"", kind.fields[f].name, "\":");
  }
  return keys;
}
constexpr Keys keys = make_keys();
constexpr Piece seq_key = piece("{\"", "seq", "\":");
constexpr Piece pool_key = piece(",\"", "pool", "\":");
constexpr Piece call_key = piece(",\"", "call", "\":");
constexpr Piece time_key = piece(",\"", "time", "\":");
constexpr Piece unknown_event = piece(",\"event\":\"", "?", "\"");
constexpr Piece true_word = piece("", "true", "");
constexpr Piece false_word = piece("", "false", "");

constexpr std::size_t longest_value = 22;  // 20 digits in quotes

consteval bool words_are_short() {
  for (Type type : {Type::POLICY, Type::SIDE, Type::REASON, Type::ERROR})
    for (const event::Word& word : event::words(type))
      if (word.text.size() + 2 > longest_value) return false;
  return true;
}
static_assert(words_are_short(), "a word is longer than the line buffer allows for");

/// The end of a line that is being written. There is room behind it for all that may come.
class Line {
 public:
  explicit Line(char* to) : at_(to) {}

  void put(const Piece& piece) {
    std::memcpy(at_, piece.text, sizeof piece.text);
    at_ += piece.size;
  }
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) { at_ = std::copy(text.begin(), text.end(), at_); }
  void word(std::string_view word) {
    put('"');
    put(word);
    put('"');
  }
  void number(u64 n) {
    const bool plain = n <= largest_plain_number;
    if (!plain) put('"');
    at_ = std::to_chars(at_, at_ + 20, n).ptr;
    if (!plain) put('"');
  }
  void address(u64 n) {
    std::memcpy(at_, "\"0x", 3);
    at_ = std::to_chars(at_ + 3, at_ + 19, n, 16).ptr;
    put('"');
  }
  void text(std::string_view text);
  void hex(pool_bytes bytes);
  [[nodiscard]] char* end() const { return at_; }

 private:
  void escaped(u8 c);

  char* at_;
};

// seq, pool, call, event, time and the fields: a key and a value each; a piece of slack because
// pieces are copied whole; the closing brace and newline.
static_assert((5 + most_fields) * (sizeof(Piece) + longest_value) + sizeof(Piece) + 2 <=
                  most_bytes_without_data,
              "a line may be longer than there is room for");

constexpr char hex_digits[] = "0123456789abcdef";

void Line::escaped(u8 c) {
  put('\\');
  switch (c) {
    case '"':
    case '\\': return put(static_cast<char>(c));
    case '\b': return put('b');
    case '\f': return put('f');
    case '\n': return put('n');
    case '\r': return put('r');
    case '\t': return put('t');
    default:
      put(std::string_view("u00"));
      put(hex_digits[c >> 4]);
      put(hex_digits[c & 15]);
  }
}

/// A JSON string: what needs no escape is copied in runs.
void Line::text(std::string_view text) {
  put('"');
  std::size_t run = 0;  // text[0, run) can stand as it is
  const auto put_run = [&] {
    put(text.substr(0, run));
    text.remove_prefix(run);
    run = 0;
  };
  while (run < text.size()) {
    const u8 c = static_cast<u8>(text[run]);
    const bool escape = c < 0x20 || c == '"' || c == '\\';
    const std::size_t length = c < 0x80 ? 1 : utf8_length(text.substr(run));
    if (!escape && length != 0) {
      run += length;
      continue;
    }
    put_run();
    if (escape)
      escaped(c);
    else
      put(std::string_view("\xEF\xBF\xBD"));  // U+FFFD
    text.remove_prefix(1);
  }
  put_run();
  put('"');
}

void Line::hex(pool_bytes bytes) {
  put('"');
  for (std::size_t i = 0; i < bytes.size; ++i) {
    put(hex_digits[bytes.data[i] >> 4]);
    put(hex_digits[bytes.data[i] & 15]);
  }
  put('"');
}

void write_value(const pool_event& event, const Field& field, Line& line) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT: return line.number(event::get<u64>(event, field));
    case Type::FLAG:
    case Type::MARK: return line.put(event::get<u8>(event, field) != 0 ? true_word : false_word);
    case Type::ADDR:
    case Type::OPTADDR: return line.address(event::get<u64>(event, field));
    case Type::TEXT: return line.text(event::get<const char*>(event, field));
    case Type::BYTES: return line.hex(event::get<pool_bytes>(event, field));
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: return line.word(event::word(field.type, event::get<u32>(event, field)));
  }
}

}  // namespace

char* write_header(char* to) {
  Line line(to);
  line.put(std::string_view("{\"mempool_log\":"));
  line.number(format_major);
  line.put(std::string_view(",\"minor\":"));
  line.number(format_minor);
  line.put(std::string_view(",\"producer\":\"mempool " MEMPOOL_VERSION "\"}\n"));
  return line.end();
}

char* write_event(const pool_event& event, char* to) {
  const Kind* kind = event::find(event.kind);
  const std::size_t row = kind != nullptr ? kind->code - 1 : 0;
  Line line(to);
  line.put(seq_key);
  line.number(event.seq);
  line.put(pool_key);
  line.number(event.pool);
  line.put(call_key);
  line.number(event.call);
  line.put(kind != nullptr ? keys.event[row] : unknown_event);
  if (event.time != POOL_NONE) {
    line.put(time_key);
    line.number(event.time);
  }
  for (std::size_t f = 0; kind != nullptr && f < kind->fields.size(); ++f) {
    if (!event::present(event, kind->fields[f])) continue;
    line.put(keys.field[row][f]);
    write_value(event, kind->fields[f], line);
  }
  line.put('}');
  line.put('\n');
  return line.end();
}

}  // namespace mempool::log::jsonl
