// Sinks: file and narration.
#include "sink/sinks.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "event/table.hpp"
#include "explain/narrate.hpp"
#include "log/jsonl.hpp"

namespace mempool {

namespace {

/// Events that must be on disk when their call ends, even in a log that gathers.
bool must_not_wait(const pool_event& event) {
  switch (event.kind) {
    case POOL_EVENT_ALLOC_FAIL:
    case POOL_EVENT_MISUSE:
    case POOL_EVENT_NOTE:
    case POOL_EVENT_BYTES:
    case POOL_EVENT_DESTROY: return true;
    case POOL_EVENT_GUARD_CHECK: return event.as.guard_check.damaged != 0;
    default: return false;
  }
}

constexpr std::size_t largest_gathering = 1 << 20;  // a call with a million leaks is not held whole

}  // namespace

void FileSink::event(const pool_event& event) noexcept {
  if (file_ == nullptr) return;
  if (events_++ == 0) first_seq_ = event.seq;
  last_seq_ = event.seq;
  last_call_ = event.call;
  pool_ = event.pool;
  try {
    log::write_event(event, lines_);
  } catch (...) {  // no memory for the line: the pool's answer must not depend on it
    return drop();
  }
  urgent_ |= must_not_wait(event);
  if (lines_.size() > std::max<u64>(largest_gathering, 2 * flush_at_)) flush();
}

void FileSink::end_call() noexcept {
  if (urgent_ || lines_.size() >= std::max<u64>(flush_at_, 1)) flush();
}

void FileSink::flush() noexcept {
  urgent_ = false;
  if (file_ == nullptr || events_ == 0) return;
  if (!log::append(*file_, lines_, events_)) return drop();
  lines_.clear();
  events_ = 0;
}

void FileSink::drop() noexcept {
  if (dropped_ == 0) dropped_from_ = first_seq_;
  dropped_to_ = last_seq_;
  dropped_ += events_;
  lines_.clear();
  events_ = 0;
}

int FileSink::finish() noexcept {
  if (file_ == nullptr) return 0;
  flush();
  std::string last_words;
  if (dropped_ != 0) {
    pool_event event = event::make(POOL_EVENT_DROPPED);
    event.pool = pool_;
    event.seq = dropped_to_ + 1;
    event.call = last_call_;
    event.as.dropped = {dropped_from_, dropped_to_};
    log::write_event(event, last_words);
  }
  return log::close_file(std::exchange(file_, nullptr), last_words);
}

void NarratingSink::event(const pool_event& event) noexcept {
  try {
    const std::string sentence = explain::narrate(event);
    std::fprintf(stderr, "mempool: pool %u call %llu: %s\n", event.pool,
                 static_cast<unsigned long long>(event.call), sentence.c_str());
  } catch (...) {  // no memory for the sentence: it is left out
  }
}

}  // namespace mempool
