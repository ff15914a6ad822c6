// Places: a payload at a multiple of its own, a block that is resized where it is, and a pool in
// memory that the program already has.
//
// The log it writes is drawn on the page about placement policies.
#include <mempool.h>
#include <stdint.h>
#include <stdio.h>

//! [memory]
static char memory[512];
//! [memory]

int main(int argc, char** argv) {
  const pool_options options = {.struct_size = sizeof options,
                                .log = argc > 1 ? argv[1] : "places.jsonl"};
  MemoryPool* pool = pool_create_with(1024, &options);
  if (pool == NULL) return 1;

  //! [aligned]
  char* name = pool_alloc(pool, 40);
  char* table = pool_aligned_alloc(pool, 256, 100);
  //! [aligned]
  printf("the table's address is a multiple of 256: %d\n", (uintptr_t)table % 256 == 0);

  //! [resize]
  char* longer = pool_realloc(pool, table, 300);   // grows to the right
  char* shorter = pool_realloc(pool, longer, 60);  // and gives back
  //! [resize]
  printf("it is still where it was: %d\n", shorter == table);

  //! [move]
  char* moved = pool_realloc(pool, name, 400);  // the table is in its way
  //! [move]
  printf("the name has moved: %d\n", moved != name);
  pool_free(pool, moved);
  pool_free(pool, shorter);
  pool_destroy(pool);

  //! [buffer]
  MemoryPool* inside = pool_create_in(memory, sizeof memory, NULL);
  char* block = pool_alloc(inside, 100);
  //! [buffer]
  printf("the block lies in the program's own memory: %d\n",
         memory <= block && block + 100 <= memory + sizeof memory);
  pool_free(inside, block);
  pool_destroy(inside);
  return 0;
}
