// A sink of one's own: the program receives every event as a struct, as it happens.
//
// A sink is called within pool_alloc() and the others, so it only looks: a call to the same pool
// from here would be refused (EDEADLK).
#include <inttypes.h>
#include <mempool.h>
#include <mempool/sink.h>
#include <stdio.h>

//! [sink]
struct counts {
  uint64_t events, splits, coalesced;
};

static void on_event(void* user, const pool_event* event) {
  struct counts* counts = user;
  ++counts->events;
  switch (event->kind) {
    case POOL_EVENT_ALLOC:
      printf("call %" PRIu64 ": #%" PRIu64 " at %" PRIu64 "\n", event->call, event->as.alloc.block,
             event->as.alloc.offset);
      break;
    case POOL_EVENT_FREE:
      printf("call %" PRIu64 ": #%" PRIu64 " is given back\n", event->call, event->as.free.block);
      break;
    case POOL_EVENT_SPLIT: ++counts->splits; break;
    case POOL_EVENT_COALESCE: ++counts->coalesced; break;
    default: break;
  }
}
//! [sink]

int main(void) {
  MemoryPool* pool = pool_create(256);
  if (pool == NULL) return 1;

  //! [attach]
  struct counts counts = {0};
  const pool_sink sink = {.struct_size = sizeof sink, .user = &counts, .event = on_event};
  pool_set_sink(pool, &sink);
  //! [attach]

  //! [work]
  void* a = pool_alloc(pool, 32);
  void* b = pool_alloc(pool, 32);
  pool_free(pool, a);
  pool_free(pool, b);
  //! [work]

  pool_set_sink(pool, NULL);
  printf("%" PRIu64 " splits, %" PRIu64 " times coalesced\n", counts.splits, counts.coalesced);
  pool_destroy(pool);
  return 0;
}
