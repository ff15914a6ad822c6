// Growing: an array that doubles with pool_realloc(), zeroed elements, and a pool that is emptied
// all at once.
//
// A block that grows keeps its number, and its bytes; the pointer may change.
#include <mempool.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  MemoryPool* pool = pool_create(4096);
  if (pool == NULL) return 1;

  //! [grow]
  char* text = pool_calloc(pool, 8, 1);
  for (const char* word = "a string that is written letter by letter"; *word; ++word) {
    size_t length = strlen(text);
    if (length + 2 > pool_usable_size(pool, text)) {
      char* longer = pool_realloc(pool, text, 2 * (length + 1));
      if (longer == NULL) return 1;  // text is still whole
      text = longer;
    }
    text[length] = *word;
    text[length + 1] = '\0';
  }
  //! [grow]
  printf("\"%s\": %zu letters in %zu bytes\n", text, strlen(text), pool_usable_size(pool, text));

  //! [owns]
  printf("owned: text %d, text + 1 %d\n", pool_owns(pool, text), pool_owns(pool, text + 1));
  //! [owns]

  //! [reset]
  pool_reset(pool);
  printf("after the reset: text %d\n", pool_owns(pool, text));
  //! [reset]
  pool_destroy(pool);
  return 0;
}
