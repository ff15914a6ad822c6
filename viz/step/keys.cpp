// Keys out of a stream of bytes: see keys.hpp.
#include "step/keys.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace mempool::viz::step {

namespace {

constexpr char escape = '\x1b';
constexpr std::string_view paste_begins = "200~", paste_ends = "201~";

struct Sequence {
  std::string_view text;  // behind ESC [ or ESC O
  Key::Kind kind;
};

constexpr Sequence sequences[] = {
    {"A", Key::Kind::up},        {"B", Key::Kind::down},   {"C", Key::Kind::right},
    {"D", Key::Kind::left},      {"H", Key::Kind::home},   {"F", Key::Kind::end},
    {"1~", Key::Kind::home},     {"7~", Key::Kind::home},  {"4~", Key::Kind::end},
    {"8~", Key::Kind::end},      {"3~", Key::Kind::erase}, {"5~", Key::Kind::page_up},
    {"6~", Key::Kind::page_down}};

}  // namespace

std::optional<Key> Keys::next() {
  while (!bytes_.empty()) {
    Key key;
    switch (take(key)) {
      case Found::key: key.pasted = pasting_; return key;
      case Found::incomplete: return std::nullopt;
      case Found::nothing: break;
    }
  }
  return std::nullopt;
}

std::optional<Key> Keys::flush() {
  if (bytes_.empty()) return std::nullopt;
  const bool was_escape = bytes_[0] == escape;
  bytes_.clear();
  pasting_ = false;
  if (!was_escape) return std::nullopt;
  return Key{Key::Kind::escape, "", false};
}

bool Keys::take_interrupt() {
  const std::size_t at = bytes_.rfind('\x03');
  if (at == std::string::npos) return false;
  bytes_.erase(0, at + 1);
  return true;
}

Keys::Found Keys::take(Key& key) {
  const auto first = static_cast<unsigned char>(bytes_[0]);
  if (first == escape) return take_escape(key);
  if (first >= 0x20 && first != 0x7F) return take_text(key);
  bytes_.erase(0, 1);
  switch (first) {
    case '\r':
    case '\n': key.kind = Key::Kind::enter; break;
    case '\t': key.kind = Key::Kind::tab; break;
    case 0x08:
    case 0x7F: key.kind = Key::Kind::backspace; break;
    default:
      if (pasting_) return Found::nothing;
      key = {Key::Kind::control, std::string(1, static_cast<char>(first + '@')), false};
  }
  return Found::key;
}

/// A character of UTF-8; bytes that cannot become one are passed over.
Keys::Found Keys::take_text(Key& key) {
  const auto first = static_cast<unsigned char>(bytes_[0]);
  const std::size_t wanted = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const std::size_t length = utf8_length(bytes_);
  if (length == 0) {
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const bool starts = first >= 0xC2 && bytes_.size() < wanted &&
                        std::all_of(bytes_.begin() + 1, bytes_.end(), continues);
    return starts ? Found::incomplete : drop(1);
  }
  key = {Key::Kind::text, bytes_.substr(0, length), false};
  bytes_.erase(0, length);
  return Found::key;
}

Keys::Found Keys::take_escape(Key& key) {
  if (bytes_.size() == 1) return Found::incomplete;
  if (bytes_[1] == '[' || bytes_[1] == 'O') return take_sequence(key);
  key.kind = Key::Kind::escape;
  bytes_.erase(0, 1);
  return Found::key;
}

/// ESC [ parameters letter; ESC O letter. Modifiers ("1;5C" is Ctrl-Right) are not told apart.
Keys::Found Keys::take_sequence(Key& key) {
  constexpr std::size_t longest = 32;
  std::size_t end = 2;
  if (bytes_[1] == '[')
    while (end < bytes_.size() && bytes_[end] >= 0x20 && bytes_[end] < 0x40) ++end;
  if (end >= longest) return drop(end);
  if (end >= bytes_.size()) return Found::incomplete;
  std::string text = bytes_.substr(2, end - 1);
  bytes_.erase(0, end + 1);
  if (text == paste_begins || text == paste_ends) {
    pasting_ = text == paste_begins;
    return Found::nothing;
  }
  if (const std::size_t modifier = text.find(';'); modifier != std::string::npos)
    text = text.back() == '~' ? text.substr(0, modifier) + "~" : text.substr(text.size() - 1);
  const auto* found = std::ranges::find(sequences, text, &Sequence::text);
  if (found == std::end(sequences)) return Found::nothing;
  key.kind = found->kind;
  return Found::key;
}

}  // namespace mempool::viz::step
