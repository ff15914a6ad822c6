// NumberTable: from an allocation's number to what is kept of it, for live blocks only.
//
// Numbers are counted up from 0 and most of them die young: so they lie in pages, and a page whose
// numbers are all gone is given back. A log may also lie; a number that no counting reaches is
// kept, too, but not in pages.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "base/units.hpp"
#include "model/large_pages.hpp"

namespace mempool::viz {

class NumberTable {
 public:
  static constexpr u32 none = ~u32{0};

  /// What is kept of this number; none if nothing is.
  [[nodiscard]] u32 find(u64 number) const {
    if (number >= counted) return find_beyond(number);
    const u64 index = number / page_size;
    if (index >= directory_.size() || directory_[index] == none) return none;
    return pages_[directory_[index]][number % page_size];
  }
  void set(u64 number, u32 value);
  void erase(u64 number);
  void clear() { *this = NumberTable(); }

 private:
  static constexpr u64 page_size = 1024;
  static constexpr u64 counted = u64{1} << 32;  // numbers from here on are not kept in pages
  using Page = std::array<u32, page_size>;
  [[nodiscard]] u32 find_beyond(u64 number) const;
  [[nodiscard]] u32 take_page();

  std::vector<u32> directory_;  // the page of so many numbers, or none
  std::vector<Page, LargePages<Page>> pages_;
  std::vector<u32> used_;  // of each page: numbers that have a value
  std::vector<u32> unused_pages_;
  std::unordered_map<u64, u32> beyond_;
};

}  // namespace mempool::viz
