// An error handler: the program hears of misuse itself, in place of the lines on stderr.
//
// Whatever the handler does, the misuse had no effect on the pool. A handler may also leave by
// longjmp, or abort; it must not call the pool.
#include <inttypes.h>
#include <mempool.h>
#include <stdio.h>

//! [handler]
static void on_error(const pool_report* report, void* user) {
  ++*(int*)user;
  printf("%s", pool_strerror(report->kind));
  if (report->block != POOL_NONE) printf(", block #%" PRIu64, report->block);
  if (report->region_offset != POOL_NONE) printf(", at %" PRIu64, report->region_offset);
  printf("\n");
}
//! [handler]

int main(void) {
  MemoryPool* pool = pool_create(1024);
  if (pool == NULL) return 1;

  //! [install]
  int errors = 0;
  pool_set_error_handler(pool, on_error, &errors);
  //! [install]

  //! [misuse]
  char* block = pool_alloc(pool, 100);
  pool_free(pool, block + 1);  // not the start of a block
  pool_free(pool, &errors);    // not of this pool
  pool_free(pool, block);      // right
  pool_free(pool, block);      // once too often
  //! [misuse]

  printf("%d errors, %d violations\n", errors, pool_check(pool, NULL, NULL));
  pool_destroy(pool);
  return 0;
}
