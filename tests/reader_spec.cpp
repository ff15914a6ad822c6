// Specs of the reader: every input ends in an answer, and the answer says what is wrong and where.
// Whole logs, cut and damaged, are in log_spec.cpp; this holds single lines, first lines and files.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "event/table.hpp"
#include "log/jsonl.hpp"
#include "log/reader.hpp"
#include "support/reading.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

/// The damage of a log whose second line is the given one, as "line: what". The event before and
/// the event after it must be read all the same.
std::string damage(const std::string& line) {
  const TextReading reading = read(log_of({free_line, line, end_line}));
  CHECK(reading.events == std::vector{free_line, end_line});
  if (reading.findings.first_damages.size() != 1) return "not one damage";
  CHECK(reading.findings.damaged == 1);
  CHECK(reading.findings.ended);
  const log::Damage& found = reading.findings.first_damages.front();
  return std::to_string(found.line) + ": " + found.what;
}

}  // namespace

TEST_CASE(
    "a reader takes keys in any order, unknown keys, null for nothing, CRLF and blank lines") {
  const std::string line =
      R"({ "size" : "64", "later":[{"a":1}], "event":"free","time":null,"offset":0,"call":2,)"
      R"( "block":0, "pool":1, "\u0073eq":3, "later":2 })";
  const TextReading reading =
      read("\xEF\xBB\xBF" + header + "\r\n" + line + "\r\n\r\n  \n" + free_line + "\n\n");
  CHECK(reading.events == std::vector{free_line, free_line});
  CHECK(reading.findings.damaged == 0);
  CHECK_FALSE(reading.findings.torn_tail);
}

TEST_CASE("an event of an unknown kind is skipped and counted, and is no damage") {
  const TextReading reading = read(log_of({R"({"event":"teleport","to":"mars"})", free_line}));
  CHECK(reading.events == std::vector{free_line});
  CHECK(reading.findings.unknown_events == 1);
  CHECK(reading.findings.damaged == 0);
}

TEST_CASE("damage is told with its line and what should stand there, and reading goes on") {
  const auto with = [](const std::string& key, const std::string& value) {
    std::string line = free_line;
    const std::size_t at = line.find("\"" + key + "\":") + key.size() + 3;
    return damage(line.replace(at, line.find_first_of(",}", at) - at, value));
  };
  const std::string number = "must be a number from 0 to 2^64 - 1, found ";
  CHECK(with("size", "\"big\"") == "3: free: field \"size\" " + number + "\"big\"");
  CHECK(with("size", "-1") == "3: free: field \"size\" " + number + "-1");
  CHECK(with("size", "1.5") == "3: free: field \"size\" " + number + "a fraction or power");
  CHECK(with("size", "true") == "3: free: field \"size\" " + number + "true");
  CHECK(with("size", "null") == "3: free: field \"size\" " + number + "null");
  CHECK(with("size", "{}") == "3: free: field \"size\" " + number + "an object");
  CHECK(with("size", "\"18446744073709551616\"") ==
        "3: free: field \"size\" " + number + "\"18446744073709551616\"");
  CHECK(with("pool", "4294967296") ==
        "3: free: field \"pool\" must be a number from 0 to 2^32 - 1, found 4294967296");
  CHECK(with("event", "7") == "3: field \"event\" must be a string, found 7");
  CHECK(with("block", "0,\"block\":1") == "3: free: field \"block\" is there twice");

  const std::string start = R"({"seq":1,"pool":1,"call":0,"event":)";
  CHECK(damage(start + R"("free","block":0,"offset":0})") == "3: free: field \"size\" is missing");
  CHECK(damage(start + R"("guards","enabled":1,"guard_size":8,"ok":true})") ==
        "3: guards: field \"enabled\" must be true or false, found 1");
  CHECK(damage(start + R"("guard_write","block":0,"side":"top","offset":0,"size":8})") ==
        "3: guard_write: field \"side\" must be one of front, back, left, right, found \"top\"");
  CHECK(damage(start + R"("bytes","offset":0,"hex":"abc"})") ==
        "3: bytes: field \"hex\" must be a string of hex digits, two a byte, found \"abc\"");
  CHECK(damage(start + R"("note","text":"a\u0000b"})") ==
        "3: note: field \"text\" must be a string without NUL, found \"a~b\"");
  CHECK(damage(start + R"("misuse","kind":"foreign_free","address":"1f00"})") ==
        "3: misuse: field \"address\" must be an address such as \"0x1f00\", found \"1f00\"");
  CHECK(damage(header) == "3: a second log begins here: a log has one first line");
  CHECK(damage("{\"seq\":1}") == "3: field \"event\" is missing");
  CHECK(damage("[1]") == "3: not an event: a line is an object in braces");
}

