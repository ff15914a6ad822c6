// OffsetMap: rows in the order of their offsets. A container like std::map<u64, T>, made for a
// million rows; it knows nothing of pools.
//
//     first_     0           512          2048        offset that each page begins with
//     pages_   [ 0 48 96 ] [ 512 528 ] [ 2048 ... ]   offsets in order, each with its row's handle
//     rows_      { } { } { } { } ...                  in any order; a row stays where it is
//
// A search is one in first_ and one in a page, so it touches little memory; an insertion moves
// offsets within one page. A handle leads to its row without a search as long as the row is there.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/units.hpp"
#include "model/large_pages.hpp"

namespace mempool::viz {

template <class T>
class OffsetMap {
 public:
  using Handle = u32;

  /// What an iterator yields, as that of a map: its offset and the row.
  template <class Row>
  struct Entry {
    u64 first;
    Row& second;
    const Entry* operator->() const { return this; }
  };

  template <class Map, class Row>
  class Iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = Entry<Row>;
    using difference_type = std::ptrdiff_t;
    using pointer = Entry<Row>;
    using reference = Entry<Row>;

    Iterator() = default;
    Iterator(Map* map, std::size_t page, u32 slot) : map_(map), page_(page), slot_(slot) {}
    /// An iterator serves as a const_iterator.
    operator Iterator<const OffsetMap, const T>() const requires(!std::is_const_v<Map>) {
      return {map_, page_, slot_};
    }

    Entry<Row> operator*() const {
      const Page& page = map_->page(page_);
      return {page.offsets[slot_], map_->rows_[page.rows[slot_]]};
    }
    Entry<Row> operator->() const { return **this; }
    Iterator& operator++() {
      if (++slot_ == map_->page(page_).count) *this = {map_, page_ + 1, 0};
      return *this;
    }
    Iterator& operator--() {
      if (slot_ == 0) *this = {map_, page_ - 1, map_->page(page_ - 1).count};
      --slot_;
      return *this;
    }
    Iterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    Iterator operator--(int) { return std::exchange(*this, std::prev(*this)); }
    bool operator==(const Iterator&) const = default;

   private:
    friend class OffsetMap;
    Map* map_ = nullptr;
    std::size_t page_ = 0;
    u32 slot_ = 0;
  };
  using iterator = Iterator<OffsetMap, T>;
  using const_iterator = Iterator<const OffsetMap, const T>;

  [[nodiscard]] std::size_t size() const { return rows_.size() - unused_rows_.size(); }
  [[nodiscard]] bool empty() const { return first_.empty(); }
  void clear() { *this = OffsetMap(); }
  void reserve(std::size_t rows) { rows_.reserve(rows); }

  [[nodiscard]] iterator begin() { return {this, 0, 0}; }
  [[nodiscard]] iterator end() { return {this, first_.size(), 0}; }
  [[nodiscard]] const_iterator begin() const { return {this, 0, 0}; }
  [[nodiscard]] const_iterator end() const { return {this, first_.size(), 0}; }
  [[nodiscard]] auto rbegin() const { return std::reverse_iterator(end()); }
  [[nodiscard]] auto rend() const { return std::reverse_iterator(begin()); }

  /// The row at offset, or end().
  [[nodiscard]] iterator find(u64 offset) { return exact(*this, lower_bound(offset), offset); }
  [[nodiscard]] const_iterator find(u64 offset) const {
    return exact(*this, lower_bound(offset), offset);
  }
  /// The first row at or behind offset; the first one behind it.
  [[nodiscard]] iterator lower_bound(u64 offset) {
    return in_page<iterator>(*this, find_page(offset), offset);
  }
  [[nodiscard]] const_iterator lower_bound(u64 offset) const {
    return in_page<const_iterator>(*this, search(offset), offset);
  }
  [[nodiscard]] iterator upper_bound(u64 offset) {
    return offset == u64_max ? end() : lower_bound(offset + 1);
  }
  [[nodiscard]] const_iterator upper_bound(u64 offset) const {
    return offset == u64_max ? end() : lower_bound(offset + 1);
  }

  /// Puts a row at offset, in place of the one that is there. Iterators are good no longer, rows
  /// may move in memory.
  iterator insert_or_assign(u64 offset, T row);
  /// Returns the next one. Iterators to rows before it, and all handles but its own, stay good.
  iterator erase(iterator position);

  [[nodiscard]] Handle handle(const_iterator at) const { return page(at.page_).rows[at.slot_]; }
  [[nodiscard]] T& operator[](Handle handle) { return rows_[handle]; }
  [[nodiscard]] const T& operator[](Handle handle) const { return rows_[handle]; }

 private:
  struct Page {
    static constexpr u32 most = 128;
    u32 count = 0;  // never 0 for a page in use
    std::array<u64, most> offsets;
    std::array<Handle, most> rows;

    /// Asks for all of the page's memory at once: a search in it then waits for it once.
    void fetch() const {
      const char* bytes = reinterpret_cast<const char*>(this);
      for (std::size_t i = 0; i < sizeof(Page); i += 64) __builtin_prefetch(bytes + i);
    }
    void insert(u32 slot, u64 offset, Handle row);
    void erase(u32 slot);
    void move_upper_half_to(Page& other);
  };

  [[nodiscard]] const Page& page(std::size_t index) const { return pages_[order_[index]]; }
  [[nodiscard]] Page& page(std::size_t index) { return pages_[order_[index]]; }

