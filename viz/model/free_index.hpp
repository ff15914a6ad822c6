// FreeIndex: the free blocks, ready to answer which of them a policy takes. For `check` alone.
//
//     pages, each with its first offset and its largest hole:
//     [0, 48][128, 16][320, 80] | [512, 16][640, 32] | ...
//
// policy.hpp defines the policies by walking the whole list; a log of a million allocations wants
// an answer without a walk. Here a search looks at the largest hole of each page, then into one
// page. Best, worst and good fit keep the order they search in besides. Shares nothing with the
// engine's index.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/units.hpp"
#include "model/policy.hpp"

namespace mempool::viz {

struct Hole {
  u64 offset = 0;
  u64 size = 0;
  [[nodiscard]] u64 end() const { return offset + size; }
};

class FreeIndex {
 public:
  explicit FreeIndex(u32 policy = 0) : policy_(policy) {}

  void insert(Hole hole);  // no hole starts there yet
  /// Removes every hole that starts in [first, last].
  void remove(u64 first, u64 last);

  /// The hole that the policy takes from; as choose() of policy.hpp. The cursor is next fit's.
  [[nodiscard]] std::optional<Hole> choose(const Wanted& wanted, u64 cursor) const;
  /// The lowest hole in which the block fits as it lies.
  [[nodiscard]] std::optional<Hole> lowest_that_fits(const Wanted& wanted) const;
  /// The last hole that starts at or before offset.
  [[nodiscard]] std::optional<Hole> at_or_before(u64 offset) const;
  [[nodiscard]] u64 largest() const;
  [[nodiscard]] u64 count() const { return count_; }

 private:
  static constexpr std::size_t most_in_page = 256;
  struct Page {
    std::vector<Hole> holes;  // in address order, never empty
  };
  [[nodiscard]] std::size_t page_of(u64 offset) const;
  template <class Fits>
  [[nodiscard]] std::optional<Hole> lowest(u64 needed, u64 from, Fits fits) const;
  [[nodiscard]] std::optional<Hole> lowest(u64 needed, u64 from) const;
  [[nodiscard]] std::optional<Hole> by_policy(u64 needed, u64 cursor) const;
  [[nodiscard]] std::optional<Hole> next_fit(u64 needed, u64 cursor) const;
  [[nodiscard]] std::optional<Hole> best_fit(u64 needed) const;
  [[nodiscard]] std::optional<Hole> worst_fit(u64 needed) const;
  [[nodiscard]] std::optional<Hole> good_fit(u64 needed) const;
  void describe(std::size_t page);
  void sort_in(Hole hole);
  void sort_out(Hole hole);

  u32 policy_;
  u64 count_ = 0;
  std::vector<Page> pages_;
  std::vector<u64> first_;                                 // of each page: offset of its first hole
  std::vector<u64> largest_;                               // of each page: size of its largest hole
  std::set<std::pair<u64, u64>> by_size_;                  // best, worst: (size, offset)
  std::map<u64, std::set<std::pair<u64, u64>>> by_class_;  // good: class -> (offset, size)
};

}  // namespace mempool::viz
