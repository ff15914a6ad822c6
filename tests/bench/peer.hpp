// Peer: an allocator that takes part, and what it can be asked for.
//
// A peer is a small class (peer_*.cpp) with open, close, renew, alloc, free, realloc and metadata;
// loop.hpp drives it, made for each by a template, so that its calls are inlined as far as the
// allocator's own interface allows: what a program that uses it would have.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/latency.hpp"
#include "bench/program.hpp"

namespace mempool::bench {

/// A program as a worker sees it: borrowed memory.
struct Script {
  Outline outline;
  const Op* ops = nullptr;
};

enum class Ending : u32 { completed, no_room, too_slow, spoilt };

/// How one round went.
struct Round {
  u64 nanoseconds = 0;  // of the bodies, in all loops
  u64 ops = 0;          // carried out in the bodies
  Ending ending = Ending::completed;
};

/// An allocator behind one virtual call a round.
class Runner {
 public:
  virtual ~Runner() = default;
  /// Empty: good. Else why this allocator cannot take part.
  [[nodiscard]] virtual std::string open(u64 region) = 0;
  virtual void close() = 0;
  /// Bytes used besides the region; 0 if that cannot be known or there are none.
  [[nodiscard]] virtual u64 metadata() const = 0;

  /// Carries the program out, all loops, timed.
  [[nodiscard]] virtual Round run(const Script& script) = 0;
  /// Once, filling each block and comparing it when it goes: `spoilt` if some byte was not what
  /// had been written. So all memory has been touched before anything is timed.
  [[nodiscard]] virtual Ending rehearse(const Script& script) = 0;
  /// All loops, each operation of the bodies timed by itself.
  [[nodiscard]] virtual Ending look_at_each(const Script& script, Spread& spread) = 0;
  /// Once, untimed: is there room?
  [[nodiscard]] virtual Ending fit(const Script& script) = 0;
  /// Once, the body under callgrind's eyes, if it is there.
  [[nodiscard]] virtual Ending count(const Script& script) = 0;
};

/// One row of the table of peers.
struct Peer {
  const char* name;     // in tables and for --only
  const char* what;     // one line for --help and the page
  std::string preload;  // library that goes before all others in its worker; "" = none
  bool fixed_region;    // works in a region of a fixed size, so that utilisation can be measured
  bool writes_log;      // not for the longest programs: its log would be gigabytes
  std::unique_ptr<Runner> (*make)();  // nullptr: absent when this was built
};

[[nodiscard]] const std::vector<Peer>& peers();
[[nodiscard]] const Peer* find_peer(std::string_view name);
/// One more peer, `other`: first fit in another libmempool, to hold two builds side by side.
void add_other(const std::string& library);

/// Memory for a peer that works in a buffer of the caller's: mapped as pool_create() would.
class Region {
 public:
  Region() = default;
  ~Region() { unmap(); }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  [[nodiscard]] bool map(u64 size);
  void unmap();
  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] u64 size() const { return size_; }

 private:
  void* data_ = nullptr;
  u64 size_ = 0;
};

}  // namespace mempool::bench
