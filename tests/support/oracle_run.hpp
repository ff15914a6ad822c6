// Oracle run: a pool and an oracle through the same calls by chance, held against each other after
// every one. For oracle_spec.cpp; it requires what must hold, and knows no test case.
//
//     Setting (a pool by chance, tight for what it will be asked) --> OracleRun --call, compare-->
#pragma once

#include <doctest/doctest.h>
#include <mempool.h>
#include <mempool/sink.h>

#include <array>
#include <bit>
#include <cerrno>
#include <memory>
#include <random>
#include <vector>

#include "pool/create.hpp"
#include "support/oracle.hpp"

namespace mempool::tests {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  u64 below(u64 n) { return random_() % n; }
  bool one_in(u64 n) { return below(n) == 0; }
  template <std::size_t n>
  u64 of(const std::array<u64, n>& values) {
    return values[below(n)];
  }
  /// Every power of two up to a most is as likely as any other.
  u64 power(u64 most) { return u64{1} << below(static_cast<u64>(std::bit_width(most))); }
  /// 1 to most, of any magnitude alike.
  u64 magnitude(u64 most) {
    const u64 some = power(most);
    return 1 + below(some > most / 2 ? most : 2 * some);
  }

 private:
  std::mt19937_64 random_;
};

inline constexpr u64 largest_size = u64{1} << 20;

/// A pool by chance, tight for what will be asked of it.
struct Setting {
  OracleShape shape;
  u64 size = 0;          // as it was asked for: rounded up, or cut to fit a buffer
  u64 usual = 0;         // most requests are up to this
  u64 blocks = 0;        // so many of them have room in it
  bool watched = false;  // else the calls have nothing in their way
  std::unique_ptr<u8[]> memory;
  u8* buffer = nullptr;

  Setting(u32 policy, unsigned seed, u64 most_capacity) {
    Dice dice(seed);
    shape.policy = policy;
    shape.align = dice.one_in(2) ? 16 : dice.power(4096);
    shape.guard = dice.one_in(2) ? 0 : dice.of<5>({1, 8, 16, 100, 4096});
    usual = dice.magnitude(most_capacity / 16);
    const u64 block = usual + 2 * shape.guard + shape.align;
    blocks = 4 + (dice.one_in(4) ? dice.magnitude(4000) : dice.below(60));
    size = std::min(most_capacity, shape.align + block * blocks);
    blocks = size / block;
    watched = dice.one_in(2);
    shape.capacity = round_up(size, shape.align);
    if (dice.one_in(3)) use_buffer(dice.below(4096));
  }

  /// The region begins at the first aligned byte behind `skip`.
  void use_buffer(u64 skip) {
    memory = std::make_unique<u8[]>(size + 2 * 4096);
    buffer = memory.get() + skip;
    const auto address = reinterpret_cast<std::uintptr_t>(buffer);
    shape.base = round_up(address, shape.align);
    size += shape.base - address;
    shape.capacity = round_down(size - (shape.base - address), shape.align);
  }
};

/// One pool and one oracle through the same calls.
template <class FreeMemory>
class OracleRun {
 public:
  OracleRun(Setting& setting, unsigned seed)
      : setting_(setting), oracle_(setting.shape), dice_(seed) {
    pool_options options{};
    options.struct_size = sizeof options;
    options.align = setting.shape.align;
    options.policy = static_cast<int>(setting.shape.policy);
    options.guards = setting.shape.guard;
    options.records = 8;  // so that fallback allocations happen
    pool_ = create_pool({.size = setting.size,
                         .options = &options,
                         .buffer = setting.buffer,
                         .use_environment = false});
    REQUIRE(pool_ != nullptr);
    pool_set_error_handler(
        pool_,
        [](const pool_report* report, void* user) {
          static_cast<OracleRun*>(user)->reported_ = report->kind;
        },
        this);
    if (setting.watched) {
      const pool_sink sink{
          sizeof(pool_sink), this,
          [](void* user, const pool_event* event) { static_cast<OracleRun*>(user)->hear(*event); },
          nullptr};
      REQUIRE(pool_set_sink(pool_, &sink) == 0);
    }
  }
  OracleRun(const OracleRun&) = delete;
  OracleRun& operator=(const OracleRun&) = delete;
  ~OracleRun() { pool_destroy(pool_); }

