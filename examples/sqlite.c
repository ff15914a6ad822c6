// SQLite inside a pool: every byte that it asks for, its tables included, comes from a region of
// one size. When that is used up, SQLite says SQLITE_NOMEM, undoes the statement, and goes on.
//
//     sqlite [LOG [KIB]]
//
// It keeps its last events in memory (option `ring`) and writes them to LOG at the first request
// that finds no room: that is drawn on the page about adapters.
#include <mempool.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

//! [methods]
static MemoryPool* pool;

static void* take(int size) {
  return pool_alloc(pool, (size_t)size);
}
static void give(void* block) {
  pool_free(pool, block);
}
static void* resize(void* block, int size) {
  return pool_realloc(pool, block, (size_t)size);
}
static int size_of(void* block) {
  return (int)pool_usable_size(pool, block);
}
static int round_up(int size) {  // as the pool does
  return (size + 15) & ~15;
}
//! [methods]

static const char* log_path;  // NULL: nothing is written
static size_t region = (size_t)512 * 1024;
static int refusals;

// The first refusal is the moment to look at: what led to it is written out.
static void* take_and_tell(int size) {
  void* block = take(size);
  if (block == NULL && refusals++ == 0 && log_path != NULL) pool_log_save(pool, log_path);
  return block;
}

//! [open]
static int start(void* unused) {
  const pool_options options = {.struct_size = sizeof options,
                                .name = "sqlite",
                                .policy = POOL_BEST,
                                .thread_safe = POOL_ON,  // SQLite's threads share it
                                .ring = log_path != NULL ? 400 : 0};
  (void)unused;
  pool = pool_create_with(region, &options);
  return pool != NULL ? SQLITE_OK : SQLITE_NOMEM;
}
//! [open]

//! [shutdown]
static void stop(void* unused) {
  pool_statistics stats = {.struct_size = sizeof stats};
  (void)unused;
  pool_stats(pool, &stats);
  printf("left in the pool at the end: %d blocks\n", (int)stats.live_blocks);
  pool_destroy(pool);
}
//! [shutdown]

static int first_number(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = NULL;
  int number = -1;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    number = sqlite3_column_int(statement, 0);
  }
  sqlite3_finalize(statement);
  return number;
}

static const char* run(sqlite3* db, const char* sql) {
  const int answer = sqlite3_exec(db, sql, NULL, NULL, NULL);
  return answer == SQLITE_OK ? "done" : sqlite3_errstr(answer);
}

// Adds rows in one statement: books, with titles of different lengths.
static const char* add(sqlite3* db, int rows) {
  char sql[400];
  snprintf(sql, sizeof sql,
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
           "INSERT INTO book(title, year) "
           "SELECT substr('The adventures of a block that was never given back', 1, 8 + i %% 43),"
           " 1800 + i * 7 %% 220 FROM n",
           rows);
  return run(db, sql);
}

static void work(sqlite3* db) {
  const char* const made =
      run(db,
          "PRAGMA page_size = 1024;"
          "CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT, year INTEGER);"
          "CREATE INDEX by_year ON book(year)");
  printf("a table for books: %s\n", made);
  if (strcmp(made, "done") != 0) return;  // what follows would fail for want of the table

  printf("3000 books: %s\n", add(db, 3000));
  printf("years with more than 13 books: %d\n",
         first_number(db,
                      "SELECT count(*) FROM (SELECT year, count(*) AS n FROM book "
                      "GROUP BY year HAVING n > 13 ORDER BY n DESC, year)"));

  //! [full]
  printf("100000 more: %s\n", add(db, 100000));
  printf("books afterwards: %d\n", first_number(db, "SELECT count(*) FROM book"));
  //! [full]
  printf("those before 1900 go: %s\n", run(db, "DELETE FROM book WHERE year < 1900"));
  printf("500 new ones come: %s\n", add(db, 500));
  printf("the database is sound: %d\n",
         first_number(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"));
}

int main(int argc, char** argv) {
  log_path = argc > 1 ? argv[1] : NULL;
  if (argc > 2) region = (size_t)strtoul(argv[2], NULL, 10) * 1024;
  //! [install]
  static const sqlite3_mem_methods methods = {take_and_tell, give,  resize, size_of,
                                              round_up,      start, stop,   NULL};
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
  sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);  // no cache of its own for small requests
  //! [install]
  sqlite3* db = NULL;
  const int answer = sqlite3_open(":memory:", &db);
  if (answer == SQLITE_OK) {
    work(db);
  } else {
    printf("no database: %s\n", sqlite3_errstr(answer));
  }
  sqlite3_close(db);
  sqlite3_shutdown();
  return 0;
}
