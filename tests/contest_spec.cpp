// Specs of contests: what is measured of a workload, duels, and op lists made to order. The verbs
// around them are tests/cli's.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "model/story.hpp"
#include "search/duel.hpp"
#include "search/generate.hpp"
#include "search/small_pool.hpp"
#include "support/golden.hpp"
#include "support/playing.hpp"
#include "workload/measure.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz;

namespace {

Contestant named(std::string_view text) {
  Result<Contestant> contestant = read_contestant(text);
  REQUIRE_MESSAGE(contestant.has_value(), contestant.error().what);
  return std::move(*contestant);
}

Measured measured(std::string_view list, const PoolSetup& setup) {
  Result<Measured> result = measure(workload(list), setup, true, nullptr);
  REQUIRE_MESSAGE(result.has_value(), result.error().what);
  return std::move(*result);
}

/// What a search finds, as an op list; "" if nothing.
std::string witness(std::string_view winner, std::string_view loser,
                    std::optional<u64> capacity = {}, u64 guards = 0) {
  search::Duel duel{named(winner), named(loser), {}};
  duel.common.align = 1;
  duel.common.capacity = capacity;
  duel.common.guards = guards;
  const auto result = search::duel(duel, nullptr);
  REQUIRE_MESSAGE(result.has_value(), result.error().what);
  if (!result->witness) return "";
  CHECK(result->witness->proved);
  return search::written(result->witness->workload);
}

std::string generated(u64 seed, std::string_view wants, u64 calls = 12, u64 capacity = 100) {
  search::Recipe recipe;
  recipe.seed = seed;
  recipe.calls = calls;
  recipe.pool = bytes(capacity);
  auto read = search::read_wants(wants);
  REQUIRE_MESSAGE(read.has_value(), read.error().what);
  recipe.wants = *read;
  const Result<Workload> made = search::generate(recipe);
  return made ? search::written(*made) : made.error().what;
}

constexpr const char* five[] = {"first", "next", "best", "worst", "good"};

}  // namespace

TEST_SUITE_BEGIN("contest");

TEST_CASE("a contestant is a policy, or a list model in a few words") {
  CHECK(in_words(named("best")) == "best fit");
  CHECK(in_words(named("list")) == "first fit over a list, lowest address first");
  CHECK(in_words(named("list:lifo:best:apart:h8")) ==
        "best fit over a list, newest first, not coalescing, headers of 8 B");
  CHECK(named("list:size-").model->order == ListOrder::size_down);
  for (const char* wrong :
       {"", "fast", "first:lifo", "list:good", "list:h", "list:h9999", "list::best"})
    CHECK_MESSAGE(!read_contestant(wrong).has_value(), wrong);
  CHECK(read_contestants("first,best")->size() == 2);
  CHECK(read_contestants("first,first").error().what == "'first' is there twice");
  CHECK(read_contestants("").error().what == "at least one policy is expected");
}

TEST_CASE("a measure says what failed, how high blocks reached and how free bytes were scattered") {
  const Measured m = measured("+30,+20,+40,+50,+20,+10,+30,-0,-2,-4,-6,+100", bytes(200));
  CHECK(m.outcome.failures == 1);
  CHECK(m.high_water == 200);
  CHECK(m.at_peak.bytes == 0);
  REQUIRE(m.curve.size() == 14);  // from the creation to the end
  CHECK(m.curve[8] == doctest::Approx(0));
  CHECK(m.curve[9] == doctest::Approx(1 - 40.0 / 70));
  CHECK(m.curve[11] == doctest::Approx(1 - 40.0 / 120));
  CHECK(m.placements.size() == 8);
  CHECK(m.placements.back().offset == POOL_NONE);
}

