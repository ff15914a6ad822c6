// Line: text for a report, in a fixed buffer. Reports are made when things are going wrong, so
// they must not need memory; what does not fit is cut.
#pragma once

#include <charconv>
#include <cstring>
#include <string_view>

#include "base/units.hpp"

namespace mempool {

class Line {
 public:
  Line& operator<<(std::string_view text) {
    const std::size_t room = sizeof text_ - 1 - size_;
    const std::size_t taken = text.size() < room ? text.size() : room;
    std::memcpy(text_ + size_, text.data(), taken);
    size_ += taken;
    return *this;
  }
  Line& operator<<(u64 number) { return append(number, 10); }
  Line& operator<<(i64 number) {
    if (number < 0) *this << "-";
    return *this << (number < 0 ? u64{0} - static_cast<u64>(number) : static_cast<u64>(number));
  }
  Line& operator<<(u32 number) { return *this << u64{number}; }

  Line& quote(const char* text) { return *this << "\"" << Safe{text} << "\""; }
  /// Text of the program's: control bytes become '~', so that it can be printed anywhere.
  struct Safe {
    const char* text;
  };
  Line& operator<<(Safe safe) {
    for (const char* text = safe.text; *text != '\0'; ++text) {
      const bool control = static_cast<unsigned char>(*text) < 0x20 || *text == 0x7F;
      *this << std::string_view(control ? "~" : text, 1);
    }
    return *this;
  }
  Line& pointer(const void* address) {
    *this << "0x";
    return append(reinterpret_cast<std::uintptr_t>(address), 16);
  }
  Line& hex(const u8* bytes, std::size_t size) {
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < size; ++i) {
      const char pair[3] = {digits[bytes[i] / 16], digits[bytes[i] % 16], ' '};
      *this << std::string_view(pair, i + 1 < size ? 3 : 2);
    }
    return *this;
  }

  [[nodiscard]] std::string_view view() const { return {text_, size_}; }

 private:
  Line& append(u64 number, int base) {
    char digits[24] = {};
    const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }

  std::size_t size_ = 0;
  char text_[2048];
};

}  // namespace mempool
