// Keys: what a terminal sends, as keys. A stream: a sequence may come in pieces, or many at once.
//
//     bytes "\x1b[", "C" ... "n" --feed--> Keys --next--> right, 'n'
//
// Arrows and the like come as escape sequences; text as UTF-8; what is pasted between marks, and is
// told apart from what is typed. Knows no terminal and no command.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mempool::viz::step {

struct Key {
  enum class Kind {
    text,     // one character, in UTF-8
    control,  // a letter with Ctrl: text is the letter, upper case
    enter,
    escape,
    tab,
    backspace,
    erase,
    up,
    down,
    left,
    right,
    home,
    end,
    page_up,
    page_down
  };
  Kind kind = Kind::text;
  std::string text;
  bool pasted = false;
};

class Keys {
 public:
  void feed(std::string_view bytes) { bytes_ += bytes; }
  /// The next key; none if the bytes so far are none, or the start of one.
  [[nodiscard]] std::optional<Key> next();
  /// Nothing more came for a while: the start of a key is all there is of it.
  [[nodiscard]] std::optional<Key> flush();
  /// Some bytes wait for the rest of their key.
  [[nodiscard]] bool is_waiting() const { return !bytes_.empty(); }
  /// Ctrl-C is among the bytes: it and what stands before it are gone then.
  [[nodiscard]] bool take_interrupt();

 private:
  enum class Found { key, nothing, incomplete };
  Found take(Key& key);
  Found take_escape(Key& key);
  Found take_sequence(Key& key);
  Found take_text(Key& key);
  Found drop(std::size_t count) {
    bytes_.erase(0, count);
    return Found::nothing;
  }

  std::string bytes_;
  bool pasting_ = false;
};

}  // namespace mempool::viz::step
