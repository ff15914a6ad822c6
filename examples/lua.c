// Lua inside a pool: one function of ten lines is all that the interpreter needs. The same script
// is run in pools of four sizes: too small for an interpreter, too small for the script, enough if
// garbage is collected when the pool refuses, and enough without.
//
//     lua [LOG [KIB]]      KIB: in a pool of that size, and no other
//
// The pool that is too small for the script keeps its last events in memory (option `ring`) and
// writes them to LOG when it refuses, anew each time, so that LOG ends where Lua gives up: that is
// drawn on the page about adapters.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <mempool.h>
#include <stdio.h>
#include <stdlib.h>

//! [allocate]
static void* allocate(void* user, void* block, size_t old_size, size_t size) {
  MemoryPool* pool = user;
  (void)old_size;  // the pool knows
  if (size == 0) {
    pool_free(pool, block);
    return NULL;
  }
  return pool_realloc(pool, block, size);
}
//! [allocate]

// Lua's pool, and how often it refused. What led to the last refusal is written out.
typedef struct Watched {
  MemoryPool* pool;
  const char* log_path;  // NULL: nothing is written
  int refusals;
} Watched;

static void* allocate_and_tell(void* user, void* block, size_t old_size, size_t size) {
  Watched* watched = user;
  void* got = allocate(watched->pool, block, old_size, size);
  if (size > 0 && got == NULL) {
    ++watched->refusals;
    if (watched->log_path != NULL) pool_log_save(watched->pool, watched->log_path);
  }
  return got;
}

// The words of a text, counted; made so that it leaves garbage behind, as scripts do.
static const char script[] =
    "local text = [[a pool hands out blocks of a region; a block that comes back is free, and a\n"
    "free block coalesces with the free blocks beside it, so that a large block may come of many\n"
    "small ones. a pool that is full says so, and the program goes on with what it has.]]\n"
    "local count, words, lengths = {}, {}, 0\n"
    "for round = 1, 40 do\n"
    "  for word in text:gmatch('%a+') do\n"
    "    local key = word .. ' in round ' .. round % 4\n"
    "    if not count[key] then count[key] = 0; words[#words + 1] = key end\n"
    "    count[key] = count[key] + 1\n"
    "    lengths = lengths + #(word .. ':' .. round)\n"
    "  end\n"
    "end\n"
    "table.sort(words, function(a, b)\n"
    "  if count[a] ~= count[b] then return count[a] > count[b] end\n"
    "  return a < b\n"
    "end)\n"
    "return string.format('%d words, %d letters; most often: %s, %d times', #words, lengths,\n"
    "                     words[1], count[words[1]])\n";

//! [protected]
static int run_script(lua_State* state) {  // here, want of memory is an error like others
  luaL_openlibs(state);
  lua_gc(state, LUA_GCSTOP);  // no collection but those that the pool brings about
  if (luaL_loadstring(state, lua_touserdata(state, 1)) != LUA_OK) return lua_error(state);
  lua_call(state, 0, 1);
  return 1;
}

static void run(lua_State* state) {
  lua_pushcfunction(state, run_script);
  lua_pushlightuserdata(state, (void*)script);
  const int answer = lua_pcall(state, 1, 1, 0);
  printf("%s: %s\n", answer == LUA_OK ? "done" : "failed", lua_tostring(state, -1));
}
//! [protected]

static void run_in(size_t size, const char* log_path) {
  //! [open]
  const pool_options options = {
      .struct_size = sizeof options, .name = "lua", .ring = log_path != NULL ? 400 : 0};
  Watched watched = {pool_create_with(size, &options), log_path, 0};
  lua_State* state = lua_newstate(allocate_and_tell, &watched);
  //! [open]
  printf("%zu bytes: ", size);
  if (state == NULL) {
    printf("no interpreter\n");
  } else {
    run(state);
    lua_close(state);
  }
  pool_statistics stats = {.struct_size = sizeof stats};
  pool_stats(watched.pool, &stats);
  printf("  requests were refused: %s; left in the pool: %d blocks\n",
         watched.refusals > 0 ? "yes" : "no", (int)stats.live_blocks);
  pool_destroy(watched.pool);
}

int main(int argc, char** argv) {
  if (argc > 2) {
    run_in((size_t)strtoul(argv[2], NULL, 10) * 1024, argv[1]);
    return 0;
  }
  run_in((size_t)2 * 1024, NULL);
  run_in((size_t)48 * 1024, argc > 1 ? argv[1] : NULL);
  run_in((size_t)96 * 1024, NULL);
  run_in((size_t)256 * 1024, NULL);
  return 0;
}
