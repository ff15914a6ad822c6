// Specs of the workloads: how op lists and traces are read, what pool they get, and how they are
// carried out on a real one. The command line around them is tests/cli's.
#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/scratch.hpp"
#include "workload/ops.hpp"
#include "workload/player.hpp"
#include "workload/rep.hpp"

using namespace mempool;
using namespace mempool::viz;
using mempool::tests::Scratch;

namespace {

Workload ops(std::string_view list) {
  Result<Workload> workload = parse_ops(list);
  REQUIRE_MESSAGE(workload.has_value(), workload.error().what);
  return std::move(*workload);
}

std::string ops_error(std::string_view list) {
  const Result<Workload> workload = parse_ops(list);
  return workload ? "no error" : workload.error().what;
}

/// One letter and its numbers for each operation: "+100 +200 -0 ~1:300".
std::string written(const Workload& workload) {
  std::string text;
  for (const Operation& operation : workload.operations) {
    const std::string index = std::to_string(operation.index);
    const std::string size = std::to_string(operation.size);
    if (!text.empty()) text += ' ';
    switch (operation.act) {
      case Act::alloc: text += "+" + size; break;
      case Act::free: text += "-" + index; break;
      case Act::realloc: text += "~" + index + ":" + size; break;
      case Act::write: text += "!" + index; break;
      case Act::check: text += "?"; break;
      case Act::note: text += "@" + workload.notes[operation.size]; break;
    }
  }
  return text;
}

std::string gzipped(const std::string& text) {
  const Scratch file("", ".gz");
  gzFile out = gzopen(file.path().c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  return file.contents();
}

Workload rep(std::string_view contents) {
  const Scratch file(contents);
  Result<Workload> workload = read_rep(file.path());
  REQUIRE_MESSAGE(workload.has_value(), workload.error().what);
  return std::move(*workload);
}

/// What is wrong with a trace, after the file's name.
std::string rep_error(std::string_view contents) {
  const Scratch file(contents);
  const Result<Workload> workload = read_rep(file.path());
  if (workload) return "no error";
  CHECK(workload.error().what.starts_with(file.path() + ": "));
  return workload.error().what.substr(file.path().size() + 2);
}

const std::string small_trace = "20000\n3\n6\n1\na 0 512\na 1 128\nr 0 640\na 2 16\nf 1\nf 0\n";

PoolSetup bytes(u64 capacity) {
  PoolSetup setup;
  setup.capacity = capacity;
  setup.align = 1;
  return setup;
}

/// What became of a workload, and its events.
struct Played {
  Outcome outcome;
  std::string log;
  [[nodiscard]] std::vector<std::string> lines(std::string_view containing) const {
    std::vector<std::string> found;
    std::size_t at = 0;
    for (std::size_t end; (end = log.find('\n', at)) != std::string::npos; at = end + 1)
      if (const std::string line = log.substr(at, end - at);
          line.find(containing) != std::string::npos)
        found.push_back(line);
    return found;
  }
};

Played played(std::string_view list, const PoolSetup& setup) {
  Played played;
  const Result<Outcome> outcome = play(ops(list), setup, {"", &played.log}, nullptr);
  REQUIRE_MESSAGE(outcome.has_value(), outcome.error().what);
  played.outcome = *outcome;
  return played;
}

/// The number behind a key in a line of a log.
u64 number(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":");
  REQUIRE(at != std::string::npos);
  return std::stoull(line.substr(at + key.size() + 3));
}

}  // namespace

TEST_SUITE_BEGIN("workload");

TEST_CASE("an op list allocates, frees, reallocates, writes, checks and notes") {
  const Workload workload = ops("+100,-0,+0,~1:300,!1:16*4='X',?,@a text");
  CHECK(written(workload) == "+100 -0 +0 ~1:300 !1 ? @a text");
  CHECK(workload.allocations == 2);
}

TEST_CASE("the operations of a list are parted by commas or white space") {
  CHECK(written(ops(" +1 +2\n-0 , ?\t-1 ")) == "+1 +2 -0 ? -1");
}

