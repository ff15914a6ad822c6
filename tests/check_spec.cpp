// check: a right log passes, a cut one as far as it goes, another allocator's with what it has.
// That every single rule catches its fault is check_rules_spec.cpp's.
#include <random>

#include "event/table.hpp"
#include "model/free_index.hpp"
#include "model/policy.hpp"
#include "model/rules.hpp"
#include "support/checking.hpp"

using namespace mempool;
using namespace mempool::tests;

TEST_CASE("the rules are numbered in order, and each is a name and a sentence") {
  CHECK(viz::rules().size() == 22);
  CHECK(viz::text(viz::Rule::placement).name == "placement");
  CHECK(viz::text(viz::Broken{viz::Rule::placement, "so"}) == "R7 placement: so");
}

TEST_CASE("a right log passes, under every policy, with guards and without") {
  std::mt19937 random(3);
  for (const event::Word& policy : event::policies) {
    for (const u64 guards : {0, 8}) {
      Scribe pool(4096, {.align = 8, .policy = policy.code, .guards = guards, .fill = true});
      std::vector<u64> live;
      for (int i = 0; i < 300; ++i) {
        const u64 at = live.empty() ? 0 : random() % live.size();
        const u64 size = random() % 200;
        if (live.empty() || random() % 2 == 0) {
          const u64 number = pool.alloc(size);
          if (pool.model().live(number) != nullptr) live.push_back(number);
        } else if (random() % 5 == 0) {
          pool.realloc(live[at], size + 1);
        } else {
          pool.free(live[at]);
          live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
        }
      }
      pool.guards(16);
      pool.note("half way");
      pool.snapshot();
      pool.alloc(5);
      pool.reset();
      pool.guards(0);
      pool.alloc(9);
      pool.destroy();
      pool.end();
      const viz::CheckResult result = checked(pool.text());
      CHECK_MESSAGE(!result.broken, policy.text, ": ", result.broken.value_or(""));
      CHECK(result.calls == pool.call() + 1);
      CHECK(result.live_blocks == 1);
      CHECK(result.live_bytes == 9);
      CHECK(broken_for_any(pool.text()) == "");
    }
  }
}

TEST_CASE("a log that was cut is held against what it has: its last call may be torn") {
  Scribe pool = two_blocks();
  pool.free(1);
  const std::string text = pool.text();
  for (std::size_t size = first_line().size() + pool.lines()[0].size(); size <= text.size();
       ++size) {
    const std::string answer = broken(text.substr(0, size));
    REQUIRE_MESSAGE(answer == "", size, ": ", answer);
  }
}

TEST_CASE("all pools of a log are checked, each for itself") {
  Scribe one = two_blocks();
  Scribe two = two_blocks({.pool = 2});
  std::string text = one.text();
  for (const std::string& line : two.lines()) text += line;
  CHECK(checked(text).pools == 2);
  CHECK(broken(text) == "");
  CHECK(broken(replaced(text, R"("seq":3,"pool":2)", R"("seq":4,"pool":2)")) ==
        "line 9 (pool 2, call 1, alloc): R2 sequence: seq is 4, 3 was expected");
}

TEST_CASE("events of a kind that is not known yet are nobody's gap") {
  const std::string text = two_blocks().text();
  const std::string later = R"({"seq":6,"pool":1,"call":3,"event":"defragment"})"
                            "\n"
                            R"({"seq":7,"pool":1,"call":4,"event":"note","text":"x"})"
                            "\n"
                            R"({"seq":1,"pool":0,"call":0,"event":"end","events":7,"dropped":0})"
                            "\n";
  CHECK(broken(text + later) == "");
}

TEST_CASE("another allocator's log needs no more than blocks taken and given back") {
  const std::string create =
      R"({"seq":1,"pool":1,"call":0,"event":"create","capacity":1000,"align":8,"policy":"first",)"
      R"("guards":0,"base":"0x0","fill":false})"
      "\n";
  const std::string calls =
      R"({"seq":2,"pool":1,"call":1,"event":"alloc","block":0,"offset":0,)"
      R"("size":40,"payload":8,"requested":30})"
      "\n"
      R"({"seq":3,"pool":1,"call":2,"event":"alloc","block":1,"offset":48,)"
      R"("size":40,"payload":56,"requested":30})"
      "\n"
      R"({"seq":4,"pool":1,"call":3,"event":"free","block":0,"offset":0,"size":40})"
      "\n"
      R"({"seq":5,"pool":1,"call":4,"event":"alloc","block":2,"offset":0,)"
      R"("size":48,"payload":8,"requested":40})"
      "\n";
  CHECK(broken_for_any(first_line() + create + calls) == "");
  CHECK(broken(first_line() + create + calls) != "");
  CHECK(broken_for_any(first_line() + create +
                       replaced(calls, R"("block":2,"offset":0,"size":48)",
                                R"("block":2,"offset":0,"size":56)")) ==
        "line 6 (pool 1, call 4, alloc): R8 inside: the block does not lie in free memory");
}

TEST_CASE("the index of free blocks answers as the policies are defined") {
  std::mt19937 random(11);
  const auto pick = [&](u64 below) { return random() % below; };
  for (const event::Word& policy : event::policies) {
    viz::FreeIndex index(policy.code);
    std::map<u64, viz::Block> blocks;
    for (int i = 0; i < 4000; ++i) {
      const u64 offset = pick(2000) * 1000;
      if (blocks.contains(offset)) {
        index.remove(offset, offset);
        blocks.erase(offset);
      } else {
        const u64 size = 1 + pick(pick(2) == 0 ? 30 : 999);
        index.insert({offset, size});
        blocks[offset].offset = offset;
        blocks[offset].size = size;
      }
      if (i % 8 != 0) continue;
      viz::FreeList list;
      for (const auto& [start, block] : blocks) list.push_back(&block);
      const u64 cursor = pick(2001000);
      viz::Wanted wanted{.needed = 1 + pick(1010), .alignment = u64{1} << pick(10)};
      wanted.phase = pick(100);
      wanted.room = wanted.needed + wanted.alignment - 1;
      const viz::Block* defined = viz::choose(policy.code, list, wanted, cursor);
      const auto found = index.choose(wanted, cursor);
      REQUIRE(found.has_value() == (defined != nullptr));
      if (found) REQUIRE(found->offset == defined->offset);
      REQUIRE(index.count() == blocks.size());
    }
  }
}
