// Specs of the binary log: what is written is read back; what is cut, damaged or newer gives what
// is left of it. How files of it are written is in logfile_spec.cpp.
//
// The kinds of events are looped over, so a new one is covered as soon as it is in the list.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "log/encoding.hpp"
#include "log/record.hpp"
#include "support/every_event.hpp"
#include "support/reading.hpp"

using namespace mempool;
using namespace mempool::tests;
using event::Type;

namespace {

std::string binary_header() {
  std::string bytes;
  log::write_header(log::Encoding::mplog, bytes);
  return bytes;
}

std::string records(const pool_event& event) {
  std::string bytes;
  log::write_event(log::Encoding::mplog, event, bytes);
  return bytes;
}

pool_event free_event(u64 seq) {
  pool_event event = event::make(POOL_EVENT_FREE);
  event.pool = 1;
  event.seq = seq;
  event.call = 2;
  event.as.free = {0, 0, 64};
  return event;
}

pool_event note(const char* text) {
  pool_event event = event::make(POOL_EVENT_NOTE);
  event.as.note.text = text;
  return event;
}

/// A log with one event of every kind, whole.
std::string small_log() {
  std::string bytes = binary_header();
  for (const event::Kind& kind : every_kind())
    log::write_event(log::Encoding::mplog, event_of(kind), bytes);
  return bytes;
}

std::string zeros(std::size_t count) {
  return std::string(count * log::record::size, '\0');
}

/// "record: what" of the one damage.
std::string damage(const TextReading& reading) {
  if (reading.findings.first_damages.size() != 1) return "not one damage";
  const log::Damage& found = reading.findings.first_damages.front();
  return std::to_string(found.line) + ": " + found.what;
}

}  // namespace

TEST_CASE("every kind of event comes back from a binary log as it went in") {
  for (const event::Kind& kind : every_kind()) {
    for (std::size_t round = 0; round < std::size(numbers) * std::size(texts); ++round) {
      CAPTURE(kind.name);
      CAPTURE(round);
      pool_event event = event::make(kind.code);
      event.seq = numbers[round % std::size(numbers)];
      event.call = numbers[(round + 3) % std::size(numbers)];
      event.time = numbers[(round + 5) % std::size(numbers)];
      event.pool = round % 2 == 0 ? 0xFFFFFFFF : static_cast<u32>(round);
      if (round % 3 == 0) {  // all of it in few bits
        event.seq = event.call = round;
        event.pool = 1;
        event.time = POOL_NONE;
      }
      for (std::size_t f = 0; f < kind.fields.size(); ++f)
        set_nth(event, kind.fields[f], round + f);

      auto reader = log::Reader::from_text(binary_header() + records(event));
      REQUIRE(reader);
      pool_event got;
      REQUIRE(reader->next(got));
      CHECK(json(got) == json(event));
      for (const event::Field& field : kind.fields) {
        if (field.type != Type::TEXT) continue;
        const auto said = event::get<const char*>(event, field);
        const auto read = event::get<const char*>(got, field);
        CHECK((read == nullptr) == (said == nullptr));
        if (said != nullptr && read != nullptr) CHECK(std::strcmp(read, said) == 0);
      }
      CHECK_FALSE(reader->next(got));
      CHECK(reader->findings().damaged == 0);
    }
  }
}

TEST_CASE("a log goes from text to binary and back without losing a byte") {
  std::string text = header + "\n";
  for (const event::Kind& kind : every_kind()) log::write_event(event_of(kind), text);
  std::string bytes = binary_header();
  auto lines = log::Reader::from_text(text);
  pool_event event;
  while (lines->next(event)) log::write_event(log::Encoding::mplog, event, bytes);
  std::string again = header + "\n";
  auto records = log::Reader::from_text(bytes);
  while (records->next(event)) log::write_event(event, again);
  CHECK(again == text);
  CHECK(records->findings().ended);
}

TEST_CASE("a binary log begins with a header that names its format") {
  const std::string bytes = binary_header();
  CHECK(bytes.size() == 64);
  CHECK(bytes.substr(0, 16) == std::string("MEMPOOL\n\x01\0\0\0\x20\0\0\0", 16));
  CHECK(bytes.substr(16) == std::string("mempool " MEMPOOL_VERSION) + std::string(35, '\0'));
}

TEST_CASE("an event is a head, then a cell for each field") {
  pool_event event = event::make(POOL_EVENT_COALESCE);
  event.seq = 0x0102;
  event.pool = 3;
  event.call = 4;
  event.as.coalesce = {0x10, 0x20, 0x30, 0x40, POOL_SIDE_LEFT};
  CHECK(records(event) == std::string("\x06\0\x03\0"
                                      "\x02\x01\0\0"
                                      "\x04\0\0\0"
                                      "\x10\0\0\0\x20\0\0\0\x30\0\0\0\x40\0\0\0\x03\0\0\0",
                                      32));
}

