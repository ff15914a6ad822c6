// Specs of the log as a whole: what is written is read back, and a log that was cut or damaged
// gives what is left of it. What a reader says about single lines is in reader_spec.cpp.
//
// The kinds of events are looped over, so a new one is covered as soon as it is in the list.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "event/table.hpp"
#include "log/jsonl.hpp"
#include "log/reader.hpp"
#include "support/every_event.hpp"
#include "support/reading.hpp"

using namespace mempool;
using namespace mempool::tests;
using event::Type;

namespace {

/// Does a field that was set to its n-th value read as it should?
bool reads_as_nth(const pool_event& got, const event::Field& field, std::size_t n) {
  pool_event want = event::make(got.kind);
  set_nth(want, field, n);
  if (event::present(want, field) != event::present(got, field)) return false;
  if (!event::present(want, field)) return true;
  switch (field.type) {
    case Type::FLAG:
    case Type::MARK: return event::get<u8>(got, field) == event::get<u8>(want, field);
    case Type::TEXT:
      return std::string(event::get<const char*>(got, field)) == texts[n % std::size(texts)].read;
    case Type::BYTES: {
      const auto a = event::get<pool_bytes>(got, field), b = event::get<pool_bytes>(want, field);
      return std::equal(a.data, a.data + a.size, b.data, b.data + b.size);
    }
    case Type::U64:
    case Type::OPT:
    case Type::ADDR:
    case Type::OPTADDR: return event::get<u64>(got, field) == event::get<u64>(want, field);
    default: return event::get<u32>(got, field) == event::get<u32>(want, field);
  }
}

/// A log with one event of every kind, whole.
std::string small_log() {
  std::string text = header + "\n";
  for (const event::Kind& kind : every_kind()) log::write_event(event_of(kind), text);
  return text;
}

}  // namespace

TEST_CASE("every kind of event is read back as it was written, whatever its fields hold") {
  for (const event::Kind& kind : every_kind()) {
    for (std::size_t round = 0; round < std::size(numbers) * std::size(texts); ++round) {
      CAPTURE(kind.name);
      CAPTURE(round);
      pool_event event = event::make(kind.code);
      event.seq = numbers[round % std::size(numbers)];
      event.call = numbers[(round + 3) % std::size(numbers)];
      event.time = numbers[(round + 5) % std::size(numbers)];
      event.pool = round % 2 == 0 ? 0xFFFFFFFF : static_cast<u32>(round);
      for (std::size_t f = 0; f < kind.fields.size(); ++f)
        set_nth(event, kind.fields[f], round + f);

      auto reader = log::Reader::from_text(header + "\n" + json(event));
      REQUIRE(reader);
      pool_event got;
      REQUIRE(reader->next(got));
      CHECK(got.kind == event.kind);
      CHECK(got.pool == event.pool);
      CHECK(got.seq == event.seq);
      CHECK(got.call == event.call);
      CHECK(got.time == event.time);
      for (std::size_t f = 0; f < kind.fields.size(); ++f) {
        CAPTURE(kind.fields[f].name);
        CHECK(reads_as_nth(got, kind.fields[f], round + f));
      }
      CHECK_FALSE(reader->next(got));
      CHECK(reader->findings().damaged == 0);
    }
  }
}

TEST_CASE("a field that holds nothing is left out of the line and nothing when read") {
  for (const event::Kind& kind : every_kind()) {
    CAPTURE(kind.name);
    pool_event event = event::make(kind.code);
    for (const event::Field& field : kind.fields)
      if (!event::words(field.type).empty()) set_nth(event, field, 0);
    const std::string line = json(event);
    auto reader = log::Reader::from_text(header + "\n" + line);
    REQUIRE(reader);
    pool_event got;
    REQUIRE(reader->next(got));
    CHECK(line.find("time") == line.npos);
    for (const event::Field& field : kind.fields) {
      CAPTURE(field.name);
      const bool written = line.find("\"" + std::string(field.name) + "\":") != line.npos;
      CHECK(written == !event::optional(field.type));
      CHECK(event::present(got, field) == !event::optional(field.type));
    }
  }
}

TEST_CASE("a log begins with a line that names its format") {
  std::string text;
  log::write_header(text);
  CHECK(text == header + "\n");
}

