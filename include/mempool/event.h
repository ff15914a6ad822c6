/**
 * @file mempool/event.h
 * THE list of events: what a pool says about itself, and the only place that says it.
 *
 * The C structs, the JSON names and their order, the reader, the narration and the page
 * docs/log-format all expand the lists below. It is not a logger: it stores and writes nothing.
 *
 *     engine change --explain--> pool_event --sink--> log ... reader --> model --> views
 *
 * Codes are on disk: append, never reuse. A new event is one row in POOL_EVENTS and one
 * POOL_FIELDS_ list; everything that forgets to handle it stops compiling.
 */
#ifndef MEMPOOL_EVENT_H
#define MEMPOOL_EVENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A number that is not known; an OPT field with this value is left out of the log. */
#define POOL_NONE UINT64_MAX

/* ---- words: V(CONSTANT, word, code) ---------------------------------------------------- */

/** Placement policies. */
#define POOL_POLICIES(V)                                                                       \
  V(FIRST, first, 1) V(NEXT, next, 2) V(BEST, best, 3) V(WORST, worst, 4) V(GOOD, good, 5)

/** Sides: of a block, where a guard lies; of a freed block, where its free neighbour lies. */
#define POOL_SIDES(V) V(FRONT, front, 1) V(BACK, back, 2) V(LEFT, left, 3) V(RIGHT, right, 4)

/** Why an allocation failed. */
#define POOL_REASONS(V)                                                                        \
  V(TOO_LARGE, too_large, 1) V(FULL, full, 2) V(NO_RECORD, no_record, 3)                       \
  V(FRAGMENTED, fragmented, 4)

/** What can go wrong with a pool and its caller; pool_strerror() says each in words. */
#define POOL_ERRORS(V)                                                                         \
  V(OVERRUN, overrun, 1) V(UNDERRUN, underrun, 2) V(DOUBLE_FREE, double_free, 3)               \
  V(INTERIOR_FREE, interior_free, 4) V(FOREIGN_FREE, foreign_free, 5)                          \
  V(WRONG_POOL, wrong_pool, 6) V(BAD_ARGUMENT, bad_argument, 7) V(LEAK, leak, 8)               \
  V(METADATA, metadata, 9) V(WRITE_AFTER_FREE, write_after_free, 10)                             \
  V(DEAD_POOL, dead_pool, 11)

#define POOL_WORD_(CONSTANT, word, code) POOL_##CONSTANT = code,
#define POOL_SIDE_WORD_(CONSTANT, word, code) POOL_SIDE_##CONSTANT = code,
#define POOL_FAIL_WORD_(CONSTANT, word, code) POOL_FAIL_##CONSTANT = code,
#define POOL_ERROR_WORD_(CONSTANT, word, code) POOL_ERROR_##CONSTANT = code,

/** Placement policy: which free block serves a request. 0 in an option means the default. */
typedef enum pool_policy { POOL_POLICIES(POOL_WORD_) } pool_policy;
/** Side of a block. */
typedef enum pool_side { POOL_SIDES(POOL_SIDE_WORD_) } pool_side;
/** Reason of a failed allocation. */
typedef enum pool_reason { POOL_REASONS(POOL_FAIL_WORD_) } pool_reason;
/** Kind of error, as in reports and in `misuse` events. */
typedef enum pool_error { POOL_ERRORS(POOL_ERROR_WORD_) } pool_error;

/** A run of bytes, borrowed. */
typedef struct pool_bytes {
  const uint8_t *data; /**< first byte, or NULL */
  size_t size;         /**< bytes */
} pool_bytes;

/* ---- fields: F(TYPE, name, UNIT, meaning) ------------------------------------------------
 * U64    a number                         OPT    a number, left out when POOL_NONE
 * FLAG   true or false                    MARK   true, or left out
 * TEXT   UTF-8, left out when NULL        ADDR   an address, written as "0x..."; OPTADDR: same,
 *                                                left out when POOL_NONE
 * BYTES  lower-case hex, left out when .data is NULL
 * POLICY, SIDE, REASON, ERROR  one of the words above
 */
