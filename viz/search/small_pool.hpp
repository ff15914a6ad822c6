// Small pool: where blocks go and nothing else, in so few bytes that a search can copy it a million
// times. Every policy, and the orders of the classroom's list.
//
// What a search finds here is carried out on the real allocators before it is believed.
#pragma once

#include <array>
#include <optional>

#include "workload/contestant.hpp"

namespace mempool::viz::search {

/// What does not change while a pool is used.
struct Rules {
  u32 policy = POOL_FIRST;
  ListOrder order = ListOrder::address;
  bool coalesces = true;
  u32 align = 1;
  u32 overhead = 0;  // bytes of a block besides payload and rounding

  [[nodiscard]] u32 block_size(u32 requested) const;
};
[[nodiscard]] Rules rules_of(const Contestant& contestant, const PoolSetup& common);

class SmallPool {
 public:
  static constexpr std::size_t most_holes = 14;
  static constexpr u32 most_capacity = 0xFFFF;

  explicit SmallPool(u32 capacity) : count_(1) { holes_[0] = {0, static_cast<u16>(capacity), 0}; }

  /// The offset of the block; none if nothing fits.
  [[nodiscard]] std::optional<u32> alloc(const Rules& rules, u32 size);
  /// False if there are more free blocks than can be held.
  [[nodiscard]] bool free(const Rules& rules, u32 offset, u32 size);

  /// Mixes everything that later calls depend on into a hash.
  void hash(const Rules& rules, u64& low, u64& high) const;

 private:
  struct Hole {
    u16 offset, size, since;
    [[nodiscard]] u32 end() const { return u32{offset} + size; }
  };
  [[nodiscard]] std::optional<std::size_t> choose(const Rules& rules, u32 size) const;
  [[nodiscard]] std::optional<std::size_t> good_fit(u32 size) const;
  [[nodiscard]] bool precedes(const Rules& rules, const Hole& hole, const Hole& there) const;
  void insert(const Rules& rules, Hole hole);
  void erase(std::size_t place);

  std::array<Hole, most_holes> holes_{};  // in the order of the list
  u8 count_;
  u16 cursor_ = 0;
  u16 listed_ = 1;
};

/// A step of a mixing function whose every output bit depends on every input bit.
[[nodiscard]] inline u64 mixed(u64 hash, u64 value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15;
  return hash ^ (hash >> 29);
}

}  // namespace mempool::viz::search
