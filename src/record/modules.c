/**
 * Reading the map of the process, without a byte of memory of its own: see modules.h.
 */
#include "record/modules.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "record/stream.h"
#include "record/system.h"

enum { most_modules = 1024, pages_known = 1024, most_fruitless = 64, longest_line = 4608 };

static struct range {
  uint64_t start, end;
} told[most_modules];  // modules that are in the recording
static uint32_t count, fruitless;
static atomic_flag reading_maps = ATOMIC_FLAG_INIT;
static _Atomic uint64_t known[pages_known];  // by page, in a table that forgets
static char line[longest_line];

static _Atomic uint64_t* place_of(uint64_t page) {
  return &known[(page ^ page >> 10) % pages_known];
}

void modules_begin(void) {
  count = fruitless = 0;
  memset(line, 0, sizeof line);
  for (int i = 0; i < pages_known; ++i) atomic_store(&known[i], 0);
  atomic_flag_clear(&reading_maps);
}

struct module {
  uint64_t start, end, offset;
  const char* path;
};

static void write_module(const struct module* module) {
  struct stat facts;
  memset(&facts, 0, sizeof facts);
  const int kept = errno;
  if (stat(module->path, &facts) != 0) facts.st_size = 0;
  errno = kept;
  const uint32_t length = (uint32_t)strlen(module->path);
  const uint32_t texts = (length + recording_text_bytes - 1) / recording_text_bytes;
  struct recording_record* slot = stream_take(2 + texts);
  if (slot == NULL) return;
  struct recording_record record = {(uint64_t)facts.st_size, (uint64_t)facts.st_mtime, 0,
                                    record_last(0, 0, 0, RECORDING_MODULE_FILE)};
  stream_fill(slot + 1, &record);
  for (uint32_t i = 0; i < texts; ++i) {
    const uint32_t at = i * recording_text_bytes;
    const uint32_t bytes = length - at < recording_text_bytes ? length - at : recording_text_bytes;
    memset(&record, 0, sizeof record);
    memcpy(&record, module->path + at, bytes);
    record.last = record_last(0, bytes, 0, RECORDING_TEXT);
    stream_fill(slot + 2 + i, &record);
  }
  record = (struct recording_record){module->start, module->end, module->offset,
                                     record_last(0, length, 0, RECORDING_MODULE)};
  stream_fill(slot, &record);
}

static const char* read_hex(const char* text, uint64_t* number) {
  *number = 0;
  for (;; ++text) {
    const char c = *text;
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return text;
    *number = *number << 4 | (uint64_t)digit;
  }
}

/* "5581e000-5581f000 r-xp 00001000 fe:00 123    /usr/bin/git": of code that comes from a file. */
static bool read_module(struct module* module) {
  const char* at = read_hex(line, &module->start);
  if (*at != '-') return false;
  at = read_hex(at + 1, &module->end);
  if (strlen(at) < 6 || at[3] != 'x') return false;
  read_hex(at + 6, &module->offset);
  module->path = strchr(at, '/');
  return module->path != NULL;
}

static bool is_told(uint64_t address) {
  for (uint32_t i = 0; i < count; ++i)
    if (address >= told[i].start && address < told[i].end) return true;
  return false;
}

static bool take_line(void) {
  struct module module;
  if (!read_module(&module) || is_told(module.start) || count == most_modules) return false;
  told[count++] = (struct range){module.start, module.end};
  write_module(&module);
  return true;
}

/* Tells the modules that are new; whether there was any. */
static bool look(void) {
  const int file = system_open("/proc/self/maps", O_RDONLY);
  if (file < 0) return false;
  bool any = false;
  size_t have = 0;
  for (;;) {
    const long got = system_read(file, line + have, sizeof line - 1 - have);
    if (got <= 0) break;
    have += (size_t)got;
    line[have] = '\0';
    char* end = NULL;
    while ((end = strchr(line, '\n')) != NULL) {
      *end = '\0';
      any = take_line() || any;
      have -= (size_t)(end + 1 - line);
      memmove(line, end + 1, have + 1);
    }
    if (have == sizeof line - 1) have = 0;  // no path is that long
  }
  system_close(file);
  return any;
}

void modules_know(uint64_t address) {
  const uint64_t page = address >> 12;
  _Atomic uint64_t* place = place_of(page);
  if (atomic_load_explicit(place, memory_order_relaxed) == page || address == 0) return;
  if (atomic_flag_test_and_set(&reading_maps)) return;  // another thread is at it: next time
  // After so many looks in vain: code that comes from no file.
  if (!is_told(address) && fruitless < most_fruitless && !look()) ++fruitless;
  atomic_store_explicit(place, page, memory_order_relaxed);
  atomic_flag_clear(&reading_maps);
}