TEST_CASE("what does not fit into a record goes on in records that say so") {
  const auto kinds_of = [](const std::string& bytes) {
    std::vector<int> kinds;
    for (std::size_t at = 0; at < bytes.size(); at += 32) kinds.push_back(u8(bytes[at]));
    return kinds;
  };
  CHECK(kinds_of(records(free_event(1))) == std::vector{5});
  pool_event event = free_event(1);
  event.time = 1500;  // two cells, which fit beside the three
  CHECK(kinds_of(records(event)) == std::vector{5});
  event.as.free.size = u64_max;  // every number takes two cells
  CHECK(kinds_of(records(event)) == std::vector{5, 240});
  CHECK(kinds_of(records(note("a text of twenty-four b."))) == std::vector{15, 241});
  CHECK(kinds_of(records(note("a text of twenty-five by."))) == std::vector{15, 241, 241});
  CHECK(kinds_of(records(note(""))) == std::vector{15});
}

TEST_CASE("a binary log that is cut anywhere gives the events before the cut and no damage") {
  const std::string whole = small_log();
  const TextReading all = read(whole);
  REQUIRE(all.events.size() == std::size(event::kinds));
  CHECK(all.findings.ended);
  std::vector<std::size_t> ends;  // of the events
  for (std::size_t at = log::record::header_size; const event::Kind& kind : every_kind())
    ends.push_back(at += records(event_of(kind)).size());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const TextReading reading = read(whole.substr(0, size));
    if (size < log::record::header_size) {
      CHECK(reading.error == (size == 0 ? "the text is empty: not a Mempool log"
                                        : "the text is cut inside its header: no event of it is "
                                          "left"));
      continue;
    }
    const auto events = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= size; }));
    CHECK(reading.events == std::vector(all.events.begin(), all.events.begin() + events));
    CHECK(reading.findings.damaged == 0);
    const bool between =
        size == log::record::header_size || (events != 0 && ends[events - 1] == size);
    CHECK(reading.findings.torn_tail == !between);
    CHECK_FALSE(reading.findings.ended);
  }
}

TEST_CASE("room that was never written ends a log, whatever a killed program left in it") {
  const std::string log = binary_header() + records(free_event(1));
  const TextReading room = read(log + zeros(1000));
  CHECK(room.events.size() == 1);
  CHECK(room.findings.damaged == 0);
  CHECK_FALSE(room.findings.torn_tail);

  std::string half = records(free_event(2));
  half.replace(0, 8, std::string(8, '\0'));  // the first bytes are stored last
  const TextReading torn = read(log + half + zeros(1000));
  CHECK(torn.events.size() == 1);
  CHECK(torn.findings.damaged == 0);
  CHECK(torn.findings.torn_tail);

  const std::string text = records(note("two records of it are there, and then no more"));
  const TextReading short_text = read(log + text.substr(0, 64) + zeros(1000));
  CHECK(short_text.events.size() == 1);
  CHECK(short_text.findings.damaged == 0);
  CHECK(short_text.findings.torn_tail);

  pool_event end = event::make(POOL_EVENT_END);
  CHECK(read(log + records(end) + zeros(10)).findings.ended);
  for (const std::string& rest : {half, half.substr(0, 31), text.substr(0, 64)}) {
    const TextReading beyond = read(log + records(end) + rest);
    CHECK_FALSE(beyond.findings.ended);
    CHECK(beyond.findings.torn_tail);
  }
}

TEST_CASE("records that are missing in the middle are damage, and reading goes on behind them") {
  const std::string before = binary_header() + records(free_event(1));
  const TextReading hole = read(before + zeros(3) + records(free_event(5)));
  CHECK(hole.events.size() == 2);
  CHECK(damage(hole) == "2: nothing is written here");
  CHECK(hole.findings.lines == 5);

  const std::string text = records(note("a text whose middle is gone, and nothing more than that"));
  const TextReading gap =
      read(before + text.substr(0, 64) + text.substr(96) + records(free_event(2)));
  CHECK(gap.events.size() == 2);
  CHECK(damage(gap) == "2: note: field \"text\" is not all there");

  const TextReading orphan = read(before + text.substr(32) + records(free_event(2)));
  CHECK(orphan.events.size() == 2);
  CHECK(damage(orphan) == "2: it continues no event");

  pool_event wide = free_event(2);
  wide.as.free.size = u64_max;
  const TextReading half = read(before + records(wide).substr(0, 32) + records(free_event(3)));
  CHECK(half.events.size() == 2);
  CHECK(damage(half) == "2: the rest of the event is missing");
}

