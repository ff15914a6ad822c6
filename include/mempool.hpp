/**
 * @file mempool.hpp
 * Mempool for C++: all of it in headers, over the C API of mempool.h, so that a program needs
 * C++17 or newer and no C++ library of ours. Parts can be had alone: mempool/pool.hpp,
 * mempool/resource.hpp, mempool/unique.hpp.
 */
#ifndef MEMPOOL_HPP
#define MEMPOOL_HPP

/**
 * @defgroup mempool_cpp C++
 * A pool that closes itself, and the standard library's containers and pointers in it. For C++17
 * and newer, with exceptions and RTTI; include mempool.hpp.
 *
 * What is thrown: std::bad_alloc where a pool has no room; std::bad_array_new_length where a number
 * of elements has no size in bytes; std::invalid_argument by a constructor of a pool; and what
 * constructors and functions of the caller throw. Nothing else.
 *
 * Pools are borrowed by everything but mempool::pool itself: blocks, containers and pointers must
 * be gone before their pool is. The two orders that matter come by themselves when the pool is
 * declared first: what is declared later is destroyed sooner.
 */

/** Mempool for C++: see the group "C++". */
namespace mempool {}

#include <mempool/pool.hpp>
#include <mempool/resource.hpp>
#include <mempool/unique.hpp>

#endif
