// One byte too many: a string of thirteen letters is copied without room for its final zero.
//
// With guards on, the pool finds the byte, says where it lies, and goes on. Without them nothing
// would be seen here: the byte falls into the padding after the block.
#include <errno.h>
#include <mempool.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  //! [overrun]
  MemoryPool* pool = pool_create(1024);
  pool_enable_guards(pool, 8);

  char* greeting = pool_alloc(pool, 13);
  strcpy(greeting, "Hello, world!");  // thirteen letters, and a zero
  //! [overrun]

  //! [check]
  printf("violations: %d\n", pool_check(pool, NULL, NULL));
  //! [check]

  //! [free]
  errno = 0;
  pool_free(pool, greeting);
  printf("errno after pool_free: %s\n", errno == EFAULT ? "EFAULT" : "another");
  //! [free]

  printf("guards off again: %d\n", pool_disable_guards(pool));
  pool_destroy(pool);
  return 0;
}
