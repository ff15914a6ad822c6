// The C API: the conventions of mempool.h for NULL, re-entry, locks and exceptions, once each.
// What a call does is the Pool's.
#include <mempool.h>
#include <mempool/sink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "pool/create.hpp"
#include "pool/pool.hpp"

namespace {

/// A call inside a pool's gate; false when it may not come in (errno says why).
class Entry {
 public:
  explicit Entry(MemoryPool* pool) {
    if (pool == nullptr) {
      errno = EINVAL;
    } else if (pool->gate().open() || pool->gate().enter()) {
      pool_ = pool;
    }
  }
  ~Entry() {
    if (pool_ != nullptr && !pool_->gate().open()) pool_->gate().leave();
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  explicit operator bool() const { return pool_ != nullptr; }

 private:
  MemoryPool* pool_ = nullptr;
};

int invalid() {
  errno = EINVAL;
  return -1;
}

/// For the few calls that need memory of their own: no exception crosses the C API.
template <class Call>
int without_throwing(Call call) noexcept {
  try {
    return call();
  } catch (...) {
    errno = ENOMEM;
    return -1;
  }
}

}  // namespace

MemoryPool* pool_create(size_t size) {
  return mempool::create_pool({size});
}

MemoryPool* pool_create_with(size_t size, const pool_options* options) {
  return mempool::create_pool({size, options});
}

MemoryPool* pool_create_in(void* buffer, size_t size, const pool_options* options) {
  if (buffer == nullptr) {
    errno = EINVAL;
    return nullptr;
  }
  return mempool::create_pool({size, options, buffer});
}

void* pool_alloc(MemoryPool* pool, size_t size) {
  if (MEMPOOL_LIKELY(pool != nullptr && pool->gate().plain())) return pool->plain_alloc(size);
  const Entry entry(pool);
  return entry ? pool->alloc(size) : nullptr;
}

void pool_free(MemoryPool* pool, void* ptr) {
  if (ptr == nullptr && pool != nullptr) return;
  if (MEMPOOL_LIKELY(pool != nullptr && pool->gate().plain())) return pool->plain_free(ptr);
  if (const Entry entry(pool); entry) pool->free(ptr);
}

// The lock goes with the pool, so this call does not leave through the gate.
void pool_destroy(MemoryPool* pool) {
  if (pool == nullptr) return;
  if (pool->gate().open() || pool->gate().enter()) {
    pool->gate().leave();
    pool->destroy();
  }
}

void pool_dump(MemoryPool* pool) {
  if (const Entry entry(pool); entry) pool->dump();
}

const char* pool_version(void) {
  return MEMPOOL_VERSION;
}

void pool_enable_guards(MemoryPool* pool, size_t guard_size) {
  if (const Entry entry(pool); entry) pool->enable_guards(guard_size);
}

int pool_disable_guards(MemoryPool* pool) {
  const Entry entry(pool);
  return entry ? pool->disable_guards() : 0;
}

void* pool_calloc(MemoryPool* pool, size_t count, size_t size) {
  const Entry entry(pool);
  return entry ? pool->calloc(count, size) : nullptr;
}

void* pool_aligned_alloc(MemoryPool* pool, size_t alignment, size_t size) {
  const Entry entry(pool);
  return entry ? pool->aligned_alloc(alignment, size) : nullptr;
}

void* pool_realloc(MemoryPool* pool, void* ptr, size_t size) {
  if (MEMPOOL_LIKELY(pool != nullptr && pool->gate().plain()))
    return pool->plain_realloc(ptr, size);
  const Entry entry(pool);
  return entry ? pool->realloc(ptr, size) : nullptr;
}

void* pool_alloc_at(MemoryPool* pool, size_t size, const char* file, uint32_t line) {
  const Entry entry(pool);
  return entry ? pool->at(file, line, [&] { return pool->alloc(size); }) : nullptr;
}

void* pool_calloc_at(MemoryPool* pool, size_t count, size_t size, const char* file, uint32_t line) {
  const Entry entry(pool);
  return entry ? pool->at(file, line, [&] { return pool->calloc(count, size); }) : nullptr;
}

void* pool_aligned_alloc_at(MemoryPool* pool, size_t alignment, size_t size, const char* file,
                            uint32_t line) {
  const Entry entry(pool);
  return entry ? pool->at(file, line, [&] { return pool->aligned_alloc(alignment, size); })
               : nullptr;
}

void* pool_realloc_at(MemoryPool* pool, void* ptr, size_t size, const char* file, uint32_t line) {
  const Entry entry(pool);
  return entry ? pool->at(file, line, [&] { return pool->realloc(ptr, size); }) : nullptr;
}

int pool_reset(MemoryPool* pool) {
  const Entry entry(pool);
  if (!entry) return -1;
  pool->reset();
  return 0;
}

size_t pool_usable_size(MemoryPool* pool, const void* ptr) {
  const Entry entry(pool);
  return entry ? pool->requested_size(ptr) : 0;
}

int pool_owns(MemoryPool* pool, const void* ptr) {
  const Entry entry(pool);
  return entry && pool->owns(ptr) ? 1 : 0;
}

int pool_stats(MemoryPool* pool, pool_statistics* stats) {
  const Entry entry(pool);
  if (!entry) return -1;
  if (stats == nullptr || stats->struct_size < sizeof stats->struct_size) return invalid();
  pool_statistics all{};
  all.struct_size = stats->struct_size;
  pool->statistics(all);
  std::memcpy(stats, &all, std::min(stats->struct_size, sizeof all));
  return 0;
}

int pool_walk(MemoryPool* pool, pool_walk_fn fn, void* user) {
  const Entry entry(pool);
  if (!entry) return -1;
  return fn == nullptr ? invalid() : pool->walk(fn, user);
}

pool_error_fn pool_set_error_handler(MemoryPool* pool, pool_error_fn fn, void* user) {
  const Entry entry(pool);
  return entry ? pool->set_handler(fn, user) : nullptr;
}

int pool_check(MemoryPool* pool, pool_report_fn fn, void* user) {
  const Entry entry(pool);
  return entry ? pool->check(fn, user) : -1;
}

int pool_note(MemoryPool* pool, const char* text) {
  const Entry entry(pool);
  if (!entry) return -1;
  return text == nullptr ? invalid() : pool->note(text);
}

int pool_log_open(MemoryPool* pool, const char* path) {
  const Entry entry(pool);
  if (!entry) return -1;
  if (path == nullptr || *path == '\0') return invalid();
  return without_throwing([&] { return pool->open_log(path); });
}

int pool_log_close(MemoryPool* pool) {
  const Entry entry(pool);
  return entry ? pool->close_log() : -1;
}

int pool_log_save(MemoryPool* pool, const char* path) {
  const Entry entry(pool);
  if (!entry) return -1;
  if (path != nullptr && *path == '\0') return invalid();
  return without_throwing([&] { return pool->save_log(path); });
}

int pool_set_sink(MemoryPool* pool, const pool_sink* sink) {
  const Entry entry(pool);
  return entry ? without_throwing([&] { return pool->set_sink(sink); }) : -1;
}

const char* pool_strerror(int kind) {
  switch (kind) {
    case POOL_ERROR_OVERRUN: return "write past the end of a block";
    case POOL_ERROR_UNDERRUN: return "write before the start of a block";
    case POOL_ERROR_DOUBLE_FREE: return "double free";
    case POOL_ERROR_INTERIOR_FREE: return "pointer into the middle of a block";
    case POOL_ERROR_FOREIGN_FREE: return "pointer that belongs to no pool";
    case POOL_ERROR_WRONG_POOL: return "pointer that belongs to another pool";
    case POOL_ERROR_BAD_ARGUMENT: return "argument out of range";
    case POOL_ERROR_LEAK: return "leak";
    case POOL_ERROR_METADATA: return "broken bookkeeping";
    case POOL_ERROR_WRITE_AFTER_FREE: return "write after free";
    case POOL_ERROR_DEAD_POOL: return "pool that was destroyed";
  }
  return "unknown error";
}
