// The generators: see generate.hpp.
#include "bench/generate.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace mempool::bench {

namespace {

constexpr u64 fixed_size = 64;

/// splitmix64: small, good enough for this, and the same everywhere.
class Random {
 public:
  u64 next() {
    u64 z = state_ += 0x9E37'79B9'7F4A'7C15;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
    return z ^ (z >> 31);
  }
  u64 below(u64 limit) { return next() % limit; }

 private:
  u64 state_ = 1;
};

/// P(size > x) = 16/x, cut off at 64 KiB: 16 divided by a fraction that is evenly spread.
u64 power_law_size(Random& random) {
  constexpr u64 smallest = 16, largest = 65536, parts = u64{1} << 32;
  const u64 fraction = parts * smallest / largest;
  return smallest * parts / (fraction + random.below(parts - fraction));
}

std::string short_count(u64 n) {
  if (n % 1'000'000 == 0) return std::to_string(n / 1'000'000) + "M";
  if (n % 1000 == 0) return std::to_string(n / 1000) + "k";
  return std::to_string(n);
}

}  // namespace

Program make_lifo(u64 depth, u64 operations) {
  Builder builder("lifo-64", Group::generated);
  std::vector<u32> stack;
  for (u64 done = 0; done < operations; done += 2 * depth) {
    for (u64 i = 0; i < depth; ++i) stack.push_back(builder.alloc(fixed_size));
    for (; !stack.empty(); stack.pop_back()) builder.free(stack.back());
  }
  return std::move(builder).finish();
}

Program make_fifo(u64 depth, u64 operations) {
  Builder builder("fifo-64", Group::generated);
  std::deque<u32> queue;
  for (u64 i = 0; i < depth; ++i) queue.push_back(builder.alloc(fixed_size));
  builder.begin_body();
  for (u64 done = 0; done < operations; done += 2) {
    builder.free(queue.front());
    queue.pop_front();
    queue.push_back(builder.alloc(fixed_size));
  }
  return std::move(builder).finish();
}

Program make_steady(u64 live, u64 operations) {
  Builder builder("steady-" + short_count(live), Group::steady);
  Random random;
  std::vector<u32> slots;
  for (u64 i = 0; i < live; ++i) slots.push_back(builder.alloc(power_law_size(random)));
  // The first blocks lie in the order they came: as many turns as blocks mix them up, untimed.
  const auto turn = [&] {
    u32& slot = slots[random.below(live)];
    builder.free(slot);
    slot = builder.alloc(power_law_size(random));
  };
  for (u64 i = 0; i < live; ++i) turn();
  builder.begin_body();
  for (u64 done = 0; done < operations; done += 2) turn();
  return std::move(builder).finish();
}

Program make_fragmenter(u64 blocks, u64 phases) {
  Builder builder("fragmenter", Group::generated);
  std::vector<u32> kept;
  u64 count = blocks, size = 32;
  for (u64 phase = 0; phase < phases; ++phase, size += 16, count -= count / 4) {
    std::vector<u32> fresh;
    for (u64 i = 0; i < count; ++i) fresh.push_back(builder.alloc(size));
    for (u64 i = 0; i < count; ++i) {
      if (i % 2 == 0) builder.free(fresh[i]);
      if (i % 2 != 0) kept.push_back(fresh[i]);
    }
  }
  for (const u32 slot : kept) builder.free(slot);
  return std::move(builder).finish();
}

}  // namespace mempool::bench
