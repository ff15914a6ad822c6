/**
 * The stream: see stream.h. Everything here may run within malloc.
 */
#include "record/stream.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "record/session.h"
#include "record/system.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { smallest_window = 1 << 11, largest_window = 1 << 19 }; /* slots */
static const uint64_t largest_mapping = UINT64_C(1) << 31, smallest_mapping = 1 << 15;

static struct recording_header* header;
static struct recording_record* records;
static uint64_t mapped;        /* slots that the mapping has room for */
static _Atomic uint64_t ready; /* slots that the file has room for */
static uint64_t max_events;
static char path[record_session_path];
static dev_t device;
static ino_t inode;

_Static_assert(sizeof(struct recording_record) == recording_record_bytes, "as the format says");
_Static_assert(offsetof(struct recording_header, next) == 128, "as the format says");
_Static_assert(offsetof(struct recording_header, dropped) == 192, "as the format says");
_Static_assert(sizeof(struct recording_header) == 256, "as the format says");

static uint64_t bytes_of(uint64_t slots) {
  return recording_header_bytes + slots * recording_record_bytes;
}

/* Gives the file blocks; -errno if it cannot have them. To grow beyond the process's limit would
 * raise a signal. */
static long allocate(int file, uint64_t begin, uint64_t end) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < end) return -EFBIG;
  const long error = SYSTEM_CALL(SYS_fallocate, file, 0, begin, end - begin);
  if (error != -EOPNOTSUPP && error != -ENOSYS) return error;
  static const char zeros[4096];  // the file system cannot: blocks come with bytes
  for (uint64_t at = begin; at < end; at += sizeof zeros) {
    const long written = SYSTEM_CALL(SYS_pwrite64, file, zeros, sizeof zeros, at);
    if (written != (long)sizeof zeros) return written < 0 ? written : -ENOSPC;
  }
  return 0;
}

/* Slots up to here can be written to. 0 or errno. */
static int make_room(int file, uint64_t slots) {
  const uint64_t have = atomic_load(&ready);
  if (slots > mapped) return EFBIG;
  if (slots <= have) return 0;  // another thread has been faster
  uint64_t window = have < smallest_window ? smallest_window : have;
  if (window > largest_window) window = largest_window;
  uint64_t end = slots + window < mapped ? slots + window : mapped;
  long error = allocate(file, bytes_of(have), bytes_of(end));
  if (error < 0) {
    end = slots;
    error = allocate(file, bytes_of(have), bytes_of(end));
  }
  if (error < 0) return (int)-error;
  uint64_t seen = have;
  while (seen < end && !atomic_compare_exchange_weak(&ready, &seen, end)) continue;
  return 0;
}

/* The file again, if it is still the same one. */
static int open_again(void) {
  const int file = system_open(path, O_RDWR);
  struct stat facts;
  if (file >= 0 && (fstat(file, &facts) != 0 || facts.st_dev != device || facts.st_ino != inode)) {
    system_close(file);
    return -ENOENT;
  }
  return file;
}

/* With the smaller the mapping, the larger the chance to get it: address space may be limited. */
static bool map(int file) {
  struct rlimit limit;
  uint64_t slots = largest_mapping;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    while (slots > smallest_mapping && bytes_of(slots) > limit.rlim_cur / 8) slots /= 2;
  for (; slots >= smallest_mapping; slots /= 2) {
    void* base =
        mmap(NULL, bytes_of(slots), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
    if (base == MAP_FAILED) continue;
    madvise(base, bytes_of(slots), MADV_DONTDUMP);
    header = base;
    records = (struct recording_record*)((char*)base + recording_header_bytes);
    mapped = slots;
    return true;
  }
  return false;
}

/* What the kernel knows about this process, from a file of /proc. */
static void copy_text(const char* from, uint32_t at, uint32_t most) {
  const int file = system_open(from, O_RDONLY);
  if (file < 0) return;
  char* to = (char*)header + at;
  long got = 0;
  for (uint32_t have = 0; have < most - 1; have += (uint32_t)got)
    if ((got = system_read(file, to + have, most - 1 - have)) <= 0) break;
  system_close(file);
}

static void write_header(const struct stream_wish* wish) {
  header->version = RECORDING_VERSION;
  header->record_bytes = recording_record_bytes;
  header->header_bytes = recording_header_bytes;
  header->pid = wish->pid;
  header->parent = wish->parent;
  header->depth = wish->depth;
  header->flags = wish->flags;
  (void)SYSTEM_CALL(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", (char*)header + recording_path_at,
                    recording_path_most - 1);
  copy_text("/proc/self/cmdline", recording_command_at, recording_command_most);
  memcpy(header->magic, RECORDING_MAGIC, sizeof header->magic);  // last: now it is a recording
}

int stream_open(const struct stream_wish* wish) {
  const int kept = errno;
  if (header != NULL) munmap(header, bytes_of(mapped));  // the parent's
  header = NULL;
  atomic_store(&ready, 0);
  max_events = wish->max_events;
  strncpy(path, wish->path, sizeof path - 1);
  const int file = system_open(path, O_RDWR | O_CREAT | O_EXCL);
  struct stat facts;
  int error = file < 0 ? -file : fstat(file, &facts) != 0 ? errno : 0;
  if (error == 0) {
    device = facts.st_dev;
    inode = facts.st_ino;
    error = (int)-allocate(file, 0, recording_header_bytes);
  }
  if (error == 0 && !map(file)) error = ENOMEM;
  if (error == 0) error = make_room(file, 1);
  if (error == 0) write_header(wish);
  if (error != 0 && file >= 0) (void)SYSTEM_CALL(SYS_unlinkat, AT_FDCWD, path, 0);
  if (file >= 0) system_close(file);
  errno = kept;
  return error;
}

struct recording_header* stream_header(void) {
  return header;
}

bool stream_counts_call(void) {
  if (max_events == 0) return true;
  return __atomic_fetch_add(&header->calls, 1, __ATOMIC_RELAXED) < max_events;
}

/* Out of line: it happens once in many thousand calls. */
static __attribute__((noinline)) int grow(uint64_t slots) {
  const int kept = errno;
  const uint64_t had = atomic_load(&ready);
  const int file = open_again();
  const int error = file < 0 ? -file : make_room(file, slots);
  if (file >= 0) system_close(file);
  if (error == 0) {  // all pages in one go cost less than each by a fault of its own
    const uint64_t page = 4095;
    const uint64_t begin = (bytes_of(had) + page) & ~page, end = bytes_of(atomic_load(&ready));
    if (end > begin) madvise((char*)header + begin, end - begin, MADV_POPULATE_WRITE);
  }
  errno = kept;
  return error;
}

struct recording_record* stream_take(uint32_t slots) {
  const uint64_t first = __atomic_fetch_add(&header->next, slots, __ATOMIC_RELAXED);
  if (first + slots > atomic_load_explicit(&ready, memory_order_acquire)) {
    const int error = grow(first + slots);
    if (error != 0) {
      header->error = (uint32_t)error;
      return NULL;
    }
  }
  return records + first;
}

void stream_fill(struct recording_record* slot, const struct recording_record* record) {
  slot->a = record->a;
  slot->b = record->b;
  slot->c = record->c;
  __atomic_store_n(&slot->last, record->last, __ATOMIC_RELEASE);
}
