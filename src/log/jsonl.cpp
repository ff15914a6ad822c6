// The .jsonl encoding, writing half: see jsonl.hpp for the format.
//
// Made to be called for every event of a running program, so: no allocation but the growth of the
// caller's string, no format strings, no search. Keys are laid out with their quotes and commas
// when we compile; numbers go through std::to_chars. All that has a known length is gathered on
// the stack and appended at once; only text and bytes, which have none, are appended piecewise.
#include "log/jsonl.hpp"

#include <mempool.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "event/table.hpp"

namespace mempool::log {
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

/// The end of a line that is being written.
class Line {
 public:
  explicit Line(std::string& out) : out_(out) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void put(const Piece& piece) {
    std::memcpy(at_, piece.text, sizeof piece.text);
    at_ += piece.size;
  }
  void put(char c) { *at_++ = c; }
  void word(std::string_view word) {
    *at_++ = '"';
    at_ = std::copy(word.begin(), word.end(), at_);
    *at_++ = '"';
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
  /// The string itself, with all that was put so far: for what has no known length, and at the
  /// end. Not left to a destructor, which could not report that memory has run out.
  std::string& flush() {
    out_.append(buffer_, at_);
    at_ = buffer_;
    return out_;
  }

 private:
  // seq, pool, call, event, time and the fields: a key and a value each; a piece of slack because
  // pieces are copied whole; the closing brace and newline.
  static constexpr std::size_t size =
      (5 + most_fields) * (sizeof(Piece) + longest_value) + sizeof(Piece) + 2;
  std::string& out_;
  char buffer_[size];
  char* at_ = buffer_;
};

constexpr char hex_digits[] = "0123456789abcdef";

void append_escaped(u8 c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex_digits[c >> 4];
      out += hex_digits[c & 15];
  }
}

/// A JSON string: what needs no escape is appended in runs.
void append_text(std::string_view text, std::string& out) {
  out += '"';
  std::size_t run = 0;  // text[0, run) can stand as it is
  const auto append_run = [&] {
    out.append(text.substr(0, run));
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
    append_run();
    if (escape)
      append_escaped(c, out);
    else
      out += "\xEF\xBF\xBD";  // U+FFFD
    text.remove_prefix(1);
  }
  append_run();
  out += '"';
}

void append_hex(pool_bytes bytes, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + 2 * bytes.size + 2);
  char* to = out.data() + start;
  *to++ = '"';
  for (std::size_t i = 0; i < bytes.size; ++i) {
    *to++ = hex_digits[bytes.data[i] >> 4];
    *to++ = hex_digits[bytes.data[i] & 15];
  }
  *to = '"';
}

void write_value(const pool_event& event, const Field& field, Line& line) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT: return line.number(event::get<u64>(event, field));
    case Type::FLAG:
    case Type::MARK: return line.put(event::get<u8>(event, field) != 0 ? true_word : false_word);
    case Type::ADDR:
    case Type::OPTADDR: return line.address(event::get<u64>(event, field));
    case Type::TEXT: return append_text(event::get<const char*>(event, field), line.flush());
    case Type::BYTES: return append_hex(event::get<pool_bytes>(event, field), line.flush());
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: return line.word(event::word(field.type, event::get<u32>(event, field)));
  }
}

}  // namespace

void write_header(std::string& out) {
  Line line(out);
  line.flush() += "{\"mempool_log\":";
  line.number(format_major);
  line.flush() += ",\"minor\":";
  line.number(format_minor);
  line.flush() += ",\"producer\":\"mempool " MEMPOOL_VERSION "\"}\n";
}

void write_event(const pool_event& event, std::string& out) {
  const Kind* kind = event::find(event.kind);
  const std::size_t row = kind != nullptr ? kind->code - 1 : 0;
  Line line(out);
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
  line.flush();
}

}  // namespace mempool::log
