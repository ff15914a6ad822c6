/*
 * A block of one pool is given to another.
 * The exact lines are in expected/wrong_pool.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  MemoryPool *other = pool_create(1000);
  void *p = pool_alloc(other, 40);
  pool_free(pool, p);
  if (errno != EINVAL || !pool_owns(other, p)) return 1;
  pool_free(other, p);
  pool_destroy(other);
  return 0;
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