#define POOL_FIELDS_create(F)                                                                  \
  F(U64, capacity, BYTES, "size of the region")                                                \
  F(U64, align, BYTES, "alignment: every offset and block size is a multiple of it")           \
  F(POLICY, policy, WORD, "placement policy")                                                  \
  F(U64, guards, BYTES, "guard size; 0 means guards are off")                                  \
  F(ADDR, base, ADDRESS, "address of the region; 0x0 in a replay")                             \
  F(TEXT, name, TEXT, "the pool's name, if it has one")                                        \
  F(MARK, fill, FLAG, "fresh payload is filled with '0', freed payload with '.'")             \
  F(MARK, poison, FLAG, "the bytes of free blocks are 0xDD")                                   \
  F(OPT, quarantine, BYTES, "most bytes that freed blocks keep from being used again")         \
  F(MARK, capture, FLAG, "bytes that change are told at every call, wherever they are")        \
  F(TEXT, model, TEXT, "what kind of pool it is, if it is not the library's own")

#define POOL_FIELDS_alloc(F)                                                                   \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block: front guard, payload, back guard and padding")             \
  F(U64, payload, BYTES, "offset of the payload")                                              \
  F(U64, requested, BYTES, "bytes the caller asked for")                                       \
  F(OPT, alignment, BYTES, "asked of pool_aligned_alloc(), if more than the pool's")

#define POOL_FIELDS_alloc_fail(F)                                                              \
  F(U64, block, NUMBER, "allocation number, used up by the failure")                           \
  F(U64, requested, BYTES, "bytes the caller asked for")                                       \
  F(U64, needed, BYTES, "whole block that would have been needed (saturating)")                \
  F(U64, free, BYTES, "free bytes in all")                                                     \
  F(U64, largest, BYTES, "largest free block")                                                 \
  F(REASON, reason, WORD, "why nothing could be had")                                          \
  F(OPT, alignment, BYTES, "asked of pool_aligned_alloc(), if more than the pool's")

#define POOL_FIELDS_split(F)                                                                   \
  F(U64, offset, BYTES, "free block that is cut")                                              \
  F(U64, size, BYTES, "size that is kept, the low part")                                       \
  F(U64, rest_offset, BYTES, "the remainder, a free block")                                    \
  F(U64, rest_size, BYTES, "size of the remainder")

#define POOL_FIELDS_free(F)                                                                    \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block")

#define POOL_FIELDS_coalesce(F)                                                                \
  F(U64, offset, BYTES, "the resulting free block")                                            \
  F(U64, size, BYTES, "its size")                                                              \
  F(U64, with_offset, BYTES, "the free neighbour that is absorbed")                            \
  F(U64, with_size, BYTES, "its size before")                                                  \
  F(SIDE, side, WORD, "where the neighbour lies: left or right of the freed block")

#define POOL_FIELDS_resize(F)                                                                  \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block afterwards")                                                \
  F(U64, old_size, BYTES, "whole block before")                                                \
  F(U64, requested, BYTES, "bytes the caller asked for")                                       \
  F(U64, rest_offset, BYTES, "free block right of it afterwards")                              \
  F(U64, rest_size, BYTES, "its size; 0 means there is none")

#define POOL_FIELDS_guards(F)                                                                  \
  F(FLAG, enabled, FLAG, "guards are on after this call")                                      \
  F(U64, guard_size, BYTES, "guard size after this call; 0 means off")                         \
  F(FLAG, ok, FLAG, "false when the change was refused")

#define POOL_FIELDS_guard_write(F)                                                             \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(SIDE, side, WORD, "front or back of the payload")                                          \
  F(U64, offset, BYTES, "first guard byte")                                                    \
  F(U64, size, BYTES, "guard bytes, padding included")

#define POOL_FIELDS_guard_check(F)                                                             \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(SIDE, side, WORD, "front or back of the payload")                                          \
  F(U64, offset, BYTES, "first guard byte")                                                    \
  F(U64, size, BYTES, "guard bytes, padding included")                                         \
  F(U64, damaged, BYTES, "bytes that differ; 0 means intact")                                  \
  F(OPT, first, BYTES, "offset of the first bad byte, if any")                                 \
  F(BYTES, expected, HEX, "what should stand from there on (at most 16 bytes)")                \
  F(BYTES, found, HEX, "what stands there")

#define POOL_FIELDS_misuse(F)                                                                  \
  F(ERROR, kind, WORD, "kind of misuse")                                                       \
  F(OPT, offset, BYTES, "where the pointer points, if inside the region")                      \
  F(OPTADDR, address, ADDRESS, "the pointer, if it lies outside")                              \
  F(OPT, block, NUMBER, "the block concerned, if known")

#define POOL_FIELDS_slab(F)                                                                    \
  F(U64, records, NUMBER, "records added")                                                     \
  F(FLAG, fallback, FLAG, "true: the preallocated slab was exhausted")

