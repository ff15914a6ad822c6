/* A program that is linked statically: nothing can be preloaded into it, so it cannot be recorded.
 * Its status is its own all the same. */
#include <stdio.h>

int main(int count, char** words) {
  (void)words;
  puts("unwatched");
  return count > 1 ? 5 : 0;
}
