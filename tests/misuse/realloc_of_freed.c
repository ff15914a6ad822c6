/*
 * A block that was given back is resized.
 * The exact lines are in expected/realloc_of_freed.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  void *p = pool_alloc(pool, 40);
  pool_free(pool, p);
  return pool_realloc(pool, p, 80) == NULL && errno == EINVAL ? 0 : 1;
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
