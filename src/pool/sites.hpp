// Sites: where live blocks came from, and whose the freed bytes were. Evidence for reports.
//
//     records   [ #4 ][ #9 ][ #2 ] ...     the slab's
//     live      [ #4 ][ #9 ][ #2 ] ...     beside each: number, event, file and line
//     freed     [ #1, #7, #3 ... ]         the last blocks that were freed, oldest first
//
// Kept only while a pool is watched or something of it is checked; a plain pool pays nothing. An
// entry counts only if its number is that of the record beside it, so nothing has to be removed.
// Knows no events and no engine. Where there is no memory for it, nothing is known.
#pragma once

#include <mempool/event.h>

#include "base/units.hpp"

namespace mempool {

/// Where a block was asked for. POOL_NONE, nullptr: not known.
struct Site {
  u64 seq = POOL_NONE;         // event number
  const char* file = nullptr;  // borrowed from the program
  u32 line = 0;
};

class Sites {
 public:
  /// A block that was freed.
  struct Freed {
    u64 number, offset, size, payload, requested;
    Site site;
    u64 freed_seq;
  };

  Sites() = default;
  ~Sites();
  Sites(const Sites&) = delete;
  Sites& operator=(const Sites&) = delete;

  /// Makes room beside so many records, or more than before. Without memory nothing is changed.
  void open(u64 records);
  [[nodiscard]] bool active() const { return live_ != nullptr; }
  [[nodiscard]] u64 bytes() const {
    return active() ? records_ * sizeof(Live) + most_freed * sizeof(Freed) : 0;
  }

  /// The block with this number, whose record is the index-th, was asked for here.
  void tell(u32 index, u64 number, Site site) {
    if (index < records_) live_[index] = {number + 1, site};
  }
  [[nodiscard]] Site of(u32 index, u64 number) const {
    return index < records_ && live_[index].number_and_1 == number + 1 ? live_[index].site : Site{};
  }

  void bury(const Freed& block) {
    if (active()) freed_[buried_++ % most_freed] = block;
  }
  /// The block that had this byte last, as far as is known; nullptr: not known.
  [[nodiscard]] const Freed* last_owner(u64 offset) const;
  /// Every block is forgotten; their numbers are not used again.
  void forget() { buried_ = 0; }

 private:
  struct Live {
    u64 number_and_1;  // mapped memory is 0: nobody's
    Site site;
  };
  static constexpr u64 most_freed = 256;

  Live* live_ = nullptr;  // owned, with freed_ behind it
  Freed* freed_ = nullptr;
  u64 records_ = 0;
  u64 buried_ = 0;
};

}  // namespace mempool
