// Packed: numbers in few bytes, for what is kept in bulk: the history of freed blocks, keyframes.
//
//     seven bits a byte, the low ones first; the high bit says that more follow
//     300 -> AC 02
//
// Reading is total: what does not hold the number that is wanted is `bad` from there on.
#pragma once

#include <string>
#include <string_view>

#include "base/units.hpp"

namespace mempool::viz {

inline void put(std::string& out, u64 value) {
  char bytes[10];
  std::size_t count = 0;
  for (; value >= 0x80; value >>= 7) bytes[count++] = static_cast<char>(value | 0x80);
  bytes[count++] = static_cast<char>(value);
  out.append(bytes, count);
}

/// The way from one number to the next, small if they lie near each other.
inline void put_delta(std::string& out, u64 from, u64 to) {
  const u64 way = to - from;
  put(out, way << 1 ^ (way >> 63 == 0 ? 0 : u64_max));
}

inline void put_text(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

class Unpack {
 public:
  explicit Unpack(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool bad() const { return bad_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] u64 left() const { return static_cast<u64>(end_ - at_); }

  u64 number() {
    u64 value = 0;
    for (unsigned shift = 0; at_ != end_ && shift < 64; shift += 7) {
      const auto byte = static_cast<u8>(*at_++);
      value |= u64{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }
  u64 delta(u64 from) {
    const u64 way = number();
    return from + (way >> 1 ^ ((way & 1) == 0 ? 0 : u64_max));
  }
  std::string_view bytes(u64 size) {
    if (size > left()) {
      fail();
      return {};
    }
    const std::string_view taken(at_, size);
    at_ += size;
    return taken;
  }
  u8 byte() {
    const std::string_view one = bytes(1);
    return one.empty() ? u8{0} : static_cast<u8>(one[0]);
  }
  std::string_view text() { return bytes(number()); }
  void fail() {
    bad_ = true;
    at_ = end_;
  }

 private:
  const char* at_;
  const char* end_;
  bool bad_ = false;
};

}  // namespace mempool::viz
