// Decoder: see decode.hpp. simdjson's DOM checks the whole line before a field is looked at, so
// "is it JSON?" and "is it an event?" are two questions here and stay apart.
#include "log/decode.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "event/table.hpp"
#include "log/input.hpp"

static_assert(mempool::log::Input::padding >= simdjson::SIMDJSON_PADDING);

namespace mempool::log {
namespace {

using event::Field;
using event::Kind;
using event::Type;
using simdjson::dom::element;
using simdjson::dom::element_type;

/// The keys that every event has, in the order in which they are written.
constexpr std::array head = {
    Field{"seq", Type::U64, event::Unit::NUMBER, offsetof(pool_event, seq), ""},
    Field{"pool", Type::U64, event::Unit::NUMBER, offsetof(pool_event, pool), ""},
    Field{"call", Type::U64, event::Unit::NUMBER, offsetof(pool_event, call), ""},
    Field{"event", Type::TEXT, event::Unit::TEXT, offsetof(pool_event, kind), ""},
    Field{"time", Type::OPT, event::Unit::NUMBER, offsetof(pool_event, time), ""},
};

/// The keys of an event, numbered: head first, then the kind's own.
class Row {
 public:
  explicit Row(const Kind& kind) : fields_(kind.fields) {}
  [[nodiscard]] std::size_t size() const { return head.size() + fields_.size(); }
  [[nodiscard]] const Field& operator[](std::size_t i) const {
    return i < head.size() ? head[i] : fields_[i - head.size()];
  }
  /// The number of a key, looked for from a guess on; size() if there is none.
  [[nodiscard]] std::size_t find(std::string_view key, std::size_t guess) const {
    for (std::size_t i = guess; i < size(); ++i)
      if ((*this)[i].name == key) return i;
    for (std::size_t i = 0; i < std::min(guess, size()); ++i)
      if ((*this)[i].name == key) return i;
    return size();
  }

 private:
  std::span<const Field> fields_;
};

consteval bool keys_fit_a_mask() {
  for (const Kind& kind : event::kinds)
    if (head.size() + kind.fields.size() > 32) return false;
  return true;
}
static_assert(keys_fit_a_mask(), "an event has more fields than the mask of fields seen has bits");

std::string quoted(std::string_view text) {
  constexpr std::size_t enough = 40;
  std::string out = "\"";
  append_printable(text.substr(0, enough), out);
  out += text.size() > enough ? "...\"" : "\"";
  return out;
}

/// What stands where something else should, for a sentence.
std::string found(element value) {
  switch (value.type()) {
    case element_type::STRING: return quoted(value.get_string().value_unsafe());
    case element_type::INT64: return std::to_string(value.get_int64().value_unsafe());
    case element_type::UINT64: return std::to_string(value.get_uint64().value_unsafe());
    case element_type::DOUBLE: return "a fraction or power";
    case element_type::BOOL: return value.get_bool().value_unsafe() ? "true" : "false";
    case element_type::NULL_VALUE: return "null";
    case element_type::ARRAY: return "a list";
    case element_type::OBJECT: return "an object";
  }
  return "something else";
}

/// All of text as one number; none if anything else stands in it or it does not fit.
std::optional<u64> number_in(std::string_view text, int base) {
  u64 number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

/// A number, or its decimal digits in a string: larger ones are written so.
std::optional<u64> number_of(element value) {
  u64 number = 0;
  if (value.get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return number_in(text, 10);
  return std::nullopt;
}

std::optional<u64> address_of(element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || !text.starts_with("0x")) return std::nullopt;
  return number_in(text.substr(2), 16);
}

/// 0 to 15; 16 for what is no hex digit.
constexpr u8 hex_value(char c) {
  if ('0' <= c && c <= '9') return static_cast<u8>(c - '0');
  if ('a' <= c && c <= 'f') return static_cast<u8>(c - 'a' + 10);
  if ('A' <= c && c <= 'F') return static_cast<u8>(c - 'A' + 10);
  return 16;
}

std::string words_of(Type type) {
  std::string list;
  for (const event::Word& word : event::words(type)) {
    if (!list.empty()) list += ", ";
    list += word.text;
  }
  return list;
}

/// What a field of this type must be, for a sentence.
std::string wanted(const Field& field) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT:
      return field.at == offsetof(pool_event, pool) ? "a number from 0 to 2^32 - 1"
                                                    : "a number from 0 to 2^64 - 1";
    case Type::FLAG:
    case Type::MARK: return "true or false";
    case Type::ADDR:
    case Type::OPTADDR: return "an address such as \"0x1f00\"";
    case Type::TEXT: return "a string without NUL";
    case Type::BYTES: return "a string of hex digits, two a byte";
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: return "one of " + words_of(field.type);
  }
  return "something else";
}

std::string complaint(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR: return "not JSON: a byte is not UTF-8";
    case simdjson::UNCLOSED_STRING: return "not JSON: a string does not end";
    case simdjson::UNESCAPED_CHARS: return "not JSON: a string holds a bare control byte";
    case simdjson::STRING_ERROR: return "not JSON: a string holds a wrong escape";
    case simdjson::NUMBER_ERROR: return "not JSON: a number is malformed or above 2^64 - 1";
    case simdjson::DEPTH_ERROR: return "not an event: nested too deep";
    case simdjson::MEMALLOC: return "there is not enough memory to look at it";
    default: return "not JSON: braces, commas, colons or quotes are missing or too many";
  }
}

}  // namespace

