/**
 * @file mempool.h
 * Mempool: a memory-pool allocator you can watch. The C API: the eight functions, then the rest.
 *
 * A pool hands out blocks of one fixed *region*. All bookkeeping is out of band, so nothing that
 * a program writes into its payloads can break the allocator. Watching (events, log) is off until
 * asked for, by option, by environment (`MEMPOOL_LOG=run.jsonl`) or by call.
 *
 * Conventions, for every function:
 *  1. Failure is NULL, 0 or -1 as said below, with the reason in errno. Success leaves errno alone.
 *  2. A NULL pool gives EINVAL and has no effect; so does one of the 16 pools that were destroyed
 *     last, and it is reported. A call from within a sink or an error handler of
 *     the same pool gives EDEADLK and has no effect.
 *  3. Sizes and offsets are bytes. Offsets count from the start of the region.
 *  4. A pool is used by one thread at a time unless its option `thread_safe` is on. Different
 *     pools are independent.
 *  5. What the caller did wrong is *reported* (one summary line on stderr, evidence under it, an
 *     event, the handler) and has no effect; option `errors` makes it fatal or quiet.
 */
#ifndef MEMPOOL_H
#define MEMPOOL_H

#include <mempool/event.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_API __attribute__((visibility("default")))

/** Version of this header, as pool_version() says it. */
#define MEMPOOL_VERSION "0.0.2"

