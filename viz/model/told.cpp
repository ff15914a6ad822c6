// Told: pages of told bytes, spans of what frees left behind.
#include "model/told.hpp"

#include <algorithm>
#include <cstring>

namespace mempool::viz {

namespace {

/// Calls visit(page number, first byte in the page, bytes, bytes done before) for each page.
template <class Visit>
void each_page(u64 offset, u64 size, Visit visit) {
  for (u64 done = 0; done < size;) {
    const u64 in_page = (offset + done) % Told::page_size;
    const u64 count = std::min(size - done, Told::page_size - in_page);
    visit((offset + done) / Told::page_size, in_page, count, done);
    done += count;
  }
}

bool get_bit(const auto& bits, u64 i) {
  return (bits[i / 64] >> (i % 64) & 1) != 0;
}

void set_bits(auto& bits, u64 first, u64 count, bool value) {
  for (u64 i = first; i < first + count;) {
    const u64 in_word = i % 64;
    const u64 n = std::min(first + count - i, 64 - in_word);
    const u64 mask = (n == 64 ? u64_max : (u64{1} << n) - 1) << in_word;
    bits[i / 64] = value ? bits[i / 64] | mask : bits[i / 64] & ~mask;
    i += n;
  }
}

}  // namespace

void Told::tell(u64 offset, pool_bytes bytes) {
  each_page(offset, bytes.size, [&](u64 page, u64 at, u64 count, u64 done) {
    auto found = pages_.find(page);
    if (found == pages_.end()) {
      if (pages_.size() >= most_pages) return;
      found = pages_.try_emplace(page).first;
    }
    std::memcpy(found->second.value.data() + at, bytes.data + done, count);
    set_bits(found->second.known, at, count, true);
  });
}

void Told::forget(u64 offset, u64 size) {
  if (size == 0) return;
  forget_pages(offset, size);
  forget_spans(offset, size);
}

std::vector<u64> Told::pages_in(u64 offset, u64 size) const {
  std::vector<u64> numbers;
  if (pages_.empty() || size == 0) return numbers;
  const u64 first = offset / page_size;
  const u64 last = (offset + size - 1) / page_size;
  if (last - first < pages_.size()) {
    for (u64 number = first; number <= last; ++number)
      if (pages_.contains(number)) numbers.push_back(number);
  } else {
    for (const auto& [number, page] : pages_)
      if (first <= number && number <= last) numbers.push_back(number);
  }
  return numbers;
}

void Told::forget_pages(u64 offset, u64 size) {
  for (const u64 number : pages_in(offset, size)) {
    const u64 start = number * page_size;
    const u64 first = std::max(offset, start);
    const u64 last = std::min(offset + size, start + page_size);
    set_bits(pages_[number].known, first - start, last - first, false);
  }
}

//  [ kept [ forgotten ]      ]   =>   [ kept ]
//         [ forgotten ] kept ]   =>               [ kept ]
void Told::forget_spans(u64 offset, u64 size) {
  if (spans_.empty()) return;
  const u64 end = offset + size;
  auto span = spans_.upper_bound(offset);
  if (span != spans_.begin()) --span;
  while (span != spans_.end() && span->first < end) {
    const u64 start = span->first;
    const u64 span_end = start + span->second.size;
    const Left what = span->second.what;
    if (span_end > offset && start < offset) span->second.size = offset - start;
    span = span_end > offset && start >= offset ? spans_.erase(span) : std::next(span);
    if (span_end <= end) continue;
    spans_.insert_or_assign(end, Span{span_end - end, what});
    return;  // nothing behind it can lie in the range
  }
}

void Told::leave(u64 offset, u64 size, Left what) {
  if (size != 0) spans_.insert_or_assign(offset, Span{size, what});
}

void Told::copy(u64 from, u64 to, u64 size) {
  for (const u64 number : pages_in(from, size)) {
    const u64 start = std::max(from, number * page_size);
    const u64 end = std::min(from + size, (number + 1) * page_size);
    for (u64 i = start; i < end; ++i)
      if (const std::optional<u8> value = at(i)) tell(to + (i - from), {&*value, 1});
  }
}

void Told::clear() {
  pages_.clear();
  spans_.clear();
}

std::optional<u8> Told::at(u64 offset) const {
  const auto page = pages_.find(offset / page_size);
  const u64 i = offset % page_size;
  if (page == pages_.end() || !get_bit(page->second.known, i)) return std::nullopt;
  return page->second.value[i];
}

Left Told::left(u64 offset) const {
  auto span = spans_.upper_bound(offset);
  if (span == spans_.begin()) return Left::nothing;
  --span;
  return offset - span->first < span->second.size ? span->second.what : Left::nothing;
}

}  // namespace mempool::viz
