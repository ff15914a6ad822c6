// Memory from the system: small regions from the C heap (no system call), large ones mapped.
#include "base/memory.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace mempool {

namespace {
constexpr u64 page = 4096;
constexpr u64 largest_heap_region = 64 * 1024;  // above it, mapping is cheaper than zeroing
}  // namespace

void* allocate(u64 size) noexcept {
  return std::malloc(size);
}
void* allocate_zeroed(u64 size) noexcept {
  return std::calloc(size, 1);
}
void release(void* memory) noexcept {
  std::free(memory);
}

void* map_region(u64 size) noexcept {
  if (size <= largest_heap_region) {
    void* region = std::aligned_alloc(page, round_up(size, page));
    if (region != nullptr) std::memset(region, 0, size);
    return region;
  }
  void* region = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return region == MAP_FAILED ? nullptr : region;
}

void unmap_region(void* region, u64 size) noexcept {
  if (size <= largest_heap_region) {
    std::free(region);
  } else {
    munmap(region, size);
  }
}

}  // namespace mempool
