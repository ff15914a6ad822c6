/*
 * pool_test: the demo driver. Three short scenes, with a dump after each step:
 *
 *   1. a pool of 1000 bytes is filled to the last byte, over-filled, freed and filled again;
 *   2. external fragmentation: 360 bytes are free and 150 cannot be had;
 *   3. guards: damage is found, and guards stay on while blocks live.
 *
 * It is a user of the library like any other: it includes <mempool.h> and links libmempool.
 *
 *   ./pool_test                              watch the dumps (they go to stderr)
 *   MEMPOOL_LOG=run.jsonl ./pool_test        leave a log
 *   ./mempool-viz diagram run.jsonl --pool 2 -o fragmentation.svg     draw it
 */
#include <errno.h>
#include <mempool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(MemoryPool *pool, const char *what)
{
  fprintf(stderr, "\n-- %s\n", what);
  pool_note(pool, what);
}

static void require(int condition, const char *what)
{
  if (condition) return;
  fprintf(stderr, "pool_test: expected: %s\n", what);
  exit(1);
}

/* Alignment 1 makes the arithmetic of a lesson exact: no byte is lost to rounding. */
static MemoryPool *lesson_pool(const char *name)
{
  pool_options options = {0};
  options.struct_size = sizeof options;
  options.align = 1;
  options.fill = POOL_ON; /* fresh payload '0', freed payload '.' */
  options.name = name;
  MemoryPool *pool = pool_create_with(1000, &options);
  if (pool == NULL) {
    perror("pool_test: pool_create_with");
    exit(1);
  }
  return pool;
}

static void *take(MemoryPool *pool, size_t size, char letter)
{
  char *p = pool_alloc(pool, size);
  if (p != NULL) memset(p, letter, size);
  return p;
}

static void scene_fill(void)
{
  MemoryPool *pool = lesson_pool("fill");
  const size_t sizes[] = {100, 200, 300, 400};
  void *blocks[4];

  say(pool, "100 + 200 + 300 + 400 bytes fill 1000 exactly");
  for (int i = 0; i < 4; ++i) {
    blocks[i] = take(pool, sizes[i], (char)('a' + i));
    require(blocks[i] != NULL, "every block fits");
    pool_dump(pool);
  }

  say(pool, "one byte more cannot be had");
  require(take(pool, 1, 'x') == NULL && errno == ENOMEM, "NULL and ENOMEM when the pool is full");
  pool_dump(pool);

  say(pool, "the 200 and the 300 are freed: neighbours, so they coalesce to 500");
  pool_free(pool, blocks[1]);
  pool_dump(pool);
  pool_free(pool, blocks[2]);
  pool_dump(pool);

  say(pool, "450 bytes go where the 200 and the 300 were");
  blocks[1] = take(pool, 450, 'e');
  require(blocks[1] == (char *)blocks[0] + 100, "first fit takes the lowest address that fits");
  pool_dump(pool);

  pool_free(pool, blocks[0]);
  pool_free(pool, blocks[1]);
  pool_free(pool, blocks[3]);
  say(pool, "everything is freed: one free block of 1000 bytes again");
  pool_dump(pool);
  pool_destroy(pool);
}

static void scene_fragmentation(void)
{
  MemoryPool *pool = lesson_pool("fragmentation");
  void *blocks[7];

  say(pool, "5 x 120 + 2 x 200 bytes fill 1000 exactly");
  for (int i = 0; i < 7; ++i) blocks[i] = take(pool, i < 5 ? 120 : 200, (char)('a' + i));
  pool_dump(pool);

  say(pool, "the first, third and fifth are freed: 360 bytes are free, in three pieces");
  for (int i = 0; i < 5; i += 2) pool_free(pool, blocks[i]);
  pool_dump(pool);

  say(pool, "150 bytes fail with 360 free: external fragmentation");
  require(take(pool, 150, 'x') == NULL, "no free block has 150 bytes");
  pool_dump(pool);

  say(pool, "freeing the second coalesces three pieces; now 150 fit");
  pool_free(pool, blocks[1]);
  blocks[0] = take(pool, 150, 'h');
  require(blocks[0] != NULL, "150 bytes fit after the coalescing");
  pool_dump(pool);

  pool_free(pool, blocks[0]);
  pool_free(pool, blocks[3]);
  pool_free(pool, blocks[5]);
  pool_free(pool, blocks[6]);
  pool_destroy(pool);
}

static void scene_guards(void)
{
  MemoryPool *pool = lesson_pool("guards");

  say(pool, "guards of 8 bytes around every later block");
  pool_enable_guards(pool, 8);
  char *a = take(pool, 48, 'a');
  char *b = take(pool, 48, 'b');
  require(a != NULL && b != NULL, "both blocks fit");
  pool_dump(pool);

  say(pool, "a write runs 3 bytes over the end of the first block");
  memset(a + 48, 'X', 3);
  pool_note(pool, "the overrun has happened; nobody has looked yet");
  pool_dump(pool);

  say(pool, "disabling the guards is refused while blocks live");
  require(pool_disable_guards(pool) == 0 && errno == EBUSY, "0 and EBUSY");

  say(pool, "the damage is found when the block is freed");
  errno = 0;
  pool_free(pool, a);
  require(errno == EFAULT, "EFAULT for a damaged guard");
  pool_free(pool, b);
  pool_dump(pool);

  say(pool, "no block lives any more: guards can be disabled");
  require(pool_disable_guards(pool) == 1, "1 when nothing is live");
  pool_destroy(pool);
}

int main(void)
{
  fprintf(stderr, "Mempool %s\n", pool_version());
  scene_fill();
  scene_fragmentation();
  scene_guards();
  fprintf(stderr, "\npool_test: every scene went as it should\n");
  return 0;
}
