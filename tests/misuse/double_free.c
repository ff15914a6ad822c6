/*
 * A block is given back twice.
 * The exact lines are in expected/double_free.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  void *p = pool_alloc(pool, 40);
  pool_free(pool, p);
  pool_free(pool, p);
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
