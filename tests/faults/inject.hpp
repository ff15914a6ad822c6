// Failure injection: every way in which the library gets memory from the system goes through here,
// and the N-th request fails: once, or from then on for ever.
//
//     base/memory.cpp   malloc, aligned_alloc, mmap; batches' realloc    by the linker's --wrap
//     the C++ library   operator new                     replaced
//
// Only while armed, so that the specs' own memory does not count. What is outstanding is counted
// always: after a pool has gone, as much must be there as before it came.
#pragma once

#include <cstddef>

namespace mempool::tests {

enum class Failure { never, once, for_ever };

/// Arms the injection for its life. The n-th request from now on fails, counted from 1.
class Inject {
 public:
  Inject(Failure failure, std::size_t n);
  ~Inject();
  Inject(const Inject&) = delete;
  Inject& operator=(const Inject&) = delete;

  /// Requests so far.
  [[nodiscard]] std::size_t requests() const;
  /// Did the n-th request come?
  [[nodiscard]] bool failed() const;
};

/// Pieces of memory that were had and not given back, since the process began.
[[nodiscard]] long outstanding();

}  // namespace mempool::tests
