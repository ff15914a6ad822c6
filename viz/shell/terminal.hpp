// Terminal: a whole screen of one, for a while. The only place that knows termios and its signals.
//
//     open: raw mode, the other screen        wait: bytes, a new size, or nothing for a while
//     draw: lines and a cursor                closed: everything as it was
//
// It is as it was after every end: the program's own, an exception, INT TERM HUP QUIT, a crash or
// abort(). Stopped (TSTP, or suspend()) it gives the terminal back and takes it again when it goes
// on. What the bytes mean is somebody else's to know, Ctrl-C and Ctrl-Z among them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace mempool::viz {

class Terminal {
 public:
  /// Fails when standard output is no terminal, or no keys can be read. One at a time.
  [[nodiscard]] static Result<Terminal> open();

  Terminal(Terminal&& other) noexcept;
  Terminal& operator=(Terminal&&) = delete;
  ~Terminal();

  struct Size {
    std::size_t columns = 80, rows = 24;
  };
  [[nodiscard]] static Size size();

  enum class Came { bytes, resized, nothing, end };
  /// Waits so many milliseconds (-1: for ever) and appends what was read to `bytes`. resized: the
  /// screen has to be drawn anew. end: the terminal is gone.
  [[nodiscard]] Came wait(std::string& bytes, int milliseconds);

  /// Draws every line; cursor: its column in the last one, 0 for none.
  void draw(const std::vector<std::string>& lines, std::size_t cursor);
  /// One line alone.
  void draw_line(std::size_t row, const std::string& line);
  /// Stops as Ctrl-Z does, until it is told to go on.
  void suspend();

 private:
  explicit Terminal(int input) : input_(input) {}
  int input_;
};

}  // namespace mempool::viz
