// A list allocator as a textbook has it: free blocks in one list, searched from its head.
//
//     free list   head --> (96, 40) --> (0, 16) --> NULL            here: newest first
//     region      ( 0 16 )[ header | #1's payload ]( 96 40 )[ header | #4's payload ]
//
// It is for lessons, and for comparing: what the real pool never does (another order of the list,
// no coalescing, headers inside of the region) can be seen here, in the same events, so every view
// shows it. It is no model of the pool's inside: that finds its blocks without walking. It owns no
// memory; blocks are offsets. workload/list_player.cpp makes the calls.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <optional>

#include <mempool/event.h>

#include "model/list_model.hpp"

namespace mempool::viz::classroom {

/// A block on the free list.
struct FreeBlock {
  u64 offset = 0;
  u64 size = 0;
  u64 since = 0;  // when it came into the list: counted
  [[nodiscard]] u64 end() const { return offset + size; }
};

/// A block that somebody has.
struct UsedBlock {
  u64 number = 0;     // of the allocation
  u64 size = 0;       // whole: header, payload, and what rounding adds
  u64 requested = 0;  // payload bytes asked for
};

class ListAllocator {
 public:
  using Tell = std::function<void(const pool_event&)>;
  using FreeList = std::list<FreeBlock>;
  using UsedBlocks = std::map<u64, UsedBlock>;  // by offset

  /// One free block, the whole region. Policies: first, next, best, worst.
  ListAllocator(u64 capacity, u64 align, u32 policy, const ListModel& model, Tell tell);

  /// The offset of the payload; none, and `alloc_fail`, if no free block is large enough.
  std::optional<u64> alloc(u64 number, u64 requested);
  /// Gives back the block whose payload starts there. False if there is none.
  bool free(u64 payload);

  [[nodiscard]] const FreeList& free_list() const { return list_; }
  [[nodiscard]] const UsedBlocks& used() const { return used_; }
  [[nodiscard]] u64 header() const { return header_; }
  /// Blocks that all searches so far have looked at.
  [[nodiscard]] u64 looks() const { return looks_; }

 private:
  using Place = FreeList::iterator;
  [[nodiscard]] u64 needed(u64 requested) const;
  [[nodiscard]] Place search(u64 needed);
  [[nodiscard]] Place first_fit(Place from, Place to, u64 needed);
  [[nodiscard]] Place extreme_fit(u64 needed, bool smallest);
  void insert(const FreeBlock& block);
  [[nodiscard]] bool precedes(const FreeBlock& block, const FreeBlock& there) const;
  void split(Place place, u64 kept);
  [[nodiscard]] FreeBlock coalesce(FreeBlock freed);
  void fail(u64 number, u64 requested);

  u64 capacity_;
  u64 align_;
  u32 policy_;
  ListModel model_;
  u64 header_;  // a multiple of the alignment, so that the payload is aligned
  Tell tell_;
  FreeList list_;
  UsedBlocks used_;
  u64 cursor_ = 0;  // next fit's: end of the last block handed out
  u64 listed_ = 1;  // entries into the list so far
  u64 looks_ = 0;
};

}  // namespace mempool::viz::classroom
