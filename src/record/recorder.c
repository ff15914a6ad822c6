/**
 * Beginning, telling calls, stopping: see recorder.h.
 */
#include "record/recorder.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "record/modules.h"
#include "record/session.h"
#include "record/stream.h"
#include "record/system.h"

__thread struct record_thread record_thread __attribute__((tls_model("initial-exec")));
volatile uint32_t record_no_mode = RECORD_NONE;
volatile uint32_t* record_mode = &record_no_mode;

static struct record_session* session;     // NULL: the recording is asked for by name
static char by_name[record_session_path];  // copied: programs write over their environment
static uint32_t begun_by;                  // pid; 0: nobody yet
static uint32_t depth = 1;
static bool unwinds;  // backtrace() can be called

static void set_mode(uint32_t mode) {
  __atomic_store_n(record_mode, mode, __ATOMIC_RELEASE);
}

static void forget_mode(void) {
  set_mode(RECORD_NONE);
}

/* A page that is zero again in a forked child. Older kernels cannot: libc tells us there. */
static void make_page(void) {
  void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (madvise(page, 4096, MADV_WIPEONFORK) != 0) pthread_atfork(NULL, NULL, forget_mode);
  *(volatile uint32_t*)page = RECORD_BEGINNING;
  record_mode = page;
}

