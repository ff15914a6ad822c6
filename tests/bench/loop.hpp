// The loop that carries a program out, made for each peer by a template.
//
// The same text for all: it calls, keeps the pointer, and writes the first byte of what it got,
// because blocks that nobody touches would favour whoever keeps the bookkeeping elsewhere. What it
// costs by itself is the peer `loop`; nothing is taken off for it.
// Included by the files that define peers, and by nothing else.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bench/clock.hpp"
#include "bench/peer.hpp"
#ifdef MEMPOOL_BENCH_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

namespace mempool::bench {

inline constexpr u64 ops_between_looks = 4096;  // at the wall clock, to give up in time

template <class P>
class Loop final : public Runner {
 public:
  std::string open(u64 region) override { return peer_.open(region); }
  void close() override { peer_.close(); }
  u64 metadata() const override { return peer_.metadata(); }

  Round run(const Script& script) override {
    Round round;
    round.ending = loops(script, script.outline.loops, [&](const Part& body) {
      const CpuClock clock;
      const Ending ending = carry_out(body);
      round.nanoseconds += clock.nanoseconds();
      round.ops += body.end - body.begin;
      return ending;
    });
    return round;
  }

  Ending rehearse(const Script& script) override {
    if constexpr (requires { P::has_no_blocks; }) return Ending::completed;
    slots_.assign(script.outline.slots, nullptr);
    const Deadline deadline;
    peer_.renew();
    for (u64 i = 0; i < script.outline.ops; ++i) {
      if (i % ops_between_looks == 0 && deadline.passed()) return Ending::too_slow;
      const Op& op = script.ops[i];
      const int mark = static_cast<int>(op.slot & 0x7F);
      if (op.act != Act::alloc && !holds(slots_[op.slot], mark, op.old)) return Ending::spoilt;
      if (!call(op)) return Ending::no_room;
      if (op.act == Act::realloc && !holds(slots_[op.slot], mark, std::min(op.old, op.size)))
        return Ending::spoilt;
      if (op.act != Act::free) std::memset(slots_[op.slot], mark, op.size);
    }
    return Ending::completed;
  }

  Ending look_at_each(const Script& script, Spread& spread) override {
    static const TickClock clock;
    // Every page of it is there before it is written to: a page fault a thousand operations would
    // be just what is looked for.
    ticks_.assign(script.outline.loops * (script.outline.body_end - script.outline.body_begin), 1);
    auto tick = ticks_.begin();
    const Ending ending = loops(script, script.outline.loops, [&](const Part& body) {
      for (const Op* op = body.begin; op != body.end; ++op) {
        if ((op - body.begin) % i64{ops_between_looks} == 0 && body.deadline.passed())
          return Ending::too_slow;
        const u64 start = TickClock::begin();
        const bool good = call(*op);
        const u64 ticks = TickClock::end() - start;
        *tick++ = static_cast<u32>(std::min<u64>(ticks, 0xFFFF'FFFF));
        if (!good) return Ending::no_room;
      }
      return Ending::completed;
    });
    spread = spread_of(ticks_, clock);
    return ending;
  }

  Ending fit(const Script& script) override {
    return loops(script, 1, [&](const Part& body) { return carry_out(body); });
  }

  Ending count(const Script& script) override {
    return loops(script, 1, [&](const Part& body) {
      CALLGRIND_START_INSTRUMENTATION;
      const Ending ending = carry_out(body);
      CALLGRIND_STOP_INSTRUMENTATION;
      return ending;
    });
  }

 private:
  /// Some operations, and until when they may take.
  struct Part {
    const Op* begin;
    const Op* end;
    const Deadline& deadline;
  };

  /// The program from its beginning to its end, some times over; the bodies as `body` does them.
  template <class Body>
  Ending loops(const Script& script, u64 times, const Body& body) {
    const Outline& outline = script.outline;
    const Op *ops = script.ops, *begin = ops + outline.body_begin, *end = ops + outline.body_end;
    slots_.assign(outline.slots, nullptr);
    const Deadline deadline;
    Ending ending = Ending::completed;
    for (u64 time = 0; time < times && ending == Ending::completed; ++time) {
      peer_.renew();
      ending = carry_out({ops, begin, deadline});
      if (ending == Ending::completed) ending = body(Part{begin, end, deadline});
      if (ending == Ending::completed) ending = carry_out({end, ops + outline.ops, deadline});
    }
    return ending;
  }

  Ending carry_out(const Part& part) {
    for (const Op* op = part.begin; op != part.end;) {
      const u64 left = static_cast<u64>(part.end - op);
      const Op* stop = op + std::min(left, ops_between_looks);
      for (; op != stop; ++op)
        if (!call(*op)) [[unlikely]]
          return Ending::no_room;
      if (part.deadline.passed()) return Ending::too_slow;
    }
    return Ending::completed;
  }

  /// What is timed. False: there was no room.
  bool call(const Op& op) {
    void*& slot = slots_[op.slot];
    if (op.act == Act::free) {
      peer_.free(slot, op.old);
      return true;
    }
    void* block =
        op.act == Act::alloc ? peer_.alloc(op.size) : peer_.realloc(slot, op.old, op.size);
    if (block == nullptr) [[unlikely]]
      return false;
    *static_cast<volatile char*>(block) = static_cast<char>(op.slot & 0x7F);
    slot = block;
    return true;
  }

  static bool holds(const void* block, int mark, u64 size) {
    const auto* bytes = static_cast<const unsigned char*>(block);
    return std::all_of(bytes, bytes + size, [&](unsigned char byte) { return byte == mark; });
  }

  P peer_;
  std::vector<void*> slots_;
  std::vector<u32> ticks_;
};

/// realloc for allocators that have none.
template <class P>
void* move_block(P& peer, void* block, u32 old, u32 size) {
  void* fresh = peer.alloc(size);
  if (fresh == nullptr) return nullptr;
  std::memcpy(fresh, block, std::min(old, size));
  peer.free(block, old);
  return fresh;
}

template <class P>
std::unique_ptr<Runner> make_loop() {
  return std::make_unique<Loop<P>>();
}

}  // namespace mempool::bench
