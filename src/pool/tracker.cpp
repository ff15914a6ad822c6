// Tracker: the words that AddressSanitizer and Valgrind understand.
#include "pool/tracker.hpp"

#ifdef MEMPOOL_VALGRIND
#include <valgrind/memcheck.h>
#endif

extern "C" {
[[gnu::weak]] void __asan_poison_memory_region(const volatile void* from, std::size_t size);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* from, std::size_t size);
[[gnu::weak]] int __asan_address_is_poisoned(const volatile void* at);
}

namespace mempool {

namespace {

constexpr u64 finest = 8;  // bytes that AddressSanitizer tells apart

bool has_address_sanitizer() {
  return &__asan_poison_memory_region != nullptr && &__asan_unpoison_memory_region != nullptr &&
         &__asan_address_is_poisoned != nullptr;
}

/// It is there, and listens: ASAN_OPTIONS=allow_user_poisoning=0 says not to.
bool listens(const u8* region, u64 size) {
  if (!has_address_sanitizer()) return false;
  __asan_poison_memory_region(region, size);
  return __asan_address_is_poisoned(region) != 0;
}

/// Only Memcheck answers this; to Valgrind's other tools, and outside of it, it is nothing.
bool on_memcheck() {
#ifdef MEMPOOL_VALGRIND
  unsigned char byte = 0, bits = 0;
  return VALGRIND_GET_VBITS(&byte, &bits, 1) == 1;
#else
  return false;
#endif
}

}  // namespace

void Tracker::open(const u8* region, u64 capacity, u64 align) {
  if (align < finest || (!listens(region, capacity) && !on_memcheck())) return;
  region_ = region;
  capacity_ = capacity;
#ifdef MEMPOOL_VALGRIND
  VALGRIND_CREATE_MEMPOOL(region_, 0, 0);  // nothing around a block is closed: it is a neighbour's
#endif
  lock_range(region_, capacity_);
}

void Tracker::close() {
  if (!active()) return;
#ifdef MEMPOOL_VALGRIND
  VALGRIND_DESTROY_MEMPOOL(region_);
#endif
  unlock_range(region_, capacity_);
  region_ = nullptr;
}

void Tracker::take(const u8* payload, u64 size) const {
  if (!active()) return;
  unlock_range(payload, size);
#ifdef MEMPOOL_VALGRIND
  VALGRIND_MEMPOOL_ALLOC(region_, payload, size);
#endif
}

void Tracker::give_all() const {
#ifdef MEMPOOL_VALGRIND
  if (active()) VALGRIND_MEMPOOL_TRIM(region_, region_, 0);
#endif
}

void Tracker::give(const u8* payload) const {
  static_cast<void>(payload);
#ifdef MEMPOOL_VALGRIND
  if (active()) VALGRIND_MEMPOOL_FREE(region_, payload);
#endif
}

void Tracker::resize(const u8* payload, u64 old_size, u64 size) const {
  if (!active()) return;
#ifdef MEMPOOL_VALGRIND
  VALGRIND_MEMPOOL_CHANGE(region_, payload, payload, size);
  if (size > old_size) VALGRIND_MAKE_MEM_UNDEFINED(payload + old_size, size - old_size);
#endif
  if (size > old_size && has_address_sanitizer()) {
    __asan_unpoison_memory_region(payload + old_size, size - old_size);
  }
}

void Tracker::unlock_range(const u8* from, u64 size) const {
  if (has_address_sanitizer()) __asan_unpoison_memory_region(from, size);
#ifdef MEMPOOL_VALGRIND
  VALGRIND_MAKE_MEM_DEFINED(from, size);
#endif
}

void Tracker::lock_range(const u8* from, u64 size) const {
  if (has_address_sanitizer()) __asan_poison_memory_region(from, size);
#ifdef MEMPOOL_VALGRIND
  VALGRIND_MAKE_MEM_NOACCESS(from, size);
#endif
}

}  // namespace mempool