TEST_CASE("an event is one line of compact JSON with its keys in the order of the list") {
  pool_event event = event::make(POOL_EVENT_CREATE);
  event.pool = 1;
  event.seq = 1;
  event.as.create = {1024, 16, POOL_FIRST, 8, 0x1f00, "demo", 1, 0, POOL_NONE, 0, nullptr};
  CHECK(json(event) == R"({"seq":1,"pool":1,"call":0,"event":"create","capacity":1024,"align":16,)"
                       R"("policy":"first","guards":8,"base":"0x1f00","name":"demo","fill":true})");

  event = event::make(POOL_EVENT_ALLOC_FAIL);
  event.pool = 2;
  event.seq = 9;
  event.call = 4;
  event.time = 1500;
  event.as.alloc_fail = {7, u64_max, u64_max, 96, 48, POOL_FAIL_TOO_LARGE, POOL_NONE};
  CHECK(json(event) ==
        R"({"seq":9,"pool":2,"call":4,"event":"alloc_fail","time":1500,"block":7,)"
        R"("requested":"18446744073709551615","needed":"18446744073709551615","free":96,)"
        R"("largest":48,"reason":"too_large"})");

  const u8 expected[] = {0xAB, 0xAB};
  const u8 found[] = {0x00, 0x7F};
  event = event::make(POOL_EVENT_GUARD_CHECK);
  event.as.guard_check = {3, POOL_SIDE_BACK, 40, 8, 2, 41, {expected, 2}, {found, 2}};
  CHECK(json(event) ==
        R"({"seq":0,"pool":0,"call":0,"event":"guard_check","block":3,"side":"back","offset":40,)"
        R"("size":8,"damaged":2,"first":41,"expected":"abab","found":"007f"})");

  event = event::make(POOL_EVENT_NOTE);
  event.as.note.text = "a \"b\"\n\x1b\xff";
  CHECK(json(event) == R"({"seq":0,"pool":0,"call":0,"event":"note","text":"a \"b\"\n\u001b)"
                       "\xEF\xBF\xBD\"}");
}

TEST_CASE("a code that is in no list is still written as JSON") {
  pool_event event = event::make(POOL_EVENT_COALESCE);
  event.as.coalesce.side = 77;
  CHECK(json(event).ends_with(R"("side":"?"})"));
  event.kind = 4000;
  CHECK(json(event) == R"({"seq":0,"pool":0,"call":0,"event":"?"})");
}

TEST_CASE("numbers above what JavaScript can hold are written as strings") {
  pool_event event = event::make(POOL_EVENT_FREE);
  event.as.free = {9007199254740991, 9007199254740992, u64_max};
  CHECK(json(event).ends_with(
      R"("block":9007199254740991,"offset":"9007199254740992","size":"18446744073709551615"})"));
}

TEST_CASE("a log that is cut anywhere gives the events before the cut and no damage") {
  const std::string whole = small_log();
  const TextReading all = read(whole);
  REQUIRE(all.events.size() == std::size(event::kinds));
  CHECK(all.findings.ended);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string cut = whole.substr(0, size);
    const TextReading reading = read(cut);
    if (size < header.size()) {
      CHECK(reading.error == (size == 0 ? "the text is empty: not a Mempool log"
                                        : "the text is cut inside its first line: no event of it "
                                          "is left"));
      continue;
    }
    REQUIRE(reading.error.empty());
    // A line counts from its closing brace on, with or without its newline.
    const auto newlines = static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n'));
    const bool newline_alone_is_cut = whole[size] == '\n';
    const std::size_t events = newlines + (newline_alone_is_cut ? 1 : 0) - 1;
    CHECK(reading.events == std::vector(all.events.begin(), all.events.begin() + events));
    CHECK(reading.findings.damaged == 0);
    CHECK(reading.findings.torn_tail == (cut.back() != '\n' && !newline_alone_is_cut));
    CHECK(reading.findings.ended == (events == all.events.size()));
  }
}

TEST_CASE("a flipped bit costs a line or two, never the rest of the log") {
  const std::string whole = small_log();
  const std::size_t kinds = std::size(event::kinds);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string text = whole;
      text[at] = static_cast<char>(text[at] ^ flip);
      const TextReading reading = read(text);
      if (!reading.error.empty()) {
        if (at > header.size()) FAIL_CHECK("refused for byte " << at << ": " << reading.error);
        continue;
      }
      const log::Findings& found = reading.findings;
      const u64 told = found.events + found.unknown_events + found.damaged + found.torn_tail;
      if (found.events + 2 < kinds || told + 1 != found.lines)
        FAIL_CHECK("byte " << at << " ^ " << flip << ": " << found.events << " events, " << told
                           << " of " << found.lines << " lines told");
    }
  }
}