#define POOL_FIELDS_check(F)                                                                   \
  F(U64, blocks, NUMBER, "live blocks looked at")                                              \
  F(U64, violations, NUMBER, "violations found")

#define POOL_FIELDS_bytes(F)                                                                   \
  F(U64, offset, BYTES, "first byte")                                                          \
  F(BYTES, hex, HEX, "the bytes as they are now (at most 4096)")                               \
  F(OPT, left_out, BYTES, "bytes of live blocks left out by the 1 MiB limit, on the last event")

#define POOL_FIELDS_note(F)                                                                    \
  F(TEXT, text, TEXT, "what the program wants to say")                                         \
  F(TEXT, file, TEXT, "source file, if known")                                                 \
  F(OPT, line, NUMBER, "source line, if known")

#define POOL_FIELDS_reset(F)                                                                   \
  F(U64, live_blocks, NUMBER, "blocks that were live")                                         \
  F(U64, live_bytes, BYTES, "bytes they had been asked for")

#define POOL_FIELDS_leak(F)                                                                    \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, requested, BYTES, "bytes the caller asked for")

#define POOL_FIELDS_destroy(F)                                                                 \
  F(U64, live_blocks, NUMBER, "blocks still live")                                             \
  F(U64, live_bytes, BYTES, "bytes they had been asked for")

#define POOL_FIELDS_snapshot(F)                                                                \
  F(U64, capacity, BYTES, "size of the region")                                                \
  F(U64, align, BYTES, "alignment")                                                            \
  F(POLICY, policy, WORD, "placement policy")                                                  \
  F(U64, guards, BYTES, "guard size; 0 means guards are off")                                  \
  F(ADDR, base, ADDRESS, "address of the region; 0x0 in a replay")                             \
  F(TEXT, name, TEXT, "the pool's name, if it has one")                                        \
  F(MARK, fill, FLAG, "payload is filled")                                                     \
  F(U64, allocs, NUMBER, "allocations tried so far: the next number")                          \
  F(U64, blocks, NUMBER, "block events that follow, in address order")                         \
  F(MARK, poison, FLAG, "the bytes of free blocks are 0xDD")                                   \
  F(OPT, quarantine, BYTES, "most bytes that freed blocks keep from being used again")         \
  F(MARK, capture, FLAG, "bytes that change are told at every call, wherever they are")

#define POOL_FIELDS_block(F)                                                                   \
  F(OPT, block, NUMBER, "allocation number; left out for a free block")                        \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block")                                                           \
  F(OPT, payload, BYTES, "offset of the payload")                                              \
  F(OPT, requested, BYTES, "bytes the caller asked for")                                       \
  F(OPT, guard, BYTES, "guard size this block was given")                                      \
  F(MARK, quarantined, FLAG, "it was freed and lies in quarantine")

#define POOL_FIELDS_poison_check(F)                                                            \
  F(U64, offset, BYTES, "first byte that was compared")                                        \
  F(U64, size, BYTES, "bytes compared")                                                        \
  F(U64, damaged, BYTES, "bytes that are not 0xDD; 0 means nobody wrote there")                \
  F(OPT, first, BYTES, "offset of the first bad byte, if any")                                 \
  F(BYTES, expected, HEX, "what should stand from there on (at most 16 bytes)")                \
  F(BYTES, found, HEX, "what stands there")                                                    \
  F(OPT, block, NUMBER, "the allocation that had the first bad byte last, if known")

#define POOL_FIELDS_quarantine(F)                                                              \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block")

#define POOL_FIELDS_release(F)                                                                 \
  F(U64, block, NUMBER, "allocation number it had")                                            \
  F(U64, offset, BYTES, "start of the block")                                                  \
  F(U64, size, BYTES, "whole block")

#define POOL_FIELDS_site(F)                                                                    \
  F(U64, block, NUMBER, "allocation number")                                                   \
  F(TEXT, file, TEXT, "source file of the call")                                               \
  F(U64, line, NUMBER, "its line; 0: not known")

#define POOL_FIELDS_recorded(F)                                                                \
  F(TEXT, program, TEXT, "the program whose recorded calls these are")

#define POOL_FIELDS_dropped(F)                                                                 \
  F(U64, from, NUMBER, "first seq that is missing")                                            \
  F(U64, to, NUMBER, "last seq that is missing")

#define POOL_FIELDS_end(F)                                                                     \
  F(U64, events, NUMBER, "events written before this one")                                     \
  F(U64, dropped, NUMBER, "events that could not be written")

