// Fuzz target: the bytes as calls of the API, misuse mixed in, held against three voices.
//
//     bytes --> options, then calls --> pool --> events --> the rules of `check`
//                                        |--> its answers: errno, reports, what lies in payloads
//                                        '--> the oracle: places (while nothing is quarantined)
//
// Writes next to payloads, wrong pointers and hostile sizes are calls like any other: the target
// knows what the pool has to say of each, and what must not have changed.
#include <mempool.h>
#include <mempool/sink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "event/table.hpp"
#include "fuzz/target.hpp"
#include "model/pool_check.hpp"
#include "pool/create.hpp"
#include "support/oracle.hpp"

namespace mempool::tests {

namespace {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  [[nodiscard]] bool left() const { return at_ != end_; }
  u64 byte() { return left() ? *at_++ : 0; }
  u64 below(u64 n) { return (byte() << 8 | byte()) % n; }
  /// Sizes of every magnitude, and the hostile ones.
  u64 size() {
    const u64 kind = byte();
    if (kind < 200) return kind;
    if (kind < 250) return byte() << 8 | byte();
    const u64 hostile[] = {0, u64_max, u64_max - 15, u64{1} << 63, u64{1} << 32, 4096};
    return hostile[kind - 250];
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

struct Live {
  u8* p;
  u64 size;
  u8 stamp;
  bool hurt_front, hurt_back;  // by this target; its pool has guards
};

class Calls {
 public:
  explicit Calls(Bytes& bytes) : bytes_(bytes) {}
  ~Calls() {
    if (pool_ != nullptr) pool_destroy(pool_);
    require(!broken_, "the events keep the rules");
  }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  bool open();
  void call();
  void close();

 private:
  using Places = Oracle<FreeList>;

  static void on_event(void* user, const pool_event* event) {
    auto& calls = *static_cast<Calls*>(user);
    if (calls.broken_) return;
    pool_event numbered = *event;
    ++numbered.seq;  // the creation, which no sink has heard, is the first
    if (const viz::Verified broken = calls.rules_.see(numbered, 0)) {
      std::fprintf(stderr, "%s\n", viz::text(*broken).c_str());
      calls.broken_ = true;
    }
  }
  static void on_report(const pool_report* report, void* user) {
    auto& calls = *static_cast<Calls*>(user);
    ++calls.reports_;
    calls.last_ = report->kind;
    require(report->struct_size == sizeof(pool_report), "a report says its size");
    require(report->action != nullptr, "a report says what was done");
    require(pool_alloc(calls.pool_, 1) == nullptr && errno == EDEADLK,
            "a handler that calls its pool is refused");
  }

  void alloc(u64 alignment);
  void resize();
  void free_one();
  void free_wrong();
  void hurt_guard();
  void other();
  void take(u8* p, u64 size, u64 expected);
  void stamp(Live& block) {
    block.stamp = ++stamps_;
    std::memset(block.p, block.stamp, block.size);
  }
  void require_bytes(const Live& block, u64 size) const {
    for (u64 i = 0; i < size; ++i) require(block.p[i] == block.stamp, "payloads keep their bytes");
  }
  void expect_damage(const Live& block, u64 before) const {
    const u64 hurts = (block.hurt_front ? 1 : 0) + (block.hurt_back ? 1 : 0);
    if (!every_) require(reports_ - before == hurts, "each damaged guard is reported, no other");
    require((errno == EFAULT) == (hurts != 0), "errno says whether a guard was damaged");
  }

  Bytes& bytes_;
  MemoryPool* pool_ = nullptr;
  viz::PoolCheck rules_{true};
  std::unique_ptr<Places> oracle_;  // none while there is a quarantine: it delays frees
  std::vector<Live> live_;
  u8* region_ = nullptr;
  u64 guards_ = 0;
  bool every_ = false;
  bool broken_ = false;
  u64 reports_ = 0;
  u32 last_ = 0;
  u8 stamps_ = 0;
};

bool Calls::open() {
  pool_options options{};
  options.struct_size = sizeof options;
  const u64 switches = bytes_.byte();
  options.align = size_t{1} << bytes_.below(13);
  options.policy = static_cast<int>(1 + bytes_.below(5));
  options.guards = (switches & 1) != 0 ? 1 + bytes_.below(64) : 0;
  options.records = 1 + bytes_.below(16);
  options.poison = (switches & 2) != 0 ? POOL_ON : POOL_OFF;
  options.fill = (switches & 4) != 0 ? POOL_ON : POOL_OFF;
  options.quarantine = (switches & 8) != 0 ? bytes_.below(4096) : 0;
  options.check = (switches & 16) != 0 ? POOL_CHECK_EVERY : POOL_CHECK_FREE;
  options.capture = (switches & 32) != 0 ? POOL_ON : POOL_OFF;
  options.thread_safe = (switches & 64) != 0 ? POOL_ON : POOL_OFF;
  options.ring = (switches & 128) != 0 ? 8 : 0;
  const u64 capacity = 1 + bytes_.below(32768);
  pool_ = create_pool(
      {.size = capacity, .options = &options, .use_environment = false, .hide_addresses = true});
  if (pool_ == nullptr) return false;
  guards_ = options.guards;
  every_ = options.check == POOL_CHECK_EVERY;
  pool_set_error_handler(pool_, on_report, this);
  pool_statistics stats{};
  stats.struct_size = sizeof stats;
  pool_stats(pool_, &stats);
  if (options.quarantine == 0) {
    oracle_ = std::make_unique<Places>(
        OracleShape{stats.capacity, options.align, guards_, static_cast<u32>(options.policy), 0});
  }
  pool_event created = event::make(POOL_EVENT_CREATE);
  created.pool = 1;
  created.seq = 0;
  created.as.create = {stats.capacity,
                       options.align,
                       static_cast<u32>(options.policy),
                       guards_,
                       0,
                       nullptr,
                       static_cast<u8>(options.fill == POOL_ON),
                       static_cast<u8>(options.poison == POOL_ON),
                       options.quarantine == 0 ? POOL_NONE : options.quarantine,
                       static_cast<u8>(options.capture == POOL_ON),
                       nullptr};
  on_event(this, &created);
  const pool_sink sink{sizeof sink, this, on_event, nullptr};
  require(pool_set_sink(pool_, &sink) == 0, "a sink can be set");
  return true;
}

void Calls::call() {
  switch (bytes_.byte() % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: return alloc(1);
    case 5: return alloc(u64{1} << bytes_.below(13));
    case 6:
    case 7: return resize();
    case 8:
    case 9:
    case 10:
    case 11: return free_one();
    case 12: return free_wrong();
    case 13: return hurt_guard();
    default: return other();
  }
}

void Calls::take(u8* p, u64 size, u64 expected) {
  const bool fits = p != nullptr;
  if (oracle_) require(fits == (expected != POOL_NONE), "the pool has room when the oracle has");
  if (!fits) {
    require(errno == ENOMEM, "no room is ENOMEM");
    return;
  }
  if (oracle_ && region_ == nullptr) region_ = p - expected;
  if (oracle_) require(static_cast<u64>(p - region_) == expected, "a block lies where it should");
  require(pool_usable_size(pool_, p) == size, "a block has the size that was asked for");
  live_.push_back({p, size, 0, false, false});
  stamp(live_.back());
}

void Calls::alloc(u64 alignment) {
  const u64 size = bytes_.size();
  if (alignment > 1 && oracle_) alignment = 1;  // the oracle would have to know the address
  errno = 0;
  void* p = alignment > 1 ? pool_aligned_alloc_at(pool_, alignment, size, "fuzz.c", 1)
                          : pool_alloc(pool_, size);
  require(reinterpret_cast<std::uintptr_t>(p) % alignment == 0, "a payload is aligned");
  take(static_cast<u8*>(p), size, oracle_ ? oracle_->alloc(size) : 0);
}

void Calls::resize() {
  if (live_.empty()) return;
  Live& block = live_[bytes_.below(live_.size())];
  const u64 size = bytes_.size();
  const u64 before = reports_;
  const u64 kept = std::min(size, block.size);
  errno = 0;
  auto* p = static_cast<u8*>(pool_realloc(pool_, block.p, size));
  if (size == 0) return require(p == nullptr && errno == EINVAL, "a realloc to nothing is refused");
  const u64 expected =
      oracle_ ? oracle_->realloc(static_cast<u64>(block.p - region_), size) : POOL_NONE;
  if (oracle_)
    require((p != nullptr) == (expected != POOL_NONE), "it resizes when the oracle does");
  if (p == nullptr) return require(errno == ENOMEM, "no room is ENOMEM");
  if (oracle_) require(static_cast<u64>(p - region_) == expected, "it moves where it should");
  expect_damage(block, before);
  block.p = p;
  require_bytes(block, kept);
  block.size = size;
  block.hurt_front = block.hurt_back = false;
  stamp(block);
}

void Calls::free_one() {
  if (live_.empty()) return;
  std::swap(live_[bytes_.below(live_.size())], live_.back());
  const Live block = live_.back();
  live_.pop_back();
  require_bytes(block, block.size);
  const u64 before = reports_;
  errno = 0;
  pool_free(pool_, block.p);
  expect_damage(block, before);
  if (oracle_) oracle_->free(static_cast<u64>(block.p - region_));
  require(pool_owns(pool_, block.p) == 0, "a freed block is no block");
}

void Calls::free_wrong() {
  u8 outside = 0;
  u8* p = &outside;
  if (!live_.empty() && bytes_.byte() % 2 == 0)
    p = live_[bytes_.below(live_.size())].p + 1 + bytes_.below(64);
  if (pool_owns(pool_, p) != 0) return;
  const u64 before = reports_;
  errno = 0;
  if (bytes_.byte() % 4 == 0)
    require(pool_realloc(pool_, p, 8) == nullptr, "a wrong pointer is not resized");
  else
    pool_free(pool_, p);
  require(errno == EINVAL, "a wrong pointer is EINVAL");
  require(reports_ > before, "a wrong pointer is reported");
}

void Calls::hurt_guard() {
  if (live_.empty() || guards_ == 0) return;
  Live& block = live_[bytes_.below(live_.size())];
  const bool front = bytes_.byte() % 2 == 0;
  (front ? block.hurt_front : block.hurt_back) = true;
  const u8 bad = static_cast<u8>(0xAB ^ (1 << bytes_.below(8)));
  (front ? block.p[-1] : block.p[block.size]) = bad;
}

void Calls::other() {
  switch (bytes_.byte() % 6) {
    case 0: {
      u64 hurts = 0;
      for (const Live& block : live_)
        hurts += (block.hurt_front ? 1 : 0) + (block.hurt_back ? 1 : 0);
      require(static_cast<u64>(pool_check(pool_, nullptr, nullptr)) == hurts,
              "a check finds each damaged guard, and nothing else");
      break;
    }
    case 1:
      require(pool_reset(pool_) == 0, "a reset is done");
      live_.clear();
      if (oracle_) oracle_->reset();
      break;
    case 2: pool_note(pool_, "a note"); break;
    case 3: {
      const u64 size = bytes_.below(5000);
      if (guards_ == 0 || size > 4096 || size == 0) break;  // guards of old blocks stay as they are
      pool_enable_guards(pool_, size);
      if (oracle_) oracle_->set_guard(size);
      break;
    }
    case 4: pool_free(pool_, nullptr); break;
    default:
      require((pool_disable_guards(pool_) == 1) == live_.empty(), "guards go when no block lives");
      if (live_.empty()) {
        if (oracle_) oracle_->set_guard(0);
        guards_ = 0;
      }
      break;
  }
}

void Calls::close() {
  for (const Live& block : live_) require_bytes(block, block.size);
  pool_destroy(pool_);
  pool_ = nullptr;
  if (const viz::Verified broken = rules_.finish()) require_none("the end", viz::text(*broken));
}

}  // namespace

}  // namespace mempool::tests

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mempool::tests;
  Bytes bytes(data, size);
  Calls calls(bytes);
  if (!calls.open()) return 0;
  for (int i = 0; i < 2000 && bytes.left(); ++i) calls.call();
  calls.close();
  return 0;
}

/// The target writes into guards on purpose.
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}
