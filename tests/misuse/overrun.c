/*
 * Four bytes are written past the end of a block, one of them as it was.
 * The exact lines are in expected/overrun.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  pool_enable_guards(pool, 8);
  unsigned char *p = pool_alloc(pool, 13);
  p[13] = 0xDE;
  p[14] = 0xAD;
  p[16] = 0xEF;
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
