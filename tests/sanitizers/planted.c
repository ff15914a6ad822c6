/*
 * One bug, by name: each is a single bad access in a function of its own, so that a report can be
 * held against it. Run under AddressSanitizer and under Valgrind by run.py. `none` is a long legal
 * run, after which nothing may have been said.
 */
#include <mempool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile char sink;

__attribute__((noinline)) static void read_byte(const volatile char *p)
{
  sink = *p;
}

__attribute__((noinline)) static void write_byte(volatile char *p)
{
  *p = 'A';
}

static void overrun_read(MemoryPool *pool)
{
  const char *p = pool_alloc(pool, 13);
  read_byte(p + 13);
}

static void overrun_write(MemoryPool *pool)
{
  char *p = pool_alloc(pool, 13);
  write_byte(p + 13);
}

static void underrun_read(MemoryPool *pool)
{
  pool_enable_guards(pool, 16);
  const char *p = pool_alloc(pool, 13);
  read_byte(p - 1);
}

static void read_after_free(MemoryPool *pool)
{
  char *p = pool_alloc(pool, 100);
  memset(p, 'x', 100);
  pool_free(pool, p);
  read_byte(p + 50);
}

static void write_after_reset(MemoryPool *pool)
{
  char *p = pool_alloc(pool, 100);
  pool_reset(pool);
  write_byte(p);
}

static void read_after_shrink(MemoryPool *pool)
{
  char *p = pool_alloc(pool, 100);
  memset(p, 'x', 100);
  p = pool_realloc(pool, p, 20);
  read_byte(p + 20);
}

static void free_memory_read(MemoryPool *pool)
{
  const char *p = pool_alloc(pool, 100);
  read_byte(p + 1000);
}

/* Only Valgrind sees this one. */
static void uninitialised_read(MemoryPool *pool)
{
  const volatile char *p = pool_alloc(pool, 13);
  if (p[3] == 'x') puts("an x");
}

static void none(MemoryPool *pool)
{
  char *blocks[64] = {0};
  size_t sizes[64] = {0};
  unsigned random = 1;
  for (int i = 0; i < 20000; ++i) {
    random = random * 1664525u + 1013904223u;
    const unsigned at = random >> 26;
    const size_t size = 1 + (random >> 8) % 300;
    if (blocks[at] != NULL && i % 3 == 0) {
      char *moved = pool_realloc(pool, blocks[at], size);
      if (moved == NULL) continue;
      blocks[at] = moved;
      memset(moved, i, sizes[at] = size);
    } else if (blocks[at] != NULL) {
      for (size_t j = 0; j < sizes[at]; ++j) sink = blocks[at][j];
      pool_free(pool, blocks[at]);
      blocks[at] = NULL;
    } else {
      blocks[at] = i % 5 == 0 ? pool_aligned_alloc(pool, 64, size) : pool_alloc(pool, size);
      if (blocks[at] != NULL) memset(blocks[at], i, sizes[at] = size);
    }
    if (i % 1000 == 0) pool_check(pool, NULL, NULL);
    if (i == 5000) pool_enable_guards(pool, 8);
  }
  pool_dump(pool);
  pool_note(pool, "half way");
  pool_reset(pool);
  char *all = pool_calloc(pool, 1, 1000);
  for (int i = 0; i < 1000; ++i)
    if (all[i] != 0) abort();
  pool_free(pool, all);
}

static const struct {
  const char *name;
  void (*plant)(MemoryPool *);
} bugs[] = {
    {"overrun_read", overrun_read},           {"overrun_write", overrun_write},
    {"underrun_read", underrun_read},         {"read_after_free", read_after_free},
    {"write_after_reset", write_after_reset}, {"read_after_shrink", read_after_shrink},
    {"free_memory_read", free_memory_read},   {"uninitialised_read", uninitialised_read},
    {"none", none},
};

int main(int count, char **arguments)
{
  static char buffer[1 << 16];
  const char *wanted = count > 1 ? arguments[1] : "none";
  const int in_buffer = count > 2;
  pool_options options = {0};
  options.struct_size = sizeof options;
  options.errors = POOL_ERRORS_QUIET;
  for (size_t i = 0; i < sizeof bugs / sizeof bugs[0]; ++i) {
    if (strcmp(bugs[i].name, wanted) != 0) continue;
    MemoryPool *pool = in_buffer ? pool_create_in(buffer, sizeof buffer, &options)
                                 : pool_create_with(1 << 16, &options);
    if (pool == NULL) return 2;
    bugs[i].plant(pool);
    pool_destroy(pool);
    memset(buffer, 1, sizeof buffer); /* it is ordinary memory again */
    return 0;
  }
  return 2;
}
