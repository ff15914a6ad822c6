// Specs of recordings: how a program's malloc calls become operations on a pool, and what is said
// of a recording that is not as it should be. How programs are recorded is tests/cli/record.py's.
#include <doctest/doctest.h>

#include <string>

#include "support/recordings.hpp"
#include "support/scratch.hpp"
#include "workload/player.hpp"
#include "workload/recording.hpp"

using namespace mempool;
using namespace mempool::viz;
using mempool::tests::Recorded;
using mempool::tests::Scratch;

namespace {

Result<ProgramRecording> read_bytes(const std::string& bytes) {
  const Scratch file(bytes, ".mprec");
  return read_recording(file.path(), nullptr);
}

ProgramRecording heard(const Recorded& recorded) {
  Result<ProgramRecording> made = read_bytes(recorded.bytes());
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(*made);
}

/// "+100 -0 ~1:300"
std::string written(const Workload& workload) {
  std::string text;
  for (const Operation& operation : workload.operations) {
    if (!text.empty()) text += ' ';
    const std::string index = std::to_string(operation.index);
    const std::string size = std::to_string(operation.size);
    if (operation.act == Act::alloc) text += "+" + size;
    if (operation.act == Act::free) text += "-" + index;
    if (operation.act == Act::realloc) text += "~" + index + ":" + size;
  }
  return text;
}

std::string calls_of(const Recorded& recorded) {
  return written(heard(recorded).workload);
}

/// What is wrong with it, after the file's name.
std::string refusal(const std::string& bytes) {
  const Result<ProgramRecording> made = read_bytes(bytes);
  if (made) return "nothing";
  return made.error().what.substr(made.error().what.find(": ") + 2);
}

/// One of everything.
Recorded a_bit_of_all() {
  Recorded all;
  all.add(RECORDING_MODULE, 0x1000, 0x2000, 0, 0, 11);
  all.add(RECORDING_MODULE_FILE, 500, 9, 0, 0);
  all.add(RECORDING_TEXT, 0x2f6e69622f727375, 0x6173ff, 0, 0, 11);
  all.alloc(4096, 24).alloc(8192, 100, 0x1010, 2, 6).free(4096);
  all.add(RECORDING_ALLOC, 4096, 60, 7, 1, 4).add(RECORDING_FRAMES, 8, 9, 10, 0);
  all.add(RECORDING_FRAMES, 11, 0, 0, 0);
  all.realloc(8192, 500).done(12288, 500, 8192);
  return all;
}

}  // namespace

TEST_CASE("allocations of a recording are numbered in order, whatever their addresses") {
  CHECK(calls_of(Recorded().alloc(64, 10).alloc(96, 20).free(64).alloc(64, 30).free(64)) ==
        "+10 +20 -0 +30 -2");
}

TEST_CASE("a failed allocation of a program is an operation, and takes a number") {
  CHECK(calls_of(Recorded().alloc(0, u64_max).alloc(64, 10).free(64)) ==
        "+18446744073709551615 +10 -1");
}

TEST_CASE("both records of a realloc are one operation, in place or not") {
  CHECK(calls_of(Recorded().alloc(64, 10).realloc(64, 20).done(64, 20, 64).free(64)) ==
        "+10 ~0:20 -0");
  CHECK(calls_of(Recorded().alloc(64, 10).realloc(64, 20).done(96, 20, 64).free(96)) ==
        "+10 ~0:20 -0");
}

TEST_CASE("a realloc that failed leaves its block alive, one to nothing frees it") {
  CHECK(calls_of(Recorded().alloc(64, 10).realloc(64, 1000).done(0, 1000, 64).free(64)) ==
        "+10 ~0:1000 -0");
  CHECK(calls_of(Recorded().alloc(64, 10).realloc(64, 0).done(0, 0, 64).alloc(64, 5)) ==
        "+10 -0 +5");
  CHECK(calls_of(Recorded().alloc(64, 10).realloc(64, 0).done(96, 0, 64).free(96)) ==
        "+10 -0 +0 -1");
}

TEST_CASE("while one thread reallocates a block another may get its address") {
  const ProgramRecording made = heard(Recorded()
                                          .alloc(64, 10)
                                          .realloc(64, 20)
                                          .alloc(64, 30, 1, 2)
                                          .done(96, 20, 64)
                                          .free(64, 2)
                                          .free(96));
  CHECK(written(made.workload) == "+10 +30 ~0:20 -1 -0");
  CHECK(made.missed == 0);
  CHECK(made.threads == 2);
}

TEST_CASE("a realloc that the end of the process cut short leaves its block alive") {
  const ProgramRecording made = heard(Recorded().alloc(64, 10).realloc(64, 20));
  CHECK(written(made.workload) == "+10");
  CHECK(made.live_blocks == 1);
  CHECK(made.unfinished == 1);
}

TEST_CASE("blocks from before the recording are left out until they are allocated anew") {
  const ProgramRecording made =
      heard(Recorded().free(64).realloc(96, 50).done(128, 50, 96).free(128));
  CHECK(written(made.workload) == "+50 -0");
  CHECK(made.strangers == 2);
}

TEST_CASE("an address that is handed out twice was freed in between") {
  const ProgramRecording made = heard(Recorded().alloc(64, 10).alloc(64, 20).free(64));
  CHECK(written(made.workload) == "+10 -0 +20 -1");
  CHECK(made.missed == 1);
}