  /// The number of offsets of a sorted run that lie before `offset`. Without a branch to
  /// mispredict.
  static std::size_t count_before(const u64* offsets, std::size_t count, u64 offset) {
    const u64* base = offsets;
    while (count > 1) {
      const std::size_t half = count / 2;
      base += half * static_cast<std::size_t>(base[half - 1] < offset);
      count -= half;
    }
    return static_cast<std::size_t>(base - offsets) + (count == 1 && *base < offset ? 1 : 0);
  }
  /// The page that holds offset, or would.
  [[nodiscard]] std::size_t search(u64 offset) const {
    const std::size_t behind =
        offset == u64_max ? first_.size() : count_before(first_.data(), first_.size(), offset + 1);
    return behind == 0 ? 0 : behind - 1;
  }
  /// The same; events that follow each other often concern the same page.
  [[nodiscard]] std::size_t find_page(u64 offset) {
    const bool same_page = last_page_ < first_.size() && first_[last_page_] <= offset &&
                           (last_page_ + 1 == first_.size() || offset < first_[last_page_ + 1]);
    if (!same_page) {
      last_page_ = search(offset);
      if (!first_.empty()) page(last_page_).fetch();
    }
    return last_page_;
  }
  template <class It, class Map>
  static It in_page(Map& map, std::size_t index, u64 offset) {
    if (map.first_.empty()) return map.end();
    const Page& page = map.page(index);
    const auto slot = static_cast<u32>(count_before(page.offsets.data(), page.count, offset));
    return slot == page.count ? It{&map, index + 1, 0} : It{&map, index, slot};
  }
  template <class It, class Map>
  static It exact(Map& map, It at, u64 offset) {
    return at != map.end() && map.page(at.page_).offsets[at.slot_] == offset ? at : map.end();
  }

  void insert_page(std::size_t index, u64 first);
  void erase_page(std::size_t index);
  Handle take_row(T row);

  std::vector<u64> first_;
  std::vector<u32> order_;  // pages in the order of their offsets: indices into pages_
  std::vector<Page, LargePages<Page>> pages_;
  std::vector<T, LargePages<T>> rows_;
  std::vector<u32> unused_pages_;
  std::vector<Handle> unused_rows_;
  std::size_t last_page_ = 0;
};

// ---- a page

template <class T>
void OffsetMap<T>::Page::insert(u32 slot, u64 offset, Handle row) {
  std::copy_backward(offsets.begin() + slot, offsets.begin() + count, offsets.begin() + count + 1);
  std::copy_backward(rows.begin() + slot, rows.begin() + count, rows.begin() + count + 1);
  offsets[slot] = offset;
  rows[slot] = row;
  ++count;
}

template <class T>
void OffsetMap<T>::Page::erase(u32 slot) {
  std::copy(offsets.begin() + slot + 1, offsets.begin() + count, offsets.begin() + slot);
  std::copy(rows.begin() + slot + 1, rows.begin() + count, rows.begin() + slot);
  --count;
}

template <class T>
void OffsetMap<T>::Page::move_upper_half_to(Page& other) {
  const u32 kept = count / 2;
  other.count = count - kept;
  std::copy(offsets.begin() + kept, offsets.begin() + count, other.offsets.begin());
  std::copy(rows.begin() + kept, rows.begin() + count, other.rows.begin());
  count = kept;
}

// ---- pages in order

template <class T>
void OffsetMap<T>::insert_page(std::size_t index, u64 first) {
  u32 id = static_cast<u32>(pages_.size());
  if (unused_pages_.empty()) {
    pages_.emplace_back();
  } else {
    id = unused_pages_.back();
    unused_pages_.pop_back();
  }
  first_.insert(first_.begin() + static_cast<std::ptrdiff_t>(index), first);
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(index), id);
}

template <class T>
void OffsetMap<T>::erase_page(std::size_t index) {
  unused_pages_.push_back(order_[index]);
  first_.erase(first_.begin() + static_cast<std::ptrdiff_t>(index));
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(index));
}

template <class T>
typename OffsetMap<T>::Handle OffsetMap<T>::take_row(T row) {
  if (unused_rows_.empty()) {
    rows_.push_back(std::move(row));
    return static_cast<Handle>(rows_.size() - 1);
  }
  const Handle handle = unused_rows_.back();
  unused_rows_.pop_back();
  rows_[handle] = std::move(row);
  return handle;
}

// ---- changes

template <class T>
typename OffsetMap<T>::iterator OffsetMap<T>::insert_or_assign(u64 offset, T row) {
  if (first_.empty()) insert_page(0, offset);
  std::size_t index = find_page(offset);
  auto slot = static_cast<u32>(count_before(page(index).offsets.data(), page(index).count, offset));
  if (slot < page(index).count && page(index).offsets[slot] == offset) {
    rows_[page(index).rows[slot]] = std::move(row);
    return {this, index, slot};
  }
  if (page(index).count == Page::most) {
    // Rows that come in order fill their pages; else a full page is cut into halves.
    const bool at_the_end = slot == Page::most;
    insert_page(index + 1, offset);
    if (!at_the_end) {
      page(index).move_upper_half_to(page(index + 1));
      first_[index + 1] = page(index + 1).offsets[0];
    }
    const u32 kept = page(index).count;
    if (slot > kept || at_the_end) {
      ++index;
      slot -= kept;
    }
  }
  page(index).insert(slot, offset, take_row(std::move(row)));
  if (slot == 0) first_[index] = offset;
  last_page_ = index;
  return {this, index, slot};
}

template <class T>
typename OffsetMap<T>::iterator OffsetMap<T>::erase(iterator position) {
  const std::size_t index = position.page_;
  const u32 slot = position.slot_;
  Page& page = this->page(index);
  rows_[page.rows[slot]] = T();
  unused_rows_.push_back(page.rows[slot]);
  page.erase(slot);
  if (page.count == 0) {
    erase_page(index);
    return {this, index, 0};
  }
  if (slot == 0) first_[index] = page.offsets[0];
  return slot == page.count ? iterator{this, index + 1, 0} : position;
}

}  // namespace mempool::viz
