/* A library that is preloaded before the recorder comes: its malloc is the real one then, and goes
 * on being called. It says at the end that it was. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static unsigned long calls;

void* malloc(size_t size) {
  static void* (*next)(size_t);
  if (next == NULL) {
    void* found = dlsym(RTLD_NEXT, "malloc");
    memcpy(&next, &found, sizeof next);
  }
  ++calls;
  return next(size);
}

__attribute__((destructor)) static void say(void) {
  const char* text = calls != 0 ? "earlier: called\n" : "earlier: never called\n";
  (void)!write(1, text, strlen(text));
}
