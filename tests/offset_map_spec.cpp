// The container under the model: rows in the order of their offsets, with handles that lead to
// them; and the table from allocation numbers to handles. Both against the standard library's.
#include "model/offset_map.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <unordered_map>

#include "model/number_table.hpp"

using namespace mempool;
using viz::NumberTable;
using viz::OffsetMap;

namespace {

using Map = OffsetMap<std::string>;
using Std = std::map<u64, std::string>;

/// The same rows in the same order, forwards and backwards.
bool same(const Map& map, const Std& std) {
  const auto equal = [](const auto& a, const auto& b) {
    return a.first == b.first && a.second == b.second;
  };
  return map.size() == std.size() && map.empty() == std.empty() &&
         std::equal(map.begin(), map.end(), std.begin(), std.end(), equal) &&
         std::equal(map.rbegin(), map.rend(), std.rbegin(), std.rend(), equal);
}

template <class M>
std::string at(const M& map, typename M::const_iterator it) {
  return it == map.end() ? "end" : std::to_string(it->first) + it->second;
}

}  // namespace

TEST_CASE("rows come in the order of their offsets, however they were put in") {
  Map map;
  CHECK(map.empty());
  CHECK(map.begin() == map.end());
  for (const u64 offset : {512, 0, 96, 48}) map.insert_or_assign(offset, "row");
  std::string offsets;
  for (const auto& [offset, row] : map) offsets += std::to_string(offset) + " ";
  CHECK(offsets == "0 48 96 512 ");
}

TEST_CASE("a row that is put where one is takes its place") {
  Map map;
  map.insert_or_assign(16, "old");
  const Map::Handle handle = map.handle(map.find(16));
  map.insert_or_assign(16, "new");
  CHECK(map.size() == 1);
  CHECK(map[handle] == "new");
}

TEST_CASE("a handle leads to its row, whatever comes and goes around it") {
  Map map;
  const Map::Handle handle = map.handle(map.insert_or_assign(5000, "kept"));
  for (u64 offset = 0; offset < 10000; offset += 3) map.insert_or_assign(offset, "other");
  for (u64 offset = 0; offset < 10000; offset += 6) map.erase(map.find(offset));
  CHECK(map[handle] == "kept");
  CHECK(map.handle(map.find(5000)) == handle);
}

TEST_CASE("a copy is a map of its own") {
  Map map;
  map.insert_or_assign(1, "one");
  Map copy = map;
  copy.find(1)->second = "uno";
  copy.insert_or_assign(2, "due");
  CHECK(map.find(1)->second == "one");
  CHECK(map.size() == 1);
  copy.clear();
  CHECK(copy.empty());
}

TEST_CASE("offsets reach from nothing to the largest number there is") {
  Map map;
  map.insert_or_assign(u64_max, "last");
  map.insert_or_assign(0, "first");
  CHECK(map.find(u64_max)->second == "last");
  CHECK(map.upper_bound(u64_max) == map.end());
  CHECK(map.lower_bound(1)->first == u64_max);
  CHECK(map.find(1) == map.end());
}

TEST_CASE("whatever is put in and taken out, the map answers as the standard one does") {
  std::mt19937_64 random(3);
  for (const u64 span : {200, 5'000, 1'000'000}) {
    Map map;
    Std std;
    for (int i = 0; i < 30'000; ++i) {
      const u64 offset = random() % span;
      // Grows, shrinks to almost nothing, and grows again.
      const bool add = random() % 4 < (i % 10'000 < 6'000 ? 3 : 1);
      if (add) {
        const std::string row = std::to_string(random());
        CHECK(map.insert_or_assign(offset, row)->second == row);
        std.insert_or_assign(offset, row);
      } else if (const auto it = std.lower_bound(offset); it != std.end()) {
        const auto next = map.erase(map.find(it->first));
        REQUIRE(at(map, next) == at(std, std.erase(it)));
      }
      const u64 asked = random() % span;
      REQUIRE(at(map, map.find(asked)) == at(std, std.find(asked)));
      REQUIRE(at(map, map.lower_bound(asked)) == at(std, std.lower_bound(asked)));
      REQUIRE(at(std::as_const(map), std::as_const(map).upper_bound(asked)) ==
              at(std, std.upper_bound(asked)));
      if (i % 1'000 == 0) REQUIRE(same(map, std));
    }
    CHECK(same(map, std));
  }
}

TEST_CASE("a map that is filled in order, or from its end, holds every row") {
  Map up, down;
  Std std;
  for (u64 offset = 0; offset < 20'000; offset += 16) {
    up.insert_or_assign(offset, "row");
    down.insert_or_assign(20'000 - 16 - offset, "row");
    std.insert_or_assign(offset, "row");
  }
  CHECK(same(up, std));
  CHECK(same(down, std));
}

TEST_CASE("a number leads to what is kept of it, until it is erased") {
  NumberTable table;
  CHECK(table.find(7) == NumberTable::none);
  table.set(7, 3);
  table.set(7, 4);
  CHECK(table.find(7) == 4);
  table.erase(7);
  CHECK(table.find(7) == NumberTable::none);
  table.erase(7);
}

TEST_CASE("any number can be kept, those that no counting reaches as well") {
  std::mt19937_64 random(4);
  NumberTable table;
  std::unordered_map<u64, u32> std;
  for (u32 i = 0; i < 50'000; ++i) {
    const u64 near = random() % 5'000 + i / 10;
    const u64 number = random() % 100 != 0 ? near : u64_max - near;
    if (random() % 2 == 0) {
      table.set(number, i);
      std[number] = i;
    } else {
      table.erase(number);
      std.erase(number);
    }
    const auto it = std.find(near);
    REQUIRE(table.find(near) == (it == std.end() ? NumberTable::none : it->second));
  }
  for (const auto& [number, value] : std) REQUIRE(table.find(number) == value);
}
