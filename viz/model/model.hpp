// Model: one pool as its log describes it, the fold of the pool's events.
//
//     Model before --apply(event)--> Model after
//
// Written for reading: rows of blocks in address order. It shares no code with the engine and
// never guesses geometry; what it knows, an event said. It is total: events come from files,
// so a nonsensical event is a Fault value, never a crash, and changes nothing but the counters.
// Logs of allocators that do not tell their splits and coalescing can be folded, too: a block may
// be taken out of any run of free memory (check.hpp is what insists on the events).
#pragma once

#include <mempool/event.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "model/aside.hpp"
#include "model/history.hpp"
#include "model/list_model.hpp"
#include "model/number_table.hpp"
#include "model/offset_map.hpp"
#include "model/origins.hpp"
#include "model/told.hpp"

namespace mempool::viz {

/// What every guard byte holds as long as it is intact, every poisoned byte, and what `fill`
/// writes.
inline constexpr u8 guard_byte = 0xAB;
inline constexpr u8 poison_byte = 0xDD;
inline constexpr u8 fresh_byte = '0';
inline constexpr u8 freed_byte = '.';

/// Regions begin at a multiple of this, which is also the largest alignment there is.
inline constexpr u64 page_bytes = 4096;

/// The guard on one side of a block. size 0: there is none.
struct Guard {
  u64 offset = 0;
  u64 size = 0;
  u64 damaged = 0;            // bytes known to differ; 0 = none known
  u64 first = POOL_NONE;      // offset of the first bad byte
  u64 good_call = POOL_NONE;  // last call at which it was known to be intact
  u64 bad_call = POOL_NONE;   // first call at which it was known to be damaged
  u8 shown = 0;               // bytes filled in expected and found
  std::array<u8, 16> expected{};
  std::array<u8, 16> found{};

  [[nodiscard]] u64 end() const { return offset + size; }
  /// The byte at an offset of the guard, as far as writes and checks of it tell.
  [[nodiscard]] std::optional<u8> byte(u64 at) const;
};

/// Both guards of a block.
struct Guards {
  Guard front, back;
};

/// A block of the region, used or free. There may be millions: guards are kept aside.
struct alignas(64) Block {
  u64 offset = 0;
  u64 size = 0;
  u64 number = 0;     // used: the allocation number (#17); free: the viewer's number (f8)
  u64 payload = 0;    // used: offset of the payload; free: see listed()
  u64 requested = 0;  // bytes asked for; used blocks only
  u64 call = 0;       // call that gave the block its present form
  bool used = false;
  bool filled = false;       // used blocks only: its payload was filled when it was taken
  bool quarantined = false;  // used blocks only: it was freed, and is kept from reuse
  u32 guard = 0;             // guard size it was given; used blocks only
  Aside<Guards> guards;      // used blocks only

  [[nodiscard]] u64 end() const { return offset + size; }
  [[nodiscard]] u64 payload_end() const { return payload + requested; }
  [[nodiscard]] const Guard& front() const;
  [[nodiscard]] const Guard& back() const;
  /// The guard that holds this offset; nullptr if none does.
  [[nodiscard]] const Guard* guard_at(u64 at) const;
  [[nodiscard]] bool lives() const { return used && !quarantined; }
  /// When a free block came into the free list: counted, the initial one is 0. What a split leaves
  /// has the place of what was cut.
  [[nodiscard]] u64 listed() const { return used ? 0 : payload; }
  [[nodiscard]] std::string name() const;  // "#17", "f8", or "#7q": freed, in quarantine
};

/// Bytes that were written where nobody should have: of a guard, or of free memory with poison.
/// They were written after good_call looked at them, and before bad_call did.
struct Damage {
  u64 number = POOL_NONE;     // the block: whose guard it is, or who had the bytes last
  u32 side = 0;               // of the guard, a pool_side; 0: free memory
  u64 first = 0;              // offset of the first bad byte
  u64 damaged = 0;            // bad bytes
  u64 size = 0;               // of how many
  u64 good_call = POOL_NONE;  // last call at which they were known to be good
  u64 bad_call = POOL_NONE;   // first call at which they were known to be bad

  [[nodiscard]] bool is_guard() const { return side != 0; }
};

/// A byte of the region, as far as the log tells.
struct Byte {
  bool known = false;
  bool fill = false;  // known because the pool fills payload, not because it was recorded
  u8 value = 0;
};

/// Free blocks that are in the order of their addresses, put into the order of a list.
void sort_list(std::vector<const Block*>& list, ListOrder order);

/// Why an event could not be applied as it stands.
enum class Fault {
  none,
  no_pool,        // the pool's first event is neither `create` nor `snapshot`
  no_such_block,  // it names a block that is not there
  wrong_use,      // the block is free where it should be used, or the other way round
  overlap,        // the new block does not lie in free memory
  bad_size,       // sizes or offsets do not fit each other or the region
  created_twice,  // a second `create`
  after_destroy,  // the pool is gone
};
[[nodiscard]] const char* text(Fault fault);

/// Everything the log has said of the pool up to some event.
class Model {
 public:
  /// The only function that changes a Model. No I/O, clock, randomness or addresses.
  [[nodiscard]] Fault apply(const pool_event& event);