TEST_CASE("looks are counted as the look trail counts them, under every policy") {
  std::mt19937 random(11);
  for (u32 round = 0; round < 40; ++round) {
    std::string list = "+16";
    for (u32 i = 1; i < 40; ++i)
      list += random() % 3 == 0 ? ",-" + std::to_string(random() % i)
                                : ",+" + std::to_string(1 + random() % 60);
    // Frees of numbers that are not there yet are none of this list's business.
    const Result<Workload> made = parse_ops(list);
    if (!made) continue;
    for (u32 policy = POOL_FIRST; policy <= POOL_GOOD; ++policy) {
      CAPTURE(list);
      CAPTURE(policy);
      std::string log;
      REQUIRE(play(*made, bytes(400, policy), {"", &log, {}}, nullptr).has_value());
      u64 looks = 0;
      auto reader = log::Reader::from_text(std::move(log));
      Frame frame;
      pool_event event;
      const auto told = [&] {
        if (!frame.events.empty()) looks += tell(frame, Radix::dec).looked_at;
        frame.before = frame.after;
        frame.events.clear();
      };
      while (reader->next(event) && event.kind != POOL_EVENT_END) {
        if (event.call != frame.call) told();
        frame.call = event.call;
        frame.events.emplace_back(event);
        REQUIRE(frame.after.apply(event) == Fault::none);
      }
      told();
      CHECK(measure(*made, bytes(400, policy), false, nullptr)->looks == looks);
    }
  }
}

TEST_CASE("two runs part at the first block that lies elsewhere, or fails") {
  const char* list = "+30,+30,-0,+10,+20,+20";
  const Measured first = measured(list, bytes(80));
  const Measured best = measured(list, bytes(80, POOL_BEST));
  const auto parts = first_difference(first, best);
  REQUIRE(parts.has_value());
  CHECK(first.placements[*parts].call == 4);
  CHECK_FALSE(first_difference(first, measured(list, bytes(80))).has_value());
}

TEST_CASE("the smallest region is found in which everything is served") {
  const Workload list = workload("+30,+30,-0,+10,+20,+20");
  CHECK(smallest_region(list, bytes(80), 80, nullptr) == 80);
  CHECK(smallest_region(list, bytes(80, POOL_BEST), 70, nullptr) == 90);
  PoolSetup aligned = bytes(256);
  aligned.align = 16;
  CHECK(smallest_region(workload("+1,+17"), aligned, 256, nullptr) == 48);
  CHECK_FALSE(smallest_region(workload("+18446744073709551615"), bytes(64), 64, nullptr));
}

TEST_CASE("the small pool of a search places as the real ones do") {
  std::mt19937 random(5);
  std::vector<std::string> names{"first", "next", "best", "worst", "good"};
  for (const char* order : {"address", "lifo", "fifo", "size+", "size-"})
    for (const char* more : {":first", ":next", ":best:apart", ":worst:apart:h4"})
      names.push_back(std::string("list:") + order + more);
  for (const std::string& name : names) {
    const Contestant contestant = named(name);
    const search::Rules rules = search::rules_of(contestant, bytes(1));
    for (u32 round = 0; round < 9; ++round) {
      // Any sizes; sizes of one class of good fit; and a crowd of round ones that fit exactly.
      const u32 capacity = round % 3 == 2 ? 200 : 1200;
      const auto draw = [&] {
        if (round % 3 == 2) return u32{20} * static_cast<u32>(1 + random() % 3);
        return static_cast<u32>(round % 3 == 0 ? 1 + random() % 90 : 500 + random() % 60);
      };
      Workload list;
      search::SmallPool pool(capacity);
      std::vector<u64> expected;
      struct Live {
        u32 number, at, size;
      };
      std::vector<Live> live;
      for (u32 i = 0; i < 60; ++i) {
        if (live.empty() || (random() % 5 < 3 && live.size() < 9)) {
          const u32 size = draw();
          const u32 number = list.allocations++;
          list.operations.push_back({Act::alloc, number, size});
          const auto at = pool.alloc(rules, rules.block_size(size));
          expected.push_back(at ? *at : POOL_NONE);
          if (at) live.push_back({number, *at, rules.block_size(size)});
        } else {
          const std::size_t chosen = random() % live.size();
          list.operations.push_back({Act::free, live[chosen].number});
          if (!pool.free(rules, live[chosen].at, live[chosen].size)) break;
          live.erase(live.begin() + static_cast<std::ptrdiff_t>(chosen));
        }
      }
      const auto real = measure(list, contestant.in(bytes(capacity)), true, nullptr);
      REQUIRE(real.has_value());
      std::vector<u64> found;
      for (const Placement& placement : real->placements) found.push_back(placement.offset);
      found.resize(std::min(found.size(), expected.size()));
      expected.resize(found.size());
      CAPTURE(name);
      CHECK(found == expected);
    }
  }
}

TEST_CASE("every policy can be beaten by every other, in a few calls") {
  std::string table;
  for (const char* winner : five)
    for (const char* loser : five)
      if (std::string_view(winner) != loser)
        table += std::string(winner) + " over " + loser + ": " + witness(winner, loser) + "\n";
  check_golden("duels.txt", table);
}