  /// One call, by chance: the pool is filled and emptied in turn.
  void call() {
    if (dice_.one_in(50 + 2 * setting_.blocks)) filling_ = !filling_;
    if (dice_.one_in(5000)) return reset();
    if (dice_.one_in(1000)) return set_guards();
    if (dice_.one_in(20)) return misuse();
    const u64 way = dice_.below(100);
    if (live_.empty() || way < (filling_ ? 50 : 25)) return alloc(dice_.one_in(6));
    if (way < (filling_ ? 65 : 45)) return realloc();
    free();
  }

  void compare() {
    pool_statistics stats{};
    stats.struct_size = sizeof stats;
    REQUIRE(pool_stats(pool_, &stats) == 0);
    REQUIRE(stats.capacity == setting_.shape.capacity);
    REQUIRE(stats.free == oracle_.free_bytes());
    REQUIRE(stats.largest == oracle_.largest());
    REQUIRE(stats.live_blocks == live_.size());
    REQUIRE(stats.live_bytes == live_bytes_);
    REQUIRE(stats.misuse == misused_);
    REQUIRE(stats.failures == failures);
  }
  void check_everything() {
    REQUIRE(pool_check(pool_, nullptr, nullptr) == 0);
    for (const Live& block : live_) require_stamp(block, block.size);
  }

  u64 failures = 0, moves = 0, stays = 0;

 private:
  struct Live {
    u8* pointer = nullptr;
    u64 payload = 0, size = 0;
    u8 stamp = 0;
  };

  // ---- calls

  u64 random_size() {
    const u64 largest = std::min(largest_size, setting_.shape.capacity);
    switch (dice_.below(32)) {
      case 0: return 0;
      case 1: return dice_.magnitude(largest);
      case 2: return u64_max - dice_.magnitude(u64_max - 1);
      default: return dice_.magnitude(setting_.usual);
    }
  }

  void alloc(bool aligned) {
    const u64 size = random_size();
    const u64 alignment = aligned ? dice_.power(4096) : 1;
    errno = 0;
    auto* pointer = static_cast<u8*>(aligned ? pool_aligned_alloc(pool_, alignment, size)
                                             : pool_alloc(pool_, size));
    const u64 expected = oracle_.alloc(size, alignment);
    if (expected == POOL_NONE) return failed(pointer, size);
    live_.push_back({pointer, expected, size, ++stamps_});
    require_place(live_.back());
    REQUIRE(reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0);
    live_bytes_ += size;
    stamp(live_.back());
  }

  void failed(const u8* pointer, u64 size) {
    REQUIRE(pointer == nullptr);
    REQUIRE(errno == ENOMEM);
    ++failures;
    if (!setting_.watched) return;
    REQUIRE(heard_.kind == POOL_EVENT_ALLOC_FAIL);
    const pool_event_alloc_fail& e = heard_.as.alloc_fail;
    REQUIRE(e.free == oracle_.free_bytes());
    REQUIRE(e.largest == oracle_.largest());
    REQUIRE(e.needed == oracle_.needed(size));
    REQUIRE(e.reason == (e.needed > setting_.shape.capacity ? POOL_FAIL_TOO_LARGE
                         : e.free < e.needed                ? POOL_FAIL_FULL
                                                            : POOL_FAIL_FRAGMENTED));
  }

  void realloc() {
    Live& block = live_[dice_.below(live_.size())];
    const u64 size = std::max<u64>(
        1, dice_.one_in(3) ? random_size() : block.size / 2 + dice_.below(2 * block.size + 2));
    require_stamp(block, block.size);
    errno = 0;
    auto* pointer = static_cast<u8*>(pool_realloc(pool_, block.pointer, size));
    const u64 expected = oracle_.realloc(block.payload, size);
    if (expected == POOL_NONE) return failed(pointer, size);
    ++(expected == block.payload ? stays : moves);
    live_bytes_ += size - block.size;
    const u64 kept = std::min(size, block.size);
    const u64 stamped = block.size;
    block = {pointer, expected, size, block.stamp};
    require_place(block);
    require_stamp(block, kept, stamped);
    stamp(block);
  }

