// mempool::make_unique and its deleter: single objects, arrays, base classes, constructors that
// throw.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "watched.hpp"

namespace mempool::tests {

namespace {

struct Counted {
  inline static std::vector<int> gone;
  inline static int born = 0;
  inline static int refuse_at = -1;
  int number;
  explicit Counted(int n) : number(n) {
    if (n == refuse_at) throw std::runtime_error("refused");
  }
  Counted() : Counted(born++) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { gone.push_back(number); }
  static void begin() {
    gone.clear();
    born = 0;
    refuse_at = -1;
  }
};

struct First {
  virtual ~First() = default;
  std::uint64_t a = 1;
};
struct Second {
  virtual ~Second() = default;
  virtual int answer() const { return 0; }
  std::uint64_t b = 2;
};
struct Both final : First, Second {
  explicit Both(bool* told) : gone(told) {}
  ~Both() override { *gone = true; }
  Both(const Both&) = delete;
  Both& operator=(const Both&) = delete;
  int answer() const override { return 42; }
  bool* gone;
};

struct Plain {};
struct OfPlain : Plain {};

static_assert(std::is_convertible_v<deleter<Both>, deleter<Second>>);
static_assert(std::is_convertible_v<deleter<int>, deleter<const int>>);
static_assert(std::is_convertible_v<deleter<int[]>, deleter<const int[]>>);
static_assert(!std::is_convertible_v<deleter<const int[]>, deleter<int[]>>);
static_assert(!std::is_convertible_v<deleter<int>, deleter<int[]>>, "it has no length");
static_assert(!std::is_convertible_v<deleter<Both[]>, deleter<Second[]>>, "strides differ");
static_assert(!std::is_convertible_v<deleter<OfPlain>, deleter<Plain>>,
              "Plain's destructor is not virtual");
static_assert(sizeof(unique_ptr<int>) == 2 * sizeof(void*));

/// Owns what it does not show: the class is defined behind all that moves its pointer.
class Closed {
 public:
  explicit Closed(pool& owner);
  Closed(Closed&& other) noexcept;
  ~Closed();
  void take_from(Closed& other) { inside_ = std::move(other.inside_); }
  [[nodiscard]] bool empty() const { return inside_ == nullptr; }

 private:
  struct Inside;
  unique_ptr<Inside> inside_;
};
struct Closed::Inside {
  std::string text = "not seen";
};
Closed::Closed(pool& owner) : inside_(make_unique<Inside>(owner)) {}
Closed::Closed(Closed&& other) noexcept = default;
Closed::~Closed() = default;

}  // namespace

TEST_CASE("make_unique constructs in the pool, and the pointer gives the block back") {
  Watched p(1024);
  Counted::begin();
  {
    const unique_ptr<Counted> one = make_unique<Counted>(p, 5);
    CHECK(one->number == 5);
    CHECK(p->owns(one.get()));
    unique_ptr<Counted> two = make_unique<Counted>(p, 6);
    unique_ptr<Counted> moved = std::move(two);
    moved.reset();
    CHECK(Counted::gone == std::vector<int>{6});
    CHECK(p.live() == 1);
  }
  CHECK(Counted::gone == std::vector<int>{6, 5});
  const unique_ptr<Counted> none;
  CHECK(none == nullptr);
}

TEST_CASE("an object whose constructor throws leaves no block behind") {
  pool p(1024);
  const Witness witness(p);
  Counted::begin();
  Counted::refuse_at = 3;
  CHECK_THROWS_AS(static_cast<void>(make_unique<Counted>(p, 3)), std::runtime_error);
  CHECK(witness.said() == "split alloc free coalesce");
  CHECK(Counted::gone.empty());
  p.set_sink(nullptr);
}

TEST_CASE("make_unique in a pool without room throws bad_alloc") {
  Watched p(1024);
  struct Large {
    char bytes[2000];
  };
  CHECK_THROWS_AS(static_cast<void>(make_unique<Large>(p)), std::bad_alloc);
  CHECK_THROWS_AS(static_cast<void>(make_unique<int[]>(p, 1000)), std::bad_alloc);
  CHECK_THROWS_AS(static_cast<void>(make_unique<int[]>(p, ~std::size_t{0} / 2)),
                  std::bad_array_new_length);
}

TEST_CASE("an array in a pool knows its own length") {
  Watched p(4096);
  Counted::begin();
  {
    const unique_ptr<Counted[]> three = make_unique<Counted[]>(p, 3);
    CHECK(three[2].number == 2);
    const unique_ptr<int[]> numbers = make_unique<int[]>(p, 100);
    CHECK(numbers[99] == 0);
    const unique_ptr<std::string[]> empty = make_unique<std::string[]>(p, 0);
    CHECK(p->owns(empty.get()));
  }
  CHECK(Counted::gone == std::vector<int>{2, 1, 0});
}

TEST_CASE("an array whose constructor throws half way destroys what there is, and frees it") {
  Watched p(4096);
  Counted::begin();
  Counted::refuse_at = 2;
  CHECK_THROWS_AS(static_cast<void>(make_unique<Counted[]>(p, 5)), std::runtime_error);
  CHECK(Counted::gone.size() == 2);
}

TEST_CASE("a pointer to any base frees the whole object") {
  Watched p(1024);
  bool gone = false;
  {
    unique_ptr<Both> whole = make_unique<Both>(p, &gone);
    const void* const start = whole.get();
    const unique_ptr<Second> base = std::move(whole);
    CHECK(static_cast<const void*>(base.get()) != start);  // it lies behind First
    CHECK(base->answer() == 42);
  }
  CHECK(gone);
}

TEST_CASE("what is const or volatile can be owned, and so can arrays of it") {
  Watched p(1024);
  const unique_ptr<volatile int> device = make_unique<volatile int>(p, 5);
  CHECK(*device == 5);
  Counted::begin();
  { const unique_ptr<const volatile Counted[]> two = make_unique<Counted[]>(p, 2); }
  CHECK(Counted::gone == std::vector<int>{1, 0});
  const unique_ptr<const std::string> made = make_unique<const std::string>(p, "made so");
  const unique_ptr<const std::string> turned = make_unique<std::string>(p, "turned so");
  CHECK(*made + *turned == "made soturned so");
}

TEST_CASE("a class that is not complete yet can be owned, and its owners move") {
  Watched p(1024);
  Closed first(p);
  Closed second(std::move(first));
  Closed third(p);
  CHECK(p.live() == 2);
  third.take_from(second);
  CHECK(second.empty());
  CHECK(p.live() == 1);
}

TEST_CASE("an object of large alignment is aligned") {
  struct alignas(1024) Wide {
    int value = 7;
  };
  Watched p(1 << 14, 1);
  const unique_ptr<Wide> wide = make_unique<Wide>(p);
  CHECK(reinterpret_cast<std::uintptr_t>(wide.get()) % 1024 == 0);
  const unique_ptr<Wide[]> some = make_unique<Wide[]>(p, 3);
  CHECK(some[2].value == 7);
}

TEST_CASE("a deleter takes any object constructed in a block of its pool") {
  Watched p(1024);
  std::string* const text = new (p->alloc(sizeof(std::string))) std::string("by hand");
  const unique_ptr<std::string> owner(text, deleter<std::string>(p));
  CHECK(owner.get_deleter().get() == p->get());
}

}  // namespace mempool::tests