TEST_CASE("numbers in an op list are decimal or hexadecimal") {
  CHECK(written(ops("+0x40,~0x0:0XfF")) == "+64 ~0:255");
}

TEST_CASE("a write names an offset, a count and a byte, and only the byte and offset are needed") {
  const Workload workload = ops("+16,!0:16*4='X',!0:-8=0xff,!0:0=65,!0:1=','");
  const std::vector<Write>& writes = workload.writes;
  REQUIRE(writes.size() == 4);
  CHECK((writes[0].offset == 16 && writes[0].count == 4 && writes[0].byte == 'X'));
  CHECK((writes[1].offset == -8 && writes[1].count == 1 && writes[1].byte == 255));
  CHECK((writes[2].offset == 0 && writes[2].byte == 'A'));
  CHECK(writes[3].byte == ',');
}

TEST_CASE("a note runs to the next comma, and a backslash keeps a comma in it") {
  CHECK(written(ops("@before the free ,+1,@one\\, two \\\\ and \\n")) ==
        "@before the free +1 @one, two \\ and \\n");
}

TEST_CASE("any size that is a number may be asked for") {
  CHECK(ops("+18446744073709551615").operations[0].size == u64_max);
}

TEST_CASE("an op list that is wrong is told with the place, the text and what was expected") {
  CHECK(ops_error("+1,+2,+abc") == "op 3, '+abc': a size is expected after '+'");
  CHECK(ops_error("+1,-") == "op 2, '-': the number of an allocation is expected after '-'");
  CHECK(ops_error("100") == "op 1, '100': an operation starts with one of + - ~ ! ? @");
  CHECK(ops_error("+1+2") == "op 1, '+1+2': a comma is expected after the operation");
  CHECK(ops_error("+1,,+2") == "op 2, ',': an operation is expected before the comma");
  CHECK(ops_error("+1, ") == "op 2: an operation is expected after the last comma");
  CHECK(ops_error("+1,@ ,?") == "op 2, '@': a text is expected after '@'");
  CHECK(ops_error(" ") == "the op list is empty: +size allocates, -i frees #i");
}

TEST_CASE("a reallocation or a write that is cut short is told what it lacks") {
  CHECK(ops_error("+1,~0") ==
        "op 2, '~0': ':' and a size are expected after the number, as in ~0:200");
  CHECK(ops_error("+1,~0:0") ==
        "op 2, '~0:0': the size must be at least 1: pool_realloc() refuses 0");
  CHECK(ops_error("+1,!0:x=1") == "op 2, '!0:x=1': an offset is expected after ':'");
  CHECK(ops_error("+1,!0:4") == "op 2, '!0:4': '=' and a byte are expected, as in !0:16='X'");
  CHECK(ops_error("+1,!0:4*0=1") == "op 2, '!0:4*0=1': the count must be at least 1");
  CHECK(ops_error("+1,!0:4=256") == "op 2, '!0:4=256': the number is too large: at most 255 here");
}

TEST_CASE("numbers that do not fit are refused, never wrapped around") {
  CHECK(ops_error("+18446744073709551616").ends_with("at most 18446744073709551615 here"));
  CHECK(ops_error("+0x10000000000000000").ends_with("at most 18446744073709551615 here"));
  CHECK(ops_error("+1,!0:9223372036854775808=1").ends_with("at most 9223372036854775807 here"));
}

TEST_CASE("an operation may only name an allocation that stands before it") {
  CHECK(ops_error("-0,+1") ==
        "op 1, '-0': there is no allocation 0 yet: nothing is allocated "
        "before it");
  CHECK(ops_error("+1,+2,~2:5") ==
        "op 3, '~2:5': there is no allocation 2 yet: those before it "
        "are 0 to 1");
}

