// Specs of the classroom's list allocator: what each order of the list, no coalescing and headers
// do, that its log tells it, and that views and `check` do right by it.
#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <string>

#include "classroom/list_allocator.hpp"
#include "model/keyframe.hpp"
#include "model/list_model.hpp"
#include "model/policy.hpp"
#include "model/story.hpp"
#include "support/checking.hpp"
#include "support/drawing.hpp"
#include "support/golden.hpp"
#include "support/playing.hpp"
#include "view/dump.hpp"
#include "view/show.hpp"
#include "workload/from_log.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz;

namespace {

constexpr ListModel apart(ListOrder order) {
  return {order, false, 0};
}

/// The free list as the model has it after a list of operations: "60+20 20+20".
std::string free_list_after(std::string_view list, const PoolSetup& setup) {
  const Frame frame = frame_after(list, setup);
  std::string text;
  for (const Block* block : frame.after.free_list())
    text += (text.empty() ? "" : " ") + std::to_string(block->offset) + "+" +
            std::to_string(block->size);
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string all_sentences(const Frame& frame) {
  std::string text;
  for (const std::string& sentence : tell(frame, Radix::dec).sentences) text += sentence + "\n";
  return text;
}

/// Allocations and frees by chance, without frees of what could not be had.
std::string random_list(std::mt19937& random, u32 calls) {
  std::string list = "+8";
  u32 allocations = 1;
  for (u32 i = 0; i < calls; ++i) {
    list += ',';
    switch (random() % 5) {
      case 0:
        list +=
            "~" + std::to_string(random() % allocations) + ":" + std::to_string(1 + random() % 40);
        break;
      case 1:
      case 2: list += "-" + std::to_string(random() % allocations); break;
      default: list += "+" + std::to_string(random() % 40); ++allocations;
    }
  }
  return list;
}

// Four of 20 and one of 10 in front of the rest; #1, #3 and then #0 are freed.
constexpr const char* three_holes = "+20,+20,+20,+20,+10,-1,-3,-0";

}  // namespace

TEST_SUITE_BEGIN("classroom");

TEST_CASE("a list in address order is as the pool's own") {
  CHECK(free_list_after(three_holes, listed(100, {})) == "0+40 60+20 90+10");
  CHECK(free_list_after(three_holes, bytes(100)) == "0+40 60+20 90+10");
}

TEST_CASE("what is freed last stands first in a lifo list, and last in a fifo list") {
  CHECK(free_list_after(three_holes, listed(100, apart(ListOrder::lifo))) ==
        "0+20 60+20 20+20 90+10");
  CHECK(free_list_after(three_holes, listed(100, apart(ListOrder::fifo))) ==
        "90+10 20+20 60+20 0+20");
}

TEST_CASE("a list in order of size is sorted after every free and every split; equals by age") {
  CHECK(free_list_after(three_holes, listed(100, apart(ListOrder::size_up))) ==
        "90+10 20+20 60+20 0+20");
  CHECK(free_list_after(three_holes, listed(100, apart(ListOrder::size_down))) ==
        "20+20 60+20 0+20 90+10");
  const std::string split = std::string(three_holes) + ",+15";
  CHECK(free_list_after(split, listed(100, apart(ListOrder::size_down))) ==
        "60+20 0+20 90+10 35+5");
}

TEST_CASE("what a split leaves keeps its place in a list by age") {
  const std::string split = std::string(three_holes) + ",+5";
  CHECK(free_list_after(split, listed(100, apart(ListOrder::lifo))) == "5+15 60+20 20+20 90+10");
}

TEST_CASE("coalescing finds neighbours wherever they stand in the list; the result is new in it") {
  ListModel fifo;
  fifo.order = ListOrder::fifo;
  // 20+20 is older than 60+20; freeing #0 takes it out of the list and puts 0+40 at the end.
  CHECK(free_list_after(three_holes, listed(100, fifo)) == "90+10 60+20 0+40");
  ListModel by_size;
  by_size.order = ListOrder::size_up;
  CHECK(free_list_after("+20,+10,+20,+50,-0,-2,-1", listed(100, by_size)) == "0+50");
}

TEST_CASE("without coalescing nothing grows together again, and large requests fail") {
  const Frame frame = frame_after("+50,+50,-0,-1,+100", listed(100, apart(ListOrder::address)));
  CHECK(frame.after.failures == 1);
  CHECK(frame.after.free_bytes == 100);
  CHECK(frame.after.free_blocks == 2);
  CHECK(contains(all_sentences(frame), "for free neighbours were not coalesced"));
  const Frame freed = frame_after("+50,+50,-0,-1", listed(100, apart(ListOrder::address)));
  CHECK(contains(all_sentences(freed), "does not coalesce"));
}

TEST_CASE("a header lies in front of every payload, in the region") {
  ListModel headers;
  headers.header = 8;
  const Frame frame = frame_after("+10,+20", listed(100, headers));
  CHECK(frame.after.live(1)->offset == 18);
  CHECK(frame.after.live(1)->payload == 26);
  CHECK(frame.after.live(1)->size == 28);
  CHECK(sum_of_bytes(frame.after) == "100 B = used 46 (payload 30 + headers 16) + free 54");
  CHECK(contains(all_sentences(frame), "Needs 8 header + 20 = 28 B."));
  std::ostringstream dump;
  write_dump(dump, frame, {});
  CHECK(contains(dump.str(), "hhhhhhhh[#0 10"));
  CHECK(contains(dump.str(), "headers=16"));
}

TEST_CASE("policies take what they say of the list, the first in it of equals") {
  const auto offset = [](u32 policy, ListOrder order) {
    const std::string list = std::string(three_holes) + ",+10";
    return frame_after(list, listed(110, apart(order), policy)).after.live(5)->offset;
  };
  CHECK(offset(POOL_FIRST, ListOrder::lifo) == 0);
  CHECK(offset(POOL_FIRST, ListOrder::fifo) == 90);
  CHECK(offset(POOL_BEST, ListOrder::lifo) == 0);
  CHECK(offset(POOL_WORST, ListOrder::fifo) == 90);
  CHECK(offset(POOL_WORST, ListOrder::size_up) == 90);
  CHECK(offset(POOL_NEXT, ListOrder::address) == 90);
}

TEST_CASE("a reallocation takes a new block, copies and frees the old one") {
  const std::string log = log_text("+8,!0:0*8='A',~0:4,@told", listed(64, {}));
  CHECK(contains(log, R"("event":"alloc","block":0,"offset":8,"size":4)"));
  CHECK(contains(log, R"("event":"bytes","offset":8,"hex":"41414141")"));
}

TEST_CASE("a dead pointer is reported and changes nothing") {
  const Frame frame = frame_after("+8,-0,-0", listed(64, {}));
  CHECK(frame.after.misuses == 1);
  CHECK(frame.after.frees == 1);
}

TEST_CASE("the text of a list model is read as it was written, and no other is") {
  for (const auto& [word, order] : list_orders)
    for (const bool coalesces : {true, false}) {
      const ListModel model{order, coalesces, 8};
      CHECK(read_list_model(text(model)) == model);
    }
  CHECK(text(ListModel{ListOrder::size_up, false, 4}) == "list order=size+ coalesce=off header=4");
  for (const char* other :
       {"", "list", "list order=size coalesce=on header=0", "list order=lifo coalesce=on header=",
        "list order=lifo coalesce=on header=4097", "list order=lifo coalesce=on header=-1",
        "list order=lifo coalesce=on header=8 ", "tree order=lifo coalesce=on header=8"})
    CHECK_FALSE(read_list_model(other).has_value());
}

TEST_CASE("the list that views derive is the allocator's own, call by call") {
  std::mt19937 random(7);
  for (const auto& [word, order] : list_orders)
    for (const bool coalesces : {true, false}) {
      const auto& its_word = word;
      CAPTURE(its_word);
      CAPTURE(coalesces);
      Model model;
      classroom::ListAllocator pool(
          256, 1, POOL_FIRST, {order, coalesces, 0},
          [&](const pool_event& event) { REQUIRE(model.apply(event) == Fault::none); });
      const std::string name = text(ListModel{order, coalesces, 0});
      pool_event created = event::make(POOL_EVENT_CREATE);
      created.as.create = {256, 1, POOL_FIRST, 0, 0, nullptr, 0, 0, POOL_NONE, 0, name.c_str()};
      REQUIRE(model.apply(created) == Fault::none);
      std::vector<u64> live;
      for (u64 number = 0; number < 300; ++number) {
        if (live.empty() || random() % 2 == 0) {
          if (const auto payload = pool.alloc(number, 1 + random() % 30)) live.push_back(*payload);
        } else {
          const auto freed = live.begin() + static_cast<std::ptrdiff_t>(random() % live.size());
          REQUIRE(pool.free(*freed));
          live.erase(freed);
        }
        std::vector<u64> mine, theirs;
        for (const auto& block : pool.free_list()) mine.push_back(block.offset);
        for (const Block* block : model.free_list()) theirs.push_back(block->offset);
        REQUIRE(mine == theirs);
      }
    }
}

TEST_CASE("a keyframe keeps the order of the list") {
  const Frame frame = frame_after(three_holes, listed(100, apart(ListOrder::lifo)));
  auto unpacked = Keyframe::unpack(Keyframe::pack(frame.after), History());
  REQUIRE(unpacked.has_value());
  std::vector<u64> before, after;
  for (const Block* block : frame.after.free_list()) before.push_back(block->offset);
  for (const Block* block : unpacked->free_list()) after.push_back(block->offset);
  CHECK(before == after);
  CHECK(unpacked->list == frame.after.list);
}

TEST_CASE("the logs of list allocators keep every rule that is left, and replay to themselves") {
  std::mt19937 random(3);
  for (const auto& [word, order] : list_orders)
    for (u32 i = 0; i < 12; ++i) {
      const u32 policies[] = {POOL_FIRST, POOL_NEXT, POOL_BEST, POOL_WORST};
      PoolSetup setup = listed(200, {order, i % 2 == 0, i % 3 == 0 ? 4U : 0U}, policies[i % 4]);
      setup.align = u64{1} << i % 3;
      const std::string list = random_list(random, 60);
      CAPTURE(list);
      const std::string log = log_text(list, setup);
      CHECK(broken(log) == "");
      auto reader = log::Reader::from_text(log);
      const auto recording = workload_from_log(*reader, {}, nullptr);
      REQUIRE(recording.has_value());
      std::string again;
      REQUIRE(play(recording->workload, recording->setup, {"", &again, {}}, nullptr));
      CHECK(again == log);
    }
}

TEST_CASE("check says which rules it leaves out, and holds the others") {
  std::string log =
      log_text(std::string(three_holes) + ",+10", listed(100, apart(ListOrder::lifo)));
  CHECK(
      checked(log).left_out ==
      std::vector<std::string>{"pool 1 is a list allocator: left out R12 resize (a list allocator "
                               "always moves) and R19 coalesced"});
  CHECK(checked(log_text("+8", listed(64, {}))).left_out ==
        std::vector<std::string>{
            "pool 1 is a list allocator: left out R12 resize (a list allocator always moves)"});
  // The same log under the name of another order: the walk would have taken another block.
  const std::string other = "order=fifo";
  log.replace(log.find("order=lifo"), other.size(), other);
  CHECK(contains(broken(log), "R7 placement: first fit over a list, oldest first, not coalescing"));
  // And of a kind that nobody knows: what any allocator must keep remains.
  log.replace(log.find("list order"), 10, "tree order");
  CHECK(broken(log) == "");
  CHECK(contains(checked(log).left_out.front(), "of a kind that is not known here"));
}

TEST_CASE("the search is told in the order of the list") {
  const Frame frame = frame_after("+10,+5,+20,+5,-0,-2,+15", listed(60, apart(ListOrder::lifo)));
  const Story story = tell(frame, Radix::dec);
  REQUIRE(story.trail.size() == 3);
  const std::vector<Look> walk = story.walk();
  CHECK(walk[0].offset == 15);
  CHECK(walk[0].verdict == Verdict::taken);
  CHECK(walk[1].offset == 0);
  CHECK(walk[2].offset == 40);
  CHECK(contains(all_sentences(frame), "First fit takes the first block of the list that fits"));
}

TEST_CASE("the picture numbers a list that is not in address order, on its records and its cards") {
  const Drawing drawing(frame_after(three_holes, listed(100, apart(ListOrder::lifo))));
  CHECK(drawing.words("free_list_frame").find("free list newest first, used list by address") !=
        std::string::npos);
  CHECK(contains(card_words(drawing, "f4"), "1. f4"));
  CHECK(contains(card_words(drawing, "f1"), "4. f1"));
  CHECK(drawing.edges({"free_list_head", "list_f", "free_list_null"}) ==
        "free_list_head -> list_f4\nlist_f4 -> list_f3\nlist_f3 -> list_f2\nlist_f2 -> list_f1\n"
        "list_f1 -> free_list_null\n");
  CHECK_FALSE(drawing.has("list_f4:s -> strip"));
  const Drawing by_address(frame_after(three_holes, listed(100, {})));
  CHECK_FALSE(contains(card_words(by_address, "f1"), "1. f1"));
  CHECK(by_address.has("list_f1:s -> strip"));
}

TEST_CASE("show tells a list allocator by its rules") {
  ListModel model;
  model.order = ListOrder::lifo;
  model.header = 4;
  std::ostringstream out;
  write_show(out, frame_after("+20,+10,+20,+10,-0,-2,+12", listed(120, model)), {});
  check_golden("show-list-model.txt", out.str());
}

TEST_SUITE_END();
