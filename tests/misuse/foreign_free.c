/*
 * A pointer that no pool has handed out is given back.
 * The exact lines are in expected/foreign_free.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  int local = 0;
  pool_free(pool, &local);
  return errno == EINVAL ? 0 : 1;
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
