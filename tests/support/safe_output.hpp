// What may leave mempool-viz, whatever a log holds: text that does nothing to a terminal, DOT whose
// markup is our own. For specs and fuzz targets; holds no spec and expects nothing itself.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace mempool::tests {

/// Why a text is not safe to print; "" if it is: well-formed UTF-8 with no control character (C0,
/// DEL, C1) but the newline.
inline std::string unsafe_in_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = utf8_length(rest);
    const u8 first = static_cast<u8>(rest[0]);
    const bool c1 = length == 2 && first == 0xC2 && static_cast<u8>(rest[1]) < 0xA0;
    if (length == 0) return "byte " + std::to_string(at) + " is not UTF-8";
    if ((first < 0x20 && first != '\n') || first == 0x7F || c1)
      return "a control byte, " + std::to_string(first) + ", at " + std::to_string(at);
    at += length;
  }
  return "";
}

/// Reads DOT text as far as it takes to see that no text of a log has become markup.
class DotScan {
 public:
  explicit DotScan(std::string_view dot) : rest_(dot) {}

  /// Why it is not safe; "" if it is.
  std::string unsafe() {
    while (!rest_.empty() && what_.empty()) {
      const char c = take();
      if (c == '"')
        string();
      else if (c == '<')
        label();
      else if (!plain(c))
        complain(std::string("a bare ") + c);
    }
    return what_;
  }

 private:
  static constexpr std::string_view tags[] = {"TABLE", "TR", "TD", "FONT", "B", "BR"};
  static constexpr std::string_view entities[] = {"amp;", "lt;", "gt;", "quot;", "#92;"};

  /// What stands outside of strings and labels: names, numbers, signs. And `->`.
  static bool plain(char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
           std::string_view(" \n_=,;:[]{}->.!").find(c) != std::string_view::npos;
  }
  char take() {
    const char c = rest_.empty() ? '\0' : rest_[0];
    if (!rest_.empty()) rest_.remove_prefix(1);
    return c;
  }
  void complain(std::string what) {
    if (what_.empty()) what_ = std::move(what) + " before: " + std::string(rest_.substr(0, 60));
  }
  void string() {
    for (char c = take(); c != '"'; c = take())
      if (c == '\0' || c == '\\' || c == '<') return complain("a string with more than a value");
  }
  /// What is in a label: text with entities, and tags. Ends behind its '>'.
  void label() {
    std::vector<std::string> open;
    for (char c = take(); c != '>' && what_.empty(); c = take()) {
      if (c == '\0')
        complain("a label without end");
      else if (c == '<')
        tag(open);
      else if (c == '&')
        entity();
      else if (c == '"' || c == '\\')
        complain("a bare quote or backslash in a label");
    }
    if (!open.empty()) complain("<" + open.back() + "> is not closed");
  }
  void entity() {
    if (std::ranges::none_of(entities, [&](auto name) { return rest_.starts_with(name); }))
      complain("a bare & in a label");
  }
  void tag(std::vector<std::string>& open) {
    const bool closing = rest_.starts_with("/");
    if (closing) take();
    std::string name;
    while (!rest_.empty() && 'A' <= rest_[0] && rest_[0] <= 'Z') name += take();
    if (std::ranges::find(tags, name) == std::end(tags)) return complain("the tag <" + name);
    bool empty = false;
    for (char c = take(); c != '>'; c = take()) {
      if (c == '\0' || c == '<') return complain("a tag without end");
      if (c == '"') attribute();
      empty = c == '/';
    }
    if (closing && (open.empty() || open.back() != name)) return complain("a stray </" + name);
    if (closing)
      open.pop_back();
    else if (!empty)
      open.push_back(name);
  }
  void attribute() {
    for (char c = take(); c != '"'; c = take()) {
      if (c == '&') entity();
      if (c == '\0' || c == '<' || c == '>' || c == '\\')
        return complain("an attribute with markup");
    }
  }

  std::string_view rest_;
  std::string what_;
};

inline std::string unsafe_in_dot(std::string_view dot) {
  const std::string what = unsafe_in_text(dot);
  return what.empty() ? DotScan(dot).unsafe() : what;
}

}  // namespace mempool::tests
