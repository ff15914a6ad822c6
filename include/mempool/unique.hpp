/**
 * @file mempool/unique.hpp
 * Single objects and arrays in a pool, owned by a std::unique_ptr: mempool::make_unique() and the
 * deleter it uses. C++17 or newer, with exceptions and RTTI.
 */
#ifndef MEMPOOL_UNIQUE_HPP
#define MEMPOOL_UNIQUE_HPP

#include <mempool/resource.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace mempool {

/**
 * @addtogroup mempool_cpp
 * @{
 */

/**
 * Destroys an object or an array, and gives its block back to the pool. The length of an array is
 * known from the size of its block, and the start of an object's block from the object itself,
 * wherever the base lies in it that the pointer is of.
 *
 * @tparam T  the object, which need not be complete before it is destroyed; `T[]` for an array
 */
template <class T>
class deleter {
  using element = std::remove_cv_t<std::remove_extent_t<T>>;

 public:
  /** For a pointer that owns nothing. */
  constexpr deleter() noexcept : handle_(nullptr) {}
  /** A deleter for objects of a pool. @param owner  not empty; may move, but must stay open */
  explicit deleter(pool& owner) noexcept : handle_(owner.get()) {}
  /** A deleter for objects of a pool of the C API. @param handle  open pool, borrowed */
  explicit deleter(MemoryPool* handle) noexcept : handle_(handle) {}
  /**
   * Adding const, or from a derived class if the base has a virtual destructor.
   * @param other  of the same pool afterwards
   */
  template <class U, class = std::enable_if_t<
                         std::is_convertible_v<U*, T*> &&
                         std::disjunction_v<std::is_same<std::remove_cv_t<U>, std::remove_cv_t<T>>,
                                            std::has_virtual_destructor<T>>>>
  deleter(const deleter<U>& other) noexcept : handle_(other.get()) {}

  /** The pool. @returns it, borrowed; NULL if there is none */
  [[nodiscard]] MemoryPool* get() const noexcept { return handle_; }

  /**
   * Destroys the object, or the elements of the array, the last one first; then frees the block.
   * @param owned  from make_unique(), or constructed in a block of the pool
   * @complexity{the destructors, and as pool_free()}
   * @emits{as pool_free()}
   */
  void operator()(std::remove_extent_t<T>* owned) const noexcept {
    auto* const first = const_cast<element*>(owned);
    void* block = first;
    if constexpr (!std::is_array_v<T>) {
      if constexpr (std::is_polymorphic_v<T>) block = dynamic_cast<void*>(first);
      first->~element();
    } else if constexpr (!std::is_trivially_destructible_v<element>) {
      for (std::size_t left = pool_usable_size(handle_, first) / sizeof(element); left > 0; --left)
        first[left - 1].~element();
    }
    pool_free(handle_, block);
  }

 private:
  MemoryPool* handle_;
};

/** Owns an object, or with `T[]` an array, in a pool. The pool must outlive it. */
template <class T>
using unique_ptr = std::unique_ptr<T, deleter<T>>;

/**
 * Constructs an object in a pool.
 *
 * @param owner      not empty; borrowed, must outlive the object
 * @param arguments  handed to T's constructor
 * @returns the object's owner; never NULL
 * @throws std::bad_alloc  if the pool has no room; and what T's constructor throws: then the
 *                         block is free again
 * @complexity{as pool_aligned_alloc(), and T's constructor}
 * @emits{as pool_aligned_alloc(); then as pool_free() if the constructor throws}
 */
template <class T, class... Arguments, class = std::enable_if_t<!std::is_array_v<T>>>
[[nodiscard]] unique_ptr<T> make_unique(pool& owner, Arguments&&... arguments) {
  allocator<std::remove_cv_t<T>> room(owner);
  auto* const object = room.allocate(1);
  try {
    ::new (static_cast<void*>(object)) std::remove_cv_t<T>(std::forward<Arguments>(arguments)...);
  } catch (...) {
    room.deallocate(object, 1);
    throw;
  }
  return unique_ptr<T>(object, deleter<T>(owner));
}

/**
 * Constructs an array in a pool, each element as by `T()`: numbers are 0.
 *
 * @param owner  not empty; borrowed, must outlive the array
 * @param count  number of elements; may be 0
 * @returns the array's owner; never NULL
 * @throws std::bad_array_new_length  if `count * sizeof(T)` does not fit a size_t
 * @throws std::bad_alloc  if the pool has no room; and what a constructor throws: then the elements
 *                         before it are destroyed and the block is free again
 * @complexity{as pool_aligned_alloc(), and O(count)}
 * @emits{as pool_aligned_alloc(); then as pool_free() if a constructor throws}
 */
template <class T, class = std::enable_if_t<std::is_array_v<T> && std::extent_v<T> == 0>>
[[nodiscard]] unique_ptr<T> make_unique(pool& owner, std::size_t count) {
  using element = std::remove_cv_t<std::remove_extent_t<T>>;
  static_assert(!std::is_array_v<element> || std::is_trivially_destructible_v<element>,
                "elements that are arrays of objects: make them std::array");
  allocator<element> room(owner);
  element* const first = room.allocate(count);
  try {
    std::uninitialized_value_construct_n(first, count);
  } catch (...) {
    room.deallocate(first, count);
    throw;
  }
  return unique_ptr<T>(first, deleter<T>(owner));
}

/** @} */

}  // namespace mempool

#endif