#ifdef __cplusplus
extern "C" {
#endif

/** A pool; only its functions look inside. */
typedef struct MemoryPool MemoryPool;

/**
 * @defgroup mempool_core The eight functions
 * Create a pool, take blocks from it, give them back, look at it, guard it.
 * @{
 */

/**
 * Opens a pool.
 *
 * @param size  bytes wanted for the region; rounded up to the alignment (16 unless the
 *              environment's MEMPOOL_OPTIONS says otherwise)
 * @returns the pool, owned by the caller until pool_destroy();
 *          NULL iff size is 0 (EINVAL) or the memory cannot be had (ENOMEM)
 * @complexity{O(size) at worst, to have the region zeroed}
 * @emits{create}
 */
POOL_API MemoryPool *pool_create(size_t size);

/**
 * Takes @p size bytes.
 *
 * The block is taken where the placement policy says; what the free block has left over is split
 * off. With guards, @p size bytes are usable and the bytes before and after are guard.
 *
 * @param pool  open pool, borrowed
 * @param size  bytes wanted; 0 gives a block of its own that must not be written to
 * @returns first byte, aligned, owned by the caller until pool_free(); the bytes are whatever
 *          stood there. NULL iff no free block fits or no record can be had (ENOMEM)
 * @complexity{O(log n) steps of constant width, n = high-water mark of the region; no list is
 *             walked}
 * @emits{[slab] [split] alloc [guard_write front, back], or alloc_fail}
 */
POOL_API void *pool_alloc(MemoryPool *pool, size_t size);

/**
 * Gives a block back; it coalesces at once with free neighbours.
 *
 * @param pool  open pool, borrowed
 * @param ptr   what pool_alloc() and its kin returned; NULL does nothing
 *
 * errno: kept on success and for NULL. EFAULT when a guard of the block is damaged (reported;
 * the block is freed). EINVAL when ptr is not the start of a live block of this pool: reported as
 * double free, interior, foreign or wrong-pool pointer, and nothing is changed.
 * @complexity{O(log n); with guards, plus the size of the block's guards}
 * @emits{[guard_check front, back] free [coalesce right] [coalesce left], or misuse}
 */
POOL_API void pool_free(MemoryPool *pool, void *ptr);

/**
 * Closes the pool and releases all of its memory. Guards of live blocks are checked; live blocks
 * are reported as leaks. NULL does nothing.
 *
 * @param pool  open pool; gone afterwards, with every pointer into it
 * @complexity{O(live blocks)}
 * @emits{guard_check of every live block's guards, leak for each live block, destroy}
 */
POOL_API void pool_destroy(MemoryPool *pool);

/**
 * Writes the pool to stderr: its statistics, then the region, 64 characters a line. Free bytes
 * are '.', payload and guards are as they are, what is not printable is '~'. Equal lines are
 * folded, and the fold says how many. `mempool-viz dump` draws the annotated form from a log.
 *
 * @param pool  open pool, borrowed
 * @complexity{O(capacity)}
 * @emits{bytes, for the live blocks (up to 1 MiB)}
 */
POOL_API void pool_dump(MemoryPool *pool);

/**
 * Says which version of the library is running.
 * @returns "0.0.2"; static
 */
POOL_API const char *pool_version(void);

/**
 * Puts guards around later allocations. Blocks already live stay valid as they are.
 *
 * @param pool        open pool, borrowed
 * @param guard_size  bytes on either side; 0 = 16; above 4096 is reported (EINVAL), no effect
 * @complexity{O(1)}
 * @emits{guards, or misuse}
 */
POOL_API void pool_enable_guards(MemoryPool *pool, size_t guard_size);

/**
 * Stops putting guards around later allocations, if no block is live.
 *
 * @param pool  open pool, borrowed
 * @returns 1, and guards are off; 0 and EBUSY while blocks are live: nothing is changed
 * @complexity{O(1)}
 * @emits{guards}
 */
POOL_API int pool_disable_guards(MemoryPool *pool);

/** @} */

/**
 * @defgroup mempool_options Options
 * Everything is chosen at run time, by struct or by environment. What the program leaves at its
 * default (0 or NULL), `MEMPOOL_OPTIONS=align=1,guards=8,...` may fill, for every pool of the
 * process. The environment is ignored in setuid programs; unknown keys warn once.
 * @{
 */

/** A switch that can be left alone. */
typedef enum pool_switch {
  POOL_DEFAULT = 0, /**< left to the environment, else the default */
  POOL_ON = 1,
  POOL_OFF = 2
} pool_switch;

/** What happens on misuse, besides the event. */
typedef enum pool_errors {
  POOL_ERRORS_DEFAULT = 0,
  POOL_ERRORS_REPORT = 1, /**< lines on stderr, then the call goes on (the default) */
  POOL_ERRORS_ABORT = 2,  /**< lines on stderr, logs are flushed, abort() */
  POOL_ERRORS_QUIET = 3   /**< no lines */
} pool_errors;

/** When guards and poison are looked at. */
typedef enum pool_checks {
  POOL_CHECK_DEFAULT = 0,
  POOL_CHECK_FREE = 1, /**< a block's guards when it is freed (the default) */
  POOL_CHECK_EVERY = 2 /**< all guards and all poison at every call: narrows damage to one call */
} pool_checks;

/**
 * Options of a pool. Zero the struct, set struct_size, set what matters. Choices are ints, so that
 * a value out of range is refused rather than undefined.
 */
typedef struct pool_options {
  size_t struct_size;      /**< sizeof(pool_options) */
  size_t align;            /**< power of two, 1 to 4096; default 16. Under 8: up to 16 MiB */
  int policy;              /**< a pool_policy; default POOL_FIRST */
  int errors;              /**< a pool_errors; default POOL_ERRORS_REPORT */
  size_t guards;           /**< guard size in bytes, up to 4096; default 0, off */
  size_t records;          /**< slab size; default capacity/256, at least 64 */
  const char *name;        /**< appears in reports and logs; copied; default none */
  const char *log;         /**< path of a log, `%p` = process id; copied; default none */
  size_t flush;            /**< bytes to gather before a write; default 0: one write a call */
  uint64_t max;            /**< stop the log at this size in bytes; default 0, unlimited */
  int fill;                /**< a pool_switch: fresh payload '0', freed '.'; default off */
  int thread_safe;         /**< a pool_switch: one mutex for the pool; default off */
  int clock;               /**< a pool_switch: events carry nanoseconds; default off */
  int debug;               /**< a pool_switch: narrate events on stderr; default off (POOL_DEBUG) */
  size_t ring;             /**< flight recorder: keep the last events, this many; default 0, off */
  int check;               /**< a pool_checks; default POOL_CHECK_FREE */
  int poison;              /**< a pool_switch: free bytes are 0xDD, and verified; default off */
  size_t quarantine;       /**< most bytes of freed blocks kept from reuse; default 0, off */
  int capture;             /**< a pool_switch: tell changed bytes; pools up to 1 MiB; default off */
} pool_options;

/**
 * Opens a pool with options.
 *
 * @param size     as for pool_create()
 * @param options  borrowed for the call; NULL = all defaults
 * @returns the pool; NULL iff size is 0 or an option is out of range (EINVAL), or the memory
 *          cannot be had (ENOMEM). A log that cannot be written does not fail the pool: one
 *          warning on stderr, and the pool goes unwatched.
 * @complexity{as pool_create()}
 * @emits{create}
 */
POOL_API MemoryPool *pool_create_with(size_t size, const pool_options *options);

/**
 * Opens a pool whose region is the caller's memory: a static array, a shared mapping, huge pages.
 * The region begins at the first multiple of the alignment in the buffer; what does not fill a
 * whole granule at either end stays unused. The bookkeeping lies elsewhere, out of band.
 *
 * @param buffer   borrowed until pool_destroy(), which leaves it alone; its bytes are not cleared
 * @param size     bytes of the buffer
 * @param options  as for pool_create_with()
 * @returns as pool_create_with(); EINVAL too when buffer is NULL or holds no whole granule
 * @complexity{as pool_create()}
 * @emits{create}
 */
POOL_API MemoryPool *pool_create_in(void *buffer, size_t size, const pool_options *options);

/** @} */

/**
 * @defgroup mempool_more More ways to allocate
 * @{
 */

/**
 * As pool_alloc(), and the place in the source is kept with the block, for reports and the log.
 * POOL_ALLOC() fills it in.
 *
 * @param pool  open pool, borrowed
 * @param size  as for pool_alloc()
 * @param file  source file, borrowed for the life of the pool (`__FILE__`); NULL = unknown
 * @param line  its line
 * @returns as pool_alloc(); where there is no memory to keep the place, it is forgotten
 * @complexity{as pool_alloc()}
 * @emits{as pool_alloc(), then site}
 */
POOL_API void *pool_alloc_at(MemoryPool *pool, size_t size, const char *file, uint32_t line);
/**
 * As pool_calloc(), with the place in the source: see pool_alloc_at().
 * @param pool   open pool, borrowed
 * @param count  number of elements
 * @param size   bytes of each
 * @param file   source file, borrowed for the life of the pool
 * @param line   its line
 * @returns as pool_calloc()
 * @complexity{as pool_calloc()}
 * @emits{as pool_calloc(), then site}
 */
POOL_API void *pool_calloc_at(MemoryPool *pool, size_t count, size_t size, const char *file,
                              uint32_t line);

/**
 * As pool_aligned_alloc(), with the place in the source: see pool_alloc_at().
 * @param pool       open pool, borrowed
 * @param alignment  as for pool_aligned_alloc()
 * @param size       as for pool_alloc()
 * @param file       source file, borrowed for the life of the pool
 * @param line       its line
 * @returns as pool_aligned_alloc()
 * @complexity{as pool_aligned_alloc()}
 * @emits{as pool_aligned_alloc(), then site}
 */
POOL_API void *pool_aligned_alloc_at(MemoryPool *pool, size_t alignment, size_t size,
                                     const char *file, uint32_t line);

/**
 * As pool_realloc(), with the place in the source: see pool_alloc_at(). It becomes the block's.
 * @param pool  open pool, borrowed
 * @param ptr   as for pool_realloc()
 * @param size  as for pool_realloc()
 * @param file  source file, borrowed for the life of the pool
 * @param line  its line
 * @returns as pool_realloc()
 * @complexity{as pool_realloc()}
 * @emits{as pool_realloc(), site behind the block's new place}
 */
POOL_API void *pool_realloc_at(MemoryPool *pool, void *ptr, size_t size, const char *file,
                               uint32_t line);

/** pool_alloc() that remembers where it was called. */
#define POOL_ALLOC(pool, size) pool_alloc_at((pool), (size), __FILE__, __LINE__)
/** pool_calloc() that remembers where it was called. */
#define POOL_CALLOC(pool, count, size) pool_calloc_at((pool), (count), (size), __FILE__, __LINE__)
/** pool_aligned_alloc() that remembers where it was called. */
#define POOL_ALIGNED_ALLOC(pool, alignment, size) \
  pool_aligned_alloc_at((pool), (alignment), (size), __FILE__, __LINE__)
/** pool_realloc() that remembers where it was called. */
#define POOL_REALLOC(pool, ptr, size) pool_realloc_at((pool), (ptr), (size), __FILE__, __LINE__)

/**
 * Takes @p count x @p size bytes, zeroed.
 * @param pool   open pool, borrowed
 * @param count  number of elements
 * @param size   bytes of each
 * @returns as pool_alloc(); ENOMEM too when the product overflows
 * @complexity{as pool_alloc(), plus O(count x size)}
 * @emits{as pool_alloc()}
 */
POOL_API void *pool_calloc(MemoryPool *pool, size_t count, size_t size);

/**
 * Takes @p size bytes whose first address is a multiple of @p alignment. With an alignment up to
 * the pool's this is pool_alloc(). Above it, the policy chooses a free block as for a request of
 * `alignment - A` bytes more, so that the gap in front always fits; if no free block is that
 * large, the lowest-address one is taken in which the block fits as it lies. The gap stays free.
 *
 * @param pool       open pool, borrowed
 * @param alignment  power of two, up to 4096; else EINVAL, and no number is used up
 * @param size       as for pool_alloc()
 * @returns as pool_alloc()
 * @complexity{as pool_alloc(); when no free block is large enough for every gap, plus one step
 *             for each free block of the needed size that lies wrong}
 * @emits{[slab] [split: the gap] [split] alloc [guard_write front, back], or alloc_fail}
 */
POOL_API void *pool_aligned_alloc(MemoryPool *pool, size_t alignment, size_t size);

/**
 * Resizes a block, in place where it can: it shrinks by a split, and it grows into a free right
 * neighbour. Else a new block is taken, the payload copied, the old block given back. The
 * allocation keeps its number; in place, the block keeps the guard size it was given.
 *
 * @param pool  open pool, borrowed
 * @param ptr   live block of this pool; NULL: as pool_alloc()
 * @param size  bytes wanted; 0 is refused (EINVAL)
 * @returns the new first byte; NULL (ENOMEM, EINVAL) and the old block stays as it is.
 *          A pointer that is no live block is misuse, as for pool_free()
 * @complexity{as pool_alloc() and pool_free(); plus the bytes copied when the block moves}
 * @emits{in place: [guard_check front, back] resize [guard_write front, back]; moving: [slab]
 *        [split] alloc [guard_write x 2] [guard_check x 2] free [coalesce ...]; or alloc_fail, or
 *        misuse}
 */
POOL_API void *pool_realloc(MemoryPool *pool, void *ptr, size_t size);

/**
 * Makes everything free. Pointers into the pool are dead; guards are not checked; no leak is
 * reported. Guards stay on or off as they are.
 * @param pool  open pool, borrowed
 * @returns 0; -1 for a NULL pool
 * @complexity{O(high-water mark of the metadata), whatever the number of blocks}
 * @emits{reset}
 */
POOL_API int pool_reset(MemoryPool *pool);

/** @} */

/**
 * @defgroup mempool_look Looking at a pool
 * @{
 */

/**
 * Says how many bytes a block may hold: what was asked for, not what it was rounded up to.
 * @param pool  open pool, borrowed
 * @param ptr   live block of this pool
 * @returns the bytes that were asked for; 0 and EINVAL if ptr is not a live block (not reported)
 * @complexity{as pool_owns()}
 */
POOL_API size_t pool_usable_size(MemoryPool *pool, const void *ptr);

/**
 * Says whether a pointer is one that pool_free() would take.
 * @param pool  open pool, borrowed
 * @param ptr   any pointer
 * @returns 1 iff ptr is the start of a live block of this pool, else 0
 * @complexity{O(1), or O(log n) for large guarded blocks}
 */
POOL_API int pool_owns(MemoryPool *pool, const void *ptr);

/** Counters of a pool. Set struct_size before pool_stats(). */
typedef struct pool_statistics {
  size_t struct_size;      /**< sizeof(pool_statistics) */
  uint64_t capacity;       /**< bytes of the region */
  uint64_t free;           /**< bytes in free blocks */
  uint64_t largest;        /**< bytes of the largest free block */
  uint64_t live_blocks;    /**< blocks handed out */
  uint64_t live_bytes;     /**< bytes that were asked for in them */
  uint64_t peak_bytes;     /**< the most live_bytes has been */
  uint64_t allocs;         /**< blocks handed out (a pool_realloc() that moves one is no new one) */
  uint64_t frees;          /**< blocks given back by pool_free() */
  uint64_t failures;       /**< allocations that failed */
  uint64_t misuse;         /**< misuse reported, damaged guards included */
  uint64_t metadata_bytes; /**< bytes used besides the region */
  uint64_t events_dropped; /**< events that could not be written to a log */
  uint64_t record_bytes;   /**< of metadata_bytes: the records of live blocks, 16 bytes each */
  uint64_t quarantined_bytes; /**< bytes of freed blocks that lie in quarantine */
} pool_statistics;

/**
 * Fills in the counters.
 * @param pool   open pool, borrowed
 * @param stats  struct_size set; that many bytes are filled
 * @returns 0; -1 and EINVAL for NULL or a struct_size of 0
 * @complexity{O(log n)}
 */
POOL_API int pool_stats(MemoryPool *pool, pool_statistics *stats);

/** One block, as pool_walk() shows it. */
typedef struct pool_block {
  size_t struct_size;      /**< sizeof(pool_block) */
  int used;                /**< 1 used, 0 free, 2 freed and in quarantine */
  uint64_t offset;         /**< start of the block */
  uint64_t size;           /**< whole block */
  uint64_t number;         /**< allocation number; POOL_NONE if free */
  uint64_t payload_offset; /**< offset of the payload; POOL_NONE if free */
  uint64_t requested;      /**< bytes asked for; 0 if free */
  uint64_t guard;          /**< guard size the block was given; 0 if none */
  void *payload;           /**< what pool_alloc() returned; NULL unless used is 1 */
} pool_block;

/** Sees one block, borrowed for the call; non-zero stops the walk. */
typedef int (*pool_walk_fn)(const pool_block *block, void *user);

/**
 * Shows every block, used and free, in address order.
 * @param pool  open pool, borrowed; it must not be changed from @p fn (EDEADLK)
 * @param fn    called once a block
 * @param user  handed to @p fn
 * @returns 0, or what fn returned to stop; -1 and EINVAL for NULL
 * @complexity{O(blocks)}
 */
POOL_API int pool_walk(MemoryPool *pool, pool_walk_fn fn, void *user);

/** @} */

/**
 * @defgroup mempool_errors Errors and reports
 * @{
 */

/** One violation, with its evidence. Borrowed by handlers; grows at its end, see struct_size. */
typedef struct pool_report {
  size_t struct_size;      /**< sizeof(pool_report) of the library */
  pool_error kind;         /**< what is wrong */
  MemoryPool *pool;        /**< the pool that says so */
  const char *pool_name;   /**< its name, or NULL */
  uint32_t pool_number;    /**< pools of a process are numbered from 1 */
  const void *pointer;     /**< what the caller passed, or the payload of the block concerned */
  uint64_t block;          /**< number of the block concerned, or POOL_NONE */
  uint64_t requested;      /**< bytes it was asked for, or POOL_NONE */
  uint64_t region_offset;  /**< where it points or where the damage starts, or POOL_NONE */
  int64_t offset;          /**< the same place, counted from the block's payload */
  uint64_t length;         /**< bytes from the first to the last damaged byte */
  uint64_t damaged;        /**< bytes that differ */
  uint8_t expected[16];    /**< what should stand there */
  uint8_t found[16];       /**< what stands there */
  size_t shown;            /**< bytes filled in expected and found */
  uint64_t seq;            /**< event that tells of it, or POOL_NONE: nobody watches */
  uint64_t alloc_seq;      /**< event of the block's allocation, or POOL_NONE */
  uint64_t free_seq;       /**< event that freed the block, or POOL_NONE */
  const char *file;        /**< where the block was asked for (POOL_ALLOC()), or NULL */
  uint32_t line;           /**< the line in it */
  uint64_t neighbour;      /**< live block whose guard next to the damage is damaged too: one write
                                may have hit both; or POOL_NONE */
  const char *action;      /**< what the library did about it, in words; static */
} pool_report;

/**
 * Gets a report, when the pool is whole again and its call is as good as done. May return, or leave
 * by longjmp: the pool stays usable (from the same thread; a pool_destroy() that is left so has
 * destroyed nothing). Must not call the pool (EDEADLK).
 */
typedef void (*pool_error_fn)(const pool_report *report, void *user);

/** As pool_error_fn, for pool_check(). */
typedef void (*pool_report_fn)(const pool_report *report, void *user);

/**
 * Sets what is called, besides the event, in place of the lines on stderr.
 * @param pool  open pool, borrowed
 * @param fn    handler; NULL = the default (lines on stderr)
 * @param user  handed to @p fn
 * @returns the handler set before, NULL if it was the default; NULL and EINVAL for a NULL pool
 */
POOL_API pool_error_fn pool_set_error_handler(MemoryPool *pool, pool_error_fn fn, void *user);

/**
 * Looks at everything: the numbered invariants of the bookkeeping, every guard of every live
 * block and, with `poison`, every free byte. Repairs nothing.
 * @param pool  open pool, borrowed
 * @param fn    called for each violation, in address order; may be NULL
 * @param user  handed to @p fn
 * @returns violations found; -1 and EINVAL for a NULL pool
 * @complexity{O(metadata + guards); with `poison`, O(capacity)}
 * @emits{guard_check for every damaged guard, poison_check for every free block that was written
 *        to, check}
 */
POOL_API int pool_check(MemoryPool *pool, pool_report_fn fn, void *user);

/**
 * Says what an error means.
 * @param kind  a pool_error
 * @returns a few words; static, never NULL
 */
POOL_API const char *pool_strerror(int kind);

/** @} */

/**
 * @defgroup mempool_watch Watching
 * @{
 */

struct pool_sink;

/**
 * Says something in the log: a mark that every view shows, with the bytes of the live blocks. They
 * are read as they are: what another thread writes into its block meanwhile may be there by half.
 * @param pool  open pool, borrowed
 * @param text  UTF-8, borrowed; NULL = EINVAL
 * @returns 0; -1 with errno
 * @complexity{O(live bytes) while watched, up to 1 MiB; else O(1)}
 * @emits{note, then bytes of the live blocks}
 */
POOL_API int pool_note(MemoryPool *pool, const char *text);

/**
 * Starts to write this pool's events to a file, `.jsonl` or `.mplog` by its extension, replacing
 * an earlier log of this pool.
 * A pool that is in use starts with a snapshot of its blocks. Pools of one process may share a
 * file; a file that another process writes is refused (EBUSY): put `%p` into the path.
 * @param pool  open pool, borrowed
 * @param path  file to create or replace; `%p` stands for the process id
 * @returns 0; -1 with errno (EINVAL, ENOENT, EISDIR, EACCES, EBUSY, ...): the pool goes unwatched
 * @emits{snapshot, block for each block}
 */
POOL_API int pool_log_open(MemoryPool *pool, const char *path);

/**
 * Ends the log: what is gathered is written, `end` too unless other pools still share the file.
 * @param pool  open pool, borrowed
 * @returns 0; -1 and the errno of the first write that failed since the log was opened (ENOSPC,
 *          ...), or EINVAL if no log is open
 */
POOL_API int pool_log_close(MemoryPool *pool);

/**
 * Writes what the flight recorder (option `ring`) holds to a file of its own: a snapshot of the
 * pool as it was before the oldest call that is kept, then the events. The recorder goes on. On
 * misuse and abort this happens by itself, to the path of the option `log`; such a log goes on at
 * the next misuse.
 * @param pool  open pool, borrowed
 * @param path  file to create or replace, encoding by extension; `%p` stands for the process id;
 *              NULL = what the log of the option `log` does not have yet, at its end
 * @returns 0; -1 with errno: EINVAL when the pool has no recorder or there is no path, EBUSY when
 *          somebody writes that file, ENOSPC, ...
 */
POOL_API int pool_log_save(MemoryPool *pool, const char *path);

/**
 * Sends the events to the program itself, besides any log.
 * @param pool  open pool, borrowed
 * @param sink  copied; NULL takes the sink away
 * @returns 0; -1 and EINVAL
 */
POOL_API int pool_set_sink(MemoryPool *pool, const struct pool_sink *sink);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
