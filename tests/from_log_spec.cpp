// Specs of the way back: from a pool's log to the calls that made it, and from those to the log
// again. What a real program's log holds besides is told, never lost in silence.
#include <doctest/doctest.h>
#include <mempool.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "support/scratch.hpp"
#include "workload/from_log.hpp"
#include "workload/ops.hpp"
#include "workload/reach.hpp"

using namespace mempool;
using namespace mempool::viz;
using mempool::tests::Scratch;

namespace {

std::string log_of(const Workload& workload, const PoolSetup& setup) {
  std::string log;
  const Result<Outcome> outcome = play(workload, setup, {"", &log}, nullptr);
  REQUIRE_MESSAGE(outcome.has_value(), outcome.error().what);
  return log;
}

std::string log_of(std::string_view list, const PoolSetup& setup) {
  const Result<Workload> workload = parse_ops(list);
  REQUIRE_MESSAGE(workload.has_value(), workload.error().what);
  return log_of(*workload, setup);
}

Result<Recording> recorded(const std::string& log, std::optional<u32> pool = {}) {
  Result<log::Reader> reader = log::Reader::from_text(log);
  REQUIRE(reader.has_value());
  return workload_from_log(*reader, pool, nullptr);
}

Recording good(const std::string& log) {
  Result<Recording> recording = recorded(log);
  REQUIRE_MESSAGE(recording.has_value(), recording.error().what);
  return std::move(*recording);
}

std::string why_not(const std::string& log, std::optional<u32> pool = {}) {
  const Result<Recording> recording = recorded(log, pool);
  return recording ? "it could" : recording.error().what;
}

PoolSetup bytes(u64 capacity, u64 align = 1, u64 guards = 0) {
  PoolSetup setup;
  setup.capacity = capacity;
  setup.align = align;
  setup.guards = guards;
  return setup;
}

void round_trip(std::string_view list, const PoolSetup& setup, bool wild = false) {
  CAPTURE(list);
  const std::string log = log_of(list, setup);
  const Recording recording = good(log);
  CHECK(recording.left_out.empty());
  CHECK(log_of(recording.workload, recording.setup) == log);
  // What the calls and the noted writes leave in the region is known: nothing else was written.
  if (!wild) CHECK(std::ranges::all_of(recording.workload.writes, &Write::told));
}

/// What a C program's log tells, from its own pool.
template <class Program>
std::string logged(const Program& program, pool_options options = {}) {
  const Scratch file("", ".jsonl");
  std::filesystem::remove(file.path());
  options.struct_size = sizeof options;
  options.align = options.align == 0 ? 1 : options.align;
  options.errors = POOL_ERRORS_QUIET;
  const std::string path = file.path();
  options.log = path.c_str();
  MemoryPool* pool = pool_create_with(256, &options);
  REQUIRE(pool != nullptr);
  program(pool);
  pool_destroy(pool);
  return file.contents();
}

/// What stands behind a key, up to one of these characters, becomes this, wherever it is not "0".
void put_behind(std::string& log, const std::string& key, const char* ends, const char* value) {
  for (std::size_t at = 0; (at = log.find(key, at)) != std::string::npos;) {
    at += key.size();
    if (log[at] != '0' || key.back() == '"')
      log.replace(at, log.find_first_of(ends, at) - at, value);
  }
}

/// As a replay says it: without an address, and the pool is the first.
std::string as_replayed(std::string log) {
  put_behind(log, "\"base\":\"", "\"", "0x0");
  put_behind(log, "\"pool\":", ",}", "1");
  return log;
}

/// wild: dead pointers are used, too. Whose block is reallocated then, a log does not tell.
std::string random_list(u32 seed, bool wild) {
  std::mt19937 random(seed);
  const auto below = [&](u32 n) { return static_cast<u32>(random() % n); };
  std::string list = "+8";
  std::vector<bool> freed(1);
  for (int i = 0; i < 60; ++i) {
    const u32 index = below(static_cast<u32>(freed.size()));
    const std::string some = std::to_string(index);
    u32 what = below(9);
    if (what >= 3 && what <= 6 && freed[index] && !wild) what = 7;
    switch (what) {
      case 0:
      case 1:
      case 2:
        list += ",+" + std::to_string(below(48));
        freed.push_back(false);
        break;
      case 3:
      case 4:
        list += ",-" + some;
        freed[index] = true;
        break;
      case 5: list += ",~" + some + ":" + std::to_string(1 + below(64)); break;
      case 6:
        list += ",!" + some + ":" + (below(2) == 0 ? "" : "-") + std::to_string(below(40)) + "*" +
                std::to_string(1 + below(30)) + "=" + std::to_string(below(256));
        break;
      case 7: list += ",?"; break;
      default: list += ",@note " + std::to_string(i); break;
    }
  }
  return list;
}

}  // namespace

