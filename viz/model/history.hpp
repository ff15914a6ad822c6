// History: the blocks that were given back, in that order. Written at every free, asked seldom:
// when a program frees a block that is gone.
//
//     chunks_  [ payload, number, call | ... ] [ ... ]   full, shared by copies, never changed
//     last_    [ payload, number, call | ...            being written
//
// An entry takes a few bytes, as only the way from the entry before is kept; looking for one
// means reading back to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

/// A block that is gone.
struct Freed {
  u64 number = 0;
  u64 call = 0;  // that gave it back, moved it away or reset the pool

  bool operator==(const Freed&) const = default;
};

class History {
 public:
  using Chunk = std::shared_ptr<const std::string>;

  void add(u64 payload, Freed freed);
  /// The block that went last of those whose payload started at this offset. O(frees).
  [[nodiscard]] std::optional<Freed> find(u64 payload) const;
  /// The call at which the block of this number went last. O(frees).
  [[nodiscard]] std::optional<u64> call_of(u64 number) const;
  void clear() { *this = History(); }

  /// All of it in chunks; what is added later goes to a new one.
  [[nodiscard]] const std::vector<Chunk>& chunks();
  /// A chunk of a history that was written before; whatever its bytes are.
  void add_chunk(Chunk chunk);

 private:
  struct Entry {
    u64 payload = 0;
    Freed freed;
  };
  void seal();
  template <class Wanted>
  [[nodiscard]] std::optional<Freed> newest(Wanted wanted) const;

  std::vector<Chunk> chunks_;
  std::string last_;
  Entry written_;  // the last one of last_
};

}  // namespace mempool::viz
