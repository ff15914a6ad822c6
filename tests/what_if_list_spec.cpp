// Calls that were not made on a list allocator: held, event by event, against the classroom's own,
// which makes the call afterwards. And what the stepper says of such an allocator.
#include <doctest/doctest.h>

#include <random>

#include "classroom/list_allocator.hpp"
#include "event/table.hpp"
#include "log/jsonl.hpp"
#include "model/keyframe.hpp"
#include "model/what_if.hpp"
#include "support/playing.hpp"
#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz;

namespace {

constexpr u64 region = 300;

/// The classroom's allocator, and the model that views make of its events.
class Lesson {
 public:
  Lesson(u64 align, u32 policy, const ListModel& list)
      : name_(text(list)),
        pool_(round_up(region, align), align, policy, list,
              [this](const pool_event& event) { told(event); }) {
    pool_event created = event::make(POOL_EVENT_CREATE);
    created.as.create = {
        round_up(region, align), align, policy, 0, 0, nullptr, 0, 0, POOL_NONE, 0, name_.c_str()};
    told(created);
  }

  [[nodiscard]] const Model& model() const { return model_; }
  /// The events of one call, as lines of a log.
  std::string alloc(u64 number, u64 requested) {
    begin_call();
    if (pool_.alloc(number, requested)) live_.push_back(number);
    return std::move(lines_);
  }
  std::string free(std::size_t which) {
    begin_call();
    REQUIRE(pool_.free(model_.live(live_[which])->payload));
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(which));
    return std::move(lines_);
  }
  [[nodiscard]] const std::vector<u64>& live() const { return live_; }

 private:
  void begin_call() {
    ++call_;
    lines_.clear();
  }
  void told(pool_event event) {
    event.pool = 1;
    event.call = call_;
    event.seq = ++seq_;
    REQUIRE(model_.apply(event) == Fault::none);
    log::write_event(event, lines_);
  }

  std::string name_, lines_;
  u64 call_ = 0, seq_ = 0;
  Model model_;
  classroom::ListAllocator pool_;
  std::vector<u64> live_;
};

std::string lines_of(const Frame& frame) {
  std::string lines;
  for (const OwnedEvent& event : frame.events) log::write_event(*event, lines);
  return lines;
}

/// One lesson by chance. Every call is supposed before it is made.
void suppose_and_make(Lesson& lesson, u32 seed) {
  std::mt19937 random(seed);
  for (u64 number = 0; number < 60;) {
    const bool allocates = lesson.live().empty() || random() % 5 < 3;
    const u64 size = random() % 40 == 0 ? u64_max - random() % 9 : random() % 50;
    const std::size_t which = allocates ? 0 : random() % lesson.live().size();
    const Frame supposed = allocates ? if_allocated(lesson.model(), size)
                                     : *if_freed(lesson.model(), lesson.live()[which]);
    const std::string made = allocates ? lesson.alloc(number++, size) : lesson.free(which);
    REQUIRE(lines_of(supposed) == made);
    REQUIRE(Keyframe::pack(supposed.after) == Keyframe::pack(lesson.model()));
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr ListModel newest_first{ListOrder::lifo, false, 4};

/// The free list is 40+24, 0+24 and the rest, from 76 on.
std::string three_holes() {
  return log_text("+20,+12,+20,+8,-0,-2", listed(120, newest_first));
}

}  // namespace

TEST_SUITE_BEGIN("classroom");

TEST_CASE("what would happen on a list allocator is what it then does, whatever its rules are") {
  u32 seed = 0;
  for (const auto& [word, order] : list_orders)
    for (const bool coalesces : {true, false})
      for (const u64 header : {0, 4, 9})
        for (const u32 policy : {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST})
          for (const u64 align : {1, 8}) {
            const auto& its_word = word;
            CAPTURE(its_word);
            CAPTURE(coalesces);
            CAPTURE(header);
            CAPTURE(policy);
            CAPTURE(align);
            Lesson lesson(align, policy, {order, coalesces, header});
            suppose_and_make(lesson, ++seed);
          }
}

TEST_CASE("stepper: what is tried on a list allocator follows its list, its header and its rules") {
  Stepping s(three_holes(), 6);
  CHECK(has(s.run("try alloc 10"), "try: pool_alloc(10) → #4 at 44; nothing is changed\n"));
  CHECK(has(s.run("try alloc 10"), "Needs 4 header + 10 = 14 B."));
  CHECK(has(s.run("try --policy worst alloc 10"), "#4 at 80"));
  CHECK(has(s.run("try free #1"), "f2 (24 B) and f3 (24 B) beside it are"));
  CHECK(has(s.run("explain needed"), "SIZE, rounded up to 1; 1 byte needs 5 B, 100 need 104."));
  CHECK(has(s.run("explain coalesce"), "does not coalesce"));
  CHECK(has(s.run("explain policy"), "Here: first fit over a list, newest first"));
}

TEST_CASE("stepper: a list allocator is not compared with good fit, which walks no list") {
  Stepping s(three_holes(), 6);
  CHECK(has(s.refusal("try --policy good alloc 10"), "good fit walks no list"));
  CHECK(has(s.refusal("policy good"), "good fit walks no list"));
  const std::string all = s.run("compare");
  CHECK(has(all, "  worst "));
  CHECK_FALSE(has(all, "  good "));
}

TEST_SUITE_END();
