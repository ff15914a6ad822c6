// Gate: the way in, where it is not open; and: has the program's own code, which a pool has called,
// left by longjmp?
//
//     main
//       pool_free
//         Gate::run        frame_: this one's address
//           handler        calls the pool: frame_ is on the stack, so the call is refused
//
//     main                 after longjmp, maybe deep down in other calls: frame_ is nowhere on the
//       other              stack, so nobody is in the pool any more
#include "pool/gate.hpp"

#include <unwind.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/line.hpp"

namespace mempool {

namespace {

struct Search {
  _Unwind_Word frame;
  bool found;
};

_Unwind_Reason_Code look(_Unwind_Context* context, void* search) {
  auto& wanted = *static_cast<Search*>(search);
  wanted.found = wanted.found || _Unwind_GetCFA(context) == wanted.frame;
  return wanted.found ? _URC_END_OF_STACK : _URC_NO_REASON;
}

}  // namespace

bool Gate::enter() {
  if ((bits() & dead) != 0) return refuse_dead();
  const bool waits = (bits() & locked) != 0 && !mine();
  if (waits) {
    mutex_.lock();
    owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }
  if ((bits() & busy) == 0) return true;
  if (program_is_running()) {
    if (waits) leave();
    errno = EDEADLK;
    return false;
  }
  set(busy, false);  // it has left by longjmp; a lock that it held is still ours
  return true;
}

/// Nothing is left of the pool but its address and how it took errors.
bool Gate::refuse_dead() const {
  if (errors_ != POOL_ERRORS_QUIET) {
    Line line;
    line << "mempool: error: " << pool_strerror(POOL_ERROR_DEAD_POOL) << ": pool ";
    line.pointer(this) << "\nmempool:   the call changed nothing\n";
    std::fwrite(line.view().data(), 1, line.view().size(), stderr);
  }
  if (errors_ == POOL_ERRORS_ABORT) std::abort();
  errno = EINVAL;
  return false;
}

bool Gate::program_is_running() const {
  if (runner_ != std::this_thread::get_id()) return (bits() & locked) == 0;
  Search search{reinterpret_cast<_Unwind_Word>(frame_), false};
  _Unwind_Backtrace(look, &search);
  return search.found;
}

}  // namespace mempool
