/*
 * With errors=abort the report is the last thing that happens.
 * The exact lines are in expected/aborting.txt.
 */
#include <errno.h>
#include <mempool.h>
#include <stdlib.h>

static int misuse(MemoryPool *pool)
{
  setenv("MEMPOOL_OPTIONS", "errors=abort,name=strict", 1);
  MemoryPool *strict = pool_create(pool_owns(pool, &errno) ? 1 : 1000);
  pool_free(strict, &errno);
  return 1;
}

int main(void)
{
  pool_options options = {0};
  options.struct_size = sizeof options;
  options.name = "net";
  MemoryPool *pool = pool_create_with(1000, &options);
  if (pool == NULL) return 2;
  const int answer = misuse(pool);
  pool_destroy(pool);
  return answer;
}
