// The history of freed blocks, and the packed numbers that it is written in: what goes in comes
// back, and bytes that are neither do no harm.
#include "model/history.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "model/packed.hpp"

using namespace mempool;
using viz::Freed;
using viz::History;

TEST_CASE("packed numbers come back as they went in, small ones in a byte") {
  const u64 numbers[] = {0, 1, 127, 128, 300, u64{1} << 32, u64_max - 1, u64_max};
  std::string packed;
  for (const u64 number : numbers) viz::put(packed, number);
  for (const u64 number : numbers) viz::put_delta(packed, 300, number);
  viz::put_text(packed, "text");
  viz::Unpack in(packed);
  for (const u64 number : numbers) CHECK(in.number() == number);
  for (const u64 number : numbers) CHECK(in.delta(300) == number);
  CHECK(in.text() == "text");
  CHECK(in.at_end());
  CHECK_FALSE(in.bad());

  std::string small;
  viz::put(small, 127);
  viz::put_delta(small, 1000, 970);
  CHECK(small.size() == 2);
}

TEST_CASE("what is cut short, or longer than a number can be, is bad from there on") {
  viz::Unpack cut("\x80");
  CHECK(cut.number() == 0);
  CHECK(cut.bad());
  CHECK(cut.number() == 0);

  viz::Unpack long_number("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
  static_cast<void>(long_number.number());
  CHECK(long_number.bad());

  viz::Unpack text("\x05text");
  CHECK(text.text().empty());
  CHECK(text.bad());
}

TEST_CASE("of the blocks that started at an offset, the one that went last is found") {
  std::mt19937_64 random(5);
  History history;
  std::map<u64, Freed> last;
  CHECK_FALSE(history.find(16).has_value());
  for (u64 call = 1; call < 40'000; ++call) {
    const u64 payload = 16 * (random() % 3'000);
    const Freed freed{random() % call, call};
    history.add(payload, freed);
    last[payload] = freed;
  }
  for (u64 i = 0; i < 50; ++i) {
    const u64 payload = 16 * (random() % 3'100);
    const auto found = history.find(payload);
    const auto it = last.find(payload);
    REQUIRE(found.has_value() == (it != last.end()));
    if (found) CHECK(*found == it->second);
  }
  CHECK_FALSE(history.find(8).has_value());
}

TEST_CASE("a copy of a history goes its own way, and chunks make up the whole of it") {
  History one;
  for (u64 i = 0; i < 10'000; ++i) one.add(i * 16, {i, i});
  History other = one;
  other.add(16, {77, 99'999});
  one.add(32, {88, 99'998});
  CHECK(one.find(16) == Freed{1, 1});
  CHECK(other.find(16) == Freed{77, 99'999});

  History again;
  for (const History::Chunk& chunk : one.chunks()) again.add_chunk(chunk);
  CHECK(again.find(32) == Freed{88, 99'998});
  CHECK(again.find(160) == Freed{10, 10});
  again.add(160, {5, 100'000});
  CHECK(again.find(160) == Freed{5, 100'000});
}

TEST_CASE("a chunk that is no history is read without harm") {
  History history;
  history.add(16, {1, 2});
  history.add_chunk(std::make_shared<const std::string>("\xFF\xFF nonsense \x80"));
  CHECK(history.find(16) == Freed{1, 2});
}
