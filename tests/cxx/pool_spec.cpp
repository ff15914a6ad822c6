// mempool::pool: when it opens and closes, what it throws, and that each member is its function.
// The functions themselves have their specs in the folder above.
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/scratch.hpp"
#include "watched.hpp"

namespace mempool::tests {

static_assert(!std::is_copy_constructible_v<pool> && !std::is_copy_assignable_v<pool>);
static_assert(std::is_nothrow_move_constructible_v<pool> &&
              std::is_nothrow_move_assignable_v<pool>);
static_assert(sizeof(pool) == sizeof(MemoryPool*));
static_assert(!std::is_convertible_v<std::size_t, pool>, "a number is no pool");

namespace {

pool_options quiet(const char* name = nullptr) {
  pool_options options{};
  options.errors = POOL_ERRORS_QUIET;
  options.name = name;
  return options;
}

/// A write where none should be, which AddressSanitizer lets pass.
__attribute__((no_sanitize("address"))) void damage(unsigned char* byte) {
  *byte = 0;
}

/// What a call threw, as text that a spec can compare.
template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  } catch (const std::bad_alloc&) {
    return "bad_alloc";
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a C++ pool is closed where its scope ends") {
  std::string events;
  {
    pool p(1024, quiet());
    const Witness witness(p);
    void* const block = p.alloc(10);
    CHECK(witness.said() == "split alloc");
    p.free(block);
    CHECK(witness.said() == "split alloc free coalesce");
    p.set_sink(nullptr);
    pool_sink sink{sizeof sink, &events,
                   [](void* user, const pool_event* event) {
                     *static_cast<std::string*>(user) +=
                         event->kind == POOL_EVENT_DESTROY ? "destroy" : "other";
                   },
                   nullptr};
    CHECK(p.set_sink(&sink));
  }
  CHECK(events == "destroy");
}

TEST_CASE("a C++ pool that cannot be opened throws, and says which kind of wrong it is") {
  CHECK(thrown_by([] { pool p(0); }) == "invalid_argument");
  CHECK(thrown_by([] { pool p(std::numeric_limits<std::size_t>::max()); }) == "bad_alloc");
  pool_options odd{};
  odd.align = 3;
  CHECK(thrown_by([&] { pool p(1024, odd); }) == "invalid_argument");
  CHECK(thrown_by([] { pool p(nullptr, 1024); }) == "invalid_argument");
  CHECK(thrown_by([] { pool p(1024); }) == "nothing");
}

TEST_CASE("options need no struct_size in C++, and one that is set is kept") {
  pool_options options = quiet("lesson");
  options.align = 1;
  CHECK(pool(1000, options).stats().capacity == 1000);
  CHECK(options.struct_size == 0);
  options.struct_size = sizeof(std::size_t);  // of a program that knows no option yet
  CHECK(pool(1000, options).stats().capacity == 1008);
}

TEST_CASE("a C++ pool in a buffer hands out the buffer's bytes and leaves it to its owner") {
  alignas(64) unsigned char buffer[512];
  {
    pool p(buffer, sizeof buffer);
    auto* const block = static_cast<unsigned char*>(p.alloc(100));
    REQUIRE(block != nullptr);
    CHECK(block >= buffer);
    CHECK(block + 100 <= buffer + sizeof buffer);
    p.free(block);
  }
  std::memset(buffer, 0, sizeof buffer);
}

TEST_CASE("a pool that moves leaves an empty one behind, whose members answer EINVAL") {
  pool first(1024);
  MemoryPool* const handle = first.get();
  pool second(std::move(first));
  CHECK(second.get() == handle);
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): it is what the case is about
  CHECK(first.get() == nullptr);
  errno = 0;
  CHECK(first.alloc(1) == nullptr);
  CHECK(errno == EINVAL);
  CHECK_FALSE(first.reset());
  CHECK(first.stats().capacity == 0);
  CHECK(first.check() == -1);
  CHECK(first.walk([](const pool_block&) {}) == -1);
}