/* ---- events: E(NAME, name, code, narration) ------------------------------------------------
 * In a narration {field} stands for the field's value. Alternatives are parted by '|': the first
 * one whose fields are all present is said; {?field} says nothing but needs the flag to be true
 * or the number not to be 0, {?one>other} needs the one number to be greater than the other.
 * A narration that names an unknown field does not compile.
 */
#define POOL_EVENTS(E)                                                                         \
  E(CREATE, create, 1,                                                                         \
    "pool {name} opens: {capacity} bytes, alignment {align}, {policy} fit, guards of "         \
    "{guards} bytes|"                                                                          \
    "a pool opens: {capacity} bytes, alignment {align}, {policy} fit, guards of {guards} "     \
    "bytes")                                                                                   \
  E(ALLOC, alloc, 2,                                                                           \
    "#{block} takes {size} bytes at {offset}; its {requested} payload bytes start at "         \
    "{payload}, aligned to {alignment}|"                                                       \
    "#{block} takes {size} bytes at {offset}; its {requested} payload bytes start at "         \
    "{payload}")                                                                               \
  E(ALLOC_FAIL, alloc_fail, 3,                                                                 \
    "#{block} cannot be had: {requested} bytes aligned to {alignment} need a block of "        \
    "{needed}, {free} are free, the largest free block has {largest} ({reason})|"              \
    "#{block} cannot be had: {requested} bytes need a block of {needed}, {free} are free, "    \
    "the largest free block has {largest} ({reason})")                                         \
  E(SPLIT, split, 4,                                                                           \
    "the free block at {offset} is cut to {size} bytes; {rest_size} stay free at "             \
    "{rest_offset}")                                                                           \
  E(FREE, free, 5, "#{block} gives back its {size} bytes at {offset}")                         \
  E(COALESCE, coalesce, 6,                                                                     \
    "the freed block coalesces with its {side} neighbour ({with_size} bytes at "               \
    "{with_offset}): one free block of {size} bytes at {offset}")                              \
  E(RESIZE, resize, 7,                                                                         \
    "{?size>old_size}{?rest_size}#{block} at {offset} grows in place from {old_size} to "      \
    "{size} bytes, for {requested} payload bytes; {rest_size} stay free at {rest_offset}|"     \
    "{?size>old_size}#{block} at {offset} grows in place from {old_size} to {size} bytes, "    \
    "for {requested} payload bytes; no free block is left on its right|"                       \
    "{?old_size>size}#{block} at {offset} shrinks in place from {old_size} to {size} "         \
    "bytes, for {requested} payload bytes; {rest_size} are free at {rest_offset}|"             \
    "#{block} at {offset} keeps its {size} bytes in place, for {requested} payload bytes")     \
  E(GUARDS, guards, 8,                                                                         \
    "{?ok}{?enabled}later blocks get guards of {guard_size} bytes|"                            \
    "{?ok}later blocks get no guards|"                                                         \
    "the guards stay as they are: blocks are live")                                            \
  E(GUARD_WRITE, guard_write, 9,                                                               \
    "the {side} guard of #{block} is written: {size} bytes at {offset}")                       \
  E(GUARD_CHECK, guard_check, 10,                                                              \
    "the {side} guard of #{block} is damaged: {damaged} of {size} bytes, first at {first}, "   \
    "expected {expected}, found {found}|"                                                      \
    "{?damaged}the {side} guard of #{block} is damaged: {damaged} of {size} bytes|"            \
    "the {side} guard of #{block} is intact: {size} bytes at {offset}")                        \
  E(MISUSE, misuse, 11,                                                                        \
    "misuse, nothing is changed: {kind} at {offset}, block #{block}|"                          \
    "misuse, nothing is changed: {kind} at {offset}|"                                          \
    "misuse, nothing is changed: {kind} at address {address}|"                                 \
    "misuse, nothing is changed: {kind}")                                                      \
  E(SLAB, slab, 12,                                                                            \
    "{?fallback}the slab is exhausted: {records} records come from a fallback allocation|"     \
    "the slab gets {records} records")                                                         \
  E(CHECK, check, 13, "the pool is checked: {blocks} live blocks, {violations} violations")    \
  E(BYTES, bytes, 14,                                                                          \
    "bytes at {offset} are recorded; {left_out} bytes of live blocks are left out|"            \
    "bytes at {offset} are recorded")                                                          \
  E(NOTE, note, 15, "note at {file}:{line}: {text}|note: {text}|an empty note")                \
  E(RESET, reset, 16,                                                                          \
    "everything is free again; {live_blocks} blocks ({live_bytes} bytes) were live")           \
  E(LEAK, leak, 17, "#{block} at {offset} was never freed: {requested} bytes leak")            \
  E(DESTROY, destroy, 18,                                                                      \
    "the pool is destroyed; {live_blocks} blocks ({live_bytes} bytes) were still live")        \
  E(SNAPSHOT, snapshot, 19,                                                                    \
    "the log opens on a pool in use: {capacity} bytes, {blocks} blocks")                       \
  E(BLOCK, block, 20,                                                                          \
    "{?quarantined}#{block} lies in quarantine: {size} bytes at {offset}|"                     \
    "#{block} is live: {size} bytes at {offset}, {requested} asked for|"                       \
    "{size} bytes are free at {offset}")                                                       \
  E(DROPPED, dropped, 21, "events {from} to {to} could not be written")                        \
  E(END, end, 22, "the log is complete: {events} events, {dropped} dropped")                   \
  E(POISON_CHECK, poison_check, 23,                                                            \
    "write after free: {damaged} of {size} free bytes differ, first at {first}, which was "    \
    "#{block}'s; expected {expected}, found {found}|"                                          \
    "write after free: {damaged} of {size} free bytes differ, first at {first}, expected "     \
    "{expected}, found {found}|"                                                               \
    "{?damaged}write after free: {damaged} of {size} free bytes at {offset} differ|"           \
    "nobody wrote to the {size} free bytes at {offset}")                                       \
  E(QUARANTINE, quarantine, 24,                                                                \
    "#{block} is freed; its {size} bytes at {offset} go into quarantine")                      \
  E(RELEASE, release, 25,                                                                      \
    "the {size} bytes at {offset} that were #{block}'s leave the quarantine")                  \
  E(SITE, site, 26,                                                                            \
    "{?line}#{block} was asked for at {file}:{line}|#{block} was asked for at {file}|"          \
    "#{block} was asked for at line {line}")                                                   \
  E(RECORDED, recorded, 27,                                                                    \
    "these are the recorded calls of {program} in this pool, not its own heap|"                \
    "these are a program's recorded calls in this pool, not its own heap")

