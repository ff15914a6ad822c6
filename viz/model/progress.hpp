// Progress: how far long work has come, told now and then to whoever shows it. What it looks like
// is not known here: see shell/progress.hpp.
#pragma once

#include <functional>

#include "log/reader.hpp"

namespace mempool::viz {

/// Called now and then with the share that is done, 0 to 1. May be empty.
using Progress = std::function<void(double)>;

/// The share of a log that has been read. Of a pipe nothing is told: nobody knows its length.
class ReadProgress {
 public:
  ReadProgress(const log::Reader& reader, const Progress& progress)
      : reader_(reader), progress_(progress), known_(reader.bytes_total() != 0) {}

  /// To be called once for each event.
  void operator()() {
    if (++events_ % events_between != 0 || !known_ || !progress_) return;
    progress_(static_cast<double>(reader_.bytes_read()) /
              static_cast<double>(reader_.bytes_total()));
  }

 private:
  static constexpr u64 events_between = 1 << 12;  // the slowest readers take some 10 ms for them
  const log::Reader& reader_;
  const Progress& progress_;
  bool known_;
  u64 events_ = 0;
};

}  // namespace mempool::viz
