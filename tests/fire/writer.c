/*
 * A program that others do things to: it is killed, its disk is full, somebody else writes its log.
 * It takes and gives blocks in an order of its own and says which offsets it got, so that runs can
 * be compared; tests/cli/writers.py starts it, with MEMPOOL_LOG. Nothing is wrong in it.
 *
 *     writer CALLS            says the offsets, then how many events were dropped and how the log
 *                             closed
 *     writer CALLS COUNTER    puts the number of finished calls into the first 8 bytes of the file
 *                             COUNTER after each of them, and says nothing
 */
#include <errno.h>
#include <fcntl.h>
#include <mempool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { slots = 64, region_size = 1 << 15 };

static _Alignas(16) unsigned char region[region_size];

static volatile uint64_t *counter_in(const char *path)
{
  const int file = open(path, O_RDWR);
  void *page = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) exit(2);
  return page;
}

/* The offset of a block, or -1; in a run that is only counted nothing is said. */
static void answer(const unsigned char *block, const volatile uint64_t *counter)
{
  if (counter == NULL) printf("%ld\n", block == NULL ? -1L : (long)(block - region));
}

static void work(MemoryPool *pool, uint64_t calls, volatile uint64_t *counter)
{
  unsigned char *blocks[slots] = {0};
  uint64_t random = 1;
  for (uint64_t done = 0; done < calls;) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    unsigned char **block = &blocks[random >> 58];
    if (*block != NULL) {
      pool_free(pool, *block);
      *block = NULL;
    } else {
      *block = pool_alloc(pool, random >> 32 & 1023);
      answer(*block, counter);
    }
    ++done;
    if (counter != NULL) *counter = done;
  }
}

int main(int argc, char **argv)
{
  if (argc < 2) return 2;
  volatile uint64_t *counter = argc > 2 ? counter_in(argv[2]) : NULL;
  MemoryPool *pool = pool_create_in(region, sizeof region, NULL);
  if (pool == NULL) return 2;
  work(pool, strtoull(argv[1], NULL, 10), counter);
  if (counter != NULL) return 0;
  errno = 0;
  const char *closed = pool_log_close(pool) == 0 ? "whole" : strerror(errno);
  pool_statistics stats = {0};
  stats.struct_size = sizeof stats;
  pool_stats(pool, &stats);
  printf("dropped %llu\nlog %s\n", (unsigned long long)stats.events_dropped, closed);
  pool_destroy(pool);
  return 0;
}
