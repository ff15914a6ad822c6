// NumberTable: pages that come and go with their numbers.
#include "model/number_table.hpp"

namespace mempool::viz {

u32 NumberTable::find_beyond(u64 number) const {
  const auto it = beyond_.find(number);
  return it == beyond_.end() ? none : it->second;
}

u32 NumberTable::take_page() {
  if (unused_pages_.empty()) {
    pages_.emplace_back();
    used_.push_back(0);
    unused_pages_.push_back(static_cast<u32>(pages_.size() - 1));
  }
  const u32 page = unused_pages_.back();
  unused_pages_.pop_back();
  pages_[page].fill(none);
  return page;
}

void NumberTable::set(u64 number, u32 value) {
  if (number >= counted) {
    beyond_[number] = value;
    return;
  }
  const u64 index = number / page_size;
  if (index >= directory_.size()) directory_.resize(index + 1, none);
  if (directory_[index] == none) directory_[index] = take_page();
  u32& kept = pages_[directory_[index]][number % page_size];
  used_[directory_[index]] += kept == none ? 1 : 0;
  kept = value;
}

void NumberTable::erase(u64 number) {
  if (find(number) == none) return;
  if (number >= counted) {
    beyond_.erase(number);
    return;
  }
  u32& page = directory_[number / page_size];
  pages_[page][number % page_size] = none;
  if (--used_[page] != 0) return;
  unused_pages_.push_back(page);
  page = none;
}

}  // namespace mempool::viz
