// A program of C++ for the debugger to look at: pools that objects hold. It stops in pool_party(),
// which is no function of the library's, whatever its name; later nobody catches a bad_alloc.
//
// It keeps what it needs in variables with names, which the tests use.
#include <memory>
#include <mempool.hpp>

namespace {

struct Closer {
  void operator()(MemoryPool* pool) const { pool_destroy(pool); }
};

}  // namespace

extern "C" __attribute__((noinline)) void pool_party() {
  __asm__ volatile("" ::: "memory");
}

int main() {
  mempool::pool pool(1000);
  [[maybe_unused]] const mempool::pool* pointer = &pool;
  const mempool::resource memory(pool);
  const std::unique_ptr<MemoryPool, Closer> unique(pool_create(2000));
  MemoryPool* closed = pool_create(3000);
  pool_destroy(closed);
  pool_party();
  static_cast<void>(mempool::make_unique<char[]>(pool, 5000));
}
