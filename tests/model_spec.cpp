// The model: what a pool's events, folded one after the other, say of its blocks, their numbers and
// the sums; and that no event, however wrong, breaks it.
#include <doctest/doctest.h>

#include <random>

#include "event/table.hpp"
#include "support/scribe.hpp"
#include "support/shape.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Fault;
using viz::Model;

namespace {

pool_event alloc_event(u64 number, u64 offset, u64 size, u64 payload, u64 requested) {
  pool_event event = event::make(POOL_EVENT_ALLOC);
  event.call = 1;
  event.as.alloc = {number, offset, size, payload, requested, POOL_NONE};
  return event;
}

/// An event about some block of the model. It may well be true; often it is not.
pool_event likely_event(const Model& model, const auto& pick) {
  auto it = model.blocks().begin();
  std::advance(it, pick(model.blocks().size()));
  const viz::Block& block = it->second;
  const auto next = std::next(it);
  const u64 right = next == model.blocks().end() ? 0 : next->second.size;
  const u64 part = 1 + pick(block.size);
  const u32 side = pick(2) == 0 ? POOL_SIDE_FRONT : POOL_SIDE_BACK;
  const u64 guard = side == POOL_SIDE_FRONT ? block.offset : block.payload_end();
  const u64 width =
      side == POOL_SIDE_FRONT ? block.payload - block.offset : block.end() - block.payload_end();
  const u32 kinds[] = {POOL_EVENT_ALLOC,       POOL_EVENT_ALLOC,       POOL_EVENT_FREE,
                       POOL_EVENT_SPLIT,       POOL_EVENT_COALESCE,    POOL_EVENT_RESIZE,
                       POOL_EVENT_GUARD_WRITE, POOL_EVENT_GUARD_CHECK, POOL_EVENT_BYTES};
  pool_event event = event::make(pick(200) == 0 ? u32{POOL_EVENT_RESET} : kinds[pick(9)]);
  switch (event.kind) {
    case POOL_EVENT_ALLOC: {
      const u64 front = pick(part + 1);
      const u64 number = pick(8) == 0 ? block.number : model.next_number;
      event.as.alloc = {number,   block.offset, part, block.offset + front, pick(part - front + 1),
                        POOL_NONE};
      break;
    }
    case POOL_EVENT_FREE: event.as.free = {block.number, block.offset, block.size}; break;
    case POOL_EVENT_SPLIT:
      event.as.split = {block.offset, part, block.offset + part, block.size - part};
      break;
    case POOL_EVENT_COALESCE:
      event.as.coalesce = {block.offset, block.size + right, block.end(), right, POOL_SIDE_RIGHT};
      if (pick(2) == 0)
        event.as.coalesce = {block.offset, block.size + right, block.offset, block.size,
                             POOL_SIDE_LEFT};
      break;
    case POOL_EVENT_RESIZE: {
      const bool room = right != 0 && !next->second.used;
      const u64 all = block.size + (room ? right : 0);
      const u64 size = 1 + pick(all);
      event.as.resize = {block.number, block.offset,        size,      block.size,
                         pick(size),   block.offset + size, all - size};
      break;
    }
    case POOL_EVENT_GUARD_WRITE: event.as.guard_write = {block.number, side, guard, width}; break;
    case POOL_EVENT_GUARD_CHECK:
      event.as.guard_check.block = block.number;
      event.as.guard_check.side = side;
      event.as.guard_check.offset = guard;
      event.as.guard_check.size = width;
      event.as.guard_check.damaged = pick(3);
      event.as.guard_check.first = guard + pick(3);
      break;
    case POOL_EVENT_BYTES: event.as.bytes.offset = block.offset + pick(part); break;
    default: break;
  }
  return event;
}

bool sums_hold(const Model& model) {
  u64 free = 0, used = 0, payload = 0, guards = 0, end = 0;
  for (const auto& [offset, block] : model.blocks()) {
    if (offset != end) return false;
    end = block.end();
    (block.used ? used : free) += block.size;
    if (block.used) payload += block.requested;
    if (block.used) guards += block.front().size + block.back().size;
  }
  return free == model.free_bytes && used == model.used_bytes && payload == model.payload_bytes &&
         guards == model.guard_bytes && payload + guards <= used;
}

}  // namespace

TEST_CASE("a new pool is one free block, f1") {
  Scribe pool(1024);
  CHECK(shape(pool.model()) == "F1024");
  CHECK(named_shape(pool.model()) == "f1:1024");
  CHECK(pool.model().free_bytes == 1024);
}

TEST_CASE("the rest of a split keeps its number, so f1 stays f1 while blocks are cut off it") {
  Scribe pool(1024);
  pool.alloc(100);
  pool.alloc(24);
  CHECK(named_shape(pool.model()) == "#0:100 #1:24 f1:900");
  CHECK(pool.model().next_free_number == 2);
}

