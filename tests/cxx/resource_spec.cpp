// mempool::resource: the containers of std::pmr in a pool, other resources on top of one, and what
// happens when it has no room.
#include <array>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory_resource>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "watched.hpp"

namespace mempool::tests {

namespace {

bool multiple(const void* ptr, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(ptr) % alignment == 0;
}

const char* const long_text = "too long for the letters that a string has room for in itself";

}  // namespace

TEST_CASE("every container of std::pmr lives in a pool, and leaves nothing in it") {
  Watched p(1 << 16);
  resource memory(p);
  SUBCASE("vector") {
    std::pmr::vector<int> numbers(&memory);
    for (int i = 0; i < 500; ++i) numbers.push_back(i);
    CHECK(std::accumulate(numbers.begin(), numbers.end(), 0) == 499 * 500 / 2);
    CHECK(p->owns(numbers.data()));
    CHECK(p.live() == 1);
  }
  SUBCASE("string") {
    std::pmr::string text(long_text, &memory);
    text += text;
    CHECK(p->owns(text.data()));
    CHECK(text.size() == 2 * std::string(long_text).size());
  }
  SUBCASE("list") {
    std::pmr::list<std::pmr::string> words({"one", long_text, "three"}, &memory);
    words.remove("one");
    CHECK(words.front() == long_text);
    CHECK(p->owns(words.front().data()));
  }
  SUBCASE("unordered_map of strings, which get the pool handed on") {
    std::pmr::unordered_map<int, std::pmr::string> names(&memory);
    for (int i = 0; i < 100; ++i) names[i] = long_text;
    for (int i = 0; i < 100; i += 2) names.erase(i);
    CHECK(names.size() == 50);
    CHECK(p->owns(names[1].data()));
  }
  SUBCASE("map of vectors") {
    std::pmr::map<std::pmr::string, std::pmr::vector<int>> index(&memory);
    for (int i = 0; i < 100; ++i) index[i % 2 ? "odd" : "even"].push_back(i);
    CHECK(index["odd"].size() == 50);
    CHECK(p->owns(index["odd"].data()));
  }
}

TEST_CASE("other resources take their memory from a pool") {
  Watched p(1 << 16);
  resource memory(p);
  SUBCASE("monotonic_buffer_resource asks for few large blocks") {
    std::pmr::monotonic_buffer_resource arena(1024, &memory);
    std::pmr::list<int> numbers(&arena);
    for (int i = 0; i < 500; ++i) numbers.push_back(i);
    CHECK(p.live() < 10);
    CHECK(p.live() > 0);
  }
  SUBCASE("unsynchronized_pool_resource sorts by size") {
    std::pmr::unsynchronized_pool_resource sizes(&memory);
    std::pmr::map<int, std::pmr::string> names(&sizes);
    for (int i = 0; i < 100; ++i) names[i] = long_text;
    names.clear();
    CHECK(p.live() > 0);
  }
}

TEST_CASE("a polymorphic_allocator over a pool allocates and constructs") {
  Watched p(4096);
  resource memory(p);
  std::pmr::polymorphic_allocator<std::pmr::string> strings(&memory);
  std::pmr::string* const text = strings.allocate(1);
  strings.construct(text, long_text);
  CHECK(p->owns(text));
  CHECK(p->owns(text->data()));
  text->~basic_string();
  strings.deallocate(text, 1);
}

TEST_CASE("a resource honours every alignment that a pool can give") {
  for (const std::size_t own : {std::size_t{1}, std::size_t{16}, std::size_t{64}}) {
    Watched p(1 << 16, own);
    resource memory(p);
    std::vector<std::pair<void*, std::size_t>> taken;
    for (std::size_t alignment = 1; alignment <= max_alignment; alignment *= 2) {
      taken.emplace_back(memory.allocate(24, alignment), alignment);
      CHECK(multiple(taken.back().first, alignment));
    }
    for (const auto& [ptr, alignment] : taken) memory.deallocate(ptr, 24, alignment);
  }
}

TEST_CASE("a resource gives each request for no bytes a block of its own") {
  Watched p(256);
  resource memory(p);
  void* const one = memory.allocate(0);
  void* const other = memory.allocate(0, 64);
  CHECK(one != nullptr);
  CHECK(other != nullptr);
  CHECK(one != other);
  CHECK(p.live() == 2);
  memory.deallocate(one, 0);
  memory.deallocate(other, 0, 64);
}

TEST_CASE("a resource without room throws bad_alloc and never returns NULL") {
  Watched p(1024);
  resource memory(p);
  const auto ask = [&](std::size_t bytes, std::size_t alignment) {
    memory.deallocate(memory.allocate(bytes, alignment), bytes, alignment);
  };
  CHECK_THROWS_AS(ask(1025, 1), std::bad_alloc);
  CHECK_THROWS_AS(ask(std::numeric_limits<std::size_t>::max(), 1), std::bad_alloc);
  CHECK_THROWS_AS(ask(1, 2 * max_alignment), std::bad_alloc);
  CHECK_NOTHROW(ask(900, 1));
  CHECK(p->stats().failures == 2);  // an alignment that no pool can give is asked of none
}

TEST_CASE("a container that finds no room is as it was") {
  Watched p(2048);
  resource memory(p);
  std::pmr::vector<int> numbers(&memory);
  const auto fill = [&] {
    for (int i = 0;; ++i) numbers.push_back(i);
  };
  CHECK_THROWS_AS(fill(), std::bad_alloc);
  REQUIRE(numbers.size() >= 64);
  CHECK(numbers.size() == numbers.capacity());
  for (std::size_t i = 0; i < numbers.size(); ++i) REQUIRE(numbers[i] == static_cast<int>(i));
  CHECK(p.live() == 1);
}

TEST_CASE("resources are equal if they are of one pool") {
  Watched p(1024);
  Watched other(1024);
  resource a(p);
  const resource b(p);
  const resource c(other);
  CHECK(a == b);
  CHECK(a != c);
  CHECK(a != *std::pmr::new_delete_resource());
  CHECK(*std::pmr::new_delete_resource() != a);
  CHECK(resource(a.get()) == a);
  CHECK_FALSE(b.is_equal(c));
  void* const block = a.allocate(10);
  const_cast<resource&>(b).deallocate(block, 10);  // any equal resource may
}

TEST_CASE("a resource stays good when its pool object moves") {
  pool home = pool::adopt(nullptr);
  pool p(1 << 14);
  resource memory(p);
  std::pmr::vector<int> numbers({1, 2, 3}, &memory);
  home = std::move(p);
  numbers.resize(1000);
  CHECK(home.owns(numbers.data()));
}

TEST_CASE("a move between containers of one pool moves no element; of two, it moves each") {
  Watched p(4096);
  Watched other(4096);
  resource memory(p);
  resource same(p);
  resource elsewhere(other);
  std::pmr::vector<int> from({1, 2, 3}, &memory);
  const int* const data = from.data();
  std::pmr::vector<int> near(&same);
  near = std::move(from);
  CHECK(near.data() == data);
  std::pmr::vector<int> far(&elsewhere);
  far = std::move(near);
  CHECK(far == std::pmr::vector<int>{1, 2, 3});
  CHECK(other->owns(far.data()));
}

TEST_CASE("a resource can be the default of a program") {
  Watched p(1 << 14);
  resource memory(p);
  std::pmr::memory_resource* const before = std::pmr::set_default_resource(&memory);
  {
    const std::pmr::vector<int> numbers(100, 7);
    CHECK(p->owns(numbers.data()));
  }
  CHECK(std::pmr::set_default_resource(before) == &memory);
}

TEST_CASE("threads share a resource of a thread_safe pool") {
  pool_options options{};
  options.thread_safe = POOL_ON;
  pool p(1 << 18, options);
  resource memory(p);
  std::vector<std::thread> threads;
  std::array<std::size_t, 4> sizes{};
  for (std::size_t& size : sizes) {
    threads.emplace_back([&] {
      std::pmr::map<int, std::pmr::string> words(&memory);
      for (int i = 0; i < 500; ++i) words[i % 50] += long_text[i % 40];
      size = words.size();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(sizes == std::array<std::size_t, 4>{50, 50, 50, 50});
  CHECK(p.stats().live_blocks == 0);
  CHECK(p.check() == 0);
}

TEST_CASE("every call of a resource is an event of its pool") {
  pool p(1024);
  const Witness witness(p);
  {
    resource memory(p);
    memory.deallocate(memory.allocate(10), 10);
    CHECK(witness.said() == "split alloc free coalesce");
    memory.deallocate(memory.allocate(10, 256), 10, 256);
    CHECK_THROWS_AS(std::pmr::vector<int>(1000, &memory), std::bad_alloc);
    CHECK(witness.saw("alloc_fail"));
  }
  p.set_sink(nullptr);
}

TEST_CASE("containers in a pool hold what they would hold anywhere, over long random lives") {
  Watched p(1 << 18);
  resource memory(p);
  std::mt19937 random(7);
  std::pmr::map<int, std::pmr::vector<int>> here(&memory);
  std::map<int, std::vector<int>> there;
  for (int i = 0; i < 3000; ++i) {
    const int key = static_cast<int>(random() % 40);
    switch (random() % 4) {
      case 0:
        here.erase(key);
        there.erase(key);
        break;
      case 1:
        here[key].shrink_to_fit();
        there[key].shrink_to_fit();
        break;
      default:
        here[key].insert(here[key].end(), random() % 5, i);
        there[key].resize(here[key].size(), i);
    }
  }
  REQUIRE(here.size() == there.size());
  for (const auto& [key, numbers] : there) {
    REQUIRE(std::vector<int>(here[key].begin(), here[key].end()) == numbers);
  }
}

}  // namespace mempool::tests