/* ---- what follows is made from the lists ---------------------------------------------------- */

#define POOL_CTYPE_U64 uint64_t
#define POOL_CTYPE_OPT uint64_t
#define POOL_CTYPE_FLAG uint8_t
#define POOL_CTYPE_MARK uint8_t
#define POOL_CTYPE_ADDR uint64_t
#define POOL_CTYPE_OPTADDR uint64_t
#define POOL_CTYPE_TEXT const char *
#define POOL_CTYPE_BYTES pool_bytes
#define POOL_CTYPE_POLICY uint32_t
#define POOL_CTYPE_SIDE uint32_t
#define POOL_CTYPE_REASON uint32_t
#define POOL_CTYPE_ERROR uint32_t

#define POOL_MEMBER_(TYPE, name, unit, meaning) POOL_CTYPE_##TYPE name;
#define POOL_STRUCT_(NAME, name, code, says)                                                   \
  typedef struct pool_event_##name {                                                           \
    POOL_FIELDS_##name(POOL_MEMBER_)                                                           \
  } pool_event_##name;
POOL_EVENTS(POOL_STRUCT_)

#define POOL_KIND_(NAME, name, code, says) POOL_EVENT_##NAME = code,
/** Kind of event; the codes are on disk. */
typedef enum pool_event_kind { POOL_EVENTS(POOL_KIND_) } pool_event_kind;

#define POOL_UNION_(NAME, name, code, says) pool_event_##name name;
/**
 * One event. Text and bytes are borrowed: they are valid during the call that hands the event
 * over. Offsets count bytes from the start of the region; addresses never appear but in
 * `create.base`, `snapshot.base` and `misuse.address`.
 */
typedef struct pool_event {
  uint32_t kind; /**< a pool_event_kind */
  uint32_t pool; /**< pools of a process are numbered from 1; 0 = the log itself (`end`) */
  uint64_t seq;  /**< per pool, from 1, counted while a sink is attached */
  uint64_t call; /**< per pool; the creation is call 0 */
  uint64_t time; /**< nanoseconds since the pool was created, or POOL_NONE (option `clock`) */
  union {
    POOL_EVENTS(POOL_UNION_)
  } as; /**< the fields, by kind */
} pool_event;

#ifdef __cplusplus
}
#endif

#endif
