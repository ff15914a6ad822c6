// LineEvents: the events of a .jsonl log. Decides what a line that is no event means. Where lines
// come from is line_source.cpp, what stands in one is decode.cpp.
#include <cstring>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "log/decode.hpp"
#include "log/events.hpp"
#include "log/line_source.hpp"

namespace mempool::log {
namespace {

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
    if (const int error = source.input().error(); error != 0)
      return Error{"cannot read " + name + ": " + std::strerror(error)};
    return Error{name + " is empty: not a Mempool log"};
  }
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // some editors put one
  if (line.text.starts_with(byte_order_mark)) line.text.remove_prefix(byte_order_mark.size());
  const std::optional<u64> major = decoder.header(line.text);
  if (!major) return Error{describe_first_line(name, line)};
  if (std::string refusal = refuse_version(*major); !refusal.empty())
    return Error{name + ": " + refusal};
  return std::nullopt;
}

class LineEvents final : public Events {
 public:
  LineEvents(LineSource&& source, Decoder&& decoder)
      : source_(std::move(source)), decoder_(std::move(decoder)) {
    findings.lines = 1;
  }

  bool next(pool_event& event) override {
    Line line;
    while (source_.next(line)) {
      ++findings.lines;
      if (take(line, event)) return true;
    }
    stop();
    return false;
  }
  [[nodiscard]] const Input& input() const override { return source_.input(); }

 private:
  bool go_to(u64 position) override { return source_.seek(position); }
  bool take(const Line& line, pool_event& event);

  LineSource source_;
  Decoder decoder_;
};

/// True if the line is an event; otherwise what it is has been noted.
bool LineEvents::take(const Line& line, pool_event& event) {
  if (!line.too_long && blank(line.text)) return false;
  findings.ended = false;
  if (line.too_long) {
    damage(findings.lines, "the line is longer than 16 MiB");
    return false;
  }
  switch (decoder_.decode(line.text, event)) {
    case Decoded::event:
      ++findings.events;
      findings.ended = event.kind == POOL_EVENT_END;
      return true;
    case Decoded::unknown_event: ++findings.unknown_events; return false;
    case Decoded::not_json:
      if (line.newline)
        damage(findings.lines, decoder_.what());
      else
        findings.torn_tail = true;
      return false;
    case Decoded::not_event: damage(findings.lines, decoder_.what()); return false;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Events>> open_lines(const std::string& name, Input&& input) {
  LineSource source(std::move(input));
  Decoder decoder;
  if (std::optional<Error> error = read_header(name, source, decoder))
    return failure(std::move(error->what));
  return std::make_unique<LineEvents>(std::move(source), std::move(decoder));
}

}  // namespace mempool::log