TEST_CASE("a record that holds what it cannot is damage") {
  const auto damaged = [](std::string bytes) {
    const TextReading reading = read(binary_header() + bytes + records(free_event(1)));
    CHECK(reading.events.size() == 1);
    return damage(reading);
  };
  pool_event event = event::make(POOL_EVENT_COALESCE);
  event.as.coalesce.side = 5;
  CHECK(damaged(records(event)) ==
        "1: coalesce: field \"side\" has the code 5, which is no word of it");
  std::string text = records(note("some text"));
  text[32 + 8] = '\0';
  CHECK(damaged(text) == "1: note: field \"text\" holds a NUL");
  text = records(note("some text"));
  text.replace(12, 4, "\xff\xff\xff\x7f");
  CHECK(damaged(text) == "1: note: field \"text\" is longer than 16 MiB");
  std::string nothing = records(free_event(1));
  nothing[0] = '\0';
  CHECK(damaged(nothing) == "1: it is of no kind");
}

TEST_CASE("an event of a later version is skipped with all its records, and counted once") {
  std::string later = records(note("a text that is longer than one record can hold"));
  later[0] = 100;
  const TextReading reading = read(binary_header() + later + records(free_event(1)));
  CHECK(reading.events.size() == 1);
  CHECK(reading.findings.unknown_events == 1);
  CHECK(reading.findings.damaged == 0);
}

TEST_CASE("a field of a later version is passed over") {
  std::string more = records(free_event(1));
  more[1] = 4;  // the first bit that `free` does not use
  std::string rest(32, '\7');
  rest[0] = static_cast<char>(log::record::more);
  const TextReading reading = read(binary_header() + more + rest + records(free_event(2)));
  CHECK(reading.events == std::vector{json(free_event(1)), json(free_event(2))});
  CHECK(reading.findings.damaged == 0);
}

TEST_CASE("a binary log of a newer version, or with a damaged header, is refused") {
  std::string newer = small_log();
  newer[8] = 2;
  CHECK(read(newer).error ==
        "the text: log format 2 is newer than this mempool-viz reads (1): use the mempool-viz of "
        "the program's Mempool");
  newer[8] = 0;
  CHECK(read(newer).error == "the text: there is no log format 0, this mempool-viz reads 1");
  std::string minor = small_log();
  minor[10] = 9;
  CHECK(read(minor).findings.ended);
  std::string size = small_log();
  size[12] = 48;
  CHECK(read(size).error ==
        "the text: its header is damaged: records of 48 bytes, where this format has 32");
}

TEST_CASE("a flipped bit costs an event, never the rest of the log") {
  const std::string whole = small_log();
  const std::size_t kinds = std::size(event::kinds);
  for (std::size_t at = log::record::header_size; at < whole.size(); ++at) {
    for (int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      const TextReading reading = read(bytes);
      const log::Findings& found = reading.findings;
      if (!reading.error.empty() || found.events + 1 < kinds || found.damaged > 2)
        FAIL_CHECK("byte " << at << " ^ " << flip << ": " << found.events << " events, "
                           << found.damaged << " damages " << reading.error);
    }
  }
}

TEST_CASE("a binary log can be read on from any place between two of its events") {
  std::string bytes = small_log();
  const std::size_t end = records(event_of(*event::find("end"))).size();
  bytes.insert(bytes.size() - end, zeros(1) + records(free_event(1)));
  auto reader = log::Reader::from_text(bytes);
  REQUIRE(reader);
  struct Place {
    u64 position;
    log::Findings so_far;
  };
  std::vector<Place> places{{reader->position(), reader->findings()}};
  std::vector<std::string> events;
  std::vector<u64> stood;
  pool_event event;
  while (reader->next(event)) {
    events.push_back(json(event));
    stood.push_back(reader->findings().lines);
    places.push_back({reader->position(), reader->findings()});
  }
  CHECK(places.front().position == 64);
  for (std::size_t i = places.size(); i-- > 0;) {
    REQUIRE(reader->seek(places[i].position, places[i].so_far));
    for (std::size_t k = i; reader->next(event); ++k) {
      CHECK(json(event) == events.at(k));
      CHECK(reader->findings().lines == stood.at(k));
    }
    CHECK(reader->findings().ended);
    CHECK(reader->findings().events == events.size());
    CHECK(reader->findings().damaged == 1);
  }
  CHECK_FALSE(reader->seek(bytes.size() + 1, {}));
}

TEST_CASE("a binary log comes through a pipe while it is being written") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto say = [&](const std::string& bytes) {
    REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  };
  const int standard_input = ::dup(STDIN_FILENO);
  REQUIRE(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
  say(binary_header() + records(free_event(1)));
  auto reader = log::Reader::open("-");
  REQUIRE(reader);
  pool_event event;
  CHECK(reader->next(event));  // would wait forever if it wanted a full buffer
  CHECK_FALSE(reader->seekable());
  const std::string second = records(free_event(2));
  say(second.substr(0, 5));
  say(second.substr(5) + second.substr(0, 31));
  ::close(ends[1]);
  CHECK(reader->next(event));
  CHECK(event.seq == 2);
  CHECK_FALSE(reader->next(event));
  CHECK(reader->findings().torn_tail);
  ::close(ends[0]);
  ::dup2(standard_input, STDIN_FILENO);
  ::close(standard_input);
}
