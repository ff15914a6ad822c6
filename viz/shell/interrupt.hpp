// Interrupt: Ctrl-C as a question, for work that can be given up. Without a full screen; with one,
// Ctrl-C is a key (terminal.hpp).
#pragma once

namespace mempool::viz {

/// While one lives, SIGINT ends nothing: it is asked for.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// It has come since the last forget().
  [[nodiscard]] static bool came();
  static void forget();
};

}  // namespace mempool::viz