TEST_CASE("text that is shown in an error is cut and printable") {
  CHECK(ops_error("\x1b[31m") == "op 1, '~[31m': an operation starts with one of + - ~ ! ? @");
  CHECK(ops_error(std::string(100, 'x')).find("'" + std::string(24, 'x') + "...'") !=
        std::string::npos);
}

TEST_CASE("an argument that starts as an operation does is taken for an op list") {
  for (const char* list : {"+100", "-0,+5", "~1:200", "!0:4='X'", "?", "?,+1", "@text"})
    CHECK_MESSAGE(looks_like_ops(list), list);
  for (const char* word : {"", "-", "+", "-o", "--step", "show", "?x", "@", "run.jsonl"})
    CHECK_MESSAGE(!looks_like_ops(word), word);
}

TEST_CASE("a trace maps its ids to allocation numbers") {
  const Workload workload = rep(small_trace);
  CHECK(written(workload) == "+512 +128 ~0:640 +16 -1 -0");
  CHECK(workload.suggested_heap == 20000);
  CHECK(workload.allocations == 3);
}

TEST_CASE("an id that was freed may be used again and takes the next number") {
  CHECK(written(rep("0\n1\n4\n1\na 0 8\nf 0\na 0 9\nf 0\n")) == "+8 -0 +9 -1");
}

TEST_CASE("freeing no pointer is skipped and counted, and reallocating to nothing frees") {
  const Workload workload = rep("0\n1\n3\n1\na 0 8\nf -1\nr 0 0\n");
  CHECK(written(workload) == "+8 -0");
  CHECK(workload.null_frees == 1);
}

TEST_CASE("a trace may be compressed, have blank lines, and lines that end as on Windows") {
  CHECK(written(rep(gzipped(small_trace))) == written(rep(small_trace)));
  CHECK(written(rep("0\r\n1\r\n1\r\n1\r\n\r\na 0 8")) == "+8");
}

TEST_CASE("a trace that is wrong is told with its line") {
  const std::string header = "0\n2\n3\n1\n";
  CHECK(rep_error(header + "a 0 8\nx 1 2\n") ==
        "line 6: 'x 1 2': an operation is expected: 'a ID SIZE', 'f ID' or 'r ID SIZE'");
  CHECK(rep_error(header + "a 0\n") == "line 5: 'a 0': 'a ID SIZE' is expected");
  CHECK(rep_error(header + "a 2 8\n") ==
        "line 5: id 2 is out of range: the header promises 2 ids, from 0");
  CHECK(rep_error(header + "f 1\n") == "line 5: id 1 is freed, but it is not in use here");
  CHECK(rep_error(header + "r 1 8\n") == "line 5: id 1 is reallocated, but it is not in use here");
  CHECK(rep_error(header + "a 0 8\na 0 8\n") ==
        "line 6: id 0 is allocated while it is still in use");
  CHECK(rep_error(header + "a 0 18446744073709551616\n") ==
        "line 5: 'a 0 18446744073709551616': the size is no number up to 18446744073709551615");
  CHECK(rep_error(header + "a -3 8\n") == "line 5: 'a -3 8': the id is not a number");
}

TEST_CASE("a trace holds as many operations as its header promises") {
  CHECK(rep_error("0\n1\n2\n1\na 0 8\n") ==
        "ends after line 5: its header promises 2 operations, 1 are there");
  CHECK(rep_error("0\n1\n1\n1\na 0 8\nf 0\n") ==
        "line 6: 'f 0' comes after the 1 operations that the header promises");
  CHECK(rep_error("0\n1\n") == "ends after line 2: the number of operations is missing");
}

TEST_CASE("what is no trace at all is told so") {
  CHECK(rep_error("") == "is empty; a trace is expected");
  CHECK(rep_error("hello\n").starts_with(
      "line 1: 'hello' stands where a trace has its suggested heap size"));
  CHECK(rep_error(R"({"mempool_log":1,"minor":0})") ==
        "line 1: this is a log, not a trace: show, diagram and dump read it");
  CHECK(rep_error(std::string(1000000, '7')) == "line 1: the line is too long for a trace");
  CHECK(rep_error(std::string(300, '\0')) == "line 1: the line is too long for a trace");
}