TEST_CASE("an alignment that was asked for is asked of the pool, as far as pools have it") {
  const ProgramRecording made =
      heard(Recorded().alloc(64, 10, 1, 1, 6).alloc(128, 10, 1, 1, 20).alloc(96, 10));
  CHECK(made.workload.operations[0].align_log2 == 6);
  CHECK(made.workload.operations[1].align_log2 == 12);
  CHECK(made.workload.operations[2].align_log2 == 0);
}

TEST_CASE("the peak and what lives at the end are of the bytes that were asked for") {
  const ProgramRecording made =
      heard(Recorded().alloc(64, 100).alloc(96, 50).free(64).alloc(64, 20));
  CHECK(made.peak_bytes == 150);
  CHECK(made.peak_blocks == 2);
  CHECK(made.live_bytes == 70);
  CHECK(made.live_blocks == 2);
}

TEST_CASE("equal stacks are one call site, and different ones are others") {
  const ProgramRecording made = heard(Recorded()
                                          .alloc(64, 1, 0x70)
                                          .alloc(96, 1, 0x70)
                                          .alloc(128, 1, 0x80)
                                          .add(RECORDING_ALLOC, 160, 1, 0x70, 1, 4)
                                          .add(RECORDING_FRAMES, 0x71, 0x72, 0x73, 0)
                                          .add(RECORDING_FRAMES, 0x74, 0, 0, 0));
  const auto& operations = made.workload.operations;
  CHECK(operations[0].site == operations[1].site);
  CHECK(operations[0].site != operations[2].site);
  REQUIRE(made.stacks.size() == 3);
  CHECK(made.stacks[operations[3].site - 1] == CallStack{0x70, 0x71, 0x72, 0x73, 0x74});
}

TEST_CASE("a module has its addresses and the file it came from") {
  const ProgramRecording made = heard(a_bit_of_all());
  REQUIRE(made.modules.size() == 1);
  CHECK(made.modules[0].start == 0x1000);
  CHECK(made.modules[0].path.size() == 11);
  CHECK(made.modules[0].size == 500);
}

TEST_CASE("a recording knows the program and what it was asked to do") {
  const ProgramRecording made = heard(Recorded());
  CHECK(made.program == "/usr/bin/prog");
  CHECK(made.workload.recorded == "prog --all");
  CHECK(made.pid == 4711);
}

TEST_CASE("slots that nobody came to fill are skipped, and counted unless they are the end") {
  Recorded recorded;
  recorded.alloc(64, 10).add(0, 1, 2, 3).alloc(96, 20).add(0, 0, 0, 0);
  const ProgramRecording made = heard(recorded);
  CHECK(written(made.workload) == "+10 +20");
  CHECK(made.unfinished == 1);
}

TEST_CASE("what is not as it should be is said") {
  Recorded recorded;
  recorded.free(64).add(77, 1, 2, 3).word(32, RECORDING_STOPPED).number(192, 12);
  const std::vector<std::string> said = remarks(heard(recorded));
  REQUIRE(said.size() == 3);
  CHECK(said[0] == "12 later calls not recorded: as many as were asked for were there");
  CHECK(said[1] == "1 free of blocks from before the recording left out");
  CHECK(said[2] == "1 damaged record skipped");
  CHECK(remarks(heard(a_bit_of_all())).empty());
}

TEST_CASE("a file that is no recording is refused, and so is a later version") {
  CHECK(refusal("20000\n3\n") == "is no recording");
  CHECK(refusal(Recorded().bytes().substr(0, 900)) == "the recording is cut within its header");
  CHECK(refusal(Recorded().word(8, 7).bytes()) ==
        "is a recording of version 7; this program reads version 1");
  CHECK(refusal(Recorded().word(12, 64).bytes()) == "the recording's header is damaged");
}

TEST_CASE("a recording that is cut anywhere is read up to there") {
  const std::string whole = a_bit_of_all().bytes();
  std::size_t before = 0;
  for (std::size_t size = recording_header_bytes; size <= whole.size(); ++size) {
    const Result<ProgramRecording> made = read_bytes(whole.substr(0, size));
    REQUIRE(made.has_value());
    CHECK(made->workload.operations.size() >= before);
    before = made->workload.operations.size();
  }
  CHECK(before == 5);
}

TEST_CASE("a recording in which any bit is flipped is answered, and its calls can be made") {
  const std::string whole = a_bit_of_all().bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (at == 256) at = recording_header_bytes;  // texts may hold anything
    for (const int bit : {0, 3, 7}) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      Result<ProgramRecording> made = read_bytes(flipped);
      if (!made) continue;
      for (Operation& operation : made->workload.operations) operation.site = 0;
      PoolSetup pool;
      pool.capacity = 4096;
      const Result<Outcome> outcome = play(made->workload, pool, {}, nullptr);
      REQUIRE(outcome.has_value());
      CHECK(outcome->misuse == 0);
    }
  }
}

TEST_CASE("a call site goes with its block into the log, and the program with the pool") {
  Workload workload = heard(Recorded().alloc(64, 10, 7).alloc(96, 10, 7, 1, 8)).workload;
  workload.call_sites = {{"xmalloc() in prog", 0}};
  std::string text;
  REQUIRE(play(workload, {}, {"", &text}, nullptr).has_value());
  CHECK(text.find("\"event\":\"recorded\",\"program\":\"prog --all\"") != std::string::npos);
  CHECK(text.find("\"event\":\"site\",\"block\":0,\"file\":\"xmalloc() in prog\",\"line\":0") !=
        std::string::npos);
  CHECK(text.find("\"alignment\":256") != std::string::npos);
}
