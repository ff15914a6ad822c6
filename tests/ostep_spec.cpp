// Specs of the homework: the numbers its operations are drawn from, and the operations. That they
// are Python's own is held against python3 in tests/cli.
#include <doctest/doctest.h>

#include <string>

#include "classroom/python_random.hpp"
#include "search/generate.hpp"
#include "workload/ostep.hpp"

using namespace mempool;
using namespace mempool::viz;

namespace {

std::string operations(const OstepSetup& setup) {
  const Result<Workload> made = ostep_operations(setup);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return search::written(*made);
}

}  // namespace

TEST_SUITE_BEGIN("ostep");

TEST_CASE("random numbers are Python's, for seeds of one word and of two") {
  classroom::PythonRandom zero(0);
  CHECK(zero.random() == 0.8444218515250481);
  CHECK(zero.random() == 0.7579544029403025);
  classroom::PythonRandom one(1);
  CHECK(one.random() == 0.13436424411240122);
  classroom::PythonRandom large(u64{1} << 40);
  CHECK(large.random() == 0.1036394562812375);
}

TEST_CASE("a number below n is the whole part of a random fraction of it") {
  classroom::PythonRandom random(0);
  CHECK(random.below(10) == 8);
  CHECK(random.below(10) == 7);
}

TEST_CASE("the operations of a seed are the homework's") {
  OstepSetup setup;
  CHECK(operations(setup) == "+3,-0,+5,-1,+8,-2,+8,-3,+2,+7");
  setup.seed = 3;
  setup.percent = 80;
  setup.range = 40;
  setup.operations = 8;
  const std::string list = operations(setup);
  CHECK(list == operations(setup));
  setup.seed = 4;
  CHECK(list != operations(setup));
}

TEST_CASE("what could not be had is not freed") {
  OstepSetup setup;
  setup.size = 10;
  setup.range = 30;
  setup.operations = 200;
  const Result<Workload> made = ostep_operations(setup);
  REQUIRE(made.has_value());
  const auto outcome = play(*made, setup.pool(), {}, nullptr);
  REQUIRE(outcome.has_value());
  CHECK(outcome->failures > 10);
  CHECK(outcome->skipped == 0);
  CHECK(outcome->misuse == 0);
}

TEST_CASE("sizes are rounded up to the unit, whether or not it is a power of two") {
  OstepSetup setup;
  setup.ops = "+1,+6,+7,-0";
  const Result<Workload> made = ostep_operations(setup);
  REQUIRE(made.has_value());
  CHECK(search::written(rounded(*made, 6)) == "+6,+6,+12,-0");
  CHECK(search::written(rounded(*made, 1)) == "+1,+6,+7,-0");
}

TEST_CASE("an op list in place of random operations is read as any other") {
  OstepSetup setup;
  setup.ops = "+10,x";
  CHECK(ostep_operations(setup).error().what ==
        "op 2, 'x': an operation starts with one of + - ~ ! ? @");
}

TEST_SUITE_END();
