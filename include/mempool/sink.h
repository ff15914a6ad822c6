/**
 * @file mempool/sink.h
 * Where a pool's events go: the interface that a program implements to receive them.
 *
 * The library's own sinks (log file, narration on stderr, tee) stand behind pool_log_open() and
 * the options `log` and `debug`; this one is for programs that want the events themselves.
 */
#ifndef MEMPOOL_SINK_H
#define MEMPOOL_SINK_H

#include <mempool/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Receives the events of one pool, in order, in the thread that makes the call (under the pool's
 * lock if it is `thread_safe`). A sink must not call back into the pool: such a call is refused
 * with EDEADLK. It must not throw.
 */
typedef struct pool_sink {
  size_t struct_size; /**< sizeof(pool_sink) */
  void *user;         /**< handed to both functions */
  void (*event)(void *user, const pool_event *event); /**< one event, borrowed for the call */
  void (*end_call)(void *user); /**< the API call that emitted the events is over; may be NULL */
} pool_sink;

#ifdef __cplusplus
}
#endif

#endif
