/**
 * The stream: one recording that grows, and the only one who writes to it. Slots are taken by an
 * atomic addition and filled through a mapping; nobody ever waits.
 *
 *     mapping   [ header | record record record ....... | not yet in the file ............... ]
 *                                            next ^      ^ ready: the file has blocks up to here
 *
 * The file is given room ahead by fallocate, for writing to a hole of a file on a full disk would
 * be SIGBUS in the program. Whoever finds no room left makes some; two may do so at once. No file
 * stays open: programs close and count theirs.
 */
#ifndef MEMPOOL_RECORD_STREAM_H
#define MEMPOOL_RECORD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "record/format.h"

/* What a stream is begun with. */
struct stream_wish {
  const char* path; /* must not exist yet */
  uint32_t pid, parent, depth, flags;
  uint64_t max_events;
};

/* Creates and maps the file, in place of a stream that a fork has left behind. 0 or errno. */
int stream_open(const struct stream_wish* wish);
/* The header, for counters; valid once a stream was opened. */
struct recording_header* stream_header(void);

/* One more call; false if that is more than were asked for. */
bool stream_counts_call(void);
/* The first of so many slots that lie behind each other; NULL when the file cannot take them. */
struct recording_record* stream_take(uint32_t slots);
/* Fills a slot; it counts from its last word on. */
void stream_fill(struct recording_record* slot, const struct recording_record* record);

static inline uint64_t record_last(uint32_t thread, uint32_t extra, uint32_t log2, uint32_t kind) {
  return thread | (uint64_t)extra << 32 | (uint64_t)log2 << 48 | (uint64_t)kind << 56;
}

#endif
