/*
 * A byte is written before the start of a block.
 * The exact lines are in expected/underrun.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  pool_enable_guards(pool, 8);
  char *p = pool_alloc(pool, 32);
  p[-3] = 'u';
  pool_free(pool, p);
  return errno == EFAULT ? 0 : 1;
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
