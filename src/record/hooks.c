/**
 * The functions that a program calls in place of the real ones: each calls the real one and tells
 * the recorder. Nothing is changed, neither blocks nor results nor errno; a block is told after it
 * is had and before it is given back (see format.h).
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "record/real.h"
#include "record/recorder.h"

#define HOOK __attribute__((visibility("default")))
#define CALLER ((uint64_t)(uintptr_t)__builtin_return_address(0))

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* block, size_t size);
void* reallocarray(void* block, size_t count, size_t size);
void free(void* block);
int posix_memalign(void** block, size_t alignment, size_t size);
void* aligned_alloc(size_t alignment, size_t size);
void* memalign(size_t alignment, size_t size);
void* valloc(size_t size);
void* pvalloc(size_t size);
size_t malloc_usable_size(void* block);

/* A real function, called as part of a call that is told by its outermost hook alone. */
#define REALLY(result, call) \
  do {                       \
    ++record_thread.depth;   \
    (result) = (call);       \
    --record_thread.depth;   \
  } while (0)

HOOK void* malloc(size_t size) {
  if (!real_is_found()) return boot_alloc(size, 1);
  void* block = NULL;
  REALLY(block, real.malloc(size));
  if (record_is_on()) record_alloc(block, size, 0, CALLER);
  return block;
}

HOOK void* calloc(size_t count, size_t size) {
  size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) whole = SIZE_MAX;
  if (!real_is_found()) return boot_alloc(whole, 1);
  void* block = NULL;
  REALLY(block, real.calloc(count, size));
  if (record_is_on()) record_alloc(block, whole, 0, CALLER);
  return block;
}

HOOK void free(void* block) {
  if (block == NULL) {
    record_free_of_null();
    return;
  }
  if (boot_owns(block) || !real_is_found()) return;
  if (record_is_on()) record_free(block, CALLER);
  ++record_thread.depth;
  real.free(block);
  --record_thread.depth;
}

/* A block of the arena cannot grow there. */
static void* leave_boot(void* block, size_t size) {
  void* moved = malloc(size);
  const size_t had = boot_size(block);
  if (moved != NULL) memcpy(moved, block, had < size ? had : size);
  return moved;
}

/* Both reallocs: before the block may be gone, and after the new one is had. */
static void* resize(void* block, size_t size, uint64_t caller) {
  if (boot_owns(block)) return leave_boot(block, size);
  if (!real_is_found()) return boot_alloc(size, 1);
  const bool on = record_is_on();
  const bool told = on && block != NULL && record_realloc(block, size, caller);
  void* moved = NULL;
  REALLY(moved, real.realloc(block, size));
  if (told) record_realloc_done(moved, size, block);
  if (on && block == NULL) record_alloc(moved, size, 0, caller);
  return moved;
}

HOOK void* realloc(void* block, size_t size) {
  return resize(block, size, CALLER);
}

HOOK void* reallocarray(void* block, size_t count, size_t size) {
  size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) {
    errno = ENOMEM;
    return NULL;
  }
  return resize(block, whole, CALLER);
}

HOOK int posix_memalign(void** block, size_t alignment, size_t size) {
  if (!real_is_found()) return ENOMEM;
  int error = 0;
  REALLY(error, real.posix_memalign(block, alignment, size));
  if (error != EINVAL && record_is_on())
    record_alloc(error == 0 ? *block : NULL, size, alignment, CALLER);
  return error;
}

static bool is_power_of_two(size_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

HOOK void* aligned_alloc(size_t alignment, size_t size) {
  if (!real_is_found()) return boot_alloc(size, alignment);
  void* block = NULL;
  REALLY(block, real.aligned_alloc(alignment, size));
  if (is_power_of_two(alignment) && record_is_on()) record_alloc(block, size, alignment, CALLER);
  return block;
}

HOOK void* memalign(size_t alignment, size_t size) {
  if (!real_is_found()) return boot_alloc(size, alignment);
  void* block = NULL;
  REALLY(block, real.memalign(alignment, size));
  if (is_power_of_two(alignment) && record_is_on()) record_alloc(block, size, alignment, CALLER);
  return block;
}

static size_t page(void) {
  return (size_t)sysconf(_SC_PAGESIZE);
}

HOOK void* valloc(size_t size) {
  if (!real_is_found()) return NULL;
  void* block = NULL;
  REALLY(block, real.valloc(size));
  if (record_is_on()) record_alloc(block, size, page(), CALLER);
  return block;
}

HOOK void* pvalloc(size_t size) {
  if (!real_is_found()) return NULL;
  void* block = NULL;
  REALLY(block, real.pvalloc(size));
  if (record_is_on()) record_alloc(block, (size + page() - 1) & ~(page() - 1), page(), CALLER);
  return block;
}

HOOK size_t malloc_usable_size(void* block) {
  if (boot_owns(block)) return boot_size(block);
  return real_is_found() ? real.malloc_usable_size(block) : 0;
}