  void free() {
    std::swap(live_[dice_.below(live_.size())], live_.back());
    const Live block = live_.back();
    live_.pop_back();
    require_stamp(block, block.size);
    pool_free(pool_, block.pointer);
    oracle_.free(block.payload);
    live_bytes_ -= block.size;
    dead_ = block.pointer;
  }

  void reset() {
    REQUIRE(pool_reset(pool_) == 0);
    oracle_.reset();
    live_.clear();
    live_bytes_ = 0;
  }

  void set_guards() {
    const u64 guard = dice_.of<3>({1, 16, 64});
    if (setting_.shape.guard == 0) return;  // a pool without guards stays one: its calls are others
    pool_enable_guards(pool_, guard);
    oracle_.set_guard(guard);
  }

  // ---- wrong pointers: each is refused, told as what it is, and changes nothing

  void misuse() {
    u8 outside = 0;
    switch (dice_.below(3)) {
      case 0: return refused(&outside, POOL_ERROR_FOREIGN_FREE);
      case 1: return refuse_inside(dead_);
      default: break;
    }
    if (live_.empty()) return;
    const Live& block = live_[dice_.below(live_.size())];
    if (dice_.one_in(2))
      refuse_inside(block.pointer + 1 + dice_.below(block.size + 16));
    else
      refuse_inside(block.pointer - 1 - dice_.below(20));
  }

  /// Somewhere about the region; it may be a payload after all.
  void refuse_inside(u8* pointer) {
    if (pointer == nullptr) return;
    for (const Live& block : live_)
      if (block.pointer == pointer) return;
    const u64 offset =
        reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(region_);
    if (offset >= setting_.shape.capacity) return;
    refused(pointer, oracle_.is_used(offset) ? POOL_ERROR_INTERIOR_FREE : POOL_ERROR_DOUBLE_FREE);
  }

  void refused(u8* pointer, u32 kind) {
    reported_ = 0;
    errno = 0;
    if (dice_.one_in(4)) {
      REQUIRE(pool_realloc(pool_, pointer, 8) == nullptr);
    } else {
      pool_free(pool_, pointer);
    }
    ++misused_;
    REQUIRE(reported_ == kind);
    REQUIRE(errno == EINVAL);
    REQUIRE(pool_owns(pool_, pointer) == 0);
  }

  // ---- what is in a payload: every byte of small ones, of large ones a sample

  static u8 stamp_at(const Live& block, u64 i) { return static_cast<u8>(block.stamp * 7 + i); }
  template <class Visit>
  static void each_sample(u64 size, Visit visit) {
    for (u64 i = 0; i < std::min<u64>(size, 256); ++i) visit(i);
    for (u64 i = 256; i + 64 < size; i += 509) visit(i);
    for (u64 i = std::max<u64>(256, size < 64 ? 0 : size - 64); i < size; ++i) visit(i);
  }
  static void stamp(const Live& block) {
    each_sample(block.size, [&](u64 i) { block.pointer[i] = stamp_at(block, i); });
  }
  static void require_stamp(const Live& block, u64 kept, u64 stamped = 0) {
    u64 wrong = 0;
    each_sample(std::max(stamped, block.size == kept ? kept : stamped), [&](u64 i) {
      if (i < kept) wrong += block.pointer[i] != stamp_at(block, i);
    });
    REQUIRE(wrong == 0);
  }

  void require_place(const Live& block) {
    REQUIRE(block.pointer != nullptr);
    if (region_ == nullptr) region_ = block.pointer - block.payload;
    REQUIRE(static_cast<u64>(block.pointer - region_) == block.payload);
    REQUIRE(pool_usable_size(pool_, block.pointer) == block.size);
  }

  void hear(const pool_event& event) { heard_ = event; }

  Setting& setting_;
  Oracle<FreeMemory> oracle_;
  Dice dice_;
  MemoryPool* pool_ = nullptr;
  std::vector<Live> live_;
  u64 live_bytes_ = 0, misused_ = 0;
  u8* region_ = nullptr;
  u8* dead_ = nullptr;
  u8 stamps_ = 0;
  bool filling_ = true;
  u32 reported_ = 0;
  pool_event heard_{};
};

}  // namespace mempool::tests
