// Fragmentation: 360 bytes are free, and yet 150 cannot be had, because no free block is that
// large.
//
// The pool has an alignment of one byte, so that all sums are exact and can be done in one's head.
#include <inttypes.h>
#include <mempool.h>
#include <stdio.h>

//! [walk]
static int show_block(const pool_block* block, void* user) {
  (void)user;
  if (block->used)
    printf("  #%" PRIu64 " %" PRIu64, block->number, block->size);
  else
    printf("  free %" PRIu64, block->size);
  return 0;
}

static void show(MemoryPool* pool) {
  pool_walk(pool, show_block, NULL);
  printf("\n");
}
//! [walk]

int main(void) {
  //! [open]
  pool_options options = {.struct_size = sizeof options, .align = 1};
  MemoryPool* pool = pool_create_with(1000, &options);
  //! [open]
  if (pool == NULL) return 1;

  //! [fill]
  void* block[7];
  for (int i = 0; i < 5; ++i) block[i] = pool_alloc(pool, 120);
  for (int i = 5; i < 7; ++i) block[i] = pool_alloc(pool, 200);
  show(pool);
  //! [fill]

  //! [holes]
  pool_free(pool, block[0]);
  pool_free(pool, block[2]);
  pool_free(pool, block[4]);
  show(pool);
  //! [holes]

  //! [fail]
  pool_statistics stats = {.struct_size = sizeof stats};
  pool_stats(pool, &stats);
  printf("%" PRIu64 " free, largest %" PRIu64 "\n", stats.free, stats.largest);
  void* large = pool_alloc(pool, 150);
  printf("150 bytes: %s\n", large ? "there" : "none");
  //! [fail]

  //! [mend]
  pool_free(pool, block[1]);
  show(pool);
  large = pool_alloc(pool, 150);
  show(pool);
  //! [mend]

  pool_free(pool, large);
  pool_free(pool, block[3]);
  pool_free(pool, block[5]);
  pool_free(pool, block[6]);
  pool_destroy(pool);
  return 0;
}
