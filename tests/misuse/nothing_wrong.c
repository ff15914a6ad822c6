/*
 * Legal use says nothing at all.
 * The exact lines are in expected/nothing_wrong.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  pool_enable_guards(pool, 16);
  for (int round = 0; round < 100; ++round) {
    char *p = pool_calloc(pool, 3, 13);
    p = pool_realloc(pool, p, 100);
    p[99] = 'x';
    pool_free(pool, p);
    pool_free(pool, NULL);
  }
  return pool_check(pool, NULL, NULL);
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
