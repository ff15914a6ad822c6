// Progress: how far a long piece of work has come, on one line of stderr that erases itself.
//
// Only on a terminal, at most ten times a second, and not before half a second has passed: work
// that is done at once shows nothing, and pipes and logs never see it.
#pragma once

#include <chrono>
#include <string>

namespace mempool::viz {

class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();  // erases the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// The share that is done, 0 to 1.
  void operator()(double share);

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  bool on_terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

}  // namespace mempool::viz
