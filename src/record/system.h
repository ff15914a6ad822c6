/**
 * System calls as the recorder may make them: from within malloc, in any thread, at any time. Each
 * leaves errno as it is and is no point where a thread can be cancelled; a failure is -errno.
 */
#ifndef MEMPOOL_RECORD_SYSTEM_H
#define MEMPOOL_RECORD_SYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYSTEM_CALL(...)                             \
  __extension__({                                    \
    const int kept_ = errno;                         \
    const long made_ = syscall(__VA_ARGS__);         \
    const long result_ = made_ < 0 ? -errno : made_; \
    errno = kept_;                                   \
    result_;                                         \
  })

static inline int system_open(const char* path, int flags) {
  return (int)SYSTEM_CALL(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static inline long system_read(int file, void* to, size_t bytes) {
  return SYSTEM_CALL(SYS_read, file, to, bytes);
}

static inline void system_close(int file) {
  (void)SYSTEM_CALL(SYS_close, file);
}

#endif
