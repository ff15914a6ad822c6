// Failure injection: the doors, and the count.
#include "faults/inject.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <new>

namespace mempool::tests {

namespace {

bool armed = false;
Failure mode = Failure::never;
std::size_t count = 0;
std::size_t wanted = 0;
long pieces = 0;

bool refused() {
  if (!armed) return false;
  ++count;
  return mode == Failure::once ? count == wanted : mode == Failure::for_ever && count >= wanted;
}

void* taken(void* memory) {
  if (memory != nullptr) ++pieces;
  return memory;
}

}  // namespace

Inject::Inject(Failure failure, std::size_t n) {
  mode = failure;
  wanted = n;
  count = 0;
  armed = true;
}
Inject::~Inject() {
  armed = false;
}
std::size_t Inject::requests() const {
  return count;
}
bool Inject::failed() const {
  return count >= wanted;
}

long outstanding() {
  return pieces;
}

}  // namespace mempool::tests

using namespace mempool::tests;

extern "C" {

void* __real_malloc(std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
void* __real_realloc(void* old, std::size_t size);
void __real_free(void* memory);
void* __real_mmap64(void* at, std::size_t size, int protection, int flags, int fd, off_t offset);
int __real_munmap(void* at, std::size_t size);

void* __wrap_malloc(std::size_t size) {
  if (!refused()) return taken(__real_malloc(size));
  errno = ENOMEM;
  return nullptr;
}

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
  if (!refused()) return taken(__real_aligned_alloc(alignment, size));
  errno = ENOMEM;
  return nullptr;
}

void* __wrap_realloc(void* old, std::size_t size) {
  if (!refused()) {
    void* memory = __real_realloc(old, size);
    if (old == nullptr) taken(memory);
    return memory;
  }
  errno = ENOMEM;
  return nullptr;
}

void __wrap_free(void* memory) {
  if (memory != nullptr) --pieces;
  __real_free(memory);
}

// The name that mmap has where files may be large, as everything here is built.
void* __wrap_mmap64(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) {
  if (!refused()) {
    void* memory = __real_mmap64(at, size, protection, flags, fd, offset);
    if (memory != MAP_FAILED) ++pieces;
    return memory;
  }
  errno = ENOMEM;
  return MAP_FAILED;
}

int __wrap_munmap(void* at, std::size_t size) {
  --pieces;
  return __real_munmap(at, size);
}
}

void* operator new(std::size_t size) {
  if (refused()) throw std::bad_alloc();
  void* memory = __real_malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return taken(memory);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  if (refused()) throw std::bad_alloc();
  const auto step = static_cast<std::size_t>(alignment);
  void* memory = __real_aligned_alloc(step, (size + step - 1) / step * step);
  if (memory == nullptr) throw std::bad_alloc();
  return taken(memory);
}
void operator delete(void* memory) noexcept {
  __wrap_free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  __wrap_free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  __wrap_free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  __wrap_free(memory);
}
