// The model: where blocks come to lie. Resized in place, aligned with a gap in front, next fit's
// cursor, a caller's buffer; and what the free blocks beside them are called.
#include <doctest/doctest.h>

#include "event/table.hpp"
#include "model/policy.hpp"
#include "support/scribe.hpp"
#include "support/shape.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Fault;
using viz::Model;

namespace {

/// 256 bytes: #0 (64), #1 (64), then f1.
Scribe two_blocks(Style style = {}) {
  Scribe pool(256, style);
  pool.alloc(64);
  pool.alloc(64);
  return pool;
}

bool sums_hold(const Model& model) {
  return model.used_bytes + model.free_bytes == model.capacity &&
         model.payload_bytes + model.guard_bytes + model.padding_bytes() == model.used_bytes;
}

}  // namespace

TEST_CASE("a block that grows in place takes the low part of the free block on its right") {
  Scribe pool = two_blocks();
  SUBCASE("the rest keeps its number") {
    pool.realloc(1, 100);
    CHECK(named_shape(pool.model()) == "#0:64 #1:100 f1:92");
  }
  SUBCASE("all of it: its number is gone for good") {
    pool.realloc(1, 192);
    CHECK(named_shape(pool.model()) == "#0:64 #1:192");
    CHECK(pool.model().free_blocks == 0);
    pool.free(0);
    CHECK(named_shape(pool.model()) == "f2:64 #1:192");
  }
  CHECK(sums_hold(pool.model()));
  CHECK(pool.model().reallocs == 1);
  CHECK(pool.model().live(1)->call == 3);
}

TEST_CASE("a block that shrinks in place gives back its tail") {
  Scribe pool = two_blocks();
  SUBCASE("which makes the free block on its right larger: that keeps its number") {
    pool.realloc(1, 10);
    CHECK(named_shape(pool.model()) == "#0:64 #1:10 f1:182");
    CHECK(pool.model().next_free_number == 2);
  }
  SUBCASE("which is a free block of its own, under the next number, where a used one follows") {
    pool.realloc(0, 10);
    CHECK(named_shape(pool.model()) == "#0:10 f2:54 #1:64 f1:128");
  }
  SUBCASE("or at the end of the region") {
    pool.alloc(128);
    pool.realloc(2, 100);
    CHECK(named_shape(pool.model()) == "#0:64 #1:64 #2:100 f2:28");
  }
  CHECK(sums_hold(pool.model()));
}

TEST_CASE("a block whose whole size serves the new one changes only in what was asked for") {
  Scribe pool(256, {.align = 16});
  pool.alloc(20);
  pool.realloc(0, 30);
  CHECK(named_shape(pool.model()) == "#0:32 f1:224");
  CHECK(pool.model().live(0)->requested == 30);
  CHECK(pool.model().padding_bytes() == 2);
  CHECK(pool.model().next_free_number == 2);
}

TEST_CASE("a block that is resized in place keeps the guards it was given") {
  Scribe pool(256, {.align = 4});
  pool.alloc(16);
  pool.guards(8);
  pool.alloc(16);
  pool.realloc(0, 8);
  pool.realloc(1, 20);
  CHECK(named_shape(pool.model()) == "#0:8 f2:8 #1:36 f1:204");
  CHECK(pool.model().live(0)->guard == 0);
  CHECK(pool.model().live(1)->guard == 8);
  CHECK(pool.model().live(1)->back().offset == pool.model().live(1)->payload_end());
  CHECK(pool.model().guard_bytes == 16);
}

TEST_CASE("what an aligned block leaves free in front of it takes the next number") {
  Scribe pool(1024, {.align = 16});
  pool.alloc(100);
  SUBCASE("and the rest of the free block keeps its own") {
    pool.aligned_alloc(256, 100);
    CHECK(named_shape(pool.model()) == "#0:112 f2:144 #1:112 f1:656");
  }
  SUBCASE("which is gone when there is no rest") {
    pool.aligned_alloc(512, 512);
    CHECK(named_shape(pool.model()) == "#0:112 f2:400 #1:512");
  }
  SUBCASE("no gap, no number") {
    pool.alloc(140);
    pool.aligned_alloc(256, 100);
    CHECK(named_shape(pool.model()) == "#0:112 #1:144 #2:112 f1:656");
  }
  CHECK(pool.model().live(pool.model().next_number - 1)->payload % 256 == 0);
  CHECK(sums_hold(pool.model()));
}

TEST_CASE("with guards it is the payload that is aligned, not the block") {
  Scribe pool(1024, {.align = 16, .guards = 8});
  pool.aligned_alloc(64, 40);
  CHECK(pool.model().live(0)->payload == 64);
  CHECK(named_shape(pool.model()) == "f2:48 #0:64 f1:912");
}

TEST_CASE("in a caller's buffer it is the address that is aligned, not the offset") {
  Scribe pool(1024, {.align = 16, .base = 0x7f0030});
  CHECK(pool.model().base_in_page == 0x30);
  pool.aligned_alloc(64, 40);
  CHECK(pool.model().live(0)->payload == 16);
  CHECK((pool.model().base_in_page + pool.model().live(0)->payload) % 64 == 0);
}

TEST_CASE("next fit's cursor is the end of the last placement") {
  Scribe pool(200, {.policy = POOL_NEXT});
  pool.alloc(10);
  pool.alloc(10);
  CHECK(pool.model().cursor == 20);
  SUBCASE("frees and failures leave it where it is") {
    pool.free(1);
    pool.alloc(300);
    CHECK(pool.model().cursor == 20);
  }
  SUBCASE("and so does a block that is resized in place") {
    pool.realloc(1, 30);
    CHECK(pool.model().cursor == 20);
  }
  SUBCASE("a block that moves is placed anew") {
    pool.realloc(0, 30);
    CHECK(pool.model().cursor == 50);
  }
  SUBCASE("a reset puts it at the start of the region") {
    pool.reset();
    CHECK(pool.model().cursor == 0);
    pool.alloc(10);
    CHECK(pool.model().live(2)->offset == 0);
  }
  SUBCASE("a log that opens late does not know it until the next placement") {
    pool.snapshot();
    CHECK(pool.model().cursor == POOL_NONE);
    pool.alloc(10);
    CHECK(pool.model().cursor != POOL_NONE);
  }
}

TEST_CASE("a resize that cannot be true changes nothing") {
  Model model = two_blocks().model();
  const std::string before = named_shape(model);
  pool_event event = event::make(POOL_EVENT_RESIZE);
  const auto answer = [&](const pool_event_resize& e) {
    event.as.resize = e;
    return model.apply(event);
  };
  CHECK(answer({1, 64, 200, 64, 200, 264, 0}) == Fault::bad_size);    // beyond the region
  CHECK(answer({0, 0, 65, 64, 65, 65, 127}) == Fault::bad_size);      // over a used block
  CHECK(answer({1, 64, 100, 60, 100, 164, 92}) == Fault::bad_size);   // was never of that size
  CHECK(answer({1, 64, 100, 64, 100, 164, 90}) == Fault::bad_size);   // bytes are lost
  CHECK(answer({1, 64, 100, 64, 100, 165, 92}) == Fault::bad_size);   // the rest lies elsewhere
  CHECK(answer({1, 64, 100, 64, 101, 164, 92}) == Fault::bad_size);   // payload beyond the block
  CHECK(answer({2, 64, 100, 64, 100, 164, 92}) == Fault::wrong_use);  // another's place
  CHECK(named_shape(model) == before);
}
