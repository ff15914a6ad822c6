// Pool: the flight recorder (option `ring`) on its way into a log.
//
//     ring   [ overwritten ... | partly | call 40 | call 41 | ... | now ]
//     log                        [ snapshot of call 39, blocks ][ call 40, 41 ... now ][ later ]
//
// The snapshot is the pool of now with every kept change undone; so the log can be folded and
// checked like any other. A log that misuse has begun goes on at the next misuse, where it ended,
// or, if the ring has overwritten what came between, with another snapshot.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "event/table.hpp"
#include "pool/pool.hpp"

namespace mempool {

namespace {
constexpr u64 writing_at_once = 0;
}

void Pool::start_ring() {
  try {
    watch_.ring = std::make_unique<Ring>(settings_.ring, guard_, settings_.clock);
  } catch (...) {
    std::fprintf(stderr,
                 "mempool: warning: there is no memory for a ring of %llu events; the pool goes "
                 "unwatched\n",
                 static_cast<unsigned long long>(settings_.ring));
  }
}

/// Writes what the ring holds and this log does not. 0, or the errno of what went wrong.
int Pool::write_ring(Recording& log) {
  const Ring& ring = *watch_.ring;
  const auto tell = [&](pool_event& event, u64 call, u64 time) {
    event.pool = watch_.pool;
    event.seq = ++log.seq;
    event.call = call;
    event.time = time;
    log.file->event(event);
  };
  const u64 first = ring.begin();
  if (!log.begun || log.next < first) {
    if (log.begun) ++log.seq;  // what came between is gone: a gap in seq, as before any snapshot
    if (!ring.is_creation(first)) tell_past(first, tell);
    log.next = first;
    log.begun = true;
  }
  for (; log.next < ring.end(); ++log.next) {
    ring.visit(log.next, [&](const auto& kept, u64 call, u64 time) {
      if constexpr (std::is_same_v<decltype(kept), const pool_event&>) {
        pool_event event = kept;
        tell(event, call, time);
      } else {
        explain::explain(kept, [&](pool_event& event) { tell(event, call, time); });
      }
    });
  }
  log.file->flush();
  return log.file->error();
}

/// The pool as it was before this entry of the ring.
template <class Tell>
void Pool::tell_past(u64 entry, const Tell& tell) {
  const Ring& ring = *watch_.ring;
  explain::Past past;
  for (u64 i = ring.end(); i-- > entry;) {
    ring.visit(i, [&](const auto& kept, u64, u64) {
      if constexpr (!std::is_same_v<decltype(kept), const pool_event&>) past.undo(kept);
    });
  }
  const u64 call = entry == ring.end() ? calls() : ring.call_of(entry) - 1;
  tell_blocks(past, ring.guards_at(entry), ring.next_number_at(entry),
              [&](pool_event& event) { tell(event, call, POOL_NONE); });
}

/// 0, or the errno. Alone: in a file that no other pool writes to.
int Pool::open_recording(const char* path, bool alone, Recording& log) const {
  log::Opening opening{log::expand_path(path), settings_.max};
  opening.resume = !alone && settings_.log_from_environment;
  opening.alone = alone;
  return open_sink(std::move(opening), writing_at_once, log.file);
}

/// At misuse and before an abort: into the log that the options name. A pool without one keeps
/// its ring for pool_log_save().
int Pool::record() {
  if (!watch_.ring || settings_.log.empty()) return EINVAL;
  if (recording_.file && recording_.file->inherited()) recording_ = {};  // it is the parent's
  const int kept = errno;
  int error = 0;
  try {
    if (!recording_.file) {
      recording_ = {};
      error = open_recording(settings_.log.c_str(), false, recording_);
      if (error != 0 && !std::exchange(warned_of_recording_, true))
        warn_of_log(settings_.log.c_str(), error, "what the ring holds stays in memory");
    }
    if (recording_.file) error = write_ring(recording_);
  } catch (...) {
    error = ENOMEM;
  }
  errno = kept;
  return error;
}

int Pool::save_log(const char* path) {
  int error = EINVAL;
  if (path == nullptr) {
    error = record();
  } else if (watch_.ring) {
    Recording log;
    error = open_recording(path, true, log);
    if (error == 0) {
      write_ring(log);
      error = log.file->finish();
    }
  }
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace mempool