TEST_CASE("a duel is fought in the pool that is asked for") {
  CHECK(witness("first", "best", 32) == "+12,+12,-0,+4,+8,+8");
  CHECK(witness("best", "first", 32) == "+8,+20,-0,+4,+8");
  CHECK(witness("first", "best", 192, 8) == "+56,+56,-0,+8,+32,+32");
  CHECK(witness("first", "list:address") == "");
  CHECK(witness("first", "list:apart") == "+10,-0,+80");
}

TEST_CASE("no shorter list tells two policies apart than the one that is called the shortest") {
  // All lists of four calls over the sizes of an 80 byte pool, without any cleverness.
  const std::vector<u64> sizes{10, 20, 30, 40, 50, 60, 70, 80};
  u64 tried = 0, telling = 0;
  const std::function<void(Workload&, u32)> grow = [&](Workload& list, u32 left) {
    if (!list.operations.empty()) {
      ++tried;
      const auto best = play(list, bytes(80, POOL_BEST), {}, nullptr);
      const auto first = play(list, bytes(80, POOL_FIRST), {}, nullptr);
      if (best->failures != 0) return;
      if (first->failures != 0) ++telling;
    }
    if (left == 0) return;
    for (const u64 size : sizes) {
      list.operations.push_back({Act::alloc, list.allocations++, size});
      grow(list, left - 1);
      list.operations.pop_back();
      --list.allocations;
    }
    for (u32 i = 0; i < list.allocations; ++i) {
      const bool dead = std::ranges::any_of(list.operations, [&](const Operation& operation) {
        return operation.act == Act::free && operation.index == i;
      });
      if (dead) continue;
      list.operations.push_back({Act::free, i});
      grow(list, left - 1);
      list.operations.pop_back();
    }
  };
  Workload empty;
  grow(empty, 4);
  CHECK(tried > 500);
  CHECK(telling == 0);
  CHECK(witness("best", "first") == "+20,+50,-0,+10,+20");
}

TEST_CASE("the generator of op lists draws the numbers that its page says") {
  search::Random random(0);
  CHECK(random.next() == 0xE220A8397B1DCDAF);
  CHECK(random.next() == 0x6E789E6AA1B965F4);
  CHECK(random.next() == 0x06C45D188009454F);
}

TEST_CASE("the same seed and wants give the same list, for ever") {
  std::string sheet;
  for (const u64 seed : {0, 1, 7, 42})
    for (const char* wants :
         {"", "both-coalesce", "first!=best,one-fail", "both-coalesce,first!=best,one-fail",
          "fragmented,last-fails", "best-serves,first-fails", "no-fail,reuse,no-coalesce"})
      sheet += std::to_string(seed) + " " + (*wants == '\0' ? "-" : wants) + ": " +
               generated(seed, wants) + "\n";
  check_golden("gen.txt", sheet);
}

TEST_CASE("what is wanted of a list is there") {
  for (const search::WantText& text : search::want_texts()) {
    if (text.word.find('P') != std::string_view::npos) continue;
    CAPTURE(text.word);
    CHECK(generated(3, text.word, 10).starts_with("+"));
  }
  const std::string list = generated(5, "best-serves,first-fails,worst!=best");
  CHECK(measured(list, bytes(100)).outcome.failures != 0);
  CHECK(measured(list, bytes(100, POOL_BEST)).outcome.failures == 0);
  CHECK(first_difference(measured(list, bytes(100, POOL_BEST)),
                         measured(list, bytes(100, POOL_WORST))));
}

TEST_CASE("what cannot be wanted or had is refused") {
  CHECK(search::read_wants("both").error().what ==
        "'both' cannot be wanted; --wants prints what can");
  CHECK(search::read_wants("first!=fast").error().what ==
        "'first!=fast' cannot be wanted; --wants prints what can");
  search::Recipe recipe;
  recipe.calls = 5;
  recipe.tries = 100;
  recipe.pool = bytes(60);
  recipe.wants = *search::read_wants("no-fail,one-fail");
  CHECK(search::generate(recipe).error().what ==
        "no list of 5 calls in 60 bytes showed it all in 100 tries: ask for less, for more --calls "
        "or for another --capacity");
}

TEST_SUITE_END();
