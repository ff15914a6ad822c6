/* A program to be recorded, and what it does is its first argument. It tells what it expects of
 * malloc by its own exit status, and prints the same with and without the recorder.
 *
 *     subject corners | threads | forks | execs PROG ARGS | dies | keeps | many N | errnos | waits
 *     | crowd N | nulls | title
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(condition)                                            \
  do {                                                             \
    if (!(condition)) {                                            \
      printf("line %d: %s does not hold\n", __LINE__, #condition); \
      exit(3);                                                     \
    }                                                              \
  } while (0)

/* Blocks go through here, so that no compiler drops a call. */
static void* volatile kept[16];
static volatile size_t huge = SIZE_MAX / 2;

/* Every function, and every odd argument of it: 13 allocs, 5 reallocs, 13 frees. */
static int corners(void) {
  kept[0] = malloc(0);
  kept[1] = calloc(3, 50);
  for (int i = 0; i < 150; ++i) MUST(((char*)kept[1])[i] == 0);
  kept[2] = realloc(NULL, 77);
  kept[2] = realloc(kept[2], 770000);
  kept[2] = realloc(kept[2], 7);
  kept[2] = reallocarray(kept[2], 10, 9);
  kept[3] = aligned_alloc(64, 128);
  kept[4] = memalign(256, 100);
  kept[5] = valloc(10);
  kept[6] = pvalloc(10);
  void* aligned = NULL;
  MUST(posix_memalign(&aligned, 1024, 24) == 0);
  kept[7] = aligned;
  MUST((uintptr_t)kept[3] % 64 == 0 && (uintptr_t)kept[4] % 256 == 0);
  MUST((uintptr_t)kept[7] % 1024 == 0);
  MUST(posix_memalign(&aligned, 3, 24) == EINVAL);
  kept[8] = malloc(33);
  MUST(malloc_usable_size(kept[8]) >= 33);
  kept[8] = realloc(kept[8], 0);
  MUST(kept[8] == NULL);
  errno = 0;
  kept[9] = malloc(huge);
  MUST(kept[9] == NULL && errno == ENOMEM);
  kept[10] = calloc(huge, 3);
  MUST(kept[10] == NULL);
  kept[11] = reallocarray(NULL, huge, 3);
  MUST(kept[11] == NULL);
  kept[12] = malloc(40);
  MUST(realloc(kept[12], huge) == NULL);
  for (int i = 0; i < 8; ++i) free(kept[i]);
  free(kept[12]);
  free(NULL);
  return 0;
}

enum { thread_count = 4, rounds = 20000 };

/* What one thread takes another gives back. */
static void* exchanged[64];

static void* exchange(void* user) {
  uint32_t random = (uint32_t)(uintptr_t)user;
  for (int i = 0; i < rounds; ++i) {
    random = random * 1664525 + 1013904223;
    void* fresh = malloc(16 + random % 500);
    memset(fresh, 1, 16);
    if (random % 5 == 0) fresh = realloc(fresh, 600);
    free(__atomic_exchange_n(&exchanged[(random >> 10) % 64], fresh, __ATOMIC_ACQ_REL));
  }
  return NULL;
}

static int threads(void) {
  pthread_t all[thread_count];
  for (uintptr_t i = 0; i < thread_count; ++i)
    pthread_create(&all[i], NULL, exchange, (void*)(i + 1));
  for (int i = 0; i < thread_count; ++i) pthread_join(all[i], NULL);
  for (int i = 0; i < 64; ++i) free(exchanged[i]);
  return 0;
}

/* The child gives back what its parent took, and takes 100 blocks of its own. */
static int forks(void) {
  kept[0] = malloc(1000);
  const pid_t child = fork();
  if (child == 0) {
    free(kept[0]);
    for (int i = 0; i < 100; ++i) kept[1] = malloc(200);
    _exit(7);
  }
  int status = 0;
  MUST(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
  kept[1] = malloc(3000);
  free(kept[0]);
  return 0;
}

static int execs(char** program) {
  kept[0] = malloc(4321);
  execvp(program[0], program);
  return 4;
}

/* In the middle of allocating, by a signal that nobody can catch. */
static int dies(void) {
  for (int i = 0; i < 1000000; ++i) {
    kept[i % 8] = malloc(100 + (size_t)(i % 8));
    if (i == 50000) raise(SIGKILL);
    if (i % 3 != 0) free(kept[i % 8]);
  }
  return 0;
}

static __attribute__((noinline)) void keep_two(void) {
  kept[0] = malloc(111);
  kept[1] = calloc(1, 222);
}

static int many(long count) {
  for (long i = 0; i < count; ++i) {
    kept[0] = malloc(24 + (size_t)(i & 63));
    free(kept[0]);
  }
  return 0;
}

/* A child that asks for one block, and is waited for. */
static int one_child(size_t size) {
  const pid_t child = fork();
  if (child == 0) {
    kept[0] = malloc(size);
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0) == child);
  return 0;
}

static int crowd(long count) {
  for (long i = 0; i < count; ++i) MUST(one_child(10) == 0);
  return 0;
}

/* Ten pairs of calls, and frees that are none. */
static int nulls(void) {
  many(10);
  for (int i = 0; i < 100; ++i) free(NULL);
  return 0;
}

/* As daemons do that tell in their title what they are at; then a child. */
static int title(void) {
  for (char** word = environ; *word != NULL; ++word) memset(*word, 'x', strlen(*word));
  return one_child(77777);
}

static int errnos(void) {
  errno = 1789;
  for (int i = 0; i < 100000; ++i) {
    kept[0] = malloc(10);
    free(kept[0]);
    MUST(errno == 1789);
  }
  return 0;
}

static void on_interrupt(int signal) {
  static const char said[] = "interrupted\n";
  (void)!write(1, said, sizeof said - 1);
  _exit(signal + 40);
}

/* Until a signal comes. */
static int waits(void) {
  signal(SIGINT, on_interrupt);
  signal(SIGTERM, on_interrupt);
  printf("waiting\n");
  fflush(stdout);
  return pause();
}

int main(int count, char** words) {
  const char* what = count > 1 ? words[1] : "";
  if (strcmp(what, "corners") == 0) return corners();
  if (strcmp(what, "threads") == 0) return threads();
  if (strcmp(what, "forks") == 0) return forks();
  if (strcmp(what, "execs") == 0 && count > 2) return execs(words + 2);
  if (strcmp(what, "dies") == 0) return dies();
  if (strcmp(what, "many") == 0 && count > 2) return many(atol(words[2]));
  if (strcmp(what, "crowd") == 0 && count > 2) return crowd(atol(words[2]));
  if (strcmp(what, "nulls") == 0) return nulls();
  if (strcmp(what, "title") == 0) return title();
  if (strcmp(what, "errnos") == 0) return errnos();
  if (strcmp(what, "waits") == 0) return waits();
  if (strcmp(what, "keeps") == 0) keep_two();
  return 0;
}
