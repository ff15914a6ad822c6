// Watching: the program opens a log by itself, leaves a mark in it, and hears of any write error
// when it closes it.
//
// The environment does the same for a program that knows nothing of logs: MEMPOOL_LOG=run.jsonl.
#include <mempool.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "watch.jsonl";

  //! [open]
  MemoryPool* pool = pool_create(256);
  if (pool_log_open(pool, path) != 0) {
    perror(path);
    return 1;
  }
  //! [open]

  //! [work]
  char* first = pool_alloc(pool, 40);
  char* second = pool_alloc(pool, 24);
  strcpy(first, "what the log shows at the note");
  pool_note(pool, "both are taken");
  pool_free(pool, first);
  pool_free(pool, second);
  //! [work]

  //! [close]
  if (pool_log_close(pool) != 0) {
    perror(path);
    return 1;
  }
  //! [close]
  pool_destroy(pool);
  return 0;
}
