// Registry: a list through the pools themselves, so that entering a pool cannot fail.
#include "pool/registry.hpp"

#include <pthread.h>
#include <sched.h>

#include <mutex>
#include <new>
#include <utility>

#include "base/memory.hpp"

#include "pool/pool.hpp"

namespace mempool::registry {

namespace {

std::mutex mutex;  // constant-initialised: pools may be created before main
Pool* newest = nullptr;
u32 created = 0;

/// Locks every pool that has a lock; false, and none is locked, if one is taken. The thread that
/// has it may be waiting for the registry.
bool lock_pools() {
  for (Pool* pool = newest; pool != nullptr; pool = pool->older) {
    if (pool->gate().lock_for_fork()) continue;
    for (Pool* locked = newest; locked != pool; locked = locked->older)
      locked->gate().unlock_after_fork();
    return false;
  }
  return true;
}

// All is held over fork, so that the child finds the list and the pools whole, and every mutex
// free.
void lock_for_fork() {
  for (;;) {
    mutex.lock();
    if (lock_pools()) return;
    mutex.unlock();
    sched_yield();
  }
}
void unlock_after_fork() {
  for (Pool* pool = newest; pool != nullptr; pool = pool->older) pool->gate().unlock_after_fork();
  mutex.unlock();
}
const int fork_handlers = pthread_atfork(lock_for_fork, unlock_after_fork, unlock_after_fork);

// Runs after the program's own exit handlers: the logs of pools that still live are ended.
[[gnu::destructor(101)]] void end_logs_at_exit() {
  const std::lock_guard lock(mutex);
  for (Pool* pool = newest; pool != nullptr; pool = pool->older) pool->end_log();
}

}  // namespace

u32 add(Pool& pool) {
  static_cast<void>(fork_handlers);
  const std::lock_guard lock(mutex);
  pool.older = newest;
  pool.newer = nullptr;
  if (newest != nullptr) newest->newer = &pool;
  newest = &pool;
  return ++created;
}

void remove(Pool& pool) {
  const std::lock_guard lock(mutex);
  (pool.newer != nullptr ? pool.newer->older : newest) = pool.older;
  if (pool.older != nullptr) pool.older->newer = pool.newer;
}

void bury(void* pool, u32 errors) {
  constexpr std::size_t most = 16;
  static void* graves[most];
  static std::size_t next = 0;
  auto* gate = new (&static_cast<MemoryPool*>(pool)->gate()) Gate;
  gate->bury(errors);
  const std::lock_guard lock(mutex);
  release(std::exchange(graves[next++ % most], pool));
}

u32 owner_of(const void* address) {
  const std::lock_guard lock(mutex);
  for (const Pool* pool = newest; pool != nullptr; pool = pool->older) {
    if (pool->in_region(address)) return pool->number();
  }
  return 0;
}

}  // namespace mempool::registry