TEST_CASE("a compressed trace that is cut or damaged is told so") {
  const std::string whole = gzipped(small_trace);
  CHECK(rep_error(whole.substr(0, whole.size() / 2)).find("ends too early") != std::string::npos);
  std::string damaged = whole;
  damaged[whole.size() - 6] = static_cast<char>(~damaged[whole.size() - 6]);
  CHECK(rep_error(damaged).find("is damaged") != std::string::npos);
}

TEST_CASE("numbers in a header take no memory before there are operations") {
  CHECK(rep_error("0\n18446744073709551615\n18446744073709551615\n1\na 18446744073709551614 1\n") ==
        "ends after line 5: its header promises 18446744073709551615 operations, 1 are there");
}

TEST_CASE("a trace that cannot be read is told why") {
  const Result<Workload> missing = read_rep("no such file.rep");
  REQUIRE(!missing);
  CHECK(missing.error().what == "cannot read no such file.rep: No such file or directory");
  const std::string folder = std::filesystem::temp_directory_path().string();
  const Result<Workload> directory = read_rep(folder);
  REQUIRE(!directory);
  CHECK(directory.error().what == "cannot read " + folder + ": Is a directory");
}

TEST_CASE("a block is its payload with the guards, rounded up, and never nothing") {
  CHECK(block_size(100, {16, 0}) == 112);
  CHECK(block_size(0, {16, 0}) == 16);
  CHECK(block_size(13, {16, 8}) == 48);  // front guard 16, payload 13, back guard at least 8
  CHECK(block_size(u64_max, {16, 8}) >= u64_max - 15);
}

TEST_CASE("the capacity is twice the peak of live bytes, the trace's own hint, or a least") {
  CHECK(choose_capacity(ops("+4000,-0,+4000,+4000"), {1, 0}).bytes == 16000);
  CHECK(choose_capacity(ops("+100,~0:3000"), {1, 0}).bytes == 6000);
  CHECK(choose_capacity(ops("+100"), {16, 0}).bytes == 4096);
  CHECK(choose_capacity(rep(small_trace), {16, 0}).bytes == 20000);
}

TEST_CASE("a request that is there to fail does not make the pool larger") {
  CHECK(choose_capacity(ops("+18446744073709551615,+5000"), {1, 0}).bytes == 10000);
}

TEST_CASE("call k of the log is the k-th operation that is executed") {
  const Played run = played("+100,+5000,-1,~0:200,-0,-0,?,@x,+8,!2:0='A'", bytes(1000));
  CHECK(run.outcome.executed == 9);
  CHECK(run.outcome.skipped == 1);
  const auto call_of = [&](const char* event) {
    return number(run.lines(std::string("\"event\":") + event).at(0), "call");
  };
  CHECK(call_of("\"alloc_fail\"") == 2);
  CHECK(call_of("\"resize\"") == 3);
  CHECK(call_of("\"misuse\"") == 5);
  CHECK(call_of("\"check\"") == 6);
  CHECK(call_of("\"note\"") == 7);
  CHECK(number(run.lines("\"block\":2").at(0), "call") == 8);
  CHECK(number(run.lines("\"note\"").at(1), "call") == 9);
  CHECK(call_of("\"destroy\"") == 10);
}

TEST_CASE("blocks of one byte's alignment are placed back to back, and a hole is used again") {
  const Played run = played("+100,+200,+300,+400,-1,+50", bytes(1000));
  std::vector<u64> offsets;
  for (const std::string& line : run.lines("\"alloc\"")) offsets.push_back(number(line, "offset"));
  CHECK(offsets == std::vector<u64>{0, 100, 300, 600, 100});
  CHECK(run.outcome.live_blocks == 4);
  CHECK(run.outcome.live_bytes == 850);
  CHECK(run.lines("\"leak\"").size() == 4);
}