TEST_CASE("a line that is no JSON is damage, too") {
  const std::string braces =
      "3: not JSON: braces, commas, colons or quotes are missing or too many";
  CHECK(damage("{\"seq\":1,") == braces);
  CHECK(damage(free_line + free_line) == braces);
  CHECK(damage("rubbish") == braces);
  CHECK(damage(std::string(100, '\0')) == braces);
  CHECK(damage("{\"a\":\"\xff\"}") == "3: not JSON: a byte is not UTF-8");
  CHECK(damage("{\"a\":\"\x01\"}") == "3: not JSON: a string holds a bare control byte");
  CHECK(damage("{\"a\":\"x}") == "3: not JSON: a string does not end");
  CHECK(damage("{\"a\":\"\\q\"}") == "3: not JSON: a string holds a wrong escape");
  CHECK(damage("{\"a\":18446744073709551616}") ==
        "3: not JSON: a number is malformed or above 2^64 - 1");
  CHECK(damage("{\"a\":" + std::string(2000, '[') + std::string(2000, ']') + "}") ==
        "3: not an event: nested too deep");
  CHECK(damage(std::string((16 << 20) + 1, ' ')) == "3: the line is longer than 16 MiB");
}

TEST_CASE("only the first few damages are told, all are counted") {
  const TextReading reading = read(log_of(std::vector<std::string>(100, "rubbish")));
  CHECK(reading.findings.damaged == 100);
  CHECK(reading.findings.first_damages.size() == 8);
  CHECK(reading.findings.lines == 101);
}

TEST_CASE("a last line without newline is an event, a torn tail or damage") {
  const TextReading whole = read(log_of({}) + free_line);
  CHECK(whole.events == std::vector{free_line});
  CHECK_FALSE(whole.findings.torn_tail);

  const TextReading torn = read(log_of({free_line}) + std::string(4096, '\0'));
  CHECK(torn.events == std::vector{free_line});
  CHECK(torn.findings.torn_tail);
  CHECK(torn.findings.damaged == 0);

  const TextReading wrong = read(log_of({free_line}) + "{\"event\":\"free\"}");
  CHECK_FALSE(wrong.findings.torn_tail);
  CHECK(wrong.findings.damaged == 1);
}

TEST_CASE("`end` ends a log only if nothing follows it") {
  CHECK(read(log_of({free_line, end_line})).findings.ended);
  CHECK(read(log_of({end_line}) + "\n \n").findings.ended);
  CHECK_FALSE(read(log_of({free_line})).findings.ended);
  CHECK_FALSE(read(log_of({end_line, free_line})).findings.ended);
  CHECK_FALSE(read(log_of({end_line}) + "{\"seq\"").findings.ended);
}

TEST_CASE("what is no log is refused with what was found and what to do") {
  const std::string hint =
      " where {\"mempool_log\":1,...} should stand; MEMPOOL_LOG=run.jsonl makes a program write a "
      "log, `mempool-viz replay TRACE -o run.jsonl` makes one of a trace";
  const std::string not_a_log = "the text is not a Mempool log: its first line is ";
  CHECK(read("").error == "the text is empty: not a Mempool log");
  CHECK(read("\n").error == not_a_log + "blank" + hint);
  CHECK(read("a\x1b[2J 0 100\n").error == not_a_log + "\"a~[2J 0 100\"" + hint);
  CHECK(read(free_line + "\n").error ==
        not_a_log + "\"" + free_line.substr(0, 40) + "...\"" + hint);
  CHECK(read(std::string(17 << 20, 'x')).error == not_a_log + "longer than 16 MiB" + hint);
  CHECK(read("{\"mempool_log\":2}\n").error ==
        "the text: log format 2 is newer than this mempool-viz reads (1): use the mempool-viz of "
        "the program's Mempool");
  CHECK(read("{\"mempool_log\":0}\n").error ==
        "the text: there is no log format 0, this mempool-viz reads 1");
  CHECK(read("{\"minor\":7,\"more\":[],\"mempool_log\":1}\n" + free_line).events.size() == 1);
}

