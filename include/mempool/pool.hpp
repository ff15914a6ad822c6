/**
 * @file mempool/pool.hpp
 * mempool::pool: a pool that closes itself. Every member is a function of mempool.h, and does,
 * answers and emits what that function does: failure is a null pointer, 0, -1 or false, with the
 * reason in errno. Only the constructors throw, and what a function given to walk() or check()
 * throws comes out of them. C++17 or newer.
 */
#ifndef MEMPOOL_POOL_HPP
#define MEMPOOL_POOL_HPP

#if __cplusplus < 201703L
#error "mempool's C++ headers need C++17: compile with -std=c++17 or newer, or use mempool.h"
#elif !defined(__cpp_exceptions)
#error "mempool's C++ headers need exceptions: compile without -fno-exceptions, or use mempool.h"
#endif

#include <mempool.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace mempool {

/**
 * @addtogroup mempool_cpp
 * @{
 */

/**
 * Owns a pool. It moves, and cannot be copied; a pool that was moved from, or released, is empty:
 * get() is NULL, and every other member answers as its function does for a NULL pool (EINVAL).
 * Resources, allocators and pointers keep to the open pool, not to this object: they stay good
 * when it moves.
 */
class pool {
 public:
  /**
   * As pool_create().
   *
   * @param size  bytes wanted for the region
   * @throws std::invalid_argument  if size is 0
   * @throws std::bad_alloc         if the memory cannot be had
   * @complexity{O(size) at worst, to have the region zeroed}
   * @emits{create}
   */
  explicit pool(std::size_t size) : handle_(opened(pool_create(size))) {}

  /**
   * As pool_create_with().
   *
   * @param size     bytes wanted for the region
   * @param options  a struct_size of 0 stands for the whole struct
   * @throws std::invalid_argument  if size is 0 or an option is out of range
   * @throws std::bad_alloc         if the memory cannot be had
   * @complexity{as pool_create()}
   * @emits{create}
   */
  pool(std::size_t size, const pool_options& options) : handle_(nullptr) {
    const pool_options whole = sized(options);
    handle_ = opened(pool_create_with(size, &whole));
  }

  /**
   * As pool_create_in(): the region is the caller's memory.
   *
   * @param buffer   borrowed until the pool is closed
   * @param size     bytes of the buffer
   * @param options  a struct_size of 0 stands for the whole struct
   * @throws std::invalid_argument  if buffer is NULL or holds no granule, or an option is wrong
   * @throws std::bad_alloc         if the memory for the bookkeeping cannot be had
   * @complexity{as pool_create()}
   * @emits{create}
   */
  pool(void* buffer, std::size_t size, const pool_options& options = pool_options())
      : handle_(nullptr) {
    const pool_options whole = sized(options);
    handle_ = opened(pool_create_in(buffer, size, &whole));
  }

  /**
   * Takes over an open pool.
   * @param handle  from pool_create() and its kin, or release(); NULL makes an empty pool
   * @returns its owner
   */
  [[nodiscard]] static pool adopt(MemoryPool* handle) noexcept { return pool(taken{handle}); }

  /** As pool_destroy(): guards of live blocks are checked, live blocks are reported as leaks. */
  ~pool() { pool_destroy(handle_); }

  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  /** Takes over the pool of another, and leaves that empty. @param other  may be empty */
  pool(pool&& other) noexcept : handle_(other.release()) {}

  /**
   * Closes this pool and takes over that of another.
   * @param other  left empty, unless it is this pool
   * @returns this
   */
  pool& operator=(pool&& other) noexcept {
    pool(std::move(other)).swap(*this);
    return *this;
  }

  /** Exchanges what two pools own. @param other  may be empty */
  void swap(pool& other) noexcept { std::swap(handle_, other.handle_); }

  /** The pool for the functions of mempool.h. @returns it, borrowed; NULL if this is empty */
  [[nodiscard]] MemoryPool* get() const noexcept { return handle_; }

  /** Says whether there is a pool. @returns false if it was moved from or released */
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  /** Gives the pool up. @returns it, to be closed with pool_destroy(); this is empty then */
  [[nodiscard]] MemoryPool* release() noexcept { return std::exchange(handle_, nullptr); }

  /**
   * As pool_alloc().
   * @param size  bytes wanted
   * @returns the first byte, owned by the caller until free() or reset(); NULL as pool_alloc()
   */
  [[nodiscard]] void* alloc(std::size_t size) noexcept { return pool_alloc(handle_, size); }

  /**
   * As pool_calloc().
   * @param count  number of elements
   * @param size   bytes of each
   * @returns the first byte, all zero; NULL as pool_calloc()
   */
  [[nodiscard]] void* calloc(std::size_t count, std::size_t size) noexcept {
    return pool_calloc(handle_, count, size);
  }

