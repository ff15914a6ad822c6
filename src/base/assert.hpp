// MEMPOOL_ASSERT: what must hold if Mempool is right. Prints the expression and aborts.
//
// Off in release builds (Meson's b_ndebug), so never with a side effect. What a caller or a file
// can get wrong is not asserted but answered.
#pragma once

#include <cstdio>
#include <cstdlib>

#ifdef NDEBUG
#define MEMPOOL_ASSERT(condition) ((void)0)
#else
#define MEMPOOL_ASSERT(condition)                                                             \
  ((condition) ? (void)0                                                                      \
               : (std::fprintf(stderr, "mempool: broken assertion: %s (%s:%d)\n", #condition, \
                               __FILE__, __LINE__),                                           \
                  std::abort()))
#endif

#define MEMPOOL_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define MEMPOOL_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
