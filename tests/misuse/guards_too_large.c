/*
 * Guards of more than four kilobytes are asked for.
 * The exact lines are in expected/guards_too_large.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  pool_enable_guards(pool, 4097);
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