TEST_SUITE_BEGIN("from log");

TEST_CASE("the calls of a log give the same log again") {
  round_trip("+100,+200,-0,+50", bytes(1000));
  round_trip("+100,+200,~0:300,~1:20,-0,+1000,~1:5000", bytes(600));
  round_trip("+20,-0,-0,+20,-0,?,@a note", bytes(64, 16));
  round_trip("+24,+24,!0:24*9='X',?,!0:-4*2=1,-0,-1", bytes(256, 1, 8));
  PoolSetup careful = bytes(400, 8, 4);
  careful.fill = true;
  careful.quarantine = 64;
  careful.check_every = true;
  round_trip("+24,+24,!0:24*9='X',+10,-0,-1,+30,~3:60,-2", careful);
  PoolSetup poisoned = bytes(400, 8);
  poisoned.poison = true;
  poisoned.capture = true;
  round_trip("+24,+24,-0,!0:3*4='Z',+24,~1:100,-1", poisoned);
}

TEST_CASE("op lists made at random survive the way through their log, in pools of every kind") {
  for (u32 seed = 1; seed <= 60; ++seed) {
    PoolSetup setup = bytes(300 + 16 * (seed % 7), u64{1} << (seed % 5), seed % 3 == 0 ? 8 : 0);
    setup.policy = POOL_FIRST + seed % 5;
    setup.fill = seed % 4 == 1;
    setup.poison = seed % 5 == 2;
    setup.quarantine = seed % 7 == 3 ? 64 : 0;
    setup.capture = seed % 6 == 4;
    CAPTURE(seed);
    for (const bool wild : {false, true}) round_trip(random_list(seed, wild), setup, wild);
  }
}

TEST_CASE("a workload from a log has a pool like the log's") {
  PoolSetup setup = bytes(512, 8, 16);
  setup.policy = POOL_WORST;
  setup.poison = true;
  setup.quarantine = 32;
  const Recording recording = good(log_of("+8", setup));
  CHECK(*recording.setup.capacity == 512);
  CHECK(recording.setup.align == 8);
  CHECK(recording.setup.guards == 16);
  CHECK(recording.setup.policy == POOL_WORST);
  CHECK(recording.setup.poison);
  CHECK(recording.setup.quarantine == 32);
  CHECK(recording.workload.allocations == 1);
}

TEST_CASE("what a program wrote is found in the bytes of its log, and written again") {
  pool_options guarded{};
  guarded.guards = 8;
  const std::string log = logged(
      [](MemoryPool* pool) {
        auto* first = static_cast<char*>(pool_alloc(pool, 24));
        void* second = pool_alloc(pool, 24);
        std::memset(first, 'x', 30);
        pool_note(pool, "written");
        pool_free(pool, first);
        pool_free(pool, second);
      },
      guarded);
  const Recording recording = good(log);
  CHECK(recording.left_out.empty());
  const std::string again = log_of(recording.workload, recording.setup);
  CHECK(again == as_replayed(log));
  CHECK(again.find("\"damaged\":6") != std::string::npos);
}

TEST_CASE("a slab that ran out does so again") {
  pool_options small{};
  small.records = 3;
  const std::string log = logged(
      [](MemoryPool* pool) {
        for (int i = 0; i < 5; ++i) static_cast<void>(pool_alloc(pool, 8));
      },
      small);
  const Recording recording = good(log);
  CHECK(recording.setup.records == 3);
  CHECK(log_of(recording.workload, recording.setup) == as_replayed(log));
}

