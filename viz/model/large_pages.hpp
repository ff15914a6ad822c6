// LargePages: an allocator for tables that may become large and are read here and there. Memory in
// pages of 2 MiB is had with fewer faults and found with fewer look-ups of the processor's than in
// pages of 4 KiB; where the system has none, it is memory as any other.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace mempool::viz {

template <class T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, alignment(bytes));
#ifdef MADV_HUGEPAGE
    if (bytes >= large) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    ::operator delete(memory, alignment(count * sizeof(T)));
  }
  bool operator==(const LargePages&) const {
    return true;
  }

 private:
  static constexpr std::size_t page = std::size_t{2} << 20;
  static constexpr std::size_t large = 2 * page;
  static std::align_val_t alignment(std::size_t bytes) {
    constexpr std::size_t line = 64;
    return std::align_val_t(bytes >= large ? page : line);
  }
};

}  // namespace mempool::viz