struct Decoder::State {
  simdjson::dom::parser parser;
  simdjson::dom::document document;
  std::string storage;  // text and bytes of the event; never longer than its line
  std::string what;

  simdjson::error_code parse(std::string_view line, element& root);
  Decoded decode(std::string_view line, pool_event& event);
  bool decode_fields(const simdjson::dom::object& object, const Kind& kind, pool_event& event);
  bool take(element value, const Field& field, pool_event& event);
  bool take_number(element value, const Field& field, pool_event& event);
  bool take_flag(element value, const Field& field, pool_event& event);
  bool take_address(element value, const Field& field, pool_event& event);
  bool take_text(element value, const Field& field, pool_event& event);
  bool take_bytes(element value, const Field& field, pool_event& event);
  bool take_word(element value, const Field& field, pool_event& event);
  Decoded not_event(std::string sentence) {
    what = std::move(sentence);
    return Decoded::not_event;
  }
};

/// Parses a line where it lies. Room grows by doubling, so that lines which grow one by one do
/// not each cost an allocation.
simdjson::error_code Decoder::State::parse(std::string_view line, element& root) {
  if (line.size() > document.capacity()) {
    const std::size_t room = std::max({line.size(), 2 * document.capacity(), std::size_t{4096}});
    if (const auto error = document.allocate(room)) return error;
    if (const auto error = parser.allocate(room)) return error;
  }
  return parser.parse_into_document(document, line.data(), line.size(), false).get(root);
}

Decoded Decoder::State::decode(std::string_view line, pool_event& event) {
  element root;
  if (const auto error = parse(line, root)) {
    what = complaint(error);
    return Decoded::not_json;
  }
  simdjson::dom::object object;
  if (root.get(object)) return not_event("not an event: a line is an object in braces");
  element name;
  if (object.at_key("event").get(name)) {
    const bool header = object.at_key("mempool_log").error() == simdjson::SUCCESS;
    return not_event(header ? "a second log begins here: a log has one first line"
                            : "field \"event\" is missing");
  }
  std::string_view text;
  if (name.get(text)) return not_event("field \"event\" must be a string, found " + found(name));
  const Kind* kind = event::find(text);
  if (kind == nullptr) {
    what = "unknown event " + quoted(text);
    return Decoded::unknown_event;
  }
  event = event::make(kind->code);
  storage.clear();
  storage.reserve(line.size());  // what is stored must not move
  return decode_fields(object, *kind, event) ? Decoded::event : Decoded::not_event;
}