TEST_CASE("a freed block coalesces with the free neighbours it has, and no others") {
  Scribe pool(256);
  for (int i = 0; i < 4; ++i) pool.alloc(64);
  SUBCASE("none: it takes the next number") {
    pool.free(1);
    CHECK(named_shape(pool.model()) == "#0:64 f2:64 #2:64 #3:64");
  }
  SUBCASE("right: the freed block lies lower, and keeps the number it took") {
    pool.free(2);
    pool.free(1);
    CHECK(named_shape(pool.model()) == "#0:64 f3:128 #3:64");
  }
  SUBCASE("left: the neighbour keeps its number, and the one just taken is given back") {
    pool.free(1);
    pool.free(2);
    CHECK(named_shape(pool.model()) == "#0:64 f2:128 #3:64");
    pool.free(0);
    CHECK(named_shape(pool.model()) == "f3:192 #3:64");
  }
  SUBCASE("both") {
    pool.free(1);
    pool.free(3);
    pool.free(2);
    CHECK(named_shape(pool.model()) == "#0:64 f2:192");
    CHECK(pool.model().next_free_number == 4);
  }
}

TEST_CASE("a failed allocation takes a number, too") {
  Scribe pool(64);
  CHECK(pool.alloc(100) == 0);
  CHECK(pool.alloc(10) == 1);
  CHECK(pool.model().failures == 1);
  CHECK(pool.model().allocs == 1);
}

TEST_CASE("a block that moves keeps its number, and for a moment there are two of it") {
  Scribe pool(256);
  pool.alloc(32);
  pool.alloc(32);
  pool.realloc(0, 64);
  CHECK(named_shape(pool.model()) == "f2:32 #1:32 #0:64 f1:128");
  CHECK(pool.model().live(0)->offset == 64);
  CHECK(pool.model().reallocs == 1);
  CHECK(pool.model().allocs == 2);
  CHECK(pool.model().frees == 0);
  CHECK(pool.model().peak_payload == 128);

  const viz::Frame moved = frame_of(pool.text(), {.call = {}, .seq = 7, .pool = {}});
  CHECK(named_shape(moved.after) == "#0:32 #1:32 #0:64 f1:128");
  CHECK(moved.after.live(0)->offset == 64);

  SUBCASE("a realloc that fails uses up no number") {
    pool.realloc(0, 1000);
    CHECK(pool.model().live(0)->requested == 64);
    CHECK(pool.alloc(1) == 2);
  }
}

TEST_CASE("a reset makes one free block, under a number that was never used") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(64);
  pool.free(0);
  pool.reset();
  CHECK(named_shape(pool.model()) == "f3:256");
  CHECK(pool.model().live(1) == nullptr);
  CHECK(pool.alloc(1) == 2);
}

TEST_CASE("a snapshot tells every block, and free blocks are numbered in address order") {
  Scribe pool(256, {.align = 8, .guards = 8});
  pool.alloc(24);
  pool.alloc(24);
  pool.alloc(24);
  pool.free(0);
  pool.free(1);
  pool.snapshot();
  CHECK(named_shape(pool.model()) == "f1:80 #2:40 f2:136");
  CHECK(pool.model().guard_bytes == 16);
  CHECK_FALSE(pool.model().byte(80).known);  // the guards are there, but nobody told their bytes
  CHECK(pool.alloc(1) == 3);
}

TEST_CASE("destroy keeps the blocks as they were, and counts what leaks") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(10);
  pool.free(0);
  pool.destroy();
  CHECK(pool.model().destroyed);
  CHECK_FALSE(pool.model().open);
  CHECK(shape(pool.model()) == "F64 U10 F182");
  CHECK(pool.model().leaked_blocks == 1);
  CHECK(pool.model().leaked_bytes == 10);
}

TEST_CASE("used bytes are payload, guards and padding") {
  Scribe plain(256, {.align = 16});
  plain.alloc(13);
  CHECK(plain.model().used_bytes == 16);
  CHECK(plain.model().padding_bytes() == 3);

  Scribe guarded(256, {.align = 16, .guards = 8});
  guarded.alloc(13);
  CHECK(guarded.model().used_bytes == 48);
  CHECK(guarded.model().guard_bytes == 35);  // 16 before, 19 after: padding is guard, too
  CHECK(guarded.model().padding_bytes() == 0);
}

TEST_CASE("splits and coalescing that were not told are made good when a block is taken") {
  Scribe pool(256);
  pool.alloc(64);
  pool.alloc(64);
  pool.begin_call();
  pool.event(alloc_event(2, 160, 32, 160, 32));  // out of the middle
  CHECK(named_shape(pool.model()) == "#0:64 #1:64 f2:32 #2:32 f1:64");
  for (const u64 number : {0, 1}) {
    pool.begin_call();
    pool_event freed = event::make(POOL_EVENT_FREE);
    freed.as.free = {number, number * 64, 64};
    pool.event(freed);
  }
  CHECK(shape(pool.model()) == "F64 F64 F32 U32 F64");
  pool.begin_call();
  pool.event(alloc_event(3, 0, 150, 0, 150));
  CHECK(shape(pool.model()) == "U150 F10 U32 F64");
  CHECK(sums_hold(pool.model()));
}

