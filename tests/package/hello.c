/* A program of somebody else: takes a block, gives it back, says which library it runs
 * with. What it says is tested in each way to build it. */
#include <mempool.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  MemoryPool* pool = pool_create(1000);
  char* name = pool_alloc(pool, 100);
  if (!name || strcmp(pool_version(), MEMPOOL_VERSION) != 0) return 1;
  strcpy(name, "C");
  printf("hello from %s with Mempool %s\n", name, pool_version());
  pool_free(pool, name);
  pool_destroy(pool);
  return 0;
}