TEST_CASE("a file that cannot be read is named with the reason") {
  const std::string here = std::filesystem::temp_directory_path().string();
  CHECK(read_all(log::Reader::open(here)).error == "cannot read " + here + ": Is a directory");
  CHECK(read_all(log::Reader::open("/no/such.jsonl")).error ==
        "cannot read /no/such.jsonl: No such file or directory");
}

TEST_CASE("a file is read whole, whatever its size and the length of its lines") {
  const auto path = std::filesystem::temp_directory_path() /
                    ("mempool_log_spec." + std::to_string(::getpid()) + ".jsonl");
  std::string text = header + "\n";
  pool_event event = event::make(POOL_EVENT_NOTE);
  const std::string long_text(100'000, 'x');
  for (u64 seq = 1; seq <= 1000; ++seq) {
    event.seq = seq;
    event.as.note.text = long_text.data() + (seq % 50 == 0 ? 0 : long_text.size() - seq);
    log::write_event(event, text);
    if (seq == 500) text += std::string(40 << 20, 'y') + "\n";
  }
  std::ofstream(path, std::ios::binary) << text;
  auto reader = log::Reader::open(path.string());
  REQUIRE(reader);
  u64 seq = 0;
  while (reader->next(event)) {
    CHECK(event.seq == ++seq);
    CHECK(std::strlen(event.as.note.text) == (seq % 50 == 0 ? long_text.size() : seq));
  }
  CHECK(seq == 1000);
  CHECK(reader->findings().damaged == 1);
  CHECK(reader->findings().first_damages.at(0).line == 502);
  CHECK(reader->bytes_read() == text.size());
  CHECK(reader->bytes_total() == text.size());
  std::filesystem::remove(path);
}

TEST_CASE("a log can be read on from any place between two of its events") {
  const std::string text =
      log_of({free_line, "rubbish", R"({"event":"teleport"})", free_line, end_line});
  const auto path = std::filesystem::temp_directory_path() /
                    ("mempool_log_spec." + std::to_string(::getpid()) + ".jsonl");
  std::ofstream(path, std::ios::binary) << text;
  for (const bool from_file : {false, true}) {
    auto reader = from_file ? log::Reader::open(path.string()) : log::Reader::from_text(text);
    REQUIRE(reader);
    CHECK(reader->seekable());
    struct Place {
      u64 position;
      log::Findings so_far;
    };
    std::vector<Place> places{{reader->position(), reader->findings()}};
    std::vector<std::string> events;
    pool_event event;
    while (reader->next(event)) {
      events.push_back(json(event));
      places.push_back({reader->position(), reader->findings()});
    }
    const log::Findings whole = reader->findings();
    CHECK(whole.damaged == 1);
    for (std::size_t i = places.size(); i-- > 0;) {
      REQUIRE(reader->seek(places[i].position, places[i].so_far));
      CHECK(reader->position() == places[i].position);
      for (std::size_t k = i; reader->next(event); ++k) CHECK(json(event) == events.at(k));
      const log::Findings& again = reader->findings();
      CHECK(again.lines == whole.lines);
      CHECK(again.events == whole.events);
      CHECK(again.damaged == whole.damaged);
      CHECK(again.first_damages.at(0).line == 3);
      CHECK(again.ended == whole.ended);
    }
    CHECK_FALSE(reader->seek(text.size() + 1, {}));
    CHECK(reader->findings().events == whole.events);
  }
  std::filesystem::remove(path);
}

TEST_CASE("a pipe on standard input is read while it is being written") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto say = [&](const std::string& text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  };
  const int standard_input = ::dup(STDIN_FILENO);
  REQUIRE(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
  say(log_of({free_line}));
  auto reader = log::Reader::open("-");
  REQUIRE(reader);
  pool_event event;
  CHECK(reader->next(event));  // would wait forever if it wanted a full buffer
  CHECK(reader->bytes_total() == 0);
  CHECK_FALSE(reader->seekable());
  CHECK_FALSE(reader->seek(0, {}));
  say(end_line.substr(0, 20));
  say(end_line.substr(20) + "\n{\"seq\":");
  ::close(ends[1]);
  CHECK(reader->next(event));
  CHECK(event.kind == POOL_EVENT_END);
  CHECK_FALSE(reader->next(event));
  CHECK(reader->findings().torn_tail);
  ::close(ends[0]);
  ::dup2(standard_input, STDIN_FILENO);
  ::close(standard_input);
}