  // ---- what the pool is
  u32 pool = 0;
  u64 capacity = 0, align = 1;
  u64 base_in_page = 0;  // where the region begins in a page; not 0 only in a caller's buffer
  u32 policy = 0;        // a pool_policy
  u64 guard_size = 0;    // for later blocks; 0 = off
  bool fill = false;
  bool poison = false;            // free bytes are 0xDD unless somebody writes to them
  u64 quarantine = 0;             // most bytes in quarantine; 0 = off
  bool capture = false;           // bytes of any kind are told
  std::string model;              // what kind of pool it is, if not the library's own; else empty
  std::string recorded;           // the program whose recorded calls these are; else empty
  std::optional<ListModel> list;  // the same, understood: the classroom's list allocator
  std::string name;               // empty if none
  bool open = false;              // created, or seen in a snapshot, and not destroyed
  bool destroyed = false;         // blocks stay as they were: what still lives has leaked

  // ---- its blocks
  using Blocks = OffsetMap<Block>;  // in address order
  [[nodiscard]] const Blocks& blocks() const { return blocks_; }
  [[nodiscard]] const Block* at(u64 offset) const;  // the block that starts there
  [[nodiscard]] const Block* containing(u64 offset) const;
  [[nodiscard]] const Block* live(u64 number) const;  // the live block with this number
  /// The block that was given back last of those whose payload started at this offset. O(frees).
  [[nodiscard]] std::optional<Freed> freed(u64 payload) const { return history_.find(payload); }
  /// The call at which the block of this number was given back, moved away or reset. O(frees).
  [[nodiscard]] std::optional<u64> freed_call(u64 number) const { return history_.call_of(number); }
  [[nodiscard]] u64 largest_free() const;  // O(blocks)
  /// Free blocks in the order of the free list: by address, unless a list model says otherwise.
  [[nodiscard]] std::vector<const Block*> free_list() const;
  [[nodiscard]] ListOrder list_order() const { return list ? list->order : ListOrder::address; }
  [[nodiscard]] bool list_in_address_order() const { return list_order() == ListOrder::address; }
  /// A freed block coalesces with its free neighbours, at once.
  [[nodiscard]] bool coalesces() const { return !list || list->coalesces; }
  /// Bytes in front of a payload that are neither guard nor free: a list model's header.
  [[nodiscard]] u64 header_bytes() const { return list ? round_up(list->header, align) : 0; }
  /// The blocks in quarantine, the oldest first. O(blocks) if there are any.
  [[nodiscard]] std::vector<const Block*> in_quarantine() const;

  // ---- sums, kept as events come; capacity = used + quarantined + free;
  // used_bytes = payload_bytes + guard_bytes + all_headers + padding_bytes
  u64 free_bytes = 0, free_blocks = 0;
  u64 used_bytes = 0, used_blocks = 0;  // whole blocks that live
  u64 quarantined_bytes = 0, quarantined_blocks = 0;
  u64 payload_bytes = 0;  // asked for, in live blocks
  u64 guard_bytes = 0;    // written guards (padding included) of live blocks
  [[nodiscard]] u64 all_headers() const {
    return std::min(used_blocks * header_bytes(), used_bytes - payload_bytes - guard_bytes);
  }
  [[nodiscard]] u64 padding_bytes() const {
    return used_bytes - payload_bytes - guard_bytes - all_headers();
  }
  u64 peak_payload = 0, peak_call = 0;  // while a block moves, both places count
  u64 allocs = 0, frees = 0;            // blocks handed out and given back; no moves among them
  u64 failures = 0, misuses = 0;        // damaged guards are no misuse events
  u64 writes_after_free = 0;            // findings in poison
  u64 reallocs = 0;                     // moved or resized in place
  u64 damaged_places = 0;               // guards and runs of poison that were found damaged
  u64 leaked_blocks = 0, leaked_bytes = 0;

  // ---- damage
  /// The call of the last `check`. Whatever it did not tell was good then.
  u64 last_check = POOL_NONE;
  /// Last call at which the guard was known to be intact, by a look at it or at the whole pool.
  [[nodiscard]] u64 known_good(const Guard& guard) const;
  /// Free bytes that are known to be written to, by the offset of the first, until they are used.
  std::map<u64, Damage> stains;
  /// The first of them in this range; nullptr: there is none.
  [[nodiscard]] const Damage* stain_in(u64 offset, u64 size) const;
  /// What was found, in that order; no more than the last few of it are kept.
  static constexpr std::size_t most_damages = 32;
  std::vector<Damage> damages;

  // ---- where blocks come from
  /// The line that asked for the block, if it was told and the block lives or went lately.
  [[nodiscard]] std::optional<Site> site(u64 number) const { return origins_.site(number); }
  /// The block of this number that was given back lately; nullptr if it is not remembered.
  [[nodiscard]] const Grave* gone(u64 number) const { return origins_.gone(number); }

  // ---- numbers
  u64 next_number = 0;       // the next allocation's
  u64 next_free_number = 1;  // the next freed block's
  u64 next_listed = 0;       // the next entry into the free list
  u64 last_seq = 0, last_call = 0;
  u64 cursor = 0;  // next fit's: end of the last placement; POOL_NONE = not known (a snapshot)

  // ---- bytes, as far as known
  [[nodiscard]] Byte byte(u64 offset) const { return byte(offset, containing(offset)); }
  /// The same, without a search, for those who know the block that holds it; nullptr: none does.
  [[nodiscard]] Byte byte(u64 offset, const Block* block) const;
  /// True for a byte in free memory that a guard left behind (and nothing is known to have
  /// overwritten since).
  [[nodiscard]] bool ghost_guard(u64 offset) const;

 private:
  Blocks blocks_;
  NumberTable live_;  // live number -> its block's handle
  History history_;
  Origins origins_;
  Told told_;
  u64 found_ = 0;         // damage that this call has told since its last `check`
  friend class Apply;     // apply.cpp: one member function an event kind
  friend class Keyframe;  // keyframe.cpp: a model as bytes
};

}  // namespace mempool::viz
