/**
 * The session: what mempool-viz record tells the recorder, and what it hears from it. A file of its
 * own, mapped by both, for recordings come from several processes, and some make none.
 *
 *     mempool-viz --wishes--> session file --> recorder in every process --entries--> mempool-viz
 *
 * It lives as long as the run. Its path is in the environment: MEMPOOL_RECORD_SESSION.
 */
#ifndef MEMPOOL_RECORD_SESSION_H
#define MEMPOOL_RECORD_SESSION_H

#include <stdint.h>

#define RECORD_SESSION_MAGIC UINT64_C(0x32534345524d504d)

enum { record_session_most = 1 << 16, record_session_path = 4096 };

enum record_outcome {
  RECORD_STARTED = 1, /* there is a recording */
  RECORD_SKIPPED = 2, /* a child, and children are not wanted */
  RECORD_FAILED = 3   /* error says why */
};

/* One image of a process: a program that was started, or a fork that goes on. */
struct record_entry {
  uint32_t pid;
  uint32_t outcome; /* written last; 0: not yet */
  uint32_t error;
  uint32_t forked;
};

struct record_session {
  uint64_t magic;
  uint64_t max_events;            /* 0: no limit */
  uint32_t root;                  /* pid of the program that was asked for */
  uint32_t children;              /* they are recorded, too */
  uint32_t depth;                 /* most addresses of a call site */
  uint32_t replaces;              /* file is an earlier recording, which gives way */
  uint32_t count;                 /* entries taken; more may be counted than there is room for */
  char file[record_session_path]; /* absolute; %p stands for the pid */
  struct record_entry entries[record_session_most];
};

/* The name of a recording: the pattern with the pid for %p. Without %p, all but the root have it in
 * front of the extension; images of a process that another one has followed (exec) have their
 * number there: git.mprec, git.4711.mprec, git.1.mprec. */
static inline void record_name(char* out, uint32_t most, const char* pattern, uint32_t pid,
                               int is_root, uint32_t image) {
  uint32_t at = 0, dot = 0, length = 0, has_pid = 0;
  for (; pattern[length] != '\0'; ++length) {
    if (pattern[length] == '/') dot = 0;
    if (pattern[length] == '.' && length > 0 && pattern[length - 1] != '/') dot = length;
    if (pattern[length] == '%' && pattern[length + 1] == 'p') has_pid = 1;
  }
  if (dot == 0) dot = length;
  const uint32_t inserted[2] = {has_pid || is_root ? 0 : pid, image};
  for (uint32_t i = 0; i <= length && at + 24 < most; ++i) {
    uint32_t numbers[3] = {0, 0, 0}, count = 0;
    const int is_pid = has_pid && pattern[i] == '%' && pattern[i + 1] == 'p';
    if (is_pid) numbers[count++] = pid;
    for (uint32_t k = 0; i == dot && k < 2; ++k)
      if (inserted[k] != 0) numbers[count++] = inserted[k];
    for (uint32_t k = 0; k < count; ++k) {
      char digits[12];
      uint32_t digit = 0;
      if (!is_pid) out[at++] = '.';
      for (uint32_t rest = numbers[k]; rest != 0; rest /= 10)
        digits[digit++] = (char)('0' + rest % 10);
      while (digit != 0) out[at++] = digits[--digit];
    }
    if (is_pid)
      ++i;
    else
      out[at++] = pattern[i];
  }
  out[at < most ? at : most - 1] = '\0';
}

#endif
