// The program of the page about GDB (debugger.md): it keeps messages in a pool, copies one of them
// without room for its end, and later follows a pointer that is no more. Made to crash.
#include <mempool.h>
#include <stdio.h>
#include <string.h>

struct message {
  struct message* next;
  char* text;
};

static MemoryPool* messages;
static struct message* newest;

static void receive(const char* text) {
  struct message* message = POOL_ALLOC(messages, sizeof *message);
  message->text = POOL_ALLOC(messages, strlen(text));  // one byte too few
  strcpy(message->text, text);
  message->next = newest;
  newest = message;
}

static void drop(struct message* message) {
  pool_free(messages, message->text);
  pool_free(messages, message);
}

int main(void) {
  pool_options options = {.struct_size = sizeof options, .name = "messages", .guards = 8};
  options.poison = POOL_ON;
  messages = pool_create_with(512, &options);
  receive("good morning");
  receive("are you there?");
  receive("sixteen letters.");
  struct message* second = newest->next;
  drop(second);
  printf("%s\n", second->text);  // it was given back
}
