// Reader: see reader.hpp. Tells the encodings apart; reading is done by the one that fits.
#include "log/reader.hpp"

#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "log/encoding.hpp"
#include "log/events.hpp"
#include "log/record.hpp"

namespace mempool::log {
namespace {

constexpr std::size_t most_damages_told = 8;

/// The first bytes decide. An input that ends within them is a binary log that is cut, if it has
/// got so far as to differ from a line of JSON.
Result<std::unique_ptr<Events>> open_events(const std::string& name, Input&& input) {
  while (input.rest().size() < record::magic.size() && input.fill()) {
  }
  const std::string_view start = input.rest().substr(0, record::magic.size());
  const bool binary = !start.empty() && record::magic.starts_with(start);
  return binary ? open_records(name, std::move(input)) : open_lines(name, std::move(input));
}

}  // namespace

std::string refuse_version(u64 major) {
  const std::string version = std::to_string(major);
  const std::string ours = std::to_string(format_major);
  if (major > format_major)
    return "log format " + version + " is newer than this mempool-viz reads (" + ours +
           "): use the mempool-viz of the program's Mempool";
  if (major < format_major)
    return "there is no log format " + version + ", this mempool-viz reads " + ours;
  return "";
}

void Events::damage(u64 line, std::string what) {
  ++findings.damaged;
  if (findings.first_damages.size() < most_damages_told)
    findings.first_damages.push_back({line, std::move(what)});
}

void Events::stop() {
  if (!over_ && input().error() != 0)
    damage(findings.lines, std::string("reading stops here: ") + std::strerror(input().error()));
  over_ = true;
}

Result<Reader> Reader::open(const std::string& path) {
  Result<Input> input = Input::open(path);
  if (!input) return failure(input.error().what);
  std::string name = "standard input";
  if (path != "-") {
    name.clear();
    append_printable(path, name);
  }
  return start(name, std::move(*input));
}

Result<Reader> Reader::from_text(std::string text) {
  return start("the text", Input::from_text(std::move(text)));
}

Result<Reader> Reader::start(const std::string& name, Input&& input) {
  Result<std::unique_ptr<Events>> events = open_events(name, std::move(input));
  if (!events) return failure(events.error().what);
  return Reader(std::move(*events));
}

Reader::Reader(std::unique_ptr<Events> events) : events_(std::move(events)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

bool Reader::next(pool_event& event) {
  return events_->next(event);
}

const Findings& Reader::findings() const {
  return events_->findings;
}
u64 Reader::bytes_read() const {
  return events_->input().position();
}
u64 Reader::bytes_total() const {
  return events_->input().total();
}
bool Reader::seekable() const {
  return events_->input().seekable();
}
u64 Reader::position() const {
  return events_->input().position();
}

bool Reader::seek(u64 position, const Findings& so_far) {
  if (!events_->seek(position)) return false;
  const char* const unit = events_->findings.unit;
  events_->findings = so_far;
  events_->findings.unit = unit;
  return true;
}

}  // namespace mempool::log
