/**
 * @file mempool/resource.hpp
 * The standard library's containers in a pool: mempool::resource for those of std::pmr, and
 * mempool::allocator for all others. Neither owns the pool; neither keeps anything but its handle.
 * C++17 or newer, with exceptions and RTTI.
 */
#ifndef MEMPOOL_RESOURCE_HPP
#define MEMPOOL_RESOURCE_HPP

#ifndef __cpp_rtti
#error "mempool::resource needs RTTI: compile without -fno-rtti, or include mempool/pool.hpp alone"
#endif

#include <mempool/pool.hpp>

#include <cstddef>
#include <limits>
#include <memory_resource>
#include <new>
#include <type_traits>

namespace mempool {

/**
 * @addtogroup mempool_cpp
 * @{
 */

/** The largest alignment that a pool can give, in bytes. */
inline constexpr std::size_t max_alignment = 4096;

/**
 * A pool as a std::pmr::memory_resource.
 *
 * allocate() never returns NULL: it is pool_aligned_alloc(), and where that fails it throws
 * std::bad_alloc, also for an alignment above max_alignment. For 0 bytes it gives a block of its
 * own. deallocate() is pool_free(), which needs neither size nor alignment; a pointer that is no
 * live block is reported and has no effect. Two resources are equal iff they are of one pool.
 *
 * The pool is borrowed, and must outlive whatever was allocated. One thread at a time, unless the
 * pool is `thread_safe`.
 */
class resource : public std::pmr::memory_resource {
 public:
  /** A resource over a pool. @param owner  not empty; may move, but must stay open */
  explicit resource(pool& owner) noexcept : handle_(owner.get()) {}
  /** A resource over a pool of the C API. @param handle  open pool, borrowed */
  explicit resource(MemoryPool* handle) noexcept : handle_(handle) {}

  /** The pool. @returns it, borrowed */
  [[nodiscard]] MemoryPool* get() const noexcept { return handle_; }

 protected:
  /**
   * What allocate() calls.
   * @param bytes      bytes wanted; 0 gives a block of its own
   * @param alignment  power of two
   * @returns the first byte, a multiple of alignment; never NULL
   * @throws std::bad_alloc  if the pool has no room, or alignment is above max_alignment
   * @complexity{as pool_aligned_alloc()}
   * @emits{as pool_aligned_alloc()}
   */
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* const first = pool_aligned_alloc(handle_, alignment, bytes);
    if (first == nullptr) throw std::bad_alloc();
    return first;
  }

  /**
   * What deallocate() calls.
   * @param ptr        from allocate() of an equal resource
   * @param bytes      not needed: the pool knows
   * @param alignment  not needed
   * @complexity{as pool_free()}
   * @emits{as pool_free()}
   */
  void do_deallocate(void* ptr, [[maybe_unused]] std::size_t bytes,
                     [[maybe_unused]] std::size_t alignment) override {
    pool_free(handle_, ptr);
  }

  /**
   * What is_equal() and `==` call.
   * @param other  any resource
   * @returns true iff it is a mempool::resource of the same pool
   */
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    const auto* const same = dynamic_cast<const resource*>(&other);
    return same != nullptr && same->handle_ == handle_;
  }

 private:
  MemoryPool* handle_;
};

/**
 * A pool as an allocator for standard containers: `std::vector<int, mempool::allocator<int>>`.
 *
 * It goes with its blocks: a container that is moved from, or swapped, hands over the allocator
 * too, so that neither ever moves elements one by one. A copy of a container lies in the same pool
 * as the original; copy assignment leaves the target in its own pool. Two allocators are equal iff
 * they are of one pool. The pool is borrowed, and must outlive the containers.
 *
 * @tparam T  what is allocated; aligned to at most max_alignment
 */
template <class T>
class allocator {
 public:
  using value_type = T;                                            ///< what is allocated
  using propagate_on_container_copy_assignment = std::false_type;  ///< the target's pool stays
  using propagate_on_container_move_assignment = std::true_type;   ///< blocks stay where they are
  using propagate_on_container_swap = std::true_type;              ///< blocks stay where they are
  using is_always_equal = std::false_type;                         ///< equal iff of one pool

  /** An allocator over a pool. @param owner  not empty; may move, but must stay open */
  allocator(pool& owner) noexcept : handle_(owner.get()) {}
  /** An allocator over a pool of the C API. @param handle  open pool, borrowed */
  explicit allocator(MemoryPool* handle) noexcept : handle_(handle) {}
  /** The same pool, for another type. @param other  any allocator */
  template <class U>
  allocator(const allocator<U>& other) noexcept : handle_(other.get()) {}

  /** The pool. @returns it, borrowed */
  [[nodiscard]] MemoryPool* get() const noexcept { return handle_; }

  /**
   * Takes room for objects; it constructs none.
   * @param count  number of objects; 0 gives a block of its own
   * @returns the first, aligned for T; never NULL
   * @throws std::bad_array_new_length  if `count * sizeof(T)` does not fit a size_t
   * @throws std::bad_alloc             if the pool has no room
   * @complexity{as pool_aligned_alloc()}
   * @emits{as pool_aligned_alloc(); nothing for a bad length}
   */
  [[nodiscard]] T* allocate(std::size_t count) {
    static_assert(alignof(T) <= max_alignment, "a pool gives alignments up to 4096");
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    void* const first = pool_aligned_alloc(handle_, alignof(T), count * sizeof(T));
    if (first == nullptr) throw std::bad_alloc();
    return static_cast<T*>(first);
  }

  /**
   * Gives the room back.
   * @param ptr    from allocate() of an equal allocator
   * @param count  not needed: the pool knows
   * @complexity{as pool_free()}
   * @emits{as pool_free()}
   */
  void deallocate(T* ptr, [[maybe_unused]] std::size_t count) noexcept { pool_free(handle_, ptr); }

 private:
  MemoryPool* handle_;
};

/** Equality. @param a  one @param b  the other @returns true iff they are of one pool */
template <class T, class U>
[[nodiscard]] bool operator==(const allocator<T>& a, const allocator<U>& b) noexcept {
  return a.get() == b.get();
}

/** Inequality. @param a  one @param b  the other @returns false iff they are of one pool */
template <class T, class U>
[[nodiscard]] bool operator!=(const allocator<T>& a, const allocator<U>& b) noexcept {
  return a.get() != b.get();
}

/** @} */

}  // namespace mempool

#endif
