/*
 * A pointer into the middle of a block is given back; then the right one, which still works.
 * The exact lines are in expected/interior_free.txt.
 */
#include <errno.h>
#include <mempool.h>

static int misuse(MemoryPool *pool)
{
  char *p = pool_alloc(pool, 40);
  pool_free(pool, p + 7);
  if (errno != EINVAL) return 1;
  errno = 0;
  pool_free(pool, p);
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
  pool_destroy(pool);
  return answer;
}
