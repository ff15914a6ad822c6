// Seven pools of every kind, for the debugger to look at: it stops in looked_at(). Then the program
// tells the same by itself, to be compared: pool_walk() on standard output, reports on standard
// error when the pools are destroyed, and the logs that the library writes of each pool.
//
//     pools PREFIX [damage]     logs PREFIX1.jsonl ...; damage: first some bytes are overwritten
//
// It keeps what it needs in variables with names, which the tests use.
#include <mempool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { pools = 7, many = 150, large = 1500000 };

static MemoryPool* all[pools];
static _Alignas(64) char buffer[2000];
static char *hello, *kept, *stale;

void looked_at(void);
__attribute__((noinline)) void looked_at(void) {
  __asm__ volatile("" ::: "memory");
}

static MemoryPool* open_pool(size_t size, const char* name, size_t align, int policy,
                             size_t guards) {
  pool_options options = {.struct_size = sizeof options, .name = name, .align = align};
  options.policy = policy;
  options.guards = guards;
  options.errors = POOL_ERRORS_REPORT;
  if (name != NULL && strcmp(name, "waiting") == 0) {
    options.poison = POOL_ON;
    options.quarantine = 400;
  }
  if (name != NULL && strcmp(name, "buffer") == 0)
    return pool_create_in(buffer, sizeof buffer, &options);
  return pool_create_with(size, &options);
}

// Blocks of different sizes; every third one is given back. Returns the third.
static char* fill(MemoryPool* pool, int blocks, size_t step) {
  char* held[many];
  for (int i = 0; i < blocks; ++i) {
    const size_t size = (size_t)(i * 37 % 90) + step;
    held[i] = pool_alloc(pool, size);
    if (held[i] != NULL) memset(held[i], 'a' + i % 26, size);
  }
  for (int i = 1; i < blocks; i += 3) pool_free(pool, held[i]);
  return held[2];
}

static int print_block(const pool_block* block, void* user) {
  printf("walk %d %llu %llu %d %lld %lld %llu %llu\n", *(int*)user,
         (unsigned long long)block->offset, (unsigned long long)block->size, block->used,
         (long long)block->number, (long long)block->payload_offset,
         (unsigned long long)block->requested, (unsigned long long)block->guard);
  return 0;
}

static void tell(const char* prefix) {
  char path[4096];
  for (int i = 0; i < pools; ++i) {
    int number = i + 1;
    pool_walk(all[i], print_block, &number);
    snprintf(path, sizeof path, "%s%d.jsonl", prefix, number);
    if (pool_log_open(all[i], path) != 0) perror(path);
    pool_dump(all[i]);
    pool_check(all[i], NULL, NULL);
    pool_log_close(all[i]);
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  all[0] = open_pool(1000, "net", 0, 0, 8);
  all[1] = open_pool(1000, "bytes", 1, POOL_BEST, 3);
  all[2] = open_pool(9000, "coarse \"64\"", 64, POOL_WORST, 100);
  all[3] = open_pool(4000, "waiting", 0, POOL_NEXT, 0);
  all[4] = open_pool(40000, NULL, 8, POOL_GOOD, 0);
  all[5] = open_pool(0, "buffer", 32, 0, 0);
  all[6] = open_pool(5000000, "empty", 4096, 0, 0);
  hello = POOL_ALLOC(all[0], 13);
  strcpy(hello, "hello, gdb!!");
  stale = pool_alloc(all[0], 40);
  kept = pool_alloc(all[0], 100);
  memset(kept, 'k', 100);
  pool_free(all[0], stale);
  char* third = fill(all[1], 7, 1);
  fill(all[2], 5, 200);
  fill(all[3], 12, 20);
  fill(all[4], many, 10);
  fill(all[5], 9, 4);
  char* late = pool_alloc(all[3], 64);
  memset(pool_alloc(all[4], 10000), 'z', 10000);  // more than one event tells
  pool_free(all[5], POOL_ALLOC(all[5], 24));      // its record is the next one's
  memset(pool_alloc(all[5], 24), 'p', 24);
  if (argc > 2) {
    hello[13] = 'X';
    hello[15] = '\0';
    kept[-1] = 7;
    memset(third + pool_usable_size(all[1], third), '!', 4);  // over two guards
    pool_free(all[3], late);
    late[3] = 'L';
    memset(pool_alloc(all[6], large), 'l', large);  // more than a log tells
  }
  looked_at();
  tell(argv[1]);
  for (int i = 0; i < pools; ++i) pool_destroy(all[i]);
  return 0;
}
