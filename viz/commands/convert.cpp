// convert: a log in another format, event by event, in bounded memory.
//
// .jsonl and .mplog are the log in its normal form: no unknown events, no damage, keys in order.
// Each can be made of the other, and nothing is lost on the way. .csv is a table after RFC 4180
// with a row an event and a column for every field of the one list of events; a field that an event
// does not have is empty. Text is carried over as it is, also where a spreadsheet would take it for
// a formula. .trace.json is for looking at, in bounded size: see trace.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "commands/trace.hpp"
#include "event/table.hpp"
#include "log/encoding.hpp"
#include "model/progress.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"

namespace mempool::viz {

namespace {

using event::Field;
using event::Type;

/// The names of all fields, each once, in the order in which the list has them.
std::vector<std::string_view> columns() {
  std::vector<std::string_view> names;
  for (const event::Kind& kind : event::kinds)
    for (const Field& field : kind.fields)
      if (std::ranges::find(names, field.name) == names.end()) names.push_back(field.name);
  return names;
}

void append_quoted(std::string_view text, std::string& row) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    row += text;
    return;
  }
  row += '"';
  for (char c : text) row.append(c == '"' ? 2 : 1, c);
  row += '"';
}

void append_value(const pool_event& event, const Field& field, std::string& row) {
  switch (field.type) {
    case Type::U64:
    case Type::OPT:
      fmt::format_to(std::back_inserter(row), "{}", event::get<u64>(event, field));
      break;
    case Type::ADDR:
    case Type::OPTADDR:
      fmt::format_to(std::back_inserter(row), "0x{:x}", event::get<u64>(event, field));
      break;
    case Type::FLAG: row += event::get<u8>(event, field) != 0 ? "true" : "false"; break;
    case Type::TEXT: append_quoted(event::get<const char*>(event, field), row); break;
    case Type::BYTES: {
      const auto bytes = event::get<pool_bytes>(event, field);
      for (std::size_t i = 0; i < bytes.size; ++i)
        fmt::format_to(std::back_inserter(row), "{:02x}", bytes.data[i]);
      break;
    }
    default: row += event::word(field.type, event::get<u32>(event, field));
  }
}

class Csv {
 public:
  [[nodiscard]] std::string header() const {
    return fmt::format("seq,pool,call,event,time,{}\r\n", fmt::join(columns_, ","));
  }

  [[nodiscard]] std::string row(const pool_event& event) const {
    const event::Kind& kind = *event::find(event.kind);
    std::string row = fmt::format("{},{},{},{},", event.seq, event.pool, event.call, kind.name);
    if (event.time != POOL_NONE) row += fmt::format("{}", event.time);
    for (std::string_view column : columns_) {
      row += ',';
      const auto field = std::ranges::find(kind.fields, column, &Field::name);
      if (field != kind.fields.end() && event::present(event, *field))
        append_value(event, *field, row);
    }
    return row + "\r\n";
  }

 private:
  std::vector<std::string_view> columns_ = columns();
};

/// What is to be said of a log that was carried over.
std::string left_out(const log::Findings& findings) {
  return fmt::format("left out: damaged {}s {}, unknown events {}", findings.unit, findings.damaged,
                     findings.unknown_events);
}

void write_trace(log::Reader& reader, const std::string& name, const Options& options,
                 Output& output) {
  TraceLimits limits;
  limits.slices = options.slices.value_or(limits.slices);
  limits.from = options.from.value_or(limits.from);
  limits.to = options.to.value_or(limits.to);
  Trace trace(output, limits);
  {
    ProgressLine line("converting");
    const Progress progress = std::ref(line);
    ReadProgress tell(reader, progress);
    for (pool_event event; reader.next(event); tell()) trace.see(event);
  }
  const log::Findings& findings = reader.findings();
  std::vector<std::string> found;
  if (findings.damaged + findings.unknown_events != 0) found.push_back(left_out(findings));
  if (!findings.ended)
    found.push_back(fmt::format("the log is cut after event {}", findings.events));
  trace.finish(name.substr(name.rfind('/') + 1), found);
  for (const std::string& each : trace.remarks()) say(fmt::format("{}: {}", options.output, each));
}

void write_events(log::Reader& reader, const std::string& path, Output& output) {
  const bool as_csv = path.ends_with(".csv");
  const log::Encoding encoding = log::encoding_of(path);
  const Csv csv;
  ProgressLine line("converting");
  const Progress progress = std::ref(line);
  std::string piece;
  if (as_csv)
    piece = csv.header();
  else
    log::write_header(encoding, piece);
  output.write(piece);
  ReadProgress tell(reader, progress);
  for (pool_event event; reader.next(event); tell()) {
    piece.clear();
    if (as_csv)
      piece = csv.row(event);
    else
      log::write_event(encoding, event, piece);
    output.write(piece);
  }
}

}  // namespace

Result<int> commands::convert(const Options& options) {
  Result<Source> source = open_source(options);
  if (!source) return tl::make_unexpected(source.error());
  Result<Output> output = Output::open(options.output);
  if (!output) return tl::make_unexpected(output.error());
  if (options.output.ends_with(".trace.json"))
    write_trace(source->reader, source->name, options, *output);
  else
    write_events(source->reader, options.output, *output);
  const log::Findings& findings = source->reader.findings();
  const int status = say_findings(findings, source->name);
  if (findings.damaged + findings.unknown_events != 0)
    say(fmt::format("{}: {}", options.output, left_out(findings)));
  if (const Result<void> finished = output->finish(); !finished)
    return tl::make_unexpected(finished.error());
  return status;
}

}  // namespace mempool::viz
