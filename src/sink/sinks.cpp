// Sinks: file and narration.
#include "sink/sinks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "event/table.hpp"
#include "explain/narrate.hpp"

namespace mempool {

void FileSink::flush() noexcept {
  urgent_ = false;
  if (file_ == nullptr || events_ == 0) return;
  if (log::append(*file_, batch_.view(), events_))
    forget();
  else
    drop();
}

void FileSink::drop() noexcept {
  if (dropped_ == 0) dropped_from_ = first_seq_;
  dropped_to_ = last_seq_;
  dropped_ += events_;
  forget();
}

int FileSink::finish() noexcept {
  if (file_ == nullptr) return 0;
  flush();
  if (dropped_ != 0) {
    pool_event event = event::make(POOL_EVENT_DROPPED);
    event.pool = pool_;
    event.seq = dropped_to_ + 1;
    event.call = last_call_;
    event.as.dropped = {dropped_from_, dropped_to_};
    static_cast<void>(batch_.add(event));  // without memory, the log has a gap
  }
  return log::close_file(std::exchange(file_, nullptr), batch_.view());
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
