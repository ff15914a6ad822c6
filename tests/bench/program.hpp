// Program: a workload made ready to be timed, as one flat array of operations.
//
//     .rep ──read_rep──► Workload ─┐
//                                  ├─ Builder ─► Program ─► every peer, in a process of its own
//     generators ──────────────────┘
//
// All that an allocator's caller would know is looked up beforehand: the slot that keeps the
// pointer, and the size of the block that goes. So the timed loop does nothing but call. Only the
// *body* is timed; what comes before it builds a state up, what comes after it gives back what is
// still live, so that each repetition begins with an empty allocator.
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"
#include "workload/workload.hpp"

namespace mempool::bench {

enum class Act : u32 { alloc, free, realloc };

struct Op {
  Act act = Act::alloc;
  u32 slot = 0;  // where the pointer is kept
  u32 size = 0;  // alloc, realloc: bytes wanted; at least 1
  u32 old = 0;   // free, realloc: bytes the block was asked for
};

/// What a program measures, which decides which figures it takes part in.
enum class Group : u32 { recorded, lab, generated, steady };

/// The numbers of a program; lies before the operations when both are handed to a process.
struct Outline {
  u64 ops = 0;         // operations in all
  u64 body_begin = 0;  // the timed part: [body_begin, body_end)
  u64 body_end = 0;
  u64 loops = 1;         // how often one timed round carries the program out
  u64 slots = 0;         // pointers kept at a time
  u64 peak_blocks = 0;   // most live blocks
  u64 peak_payload = 0;  // most live bytes, as asked for
  u64 peak_rounded = 0;  // the same, each block rounded up to 16 bytes
};

struct Program {
  std::string name;
  Group group = Group::generated;
  Outline outline;
  std::vector<Op> ops;

  [[nodiscard]] u64 body() const { return outline.body_end - outline.body_begin; }
};

/// Puts a program together. Slots are reused, the last one given back first, so that the table of
/// pointers stays as small as the program's live blocks.
class Builder {
 public:
  Builder(std::string name, Group group);

  u32 alloc(u64 size);  // the slot
  void free(u32 slot);
  void realloc(u32 slot, u64 size);
  /// What follows is timed.
  void begin_body() { program_.outline.body_begin = program_.ops.size(); }
  /// Frees what is live after the body, in the order of the slots.
  [[nodiscard]] Program finish() &&;

 private:
  void count(u32 old_size, u32 new_size);

  Program program_;
  std::vector<u32> size_of_;  // by slot; 0 = not live
  std::vector<u32> unused_;   // slots to be used again
  u64 live_blocks_ = 0, live_payload_ = 0, live_rounded_ = 0;
};

/// Sizes of 4 GiB and more, which are there to fail, are left out, with what is done to them.
[[nodiscard]] Program from_workload(const viz::Workload& workload, std::string name, Group group);

}  // namespace mempool::bench