TEST_CASE("nonsense is answered with a fault and changes no block") {
  Scribe pool(256, {.align = 4, .guards = 4});
  pool.alloc(8);
  pool.alloc(8);
  pool.free(0);
  Model model = pool.model();
  const std::string before = named_shape(model);
  pool_event event{};
  Fault expected = Fault::none;
  const auto make = [&](u32 kind, Fault fault) {
    event = event::make(kind);
    expected = fault;
  };
  SUBCASE("a second creation") {
    make(POOL_EVENT_CREATE, Fault::created_twice);
    event.as.create.capacity = event.as.create.align = 16;
  }
  SUBCASE("a block over a used one") {
    event = alloc_event(2, 8, 16, 12, 4);
    expected = Fault::overlap;
  }
  SUBCASE("a block outside the region") {
    event = alloc_event(2, u64_max - 3, 16, u64_max, 0);
    expected = Fault::bad_size;
  }
  SUBCASE("a payload outside its block") {
    event = alloc_event(2, 32, 16, 36, 13);
    expected = Fault::bad_size;
  }
  SUBCASE("a free of a free block") {
    make(POOL_EVENT_FREE, Fault::wrong_use);
    event.as.free = {0, 0, 16};
  }
  SUBCASE("a free of nothing") {
    make(POOL_EVENT_FREE, Fault::no_such_block);
    event.as.free = {1, 20, 16};
  }
  SUBCASE("a split that does not add up") {
    make(POOL_EVENT_SPLIT, Fault::bad_size);
    event.as.split = {32, 16, 48, 200};
  }
  SUBCASE("coalescing with a used block") {
    make(POOL_EVENT_COALESCE, Fault::wrong_use);
    event.as.coalesce = {0, 32, 16, 16, POOL_SIDE_RIGHT};
  }
  SUBCASE("a guard over payload") {
    make(POOL_EVENT_GUARD_WRITE, Fault::bad_size);
    event.as.guard_write = {1, POOL_SIDE_BACK, 27, 5};
  }
  SUBCASE("damage outside its guard") {
    make(POOL_EVENT_GUARD_CHECK, Fault::bad_size);
    event.as.guard_check.block = 1;
    event.as.guard_check.side = POOL_SIDE_BACK;
    event.as.guard_check.offset = 28;
    event.as.guard_check.size = event.as.guard_check.damaged = 4;
    event.as.guard_check.first = 29;
  }
  SUBCASE("bytes outside the region") {
    make(POOL_EVENT_BYTES, Fault::bad_size);
    static const u8 byte = 1;
    event.as.bytes = {256, {&byte, 1}, POOL_NONE};
  }
  CHECK(model.apply(event) == expected);
  CHECK(named_shape(model) == before);
  CHECK(std::string(viz::text(expected)).size() > 10);
}

TEST_CASE("a pool that nobody created has no events, and a destroyed one neither") {
  Model model;
  CHECK(model.apply(event::make(POOL_EVENT_RESET)) == Fault::no_pool);
  Scribe pool(64);
  pool.destroy();
  Model gone = pool.model();
  CHECK(gone.apply(event::make(POOL_EVENT_RESET)) == Fault::after_destroy);
}

TEST_CASE("whatever comes, the model stays whole: its blocks tile the region, its sums hold") {
  std::mt19937 random(7);
  const auto pick = [&](u64 below) { return below == 0 ? 0 : random() % below; };
  u64 applied = 0, refused = 0;
  for (int run = 0; run < 100; ++run) {
    Model model = Scribe(256, {.guards = pick(2) * 4, .fill = pick(2) == 0}).model();
    const std::string bytes(8, static_cast<char>(pick(2) == 0 ? viz::guard_byte : 'x'));
    for (u64 i = 2; i < 300; ++i) {
      pool_event event = likely_event(model, pick);
      event.call = i / 3;
      for (const event::Field& field : event::find(event.kind)->fields) {
        if (field.type == event::Type::BYTES)
          event::set<pool_bytes>(event, field,
                                 {reinterpret_cast<const u8*>(bytes.data()), pick(9)});
        else if (field.type == event::Type::U64 && pick(20) == 0)  // a lie
          event::set<u64>(event, field, pick(9) == 0 ? u64_max - pick(9) : pick(280));
      }
      ++(model.apply(event) == Fault::none ? applied : refused);
      for (u64 at = 0; at < 256; at += 5) static_cast<void>(model.byte(at));
      REQUIRE(sums_hold(model));
    }
  }
  CHECK(applied > 5000);
  CHECK(refused > 5000);
}

TEST_CASE("an owned event outlives what it was made of, and so do its copies") {
  std::string text = "a note that is too long for any small buffer to hold";
  pool_event event = event::make(POOL_EVENT_NOTE);
  event.as.note = {text.c_str(), "short", 3};
  std::vector<viz::OwnedEvent> events;
  for (int i = 0; i < 3; ++i) events.emplace_back(event);
  viz::OwnedEvent copy = events[0];
  copy = copy;
  copy = events[1];
  events.clear();
  text.assign(text.size(), 'x');
  CHECK(std::string(copy->as.note.text).starts_with("a note"));
  CHECK(std::string(copy->as.note.file) == "short");
  CHECK(copy->as.note.line == 3);
}
