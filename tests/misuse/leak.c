/*
 * A pool is destroyed while blocks live.
 * The exact lines are in expected/leak.txt.
 */
#include <errno.h>
#include <mempool.h>

static void take(MemoryPool *pool, int size)
{
  if (pool_alloc(pool, (size_t)size) == NULL) errno = ENOMEM;
}

static int misuse(MemoryPool *pool)
{
  for (int i = 0; i < 10; ++i) take(pool, 10 * i);
  pool_destroy(pool);
  return errno == 0 ? 0 : 1;
}

int main(void)
{
  pool_options options = {0};
  options.struct_size = sizeof options;
  options.name = "net";
  MemoryPool *pool = pool_create_with(1000, &options);
  if (pool == NULL) return 2;
  const int answer = misuse(pool);
  return answer;
}
