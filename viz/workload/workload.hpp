// Workload: what to do to a pool, operation by operation, wherever it was written down.
//
//     op list ─parse_ops─┐
//     .rep ────read_rep──┼─► Workload ─► choose_capacity, play ─► calls on a real pool
//     recording ─────────┤
//     log ─────from_log──┘
//
// Allocations are named by number, as everywhere: the i-th allocation of the workload is #i, the
// failed ones included. An operation takes 16 bytes, for recordings have millions of them; what
// only a few operations carry (a write, a text) stands in a list beside.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace mempool::viz {

enum class Act : u8 { alloc, free, realloc, write, check, note };

struct Operation {
  constexpr Operation() = default;
  constexpr Operation(Act what, u32 allocation = 0, u64 bytes = 0)
      : act(what), index(allocation), size(bytes) {}

  Act act = Act::check;
  u8 align_log2 = 0;  // alloc: log2 of the alignment that is asked for; 0 = the pool's
  u16 site = 0;       // alloc, realloc: who asks, 1 + place in the list beside; 0 = not known
  u32 index = 0;      // the allocation concerned; alloc: the number it takes
  u64 size = 0;       // alloc, realloc: bytes wanted. write, note: its place in the list beside
};
static_assert(sizeof(Operation) == 16);

inline constexpr u64 most_alignment = 4096;  // of pool_aligned_alloc()

/// alignment: a power of two up to most_alignment.
[[nodiscard]] constexpr Operation aligned_allocation(u32 number, u64 size, u64 alignment) {
  Operation operation(Act::alloc, number, size);
  operation.align_log2 = static_cast<u8>(std::countr_zero(alignment));
  return operation;
}

/// Where a program asked for a block. line 0: not known, and `where` says all there is.
struct CallSite {
  std::string where;  // "parser.c"; "xmalloc+0x1c in git"
  u32 line = 0;
};

/// `count` times `byte`, from `offset` bytes after the start of the payload (before it if < 0).
struct Write {
  std::int64_t offset = 0;
  u64 count = 1;
  u8 byte = 0;
  bool told = true;  // it is noted, and so a call; a program's own writes (from_log.hpp) are not
};

struct Workload {
  std::string name;  // of the trace, for people
  std::vector<Operation> operations;
  std::vector<Write> writes;
  std::vector<std::string> notes;
  std::vector<CallSite> call_sites;  // most_call_sites at most
  u32 allocations = 0;               // alloc operations: numbers 0 to allocations - 1
  u64 suggested_heap = 0;            // the trace's own hint at a capacity; 0 = none
  u64 null_frees = 0;                // free(NULL) in the trace: no operation, no call
  std::string recorded;  // the program whose recorded calls these are; empty: they are not
};

/// Most allocations of one workload, so that a number fits an Operation.
inline constexpr u64 most_allocations = 0xFFFF'FFFF;
inline constexpr std::size_t most_call_sites = 0xFFFF;

}  // namespace mempool::viz
