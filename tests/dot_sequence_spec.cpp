// Sequences of the block-list picture: nothing jumps between the pictures but what a call changes,
// and nothing that changes is hidden. And drawings that leave something out for people to complete.
#include <doctest/doctest.h>

#include <random>
#include <set>

#include "support/drawing.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Blank;
using viz::ViewOptions;

namespace {

Drawing drawing_of(std::string dot) {
  Drawing drawing(holes());
  drawing.dot = std::move(dot);
  return drawing;
}

std::vector<Drawing> sequence(const std::vector<viz::Frame>& frames,
                              const ViewOptions& options = {}) {
  std::vector<Drawing> drawings;
  Result<std::vector<std::string>> texts = viz::draw_sequence(frames, options);
  REQUIRE(texts);
  for (std::string& dot : *texts) drawings.push_back(drawing_of(std::move(dot)));
  return drawings;
}

/// "pos="12,-30!": where a node stands.
std::string place(const Drawing& drawing, const std::string& node) {
  const std::string statement = drawing.node(node);
  const std::size_t from = statement.find("pos="), to = statement.find('!');
  return from == std::string::npos ? "not drawn" : statement.substr(from, to - from);
}

/// Where each card begins: points from the strip's left edge, by the offset its link names.
std::map<u64, int> edges(const Drawing& drawing) {
  std::map<u64, int> places;
  int x = 0;
  for (const Card& card : cards_of(drawing)) {
    places[number_before(card.title, " to ")] = x;
    x += card.width;
  }
  return places;
}

/// What a program does by chance, call after call.
std::vector<viz::Frame> by_chance(u64 seed, u64 calls, Style style) {
  std::mt19937_64 chance(seed);
  Scribe pool(4096, style);
  std::vector<u64> live;
  std::vector<viz::Frame> frames;
  u64 number = 0;
  for (u64 i = 0; i < 8 + calls; ++i) {
    if (!live.empty() && chance() % 2 == 0) {
      const std::size_t which = chance() % live.size();
      pool.free(live[which]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      pool.alloc(8 * (1 + chance() % 40));
      live.push_back(number++);
    }
    if (i >= 8) frames.push_back(frame_of(pool));
  }
  return frames;
}

}  // namespace

TEST_CASE("in a sequence of pictures every part and every byte keeps its place") {
  for (u64 seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    ViewOptions options;
    options.for_slide = seed % 3 == 0;
    const std::vector<viz::Frame> frames =
        by_chance(seed, 2 + seed % 5, {.guards = seed % 2 == 0 ? 0U : 8U});
    const std::vector<Drawing> drawings = sequence(frames, options);
    REQUIRE(drawings.size() == frames.size());
    std::map<u64, int> known;
    for (const Drawing& drawing : drawings) {
      for (const char* node : {"corner_first", "corner_last", "free_list_frame", "strip",
                               "used_list_frame", "title", "axis", "sum_0"}) {
        CAPTURE(node);
        CHECK(place(drawing, node) == place(drawings[0], node));
      }
      for (const auto& [offset, x] : edges(drawing)) {
        const auto& its_offset = offset;
        CAPTURE(its_offset);
        const int first = known.try_emplace(offset, x).first->second;
        CHECK(first == x);
      }
    }
  }
}

TEST_CASE("a sequence folds only what is the same in all its pictures, however much that is") {
  for (u64 seed = 0; seed < 3; ++seed) {
    CAPTURE(seed);
    Scribe pool = long_list(150);  // every third is free
    std::vector<viz::Frame> frames;
    for (u64 number = 1 + 3 * seed; number < 140; number += 12) {
      pool.free(number);
      frames.push_back(frame_of(pool));
    }
    const std::vector<Drawing> drawings = sequence(frames);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      CHECK(drawings[i].has("⋯"));
      const viz::Story story = viz::tell(frames[i], viz::Radix::dec);
      REQUIRE_FALSE(story.changes.empty());
      for (const auto& [offset, change] : story.changes) {
        const viz::Block* block = frames[i].after.at(offset);
        REQUIRE(block != nullptr);
        for (const Drawing& drawing : drawings) CHECK(edges(drawing).contains(offset));
        CHECK(card_words(drawings[i], "f" + std::to_string(block->number)) != "no such card");
      }
    }
    ViewOptions slides;
    slides.for_slide = true;
    const auto refused = viz::draw_sequence(frames, slides);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("choose fewer calls") != std::string::npos);
  }
}

TEST_CASE("a picture on its own is the same as a sequence of one but for its pins") {
  const viz::Frame frame = frame_of(split());
  const Drawing alone(frame);
  CHECK(ids_of(sequence({frame})[0]) == ids_of(alone));
  CHECK(sequence({frame})[0].node("strip") == alone.node("strip"));
}

TEST_CASE("a drawing to complete keeps its shape and says nothing of what it leaves out") {
  const viz::Frame frame = frame_of(split());
  const Drawing key(frame);
  ViewOptions options;
  options.blank = Blank::lists;
  const Drawing lists(frame, options);
  CHECK(place(lists, "list_f2").substr(0, 8) == place(key, "list_f2").substr(0, 8));
  CHECK(lists.words("list_f2").empty());
  CHECK(lists.edges({"free_list", "used_list", "list_"}).empty());
  CHECK(card_words(lists, "b5") == card_words(key, "b5"));

  options.blank = Blank::sizes;
  const Drawing sizes(frame, options);
  CHECK(card_words(sizes, "b5") == "#5 ___ B");
  CHECK_FALSE(sizes.has("TITLE="));
  CHECK(sizes.words("sum_0") == "624 B = used _____ + free _____");
  CHECK(sizes.words("list_b5") == key.words("list_b5"));

  options.blank = Blank::all;
  const Drawing all(frame, options);
  CHECK(card_words(all, "b5").empty());
  CHECK(all.words("list_b5").empty());
  CHECK(all.node("bar").empty());
  CHECK_FALSE(all.node("bar_before").empty());
  for (const Drawing* blank : {&lists, &sizes, &all}) {
    CHECK(blank->words("title") == "pool_alloc(72)");
    CHECK_FALSE(blank->has("split"));
    CHECK_FALSE(blank->has("take"));
  }
}
