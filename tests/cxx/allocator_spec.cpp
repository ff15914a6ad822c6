// mempool::allocator: containers that are not of std::pmr in a pool, how the allocator goes from
// one to the other, and what it throws.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <scoped_allocator>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "watched.hpp"

namespace mempool::tests {

namespace {

template <class T>
using vector_in = std::vector<T, allocator<T>>;
using string_in = std::basic_string<char, std::char_traits<char>, allocator<char>>;

static_assert(std::is_nothrow_move_assignable_v<vector_in<int>>);
static_assert(
    std::is_same_v<std::allocator_traits<allocator<int>>::rebind_alloc<char>, allocator<char>>);

/// Counts the objects of its kind, and throws at the copy that it is told.
struct Fragile {
  inline static int living = 0;
  inline static int copies_left = -1;
  Fragile() { ++living; }
  Fragile(const Fragile&) {
    if (copies_left == 0) throw std::string("no more copies");
    --copies_left;
    ++living;
  }
  Fragile& operator=(const Fragile&) = default;
  ~Fragile() { --living; }
};

struct alignas(256) Wide {
  int value = 7;
};

struct alignas(4096) Page {
  char bytes[4096] = {};
};

}  // namespace

TEST_CASE("standard containers with an allocator live in its pool, and leave nothing in it") {
  Watched p(1 << 16);
  SUBCASE("vector") {
    vector_in<int> numbers(*p);
    for (int i = 0; i < 500; ++i) numbers.push_back(i);
    CHECK(p->owns(numbers.data()));
    CHECK(numbers[499] == 499);
  }
  SUBCASE("vector of bits") {
    std::vector<bool, allocator<bool>> bits(1000, true, *p);
    CHECK(std::count(bits.begin(), bits.end(), true) == 1000);
    CHECK(p.live() == 1);
  }
  SUBCASE("list and deque") {
    std::list<int, allocator<int>> list({1, 2, 3}, *p);
    std::deque<int, allocator<int>> deque({1, 2, 3}, *p);
    list.pop_front();
    deque.pop_front();
    CHECK(std::equal(list.begin(), list.end(), deque.begin(), deque.end()));
  }
  SUBCASE("set, map and unordered_map") {
    std::set<int, std::less<>, allocator<int>> set({3, 1, 2}, *p);
    std::map<int, int, std::less<>, allocator<std::pair<const int, int>>> map(*p);
    std::unordered_map<int, int, std::hash<int>, std::equal_to<>,
                       allocator<std::pair<const int, int>>>
        hashed(0, std::hash<int>(), std::equal_to<>(), *p);
    for (const int number : set) map[number] = hashed[number] = number * number;
    CHECK(map[3] == 9);
    CHECK(hashed[2] == 4);
  }
  SUBCASE("string, and strings in a vector, which get the pool handed on") {
    std::vector<string_in, std::scoped_allocator_adaptor<allocator<string_in>>> words(
        allocator<string_in>{*p});
    words.emplace_back("too long for the letters that a string has room for in itself");
    CHECK(p->owns(words.front().data()));
  }
  SUBCASE("an object shared, with its count") {
    const auto shared = std::allocate_shared<int>(allocator<int>(*p), 42);
    const auto other = shared;
    CHECK(*other == 42);
    CHECK(p.live() == 1);
  }
}

TEST_CASE("moving a container takes its allocator along, so no element moves") {
  Watched p(4096);
  Watched other(4096);
  vector_in<int> from({1, 2, 3}, *p);
  const int* const data = from.data();
  vector_in<int> to(*other);
  to.push_back(9);
  to = std::move(from);
  CHECK(to.data() == data);
  CHECK(to.get_allocator() == allocator<int>(*p));
  CHECK(other.live() == 0);
}

TEST_CASE("swapping containers of two pools swaps their allocators") {
  Watched p(4096);
  Watched other(4096);
  vector_in<int> a({1, 2, 3}, *p);
  vector_in<int> b({4, 5}, *other);
  const int* const data = a.data();
  a.swap(b);
  CHECK(b.data() == data);
  CHECK(b.get_allocator() == allocator<int>(*p));
  CHECK(a == vector_in<int>({4, 5}, *p));
}

TEST_CASE("a copy of a container lies in the same pool; what is assigned a copy stays in its own") {
  Watched p(4096);
  Watched other(4096);
  const vector_in<int> original({1, 2, 3}, *p);
  const vector_in<int> copy(original);
  CHECK(p->owns(copy.data()));
  vector_in<int> target(*other);
  target = original;
  CHECK(other->owns(target.data()));
  CHECK(target == original);
}

TEST_CASE("allocators are equal if they are of one pool, whatever they allocate") {
  Watched p(1024);
  Watched other(1024);
  CHECK(allocator<int>(*p) == allocator<char>(*p));
  CHECK(allocator<int>(*p) != allocator<int>(*other));
  CHECK(allocator<int>(allocator<char>(*p)).get() == allocator<int>(*p).get());
  allocator<int> one(*p);
  allocator<int> same(one);
  same.deallocate(one.allocate(3), 3);
}

TEST_CASE("a count whose bytes cannot be counted is a bad array length, and no request") {
  Watched p(1024);
  allocator<int> numbers(*p);
  const std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(int);
  const auto ask = [&](std::size_t count) { numbers.deallocate(numbers.allocate(count), count); };
  CHECK_THROWS_AS(ask(most + 1), std::bad_array_new_length);
  CHECK(p->stats().failures == 0);
  try {
    ask(most);
  } catch (const std::bad_array_new_length&) {
    FAIL("its bytes can be counted");
  } catch (const std::bad_alloc&) {
    CHECK(p->stats().failures == 1);
  }
  CHECK_NOTHROW(ask(0));
}

TEST_CASE("types of large alignment are aligned, in a pool of any alignment") {
  for (const std::size_t own : {std::size_t{1}, std::size_t{16}, std::size_t{512}}) {
    Watched p(1 << 17, own);
    vector_in<Wide> wide(*p);
    for (int i = 0; i < 20; ++i) {
      wide.emplace_back();
      REQUIRE(reinterpret_cast<std::uintptr_t>(wide.data()) % alignof(Wide) == 0);
    }
    CHECK(wide.back().value == 7);
    std::list<Page, allocator<Page>> pages(*p);
    pages.emplace_back();
    CHECK(reinterpret_cast<std::uintptr_t>(&pages.front()) % alignof(Page) == 0);
  }
}

TEST_CASE("a constructor that throws within a container leaves the pool as it was") {
  Watched p(4096);
  {
    vector_in<Fragile> things(3, Fragile(), *p);
    REQUIRE(Fragile::living == 3);
    const std::uint64_t live = p.live();
    Fragile::copies_left = 2;
    CHECK_THROWS_AS(things.reserve(10), std::string);
    CHECK(things.size() == 3);
    CHECK(Fragile::living == 3);
    CHECK(p.live() == live);
    Fragile::copies_left = 5;
    CHECK_THROWS_AS(vector_in<Fragile>(10, Fragile(), *p), std::string);
    CHECK(p.live() == live);
    Fragile::copies_left = -1;
  }
  CHECK(Fragile::living == 0);
}

TEST_CASE("a container that is refused can go on with what it has") {
  Watched p(2048);
  vector_in<char> letters(*p);
  letters.assign(500, 'a');
  CHECK_THROWS_AS(letters.resize(1900), std::bad_alloc);
  CHECK(letters.size() == 500);
  CHECK(letters.back() == 'a');
  CHECK_NOTHROW(letters.resize(600));
}

}  // namespace mempool::tests
