// Editing a line: see line_editor.hpp.
#include "step/line_editor.hpp"

#include <algorithm>

namespace mempool::viz::step {

namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::size_t LineEditor::left_of(std::size_t at) const {
  if (at == 0) return 0;
  --at;
  while (at > 0 && continues(text_[at])) --at;
  return at;
}

std::size_t LineEditor::right_of(std::size_t at) const {
  if (at >= text_.size()) return text_.size();
  ++at;
  while (at < text_.size() && continues(text_[at])) ++at;
  return at;
}

void LineEditor::erase(std::size_t from, std::size_t to) {
  text_.erase(from, to - from);
  cursor_ = from;
}

void LineEditor::begin(std::string_view text) {
  text_ = text;
  cursor_ = text_.size();
  recalled_ = history_.size();
}

std::string LineEditor::enter() {
  constexpr std::size_t most = 1000;
  std::string line = text_;
  if (!line.empty() && (history_.empty() || history_.back() != line)) history_.push_back(line);
  if (history_.size() > most) history_.erase(history_.begin());
  begin("");
  return line;
}

bool LineEditor::press(const Key& key) {
  constexpr std::size_t longest = 4096;
  switch (key.kind) {
    case Key::Kind::text:
      if (text_.size() >= longest) return false;
      text_.insert(cursor_, key.text);
      cursor_ += key.text.size();
      return true;
    case Key::Kind::control: return control(key.text[0]);
    case Key::Kind::backspace: erase(left_of(cursor_), cursor_); return true;
    case Key::Kind::erase: erase(cursor_, right_of(cursor_)); return true;
    case Key::Kind::left: cursor_ = left_of(cursor_); return true;
    case Key::Kind::right: cursor_ = right_of(cursor_); return true;
    case Key::Kind::home: cursor_ = 0; return true;
    case Key::Kind::end: cursor_ = text_.size(); return true;
    case Key::Kind::up: return recall(true);
    case Key::Kind::down: return recall(false);
    default: return false;
  }
}

bool LineEditor::control(char letter) {
  switch (letter) {
    case 'A': cursor_ = 0; return true;
    case 'E': cursor_ = text_.size(); return true;
    case 'U': erase(0, cursor_); return true;
    case 'K': erase(cursor_, text_.size()); return true;
    case 'W': {
      std::size_t from = cursor_;
      while (from > 0 && text_[from - 1] == ' ') --from;
      while (from > 0 && text_[from - 1] != ' ') --from;
      erase(from, cursor_);
      return true;
    }
    case 'P': return recall(true);
    case 'N': return recall(false);
    default: return false;
  }
}

bool LineEditor::recall(bool older) {
  if (older ? recalled_ == 0 : recalled_ >= history_.size()) return false;
  if (recalled_ == history_.size()) own_ = text_;
  recalled_ = older ? recalled_ - 1 : recalled_ + 1;
  text_ = recalled_ == history_.size() ? own_ : history_[recalled_];
  cursor_ = text_.size();
  return true;
}

}  // namespace mempool::viz::step