TEST_CASE("failures are results: they are counted by reason and take a number") {
  const Played run = played("+100,+100,+100,-1,+150,+18446744073709551615,-3,-4", bytes(300));
  CHECK(run.outcome.failures == 2);
  CHECK(run.outcome.failures_by_reason[POOL_FAIL_FULL] == 1);
  CHECK(run.outcome.failures_by_reason[POOL_FAIL_TOO_LARGE] == 1);
  CHECK(run.outcome.skipped == 2);
}

TEST_CASE("a dead allocation's pointer is handed on, even to the block that took its place") {
  const Played run = played("+100,-0,+100,-0,-1", bytes(1000));
  CHECK(run.outcome.frees == 2);
  CHECK(run.outcome.misuse == 1);  // the second block was freed through the first one's pointer
}

TEST_CASE("a write stays inside of the region and says what it left out") {
  const Played run = played("+10,!0:-5*8='X',!0:8*1000='Y',!0:2000='Z'", bytes(20));
  const std::vector<std::string> notes = run.lines("\"note\"");
  REQUIRE(notes.size() == 3);
  CHECK(notes[0].find("3 x 0x58 written through #0 at byte -5; 5 more would lie outside") !=
        std::string::npos);
  CHECK(notes[1].find("12 x 0x59 written through #0 at byte 8; 988 more") != std::string::npos);
  CHECK(notes[2].find("0 x 0x5A written") != std::string::npos);
  CHECK(run.lines("\"hex\":\"585858").size() >= 1);
}

TEST_CASE("an overrun that a list writes is found when the block is freed") {
  PoolSetup setup = bytes(1000);
  setup.guards = 4;
  const Played run = played("+10,!0:10*2='X',-0", setup);
  CHECK(run.outcome.misuse == 1);
  CHECK(run.lines("\"damaged\":2").size() == 1);
}

TEST_CASE("a log in memory is the log that a file would get") {
  const Workload workload = ops("+100,+200,-0,@text,+5000,-0,+1");
  const Scratch file("", ".jsonl");
  std::string text;
  REQUIRE(play(workload, bytes(1000), {"", &text}, nullptr));
  REQUIRE(play(workload, bytes(1000), {file.path(), nullptr}, nullptr));
  std::string from_file = file.contents();
  const std::size_t begin = from_file.find("\"pool\":");
  const std::string number_of_pool =
      from_file.substr(begin, from_file.find(',', begin) + 1 - begin);
  for (std::size_t at; (at = from_file.find(number_of_pool)) != std::string::npos;)
    from_file.replace(at, number_of_pool.size(), "\"POOL\":1,");
  for (std::size_t at; (at = text.find("\"pool\":1,")) != std::string::npos;)
    text.replace(at, 9, "\"POOL\":1,");
  CHECK(text == from_file);
}

TEST_CASE("the environment has no say in a replay") {
  ::setenv("MEMPOOL_OPTIONS", "align=64,guards=32", 1);
  const Played run = played("+10", bytes(1000));
  ::unsetenv("MEMPOOL_OPTIONS");
  CHECK(run.lines("\"create\"").at(0).find("\"align\":1,") != std::string::npos);
  CHECK(number(run.lines("\"alloc\"").at(0), "size") == 10);
}

TEST_CASE("a pool that cannot be had, and a log that cannot be written, are told") {
  const auto error = [](const PoolSetup& setup, const std::string& log) {
    const Result<Outcome> outcome = play(ops("+1"), setup, {log, nullptr}, nullptr);
    return outcome ? "no error" : outcome.error().what;
  };
  CHECK(error(bytes(u64{17} << 20), "").starts_with("alignments under 8 are for pools up to"));
  PoolSetup huge;
  huge.capacity = u64_max;
  CHECK(error(huge, "").starts_with("no pool of 18446744073709551615 bytes can be had"));
  CHECK(error(bytes(1000), "/no such folder/x.jsonl") ==
        "/no such folder/x.jsonl: cannot be written: No such file or directory");
}

TEST_SUITE_END();
