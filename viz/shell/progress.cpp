// The line of progress on stderr: see progress.hpp for when it shows.
#include "shell/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mempool::viz {

namespace {

constexpr std::chrono::milliseconds before_the_first{500};
constexpr std::chrono::milliseconds between_two{100};
constexpr const char* erase_line = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + before_the_first) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "{}", erase_line);
}

void ProgressLine::operator()(double share) {
  if (!on_terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + between_two;
  shown_ = true;
  fmt::print(stderr, "{}{} {:3.0f} %", erase_line, what_, 100 * std::clamp(share, 0.0, 1.0));
  std::fflush(stderr);
}

}  // namespace mempool::viz
