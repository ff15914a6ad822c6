// Console: keys on their way to a session, and what of its answers is to be seen.
//
//     Key --press--> command line, or a command --> Session --> answer pane, screen
//
// While no command line is open, some keys are commands (manual.cpp lists them); any other
// character opens one. Pure as the session is: a spec presses keys and looks at the lines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "step/keys.hpp"
#include "step/line_editor.hpp"
#include "step/screen.hpp"

namespace mempool::viz::step {

class Console {
 public:
  explicit Console(Session session) : session_(std::move(session)) {}

  enum class Next { go_on, suspend, interrupt, quit };
  [[nodiscard]] Next press(const Key& key);
  /// Runs a command as if it had been typed.
  [[nodiscard]] Next run(const std::string& line);
  [[nodiscard]] std::vector<std::string> draw(Size size);
  /// The last line while a search goes on.
  [[nodiscard]] static std::string progress_line(double share, std::size_t columns);
  [[nodiscard]] std::size_t cursor(Size size) const { return cursor_column(typing(), size); }

 private:
  [[nodiscard]] Typing typing() const;
  [[nodiscard]] Next press_in_line(const Key& key);
  [[nodiscard]] Next press_key(const Key& key);
  [[nodiscard]] Next press_letter(const std::string& letter);
  [[nodiscard]] std::optional<std::string> answer_of(const std::string& letter) const;
  void open_line(std::string_view text);
  void complete();
  bool turn_page(bool down);

  Session session_;
  LineEditor editor_;
  bool open_ = false;
  std::string title_, answer_;
  std::size_t scroll_ = 0;
  Size size_;
};

}  // namespace mempool::viz::step
