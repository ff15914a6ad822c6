/**
 * Finding the real allocator by dlsym(), which may itself allocate: see real.h.
 *
 *     arena  [ size 16 ][ block ......... ][ size 16 ][ block ... ]
 */
#include "record/real.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

struct real_allocator real;

enum { boot_header = 16, boot_bytes = 64 << 10 };

static _Alignas(16) unsigned char arena[boot_bytes];
static _Atomic size_t arena_used;

static atomic_int found;
static __thread int looking __attribute__((tls_model("initial-exec")));

static void find(void* function, const char* name) {
  void* address = dlsym(RTLD_NEXT, name);
  memcpy(function, &address, sizeof address);
}

bool real_is_found(void) {
  if (atomic_load_explicit(&found, memory_order_acquire)) return true;
  if (looking) return false;
  looking = 1;
  struct real_allocator made;
  find(&made.malloc, "malloc");
  find(&made.calloc, "calloc");
  find(&made.realloc, "realloc");
  find(&made.reallocarray, "reallocarray");
  find(&made.free, "free");
  find(&made.posix_memalign, "posix_memalign");
  find(&made.aligned_alloc, "aligned_alloc");
  find(&made.memalign, "memalign");
  find(&made.valloc, "valloc");
  find(&made.pvalloc, "pvalloc");
  find(&made.malloc_usable_size, "malloc_usable_size");
  real = made;  // by two threads: the same
  atomic_store_explicit(&found, 1, memory_order_release);
  looking = 0;
  return true;
}

void* boot_alloc(size_t size, size_t alignment) {
  if (size > boot_bytes || alignment > boot_header) return NULL;
  const size_t whole = boot_header + ((size + 15) & ~(size_t)15);
  const size_t at = atomic_fetch_add(&arena_used, whole);
  if (at + whole > boot_bytes) return NULL;
  memcpy(arena + at, &size, sizeof size);
  return arena + at + boot_header;
}

bool boot_owns(const void* block) {
  return (uintptr_t)block - (uintptr_t)arena < boot_bytes;
}

size_t boot_size(const void* block) {
  size_t size = 0;
  memcpy(&size, (const unsigned char*)block - boot_header, sizeof size);
  return size;
}