/* The session that the environment names, or a recording that it asks for. */
static void read_wishes(void) {
  const char* path = getenv("MEMPOOL_RECORD_SESSION");
  if (path == NULL || *path == '\0') {
    const char* name = getenv("MEMPOOL_RECORD_FILE");
    if (name != NULL) strncpy(by_name, name, sizeof by_name - 1);
    return;
  }
  const int file = system_open(path, O_RDWR);
  if (file < 0) return;
  void* base = mmap(NULL, sizeof *session, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  system_close(file);
  if (base == MAP_FAILED) return;
  session = base;
  if (session->magic != RECORD_SESSION_MAGIC) session = NULL;
  if (session != NULL) depth = session->depth;
}

static void tell_session(uint32_t pid, uint32_t outcome, int error, bool forked) {
  if (session == NULL) return;
  const uint32_t at = __atomic_fetch_add(&session->count, 1, __ATOMIC_RELAXED);
  if (at >= record_session_most) return;
  struct record_entry* entry = &session->entries[at];
  entry->pid = pid;
  entry->error = (uint32_t)error;
  entry->forked = forked;
  __atomic_store_n(&entry->outcome, outcome, __ATOMIC_RELEASE);
}

/* Another program takes over the process (exec): its recording takes over the name. What came
 * before keeps one with a number; of a fork that only led to this program it is dropped, and so is
 * an earlier recording of the name, now that there is a new one. */
static void step_aside(const char* name, uint32_t pid, bool is_root) {
  uint32_t images = 0;
  bool forked = false;
  uint32_t count = session->count;
  if (count > record_session_most) count = record_session_most;
  for (uint32_t i = 0; i < count; ++i) {
    const struct record_entry* entry = &session->entries[i];
    if (entry->pid != pid || entry->outcome != RECORD_STARTED) continue;
    forked = entry->forked;
    images += !forked;
  }
  const bool first = images == 0 && !forked;
  if (forked || (first && is_root && session->replaces != 0))
    (void)SYSTEM_CALL(SYS_unlinkat, AT_FDCWD, name, 0);
  if (forked || first) return;
  static char aside[record_session_path];
  record_name(aside, sizeof aside, session->file, pid, is_root, images);
  (void)SYSTEM_CALL(SYS_renameat, AT_FDCWD, name, AT_FDCWD, aside);
}

static void begin_recording(void) {
  static char name[record_session_path];
  const uint32_t pid = (uint32_t)getpid();
  const bool forked = begun_by != 0;
  const bool is_root = session == NULL ? !forked : session->root == pid;
  const bool wanted = session == NULL ? is_root || strstr(by_name, "%p") != NULL
                                      : is_root || session->children != 0;
  begun_by = pid;
  if (!wanted) {
    tell_session(pid, RECORD_SKIPPED, 0, forked);
    set_mode(RECORD_OFF);
    return;
  }
  record_name(name, sizeof name, session == NULL ? by_name : session->file, pid, is_root, 0);
  if (session != NULL && !forked) step_aside(name, pid, is_root);
  const struct stream_wish wish = {name,
                                   pid,
                                   (uint32_t)getppid(),
                                   depth,
                                   forked ? RECORDING_FORKED : 0,
                                   session == NULL ? 0 : session->max_events};
  const int error = stream_open(&wish);
  modules_begin();
  record_thread.number = 0;
  tell_session(pid, error == 0 ? RECORD_STARTED : RECORD_FAILED, error, forked);
  set_mode(error == 0 ? RECORD_ON : RECORD_OFF);
}

static bool drop(void) {
  __atomic_fetch_add(&stream_header()->dropped, 1, __ATOMIC_RELAXED);
  return false;
}

bool record_begin(void) {
  uint32_t mode = __atomic_load_n(record_mode, __ATOMIC_ACQUIRE);
  if (mode == RECORD_FULL) return drop();
  if (mode != RECORD_NONE || environ == NULL) return mode == RECORD_ON;
  if (!__atomic_compare_exchange_n(record_mode, &mode, RECORD_BEGINNING, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return mode == RECORD_ON;
  const int kept = errno;
  ++record_thread.depth;
  if (begun_by == 0) {
    make_page();
    read_wishes();
  }
  if (session == NULL && by_name[0] == '\0')
    set_mode(RECORD_OFF);
  else
    begin_recording();
  --record_thread.depth;
  errno = kept;
  return *record_mode == RECORD_ON;
}

/* The program that never allocates has an empty recording, not none. libc loads what backtrace()
 * needs at its first call, which is safe here and would not be within an early malloc. */
static __attribute__((constructor)) void constructor(void) {
  (void)record_is_on();
  if (depth < 2 || session == NULL) return;
  ++record_thread.depth;
  void* frame[1];
  unwinds = backtrace(frame, 1) >= 0;
  --record_thread.depth;
}

/* ---- calls */

static uint32_t thread_number(void) {
  if (record_thread.number == 0)
    record_thread.number = 1 + __atomic_fetch_add(&stream_header()->threads, 1, __ATOMIC_RELAXED);
  return record_thread.number;
}

static bool full(uint32_t flag) {
  __atomic_fetch_or(&stream_header()->flags, flag, __ATOMIC_RELAXED);
  set_mode(RECORD_FULL);
  return drop();
}

/* A record, and the callers behind it. */
static bool tell(struct recording_record record, uint32_t kind, uint32_t log2, void* const* frames,
                 uint32_t count) {
  struct recording_record* slot = stream_take(1 + (count + 2) / 3);
  if (slot == NULL) return full(RECORDING_NO_ROOM);
  for (uint32_t i = 0; i < count; i += 3) {
    uint64_t three[3] = {0, 0, 0};
    for (uint32_t k = 0; k < 3 && i + k < count; ++k) three[k] = (uint64_t)(uintptr_t)frames[i + k];
    const struct recording_record piece = {three[0], three[1], three[2],
                                           record_last(0, 0, 0, RECORDING_FRAMES)};
    stream_fill(slot + 1 + i / 3, &piece);
  }
  record.last = record_last(thread_number(), count, log2, kind);
  stream_fill(slot, &record);
  return true;
}

/* The call's own address comes first in a backtrace that holds it; what is above are our frames. */
static uint32_t callers(uint64_t site, void** frames, uint32_t most) {
  ++record_thread.depth;
  const int got = backtrace(frames, (int)most);
  --record_thread.depth;
  for (int i = 0; i < got; ++i) {
    if ((uint64_t)(uintptr_t)frames[i] != site) continue;
    const uint32_t found = (uint32_t)(got - i - 1);
    const uint32_t count = found < depth - 1 ? found : depth - 1;
    memmove(frames, frames + i + 1, count * sizeof *frames);
    return count;
  }
  return 0;
}

static __attribute__((noinline)) bool tell_with_callers(struct recording_record record,
                                                        uint32_t kind, uint32_t log2) {
  void* frames[recording_most_frames + 8];
  const int kept = errno;
  const uint32_t count = callers(record.c, frames, depth + 6);
  errno = kept;
  for (uint32_t i = 0; i < count; ++i) modules_know((uint64_t)(uintptr_t)frames[i]);
  return tell(record, kind, log2, frames, count);
}

static bool tell_call(uint64_t block, uint64_t size, uint64_t site, uint32_t kind, uint32_t log2) {
  if (!stream_counts_call()) return full(RECORDING_STOPPED);
  modules_know(site);
  const struct recording_record record = {block, size, site, 0};
  if (unwinds) return tell_with_callers(record, kind, log2);
  return tell(record, kind, log2, NULL, 0);
}

static uint64_t number_of(const void* block) {
  return (uint64_t)(uintptr_t)block;
}

void record_alloc(const void* block, size_t size, size_t alignment, uint64_t site) {
  const uint32_t log2 = alignment < 2 ? 0 : (uint32_t)__builtin_ctzll(alignment);
  (void)tell_call(number_of(block), size, site, RECORDING_ALLOC, log2);
}

void record_free(const void* block, uint64_t site) {
  (void)tell_call(number_of(block), 0, site, RECORDING_FREE, 0);
}

void record_free_of_null(void) {
  if (*record_mode == RECORD_FULL || !record_is_on()) return;  // no call, so none that is missing
  __atomic_fetch_add(&stream_header()->null_frees, 1, __ATOMIC_RELAXED);
}

bool record_realloc(const void* block, size_t size, uint64_t site) {
  return tell_call(number_of(block), size, site, RECORDING_REALLOC, 0);
}

void record_realloc_done(const void* block, size_t size, const void* old) {
  const struct recording_record record = {number_of(block), size, number_of(old), 0};
  (void)tell(record, RECORDING_REALLOC_DONE, 0, NULL, 0);
}