TEST_CASE("an alignment of one allocation and the places that ask for blocks are taken over") {
  const std::string log = logged([](MemoryPool* pool) {
    pool_aligned_alloc(pool, 64, 8);
    void* block = pool_alloc_at(pool, 24, "parser.c", 118);
    block = pool_realloc_at(pool, block, 200, "parser.c", 240);
    pool_aligned_alloc_at(pool, 4096, 5000, "lexer.c", 7);  // fails, and tells no place
    pool_alloc_at(pool, 16, "code of git", 0);
    pool_free(pool, block);
  });
  const Recording recording = good(log);
  CHECK(recording.left_out.empty());
  CHECK(recording.workload.call_sites.size() == 3);
  CHECK(log_of(recording.workload, recording.setup) == as_replayed(log));
}

TEST_CASE("the log of a recording is taken over with the program's name") {
  Workload workload;
  workload.operations = {{Act::alloc, 0, 24}, {Act::free, 0}};
  workload.allocations = 1;
  workload.recorded = "git log";
  const std::string log = log_of(workload, bytes(64));
  const Recording recording = good(log);
  CHECK(recording.workload.recorded == "git log");
  CHECK(log_of(recording.workload, recording.setup) == log);
}

TEST_CASE("what a replay does not do again is said") {
  const std::string log = logged([](MemoryPool* pool) {
    pool_enable_guards(pool, 4);
    char* block = static_cast<char*>(pool_alloc(pool, 24));
    pool_free(pool, block + 3);
    pool_free(pool, block);
  });
  const Recording recording = good(log);
  CHECK(recording.setup.guards == 4);
  REQUIRE(recording.left_out.size() == 2);
  CHECK(recording.left_out[0] ==
        "guards that are switched at the start: the pool is created with them");
  CHECK(recording.left_out[1] ==
        "misuse of pointers that no allocation gave (it changes nothing; later calls are "
        "numbered lower)");
}

TEST_CASE("calls that no operation makes are refused by name") {
  CHECK(why_not(logged([](MemoryPool* pool) { pool_reset(pool); })) ==
        "call 1: pool_reset() is no operation of a workload");
  CHECK(why_not(logged([](MemoryPool* pool) {
          pool_free(pool, pool_alloc(pool, 8));
          pool_enable_guards(pool, 4);
        })) == "call 3: guards are switched in the middle of the run, which a workload cannot do");
  const std::string log = log_of("+8", bytes(64));
  CHECK(why_not(log, 7) == "there is no pool 7 in the log");
  CHECK(why_not(log.substr(0, log.find('\n') + 1)) == "there is no pool in the log");
}

TEST_CASE("a log that contradicts itself gives no workload") {
  std::string log = log_of("+8,+8,-0", bytes(64));
  const std::size_t at = log.find("\"free\",\"block\":0");
  REQUIRE(at != std::string::npos);
  log[at + 15] = '7';
  CHECK(why_not(log) == "call 3: the log contradicts itself (mempool-viz check says where)");
}

TEST_CASE("a call that allocates beside another operation contradicts itself") {
  std::string log = log_of("+8", bytes(64));
  const std::size_t at = log.find("{\"seq\":2,");
  REQUIRE(at != std::string::npos);
  log.insert(at, "{\"seq\":2,\"pool\":1,\"call\":1,\"event\":\"note\",\"text\":\"x\"}\n");
  CHECK(why_not(log) == "call 1: the log contradicts itself (mempool-viz check says where)");
}

TEST_CASE("the note of a write is read as it was written, and no other is") {
  for (const Write& write : {Write{16, 4, 'X'}, Write{-9, 30, 0}, Write{0, u64_max, 255}}) {
    const std::string note = write_note(write, 3, reach(write, 5, 100));
    CAPTURE(note);
    const auto noted = read_write_note(note);
    REQUIRE(noted.has_value());
    CHECK(noted->index == 3);
    CHECK(noted->write.offset == write.offset);
    CHECK(noted->write.count == write.count);
    CHECK(noted->write.byte == write.byte);
  }
  for (const char* other :
       {"", "4 x", "4 x 0x58 written through #0 at byte 16 or so",
        "0 x 0x58 written through #0 at byte 16", "4 x 0x158 written through #0 at byte 16",
        "4 x 0x58 written through #99999999999 at byte 16"})
    CHECK_FALSE(read_write_note(other).has_value());
}

TEST_SUITE_END();