  /**
   * As pool_aligned_alloc().
   * @param alignment  power of two, up to 4096
   * @param size       bytes wanted
   * @returns the first byte; NULL as pool_aligned_alloc()
   */
  [[nodiscard]] void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return pool_aligned_alloc(handle_, alignment, size);
  }

  /**
   * As pool_realloc(). For bytes: it moves no C++ objects.
   * @param ptr   live block of this pool; NULL: as alloc()
   * @param size  bytes wanted; 0 is refused
   * @returns the new first byte; NULL as pool_realloc(), and the block stays as it is
   */
  [[nodiscard]] void* realloc(void* ptr, std::size_t size) noexcept {
    return pool_realloc(handle_, ptr, size);
  }

  /** As pool_free(). @param ptr  what this pool handed out; NULL does nothing */
  void free(void* ptr) noexcept { pool_free(handle_, ptr); }

  /**
   * As pool_reset(): everything is free, and no destructor runs. Objects in the pool must be gone,
   * or be such that nobody misses their destructors.
   * @returns false, with errno, as pool_reset() fails
   */
  bool reset() noexcept { return pool_reset(handle_) == 0; }

  /** As pool_usable_size(). @param ptr  live block @returns the bytes asked for; 0 and EINVAL */
  [[nodiscard]] std::size_t usable_size(const void* ptr) const noexcept {
    return pool_usable_size(handle_, ptr);
  }

  /** As pool_owns(). @param ptr  any pointer @returns true iff free() would take it */
  [[nodiscard]] bool owns(const void* ptr) const noexcept { return pool_owns(handle_, ptr) != 0; }

  /** As pool_stats(). @returns the counters; all of them 0, with errno, if that fails */
  [[nodiscard]] pool_statistics stats() const noexcept {
    pool_statistics counters{};
    counters.struct_size = sizeof counters;
    pool_stats(handle_, &counters);
    return counters;
  }

  /**
   * As pool_walk().
   * @param fn  called with each `const pool_block&`, in address order; what it returns, unless
   *            void, stops the walk if it is not 0. What it throws stops the walk, too, and
   *            comes out of this call.
   * @returns 0, or what fn returned to stop; -1 as pool_walk()
   */
  template <class Fn>
  int walk(Fn&& fn) const {
    guest<Fn> visit{fn, nullptr};
    const int answer = pool_walk(handle_, &guest<Fn>::see, &visit);
    visit.rethrow();
    return answer;
  }

  /** As pool_check(), without a function. @returns violations found; -1 as pool_check() */
  int check() noexcept { return pool_check(handle_, nullptr, nullptr); }

  /**
   * As pool_check().
   * @param fn  called with each `const pool_report&`, in address order. Once it throws, it is not
   *            called again; the check goes to its end, and then the exception comes out.
   * @returns violations found; -1 as pool_check()
   */
  template <class Fn>
  int check(Fn&& fn) {
    guest<Fn> visit{fn, nullptr};
    const int found = pool_check(handle_, &guest<Fn>::hear, &visit);
    visit.rethrow();
    return found;
  }

  /** As pool_dump(): statistics and region, to stderr. */
  void dump() noexcept { pool_dump(handle_); }
  /** As pool_enable_guards(). @param guard_size  bytes on either side, up to 4096; 0 = 16 */
  void enable_guards(std::size_t guard_size = 0) noexcept {
    pool_enable_guards(handle_, guard_size);
  }
  /** As pool_disable_guards(). @returns true, and guards are off; false and EBUSY */
  bool disable_guards() noexcept { return pool_disable_guards(handle_) == 1; }

  /** As pool_note(). @param text  UTF-8, borrowed @returns false, with errno, as pool_note() */
  bool note(const char* text) noexcept { return pool_note(handle_, text) == 0; }
  /** As pool_log_open(). @param path  file to write @returns false, with errno */
  bool log_open(const char* path) noexcept { return pool_log_open(handle_, path) == 0; }
  /** As pool_log_close(). @returns false, with the errno of the first write that failed */
  bool log_close() noexcept { return pool_log_close(handle_) == 0; }
  /** As pool_log_save(). @param path  file to write, or NULL @returns false, with errno */
  bool log_save(const char* path) noexcept { return pool_log_save(handle_, path) == 0; }
  /** As pool_set_sink(). @param sink  copied; NULL takes it away @returns false and EINVAL */
  bool set_sink(const pool_sink* sink) noexcept { return pool_set_sink(handle_, sink) == 0; }
  /**
   * As pool_set_error_handler(). The handler must not throw.
   * @param fn    handler; NULL = the default
   * @param user  handed to it
   * @returns the handler set before
   */
  pool_error_fn set_error_handler(pool_error_fn fn, void* user) noexcept {
    return pool_set_error_handler(handle_, fn, user);
  }

 private:
  struct taken {
    MemoryPool* handle;
  };
  explicit pool(taken from) noexcept : handle_(from.handle) {}

  static MemoryPool* opened(MemoryPool* handle) {
    if (handle != nullptr) return handle;
    if (errno == ENOMEM) throw std::bad_alloc();
    throw std::invalid_argument("mempool::pool: a size of 0, no buffer, or an option out of range");
  }

  static pool_options sized(const pool_options& options) noexcept {
    pool_options whole = options;
    if (whole.struct_size == 0) whole.struct_size = sizeof whole;
    return whole;
  }

  // A function of the caller's behind a C function pointer: nothing it throws crosses the C API.
  template <class Fn>
  struct guest {
    Fn& fn;
    std::exception_ptr thrown;

    static int see(const pool_block* block, void* user) noexcept {
      guest& self = *static_cast<guest*>(user);
      try {
        if constexpr (std::is_void_v<std::invoke_result_t<Fn&, const pool_block&>>) {
          self.fn(*block);
          return 0;
        } else {
          return static_cast<int>(self.fn(*block));
        }
      } catch (...) {
        self.thrown = std::current_exception();
        return 1;
      }
    }

    static void hear(const pool_report* report, void* user) noexcept {
      guest& self = *static_cast<guest*>(user);
      if (self.thrown) return;
      try {
        self.fn(*report);
      } catch (...) {
        self.thrown = std::current_exception();
      }
    }

    void rethrow() {
      if (thrown) std::rethrow_exception(std::move(thrown));
    }
  };

  MemoryPool* handle_;
};

/** @} */

}  // namespace mempool

#endif
