// LineEditor: one line of text under a cursor, and those that were entered before.
//
// As in a shell: arrows, Home and End, Ctrl-A E U K W, Backspace and Delete; Up and Down go through
// the history. It knows no command and no terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "step/keys.hpp"

namespace mempool::viz::step {

class LineEditor {
 public:
  /// The key has changed the line or the cursor; false: it means nothing here.
  bool press(const Key& key);
  void begin(std::string_view text);
  /// The line, which becomes the newest of the history.
  std::string enter();

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t cursor() const { return cursor_; }  // bytes before it

 private:
  bool control(char letter);
  bool recall(bool older);
  void erase(std::size_t from, std::size_t to);
  [[nodiscard]] std::size_t left_of(std::size_t at) const;
  [[nodiscard]] std::size_t right_of(std::size_t at) const;

  std::string text_;
  std::size_t cursor_ = 0;
  std::vector<std::string> history_;
  std::size_t recalled_ = 0;  // place in the history; its size: the line itself
  std::string own_;           // the line, while another one is recalled
};

}  // namespace mempool::viz::step
