/**
 * The recorder: whether this process is recorded at all, and what a call comes to.
 *
 *     hooks.c --call--> recorder --records--> stream          session --wishes--> recorder
 *
 * It begins with the first call after libc is set up, before any constructor of the program. A fork
 * is noticed by a page that the kernel gives to a child empty: then the child begins anew, with a
 * recording of its own or none.
 */
#ifndef MEMPOOL_RECORD_RECORDER_H
#define MEMPOOL_RECORD_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a thread knows of itself. */
struct record_thread {
  uint32_t depth;  /* calls of ours that it is in: only the outermost is the program's */
  uint32_t number; /* from 1, in order of appearance; 0: not yet */
};
extern __thread struct record_thread record_thread __attribute__((tls_model("initial-exec")));

enum record_mode {
  RECORD_NONE = 0, /* not begun, or just forked */
  RECORD_BEGINNING,
  RECORD_ON,
  RECORD_FULL, /* calls are counted as dropped */
  RECORD_OFF
};
/* In a page of its own. */
extern volatile uint32_t* record_mode;
extern volatile uint32_t record_no_mode; /* before there is a page */

/* The slow part of record_is_on(). */
bool record_begin(void);

/* Whether a call that begins here is to be told. */
static inline bool record_is_on(void) {
  if (record_thread.depth != 0) return false;
  return __builtin_expect(*record_mode == RECORD_ON, 1) || record_begin();
}

/* What happened. `site` is the address that the hook returns to. */
void record_alloc(const void* block, size_t size, size_t alignment, uint64_t site);
void record_free(const void* block, uint64_t site);
void record_free_of_null(void);
/* Before and after; true: the first was told, so the second has to be. */
bool record_realloc(const void* block, size_t size, uint64_t site);
void record_realloc_done(const void* block, size_t size, const void* old);

#endif