TEST_CASE("a pool that is assigned closes what it had") {
  std::string closed;
  const auto named = [&](const char* name) {
    pool p(1024, quiet(name));
    p.set_error_handler(
        [](const pool_report* report, void* user) {
          *static_cast<std::string*>(user) += std::string(report->pool_name) + " ";
        },
        &closed);
    CHECK(p.alloc(8) != nullptr);  // leaks, so that closing is heard
    return p;
  };
  pool p = named("one");
  p = named("two");
  CHECK(closed == "one ");
  pool& same = p;
  p = std::move(same);
  CHECK(closed == "one ");
  CHECK(p);
  pool other = named("three");
  p.swap(other);
  std::swap(p, other);
  CHECK(closed == "one ");
  p = std::move(other);
  CHECK(closed == "one two ");
  CHECK_FALSE(other);  // NOLINT(bugprone-use-after-move): it is left empty
  p = pool::adopt(nullptr);
  CHECK(closed == "one two three ");
}

TEST_CASE("a pool goes to C with release and comes back with adopt") {
  pool p(1024);
  MemoryPool* const handle = p.release();
  CHECK_FALSE(p);
  void* const block = pool_alloc(handle, 10);
  pool again = pool::adopt(handle);
  CHECK(again.owns(block));
  again.free(block);
}

TEST_CASE("every member of a C++ pool is its function of C") {
  pool p(4096, quiet());
  auto* text = static_cast<char*>(p.calloc(8, 1));
  REQUIRE(text != nullptr);
  CHECK(text[7] == 0);
  text = static_cast<char*>(p.realloc(text, 100));
  CHECK(p.usable_size(text) == 100);
  CHECK(p.owns(text));
  CHECK_FALSE(p.owns(text + 1));
  void* const aligned = p.aligned_alloc(256, 10);
  CHECK(reinterpret_cast<std::uintptr_t>(aligned) % 256 == 0);
  CHECK_FALSE(p.disable_guards());
  CHECK(errno == EBUSY);
  CHECK(p.stats().live_blocks == 2);
  p.free(text + 1);
  CHECK(errno == EINVAL);
  CHECK(p.stats().misuse == 1);
  CHECK(p.reset());
  CHECK(p.stats().live_blocks == 0);
  CHECK(p.disable_guards());
  p.enable_guards();
  CHECK(p.calloc(std::numeric_limits<std::size_t>::max(), 2) == nullptr);
  CHECK(errno == ENOMEM);
}

TEST_CASE("a C++ pool writes, saves and closes logs") {
  const Scratch file("", ".jsonl");
  const std::string path = file.path();
  pool_options options = quiet();
  options.ring = 16;
  pool p(1024, options);
  CHECK(p.log_open(path.c_str()));
  CHECK(p.note("here"));
  CHECK_FALSE(p.note(nullptr));
  CHECK(p.log_close());
  CHECK_FALSE(p.log_close());
  CHECK(errno == EINVAL);
  CHECK(p.log_save(path.c_str()));
  CHECK(file.contents().find("\"here\"") != std::string::npos);
}

TEST_CASE("walk takes a function that returns nothing, or what stops it") {
  pool p(1024);
  void* const block = p.alloc(16);
  std::vector<std::uint64_t> sizes;
  CHECK(p.walk([&](const pool_block& b) { sizes.push_back(b.size); }) == 0);
  CHECK(sizes == std::vector<std::uint64_t>{16, 1008});
  int seen = 0;
  CHECK(p.walk([&](const pool_block&) { return ++seen; }) == 1);
  CHECK(p.walk([&](const pool_block& b) { return b.used == 0; }) == 1);
  p.free(block);
}

TEST_CASE("what a function throws comes out of walk and check, and the pool is whole") {
  Watched p(1024);
  auto* const block = static_cast<unsigned char*>(p->alloc(16));
  int seen = 0;
  CHECK_THROWS_AS(p->walk([&](const pool_block&) { throw ++seen; }), int);
  CHECK(seen == 1);
  p->free(block);

  pool damaged(1024, quiet());
  damaged.enable_guards(8);
  auto* const a = static_cast<unsigned char*>(damaged.alloc(16));
  auto* const b = static_cast<unsigned char*>(damaged.alloc(16));
  damage(a + 16);
  damage(b + 16);
  seen = 0;
  CHECK_THROWS_AS(damaged.check([&](const pool_report& report) {
    CHECK(report.kind == POOL_ERROR_OVERRUN);
    throw ++seen;
  }),
                  int);
  CHECK(seen == 1);
  CHECK(damaged.check([&](const pool_report&) { ++seen; }) == 2);
  CHECK(seen == 3);
  CHECK(damaged.reset());
}

}  // namespace mempool::tests
