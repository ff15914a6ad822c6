/**
 * The format of a recording: a file for each image of a process, written through a mapping, so that
 * it survives kill -9. It is no log: it tells what a program asked its own malloc for.
 *
 *     0      header: magic, version, pid, counters that grow, program, command line
 *     4096   record 0  [ a .....8 | b .....8 | c .....8 | thread 4 | extra 2 | log2 1 | kind 1 ]
 *     4128   record 1  ...                               ^ written last, in one go
 *
 * All numbers are little-endian. A thread takes the next free slot by one atomic addition, so the
 * order of records is the order of calls, over all threads. A block is told after it is had and
 * before it is given back, so that two live blocks never have one address; a realloc, which does
 * both, has a record before and one after. A record whose kind is 0 was never finished.
 *
 *     malloc p, 24 bytes, called from s    [ p | 24 | s ] kind 1
 *     realloc of p to 64 bytes: q          [ p | 64 | s ] kind 3, [ q | 64 | p ] kind 4
 *     a module, its path of 30 bytes       [ start | end | file offset ] kind 6, extra 30, then
 *                                          [ size | modified | 0 ] kind 8, two of kind 7
 *     the callers of s, innermost first    [ s1 | s2 | s3 ] kind 5, behind the record they are of
 */
#ifndef MEMPOOL_RECORD_FORMAT_H
#define MEMPOOL_RECORD_FORMAT_H

#include <stdint.h>

#define RECORDING_MAGIC "\x89MPREC\r\n" /* eight bytes; a transfer as text would damage them */
#define RECORDING_VERSION 1

enum {
  recording_header_bytes = 4096,
  recording_record_bytes = 32,
  recording_most_frames = 30,
  recording_text_bytes = 24, /* of a text in one record */
  recording_path_at = 512,   /* program, NUL-terminated */
  recording_path_most = 1024,
  recording_command_at = 1536, /* arguments, each NUL-terminated */
  recording_command_most = 2048
};

/* Kinds of records. On disk: append, never reuse. */
enum recording_kind {
  RECORDING_ALLOC =
      1, /* extra = its callers. pointer (0: it failed), size, site; log2 = alignment asked for */
  RECORDING_FREE = 2,         /* pointer, 0, site */
  RECORDING_REALLOC = 3,      /* pointer, size, site: from here on the pointer is nobody's */
  RECORDING_REALLOC_DONE = 4, /* new pointer (0: it failed, the old block lives), size, old one */
  RECORDING_FRAMES = 5,       /* up to three addresses */
  RECORDING_MODULE = 6,       /* start, end, file offset; extra = bytes of the path */
  RECORDING_TEXT = 7,         /* 24 bytes of the path */
  RECORDING_MODULE_FILE = 8   /* size, time of modification */
};

/* Flags of the header. */
enum {
  RECORDING_FORKED = 1,  /* begins where a process forked: blocks of its parent are not in it */
  RECORDING_STOPPED = 2, /* as many events as were asked for */
  RECORDING_NO_ROOM = 4  /* the file could not grow: see error */
};

struct recording_header {
  char magic[8];
  uint32_t version;
  uint32_t record_bytes;
  uint32_t header_bytes;
  uint32_t pid;
  uint32_t parent;
  uint32_t depth; /* most addresses of a call site */
  uint32_t flags;
  uint32_t error; /* errno, with RECORDING_NO_ROOM */
  uint8_t unused_1[88];
  uint64_t next; /* slots taken, those that there was no room for among them; own cache line */
  uint8_t unused_2[56];
  uint64_t dropped;    /* calls that are not in the file */
  uint64_t null_frees; /* free(NULL): no record */
  uint64_t calls;      /* counted when there is a limit */
  uint32_t threads;
  uint8_t unused_3[36];
};

struct recording_record {
  uint64_t a, b, c;
  uint64_t last; /* thread | extra << 32 | log2 << 48 | kind << 56 */
};

#endif
