// First steps: open a pool, take blocks from it, give them back, read the counters.
//
// A user of the library like any other: it includes <mempool.h> and links libmempool, no more.
#include <inttypes.h>
#include <mempool.h>
#include <stdio.h>
#include <string.h>

//! [counters]
static void show(MemoryPool* pool, const char* when) {
  pool_statistics stats = {.struct_size = sizeof stats};
  pool_stats(pool, &stats);
  printf("%-12s %" PRIu64 " blocks live, %4" PRIu64 " bytes free, largest %4" PRIu64 "\n", when,
         stats.live_blocks, stats.free, stats.largest);
}
//! [counters]

int main(void) {
  //! [open]
  MemoryPool* pool = pool_create(1024);
  if (pool == NULL) {
    perror("pool_create");
    return 1;
  }
  //! [open]
  show(pool, "opened");

  //! [take]
  char* name = pool_alloc(pool, 6);
  int* squares = pool_alloc(pool, 10 * sizeof *squares);
  if (name == NULL || squares == NULL) {
    perror("pool_alloc");
    return 1;
  }
  strcpy(name, "Ada L");
  for (int i = 0; i < 10; ++i) squares[i] = i * i;
  //! [take]
  show(pool, "two taken");

  //! [give]
  pool_free(pool, name);
  show(pool, "one back");
  pool_free(pool, squares);
  show(pool, "both back");
  //! [give]

  //! [close]
  pool_destroy(pool);
  //! [close]
  return 0;
}
