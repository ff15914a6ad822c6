// Reader: see reader.hpp. Decides what a line that is no event means: the end, damage, or nothing.
// Where lines come from is line_source.cpp, what stands in one is decode.cpp.
#include "log/reader.hpp"

#include <cstring>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "log/decode.hpp"
#include "log/jsonl.hpp"
#include "log/line_source.hpp"

namespace mempool::log {
namespace {

constexpr std::size_t most_damages_told = 8;
constexpr std::string_view header_start = "{\"mempool_log\":";

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == text.npos;
}

/// Why the first line is not one of a log that can be read, and what to do about it.
std::string describe_first_line(const std::string& name, const Line& line) {
  const std::string_view text = line.text;
  const bool begun = text.starts_with(header_start) || header_start.starts_with(text);
  if (!line.newline && !line.too_long && begun)
    return name + " is cut inside its first line: no event of it is left";
  if (text == "MEMPOOL")
    return name +
           " is a binary log (.mplog): this mempool-viz reads .jsonl only; give the log a "
           "name that ends in .jsonl";
  std::string what = name + " is not a Mempool log: its first line ";
  if (line.too_long) {
    what += "is longer than 16 MiB";
  } else if (blank(text)) {
    what += "is blank";
  } else {
    constexpr std::size_t enough = 40;
    what += "is \"";
    append_printable(text.substr(0, enough), what);
    what += text.size() > enough ? "...\"" : "\"";
  }
  what +=
      " where {\"mempool_log\":1,...} should stand; MEMPOOL_LOG=run.jsonl makes a program "
      "write a log, `mempool-viz replay TRACE -o run.jsonl` makes one of a trace";
  return what;
}

/// Reads the first line. An Error unless it opens a log of our version.
std::optional<Error> read_header(const std::string& name, LineSource& source, Decoder& decoder) {
  Line line;
  if (!source.next(line)) {
    if (source.error() != 0)
      return Error{"cannot read " + name + ": " + std::strerror(source.error())};
    return Error{name + " is empty: not a Mempool log"};
  }
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // some editors put one
  if (line.text.starts_with(byte_order_mark)) line.text.remove_prefix(byte_order_mark.size());
  const std::optional<u64> major = decoder.header(line.text);
  if (!major) return Error{describe_first_line(name, line)};
  const std::string version = std::to_string(*major);
  if (*major > format_major)
    return Error{name + ": log format " + version + " is newer than this mempool-viz reads (" +
                 std::to_string(format_major) + "): use the mempool-viz of the program's Mempool"};
  if (*major < format_major)
    return Error{name + ": there is no log format " + version + ", this mempool-viz reads " +
                 std::to_string(format_major)};
  return std::nullopt;
}

}  // namespace

struct Reader::State {
  LineSource source;
  Decoder decoder;
  Findings findings;
  bool over = false;

  explicit State(LineSource&& from) : source(std::move(from)) {}
  bool take(const Line& line, pool_event& event);
  void damage(std::string what);
  void stop();
};

void Reader::State::damage(std::string what) {
  ++findings.damaged;
  if (findings.first_damages.size() < most_damages_told)
    findings.first_damages.push_back({findings.lines, std::move(what)});
}

/// True if the line is an event; otherwise what it is has been noted.
bool Reader::State::take(const Line& line, pool_event& event) {
  if (!line.too_long && blank(line.text)) return false;
  findings.ended = false;
  if (line.too_long) {
    damage("the line is longer than 16 MiB");
    return false;
  }
  switch (decoder.decode(line.text, event)) {
    case Decoded::event:
      ++findings.events;
      findings.ended = event.kind == POOL_EVENT_END;
      return true;
    case Decoded::unknown_event: ++findings.unknown_events; return false;
    case Decoded::not_json:
      if (line.newline)
        damage(decoder.what());
      else
        findings.torn_tail = true;
      return false;
    case Decoded::not_event: damage(decoder.what()); return false;
  }
  return false;
}

/// The input is over. If a read error ended it, that is damage.
void Reader::State::stop() {
  if (!over && source.error() != 0)
    damage(std::string("reading stops here: ") + std::strerror(source.error()));
  over = true;
}

Result<Reader> Reader::open(const std::string& path) {
  Result<LineSource> source = LineSource::open(path);
  if (!source) return failure(source.error().what);
  std::string name = "standard input";
  if (path != "-") {
    name.clear();
    append_printable(path, name);
  }
  return start(name, std::make_unique<State>(std::move(*source)));
}

Result<Reader> Reader::from_text(std::string text) {
  return start("the text", std::make_unique<State>(LineSource::from_text(std::move(text))));
}

Result<Reader> Reader::start(const std::string& name, std::unique_ptr<State> state) {
  if (std::optional<Error> error = read_header(name, state->source, state->decoder))
    return failure(std::move(error->what));
  state->findings.lines = 1;
  return Reader(std::move(state));
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

bool Reader::next(pool_event& event) {
  Line line;
  while (state_->source.next(line)) {
    ++state_->findings.lines;
    if (state_->take(line, event)) return true;
  }
  state_->stop();
  return false;
}

const Findings& Reader::findings() const {
  return state_->findings;
}
u64 Reader::bytes_read() const {
  return state_->source.bytes_read();
}
u64 Reader::bytes_total() const {
  return state_->source.bytes_total();
}

}  // namespace mempool::log