bool Decoder::State::decode_fields(const simdjson::dom::object& object, const Kind& kind,
                                   pool_event& event) {
  const Row row(kind);
  const auto refuse = [&](const Field& field, const std::string& sentence) {
    what = std::string(kind.name) + ": field \"" + std::string(field.name) + "\" " + sentence;
    return false;
  };
  u32 seen = 0;
  std::size_t guess = 0;
  for (const auto [key, value] : object) {
    const std::size_t i = row.find(key, guess);
    if (i == row.size()) continue;  // a later version says more
    const Field& field = row[i];
    if ((seen >> i & 1) != 0) return refuse(field, "is there twice");
    seen |= u32{1} << i;
    guess = i + 1;
    if (event::optional(field.type) && value.is_null()) continue;  // the same as left out
    if (!take(value, field, event))
      return refuse(field, "must be " + wanted(field) + ", found " + found(value));
  }
  for (std::size_t i = 0; i < row.size(); ++i)
    if ((seen >> i & 1) == 0 && !event::optional(row[i].type)) return refuse(row[i], "is missing");
  return true;
}

/// Puts a value into its field; false if it is not what the field holds.
bool Decoder::State::take(element value, const Field& field, pool_event& event) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT: return take_number(value, field, event);
    case Type::FLAG:
    case Type::MARK: return take_flag(value, field, event);
    case Type::ADDR:
    case Type::OPTADDR: return take_address(value, field, event);
    case Type::TEXT: return take_text(value, field, event);
    case Type::BYTES: return take_bytes(value, field, event);
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: return take_word(value, field, event);
  }
  return false;
}

bool Decoder::State::take_number(element value, const Field& field, pool_event& event) {
  const std::optional<u64> number = number_of(value);
  if (!number) return false;
  if (field.at != offsetof(pool_event, pool)) {
    event::set<u64>(event, field, *number);
    return true;
  }
  event.pool = static_cast<u32>(*number);  // the one number that is narrower
  return event.pool == *number;
}

bool Decoder::State::take_flag(element value, const Field& field, pool_event& event) {
  bool flag = false;
  if (value.get(flag)) return false;
  event::set<u8>(event, field, flag ? 1 : 0);
  return true;
}

bool Decoder::State::take_address(element value, const Field& field, pool_event& event) {
  const std::optional<u64> address = address_of(value);
  if (address) event::set<u64>(event, field, *address);
  return address.has_value();
}

bool Decoder::State::take_text(element value, const Field& field, pool_event& event) {
  std::string_view text;
  if (value.get(text) || text.find('\0') != text.npos) return false;
  if (field.at == offsetof(pool_event, kind)) return true;  // "event": it chose the row
  const char* start = storage.data() + storage.size();
  storage.append(text);
  storage += '\0';
  event::set<const char*>(event, field, start);
  return true;
}

bool Decoder::State::take_bytes(element value, const Field& field, pool_event& event) {
  std::string_view hex;
  if (value.get(hex) || hex.size() % 2 != 0) return false;
  const char* start = storage.data() + storage.size();
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const u8 high = hex_value(hex[i]);
    const u8 low = hex_value(hex[i + 1]);
    if (high > 15 || low > 15) return false;
    storage += static_cast<char>(high << 4 | low);
  }
  const pool_bytes bytes{reinterpret_cast<const u8*>(start), hex.size() / 2};
  event::set<pool_bytes>(event, field, bytes);
  return true;
}

bool Decoder::State::take_word(element value, const Field& field, pool_event& event) {
  std::string_view word;
  if (value.get(word)) return false;
  const u32 code = event::code_of(field.type, word);
  event::set<u32>(event, field, code);
  return code != 0;
}

Decoder::Decoder() : state_(std::make_unique<State>()) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Decoded Decoder::decode(std::string_view line, pool_event& event) {
  return state_->decode(line, event);
}

const std::string& Decoder::what() const {
  return state_->what;
}

std::optional<u64> Decoder::header(std::string_view line) {
  element root;
  if (state_->parse(line, root)) return std::nullopt;
  simdjson::dom::object object;
  element version;
  if (root.get(object) || object.at_key("mempool_log").get(version)) return std::nullopt;
  return number_of(version);
}

}  // namespace mempool::log
