// The pages that the one list of events writes about itself; run when the documentation is built.
//
//     events-page --table      events.md: every event with its fields, for people and scripts
//     events-page --reference  events.dox: what Doxygen cannot see in a list of macros
//
// Says nothing of its own about an event: every word comes from include/mempool/event.h.
#include <iostream>
#include <string>
#include <string_view>

#include "log/record.hpp"

namespace {

using mempool::event::Field;
using mempool::event::Kind;
using mempool::event::Type;
using mempool::event::Unit;

/// What a field's value is, for a person: its unit if it has one, else its type.
std::string value_text(const Field& field) {
  std::string out;
  switch (field.type) {
    case Type::U64: return field.unit == Unit::BYTES ? "bytes" : "number";
    case Type::OPT: return field.unit == Unit::BYTES ? "bytes, or left out" : "number, or left out";
    case Type::FLAG: return "`true` or `false`";
    case Type::MARK: return "`true`, or left out";
    case Type::ADDR: return "`\"0x...\"`";
    case Type::OPTADDR: return "`\"0x...\"`, or left out";
    case Type::TEXT: return "text, or left out";
    case Type::BYTES: return "hex digits, or left out";
    case Type::POLICY:
    case Type::SIDE:
    case Type::REASON:
    case Type::ERROR: break;
  }
  for (const auto& word : mempool::event::words(field.type)) {
    if (!out.empty()) out += ", ";
    out += "`" + std::string(word.text) + "`";
  }
  return out;
}

/// Where a binary log has the field: its bit, its cell, and where its bytes are.
std::string place_text(const Kind& kind, std::size_t f) {
  namespace record = mempool::log::record;
  const Type type = kind.fields[f].type;
  std::string out;
  if (const auto bit = record::bit_of(kind, f); bit != 0) out = "bit " + std::to_string(bit);
  if (!record::has_cell(type)) return out;
  out += out.empty() ? "cell" : ", cell";
  if (type == Type::TEXT) return out + ", `text` records";
  return type == Type::BYTES ? out + ", `bytes` records" : out;
}

/// One alternative of a narration as Markdown: fields in code type, the flags it needs in front.
std::string sentence(std::string_view says) {
  std::string needs, out;
  while (!says.empty()) {
    const auto open = says.find('{');
    for (const char c : says.substr(0, open)) out += c == '#' ? "\\#" : std::string(1, c);
    if (open == says.npos) break;
    const auto close = says.find('}', open);
    std::string_view field = says.substr(open + 1, close - open - 1);
    std::string& to = field.starts_with('?') ? needs : out;
    if (field.starts_with('?')) {
      needs += needs.empty() ? "if " : " and ";
      field.remove_prefix(1);
    }
    const auto greater = field.find('>');
    to += "<code>" + std::string(field.substr(0, greater)) + "</code>";
    if (greater != field.npos)
      to += " &gt; <code>" + std::string(field.substr(greater + 1)) + "</code>";
    says.remove_prefix(close + 1);
  }
  return needs.empty() ? out : needs + ": " + out;
}

void write_narration(std::string_view says) {
  std::cout << "In words:\n\n";
  while (true) {
    const auto bar = says.find('|');
    std::cout << "- " << sentence(says.substr(0, bar)) << "\n";
    if (bar == says.npos) break;
    says.remove_prefix(bar + 1);
  }
  std::cout << "\n";
}

void write_overview() {
  std::cout << "| event | code | fields |\n|---|---:|---|\n";
  for (const Kind& kind : mempool::event::kinds) {
    std::cout << "| [" << kind.name << "](#event_" << kind.name << ") | " << kind.code << " |";
    for (const Field& field : kind.fields) std::cout << " `" << field.name << "`";
    std::cout << " |\n";
  }
}

void write_table() {
  std::cout << "# Events {#events}\n\n"
               "Every event a pool can emit, made from the one list of events in "
               "`include/mempool/event.h`. How a log holds them is told in @ref log_format.\n\n"
               "Besides its own fields every event has, in this order and before them, `seq` (its "
               "place among the events of its pool), `pool`, `call` (the call that emitted it), "
               "`event` (the name) and, with the option `clock`, `time` in nanoseconds. "
               "Of several sentences the first one whose fields are all there is said.\n\n";
  write_overview();
  for (const Kind& kind : mempool::event::kinds) {
    std::cout << "\n## " << kind.name << " {#event_" << kind.name << "}\n\nCode " << kind.code
              << ".\n\n";
    if (!kind.fields.empty()) {
      std::cout << "| field | value | meaning | in an .mplog |\n|---|---|---|---|\n";
      for (std::size_t f = 0; f < kind.fields.size(); ++f) {
        const Field& field = kind.fields[f];
        std::cout << "| `" << field.name << "` | " << value_text(field) << " | " << field.meaning
                  << " | " << place_text(kind, f) << " |\n";
      }
      std::cout << "\n";
    }
    write_narration(kind.says);
  }
}

void write_enumerator(std::string_view prefix, std::string name, std::string_view text) {
  for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  std::cout << "/** @var " << prefix << name << "\n *  " << text << " */\n";
}

template <class Words>
void write_words(std::string_view prefix, const Words& words) {
  for (const auto& word : words)
    write_enumerator(prefix, std::string(word.text), "`" + std::string(word.text) + "` in a log");
}

void write_reference() {
  std::cout
      << "/** @defgroup mempool_events Events\n"
         " *  What a pool says about itself, as structs; @ref events has them as a log does.\n"
         " */\n";
  for (const Kind& kind : mempool::event::kinds) {
    const std::string name(kind.name);
    write_enumerator("POOL_EVENT_", name, "see pool_event_" + name);
    std::cout << "/** @struct pool_event_" << name << " mempool/event.h <mempool/event.h>\n"
              << " *  What the event <code>" << name << "</code> tells, see @ref event_" << name
              << ". */\n";
    for (const Field& field : kind.fields)
      std::cout << "/** @var pool_event_" << name << "::" << field.name << "\n *  " << field.meaning
                << " */\n";
  }
  write_words("POOL_", mempool::event::policies);
  write_words("POOL_SIDE_", mempool::event::sides);
  write_words("POOL_FAIL_", mempool::event::reasons);
  write_words("POOL_ERROR_", mempool::event::errors);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 2 ? argv[1] : "";
  if (mode == "--table")
    write_table();
  else if (mode == "--reference")
    write_reference();
  else
    std::cerr << "usage: events-page --table | --reference\n";
  return mode == "--table" || mode == "--reference" ? 0 : 2;
}
