// Origins: where in a program blocks were asked for, and what is known of those that are gone.
//
//     live_    number -> file:line                     of blocks that live
//     graves_  [ #7 | #2 | #9 | ...                    the last ones that were given back
//
// The history (history.hpp) remembers every block that is gone, but only its pointer. This is
// the near past, and more of it: a block's bytes and their owner are wanted when somebody writes
// to them after the free. Nothing here costs a pool that tells no sites and poisons nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// A line of a program. file: as the log has it; empty if it is not known.
struct Site {
  std::string file;
  u64 line = 0;

  bool operator==(const Site&) const = default;
};

/// A block that was given back, and the bytes that it had.
struct Grave {
  u64 number = 0;
  u64 offset = 0, size = 0;  // the whole block
  u64 payload = 0;
  u64 call = 0;        // that gave it back
  u64 clean_call = 0;  // last call at which nobody was known to have written there since
  u32 file = 0;        // where it was asked for, as Origins counts files
  u64 line = 0;

  [[nodiscard]] bool holds(u64 at) const { return at >= offset && at - offset < size; }
};

class Origins {
 public:
  static constexpr std::size_t most_graves = 256;

  void tell(u64 number, std::string_view file, u64 line);
  /// The block is gone. keep: its bytes are wanted even if nobody told a site of it.
  void bury(Grave grave, bool keep);
  /// It was seen that nobody has written to the block since it was given back.
  void seen_clean(u64 number, u64 call);
  void forget_graves();
  /// The number is no live block's any more.
  void forget(u64 number) {
    if (!live_.empty()) live_.erase(number);
  }
  void clear() { *this = Origins(); }

  /// Of a block that lives or was given back lately.
  [[nodiscard]] std::optional<Site> site(u64 number) const;
  /// The block of this number that was given back last.
  [[nodiscard]] const Grave* gone(u64 number) const;
  /// The block that had the byte at this offset last.
  [[nodiscard]] const Grave* last_owner(u64 offset) const;

 private:
  static constexpr u32 none = ~u32{0};
  struct Place {
    u32 file = none;
    u64 line = 0;
  };
  [[nodiscard]] u32 file_number(std::string_view file);
  /// From the newest to the oldest: the first one that matches.
  template <class Matches>
  [[nodiscard]] const Grave* newest(Matches matches) const;

  std::vector<std::string> files_;
  std::unordered_map<std::string, u32> file_numbers_;
  std::unordered_map<u64, Place> live_;  // by block number
  std::vector<Grave> graves_;            // a circle once it is full
  std::size_t oldest_ = 0;
  friend class Keyframe;  // keyframe_past.cpp
};

}  // namespace mempool::viz
