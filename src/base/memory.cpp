// Memory from the system: small pieces from the C heap (no system call), large ones mapped.
#include "base/memory.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace mempool {

namespace {
constexpr u64 page = 4096;
constexpr u64 largest_heap_piece = 64 * 1024;  // above it, mapping is cheaper than zeroing
}  // namespace

void* allocate(u64 size) noexcept {
  return std::malloc(size);
}
void release(void* memory) noexcept {
  std::free(memory);
}

void* map(u64 size) noexcept {
  if (size <= largest_heap_piece) {
    void* memory = std::aligned_alloc(page, round_up(size, page));
    if (memory != nullptr) std::memset(memory, 0, size);
    return memory;
  }
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap(void* memory, u64 size) noexcept {
  if (memory == nullptr) return;
  if (size <= largest_heap_piece) {
    std::free(memory);
  } else {
    munmap(memory, size);
  }
}

}  // namespace mempool
