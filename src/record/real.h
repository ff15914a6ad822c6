/**
 * The real allocator: whatever malloc the program would have without the recorder, be it libc's or
 * one that is preloaded behind it. Nothing is ever served from here but what the search for it asks
 * for: a few bytes out of a static arena.
 */
#ifndef MEMPOOL_RECORD_REAL_H
#define MEMPOOL_RECORD_REAL_H

#include <stdbool.h>
#include <stddef.h>

struct real_allocator {
  void* (*malloc)(size_t);
  void* (*calloc)(size_t, size_t);
  void* (*realloc)(void*, size_t);
  void* (*reallocarray)(void*, size_t, size_t);
  void (*free)(void*);
  int (*posix_memalign)(void**, size_t, size_t);
  void* (*aligned_alloc)(size_t, size_t);
  void* (*memalign)(size_t, size_t);
  void* (*valloc)(size_t);
  void* (*pvalloc)(size_t);
  size_t (*malloc_usable_size)(void*);
};

extern struct real_allocator real;

/* Finds the functions. False while they are being looked for: then boot_alloc() has to serve. */
bool real_is_found(void);

/* The arena for calls from within the search. Blocks are zero, and are never used again. */
void* boot_alloc(size_t size, size_t alignment);
bool boot_owns(const void* block);
size_t boot_size(const void* block);

#endif
