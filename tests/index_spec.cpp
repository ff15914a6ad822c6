// The index of a long log: whatever moment is asked for, the frame that is found by it is the one
// that a reading of the whole log gives; and bytes that are no index never do harm.
#include "model/index.hpp"

#include <doctest/doctest.h>

#include <random>
#include <sstream>

#include "event/table.hpp"
#include "model/keyframe.hpp"
#include "model/timeline.hpp"
#include "support/reading.hpp"
#include "support/scene.hpp"
#include "support/scribe.hpp"
#include "view/view.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Index;
using viz::Keyframe;
using viz::Model;
using viz::Section;

namespace {

log::Reader reader_of(const std::string& text) {
  auto reader = log::Reader::from_text(text);
  REQUIRE(reader.has_value());
  return std::move(*reader);
}

/// An index and the bytes that are kept for it, in memory.
struct Indexed {
  Indexed(const std::string& text, const viz::IndexSpacing& spacing) {
    log::Reader reader = reader_of(text);
    const auto keep = [this](std::string_view part) -> Section {
      kept += part;
      return {kept.size() - part.size(), part.size()};
    };
    index = viz::make_index(reader, spacing, keep, nullptr);
  }
  [[nodiscard]] std::optional<std::string> fetch(Section section) const {
    if (section.offset > kept.size() || section.size > kept.size() - section.offset)
      return std::nullopt;
    return kept.substr(section.offset, section.size);
  }
  [[nodiscard]] std::optional<Result<viz::Frame>> frame(const std::string& text,
                                                        const viz::Moment& moment) const {
    log::Reader reader = reader_of(text);
    return viz::load(reader, moment, index, [this](Section section) { return fetch(section); });
  }

  std::string kept;
  Index index;
};

/// All that a frame or its refusal says, as text.
std::string all_of(const Result<viz::Frame>& frame) {
  if (!frame) return "refused: " + frame.error().what;
  std::string text = Keyframe::pack(frame->before) + "|" + Keyframe::pack(frame->after);
  for (const viz::OwnedEvent& event : frame->events) text += json(*event);
  for (const u64 figure : {frame->call, frame->last_call, u64{frame->one_event ? 1u : 0u},
                           u64{frame->complete ? 1u : 0u}})
    text += " " + std::to_string(figure);
  for (const u32 pool : frame->other_pools) text += " pool " + std::to_string(pool);
  for (u64 payload = 0; payload < frame->before.capacity; ++payload)
    if (const auto freed = frame->before.freed(payload))
      text += " " + std::to_string(payload) + "#" + std::to_string(freed->number) + "@" +
              std::to_string(freed->call);
  return text;
}

/// The frame as people see it: what a view shows must not depend on how the frame was found.
std::string views_of(const Result<viz::Frame>& frame) {
  std::ostringstream text;
  if (frame)
    for (const char* view : {"show", "dump", "dot"}) viz::find_view(view)->write(text, *frame, {});
  return text.str();
}

/// Every moment that a log of so many calls and events may be asked for, and some that it may not.
std::vector<viz::Moment> moments(u64 calls, u64 events) {
  std::vector<viz::Moment> all;
  for (const auto pool : {std::optional<u32>(), std::optional<u32>(2), std::optional<u32>(7)}) {
    all.push_back({.call = {}, .seq = {}, .pool = pool});
    for (u64 call = 0; call < calls; ++call) all.push_back({.call = call, .seq = {}, .pool = pool});
    for (u64 seq = 0; seq < events; ++seq) all.push_back({.call = {}, .seq = seq, .pool = pool});
  }
  return all;
}

/// At every moment the frame by an index is the frame by a whole reading.
void expect_same_frames(const std::string& text, u64 calls, u64 events) {
  for (const viz::IndexSpacing spacing : {viz::IndexSpacing{1, 0}, {7, 0}, {3, 1}}) {
    const Indexed indexed(text, spacing);
    for (const viz::Moment& moment : moments(calls, events)) {
      log::Reader reader = reader_of(text);
      const auto whole = viz::load(reader, moment, nullptr);
      const auto by_index = indexed.frame(text, moment);
      REQUIRE(by_index.has_value());
      REQUIRE(all_of(*by_index) == all_of(whole));
      if (moment.call && *moment.call % 7 == 0) REQUIRE(views_of(*by_index) == views_of(whole));
    }
  }
}

/// A pool's life with everything in it that can happen.
Scribe busy(u32 number, u64 guards, bool fill) {
  Scribe pool(2048, {.align = 4, .guards = guards, .fill = fill, .pool = number});
  std::mt19937 random(number);
  std::vector<u64> live;
  for (int i = 0; i < 60; ++i) {
    if (live.empty() || random() % 5 < 3) {
      const u64 taken = pool.alloc(random() % 120);
      if (pool.model().live(taken) != nullptr) live.push_back(taken);
    } else {
      const std::size_t pick = random() % live.size();
      if (random() % 4 == 0) {
        pool.realloc(live[pick], random() % 150);
      } else {
        pool.free(live[pick]);
        live.erase(live.begin() + static_cast<std::ptrdiff_t>(pick));
      }
    }
    if (i % 11 == 3) pool.write(random() % 1900, "some bytes that a program wrote");
    if (i % 13 == 5) pool.misuse(POOL_ERROR_DOUBLE_FREE, 4 * (random() % 400));
    if (i == 20 && guards != 0 && !live.empty()) pool.check_finds(live[0], "zz");
    if (i == 30) pool.note("half of it");
    if (i == 40) {
      pool.reset();
      live.clear();
    }
  }
  return pool;
}

/// The log of a real pool that poisons and has a quarantine, in which everybody says where it
/// asked, and somebody writes where he should not.
std::string careful_life(bool capture) {
  Setup setup;
  setup.poison = true;
  setup.quarantine = 300;
  setup.guards = 8;
  setup.align = 4;
  setup.capture = capture;
  Scene pool(2048, setup);
  std::mt19937 random(5);
  std::vector<u64> live;
  const char* files[] = {"a.c", "tree.c", "main.c"};
  for (int i = 0; i < 90; ++i) {
    if (live.empty() || random() % 5 < 3) {
      const u64 number = pool.model().next_number;
      pool.take_over(pool_alloc_at(pool.pool(), random() % 90, files[random() % 3], i));
      if (pool.pointer(number) != nullptr) live.push_back(number);
    } else {
      const std::size_t pick = random() % live.size();
      char* pointer = pool.pointer(live[pick]);
      if (random() % 4 == 0) *(pointer + pool.model().live(live[pick])->requested) = 'X';
      pool.free(live[pick]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(pick));
      if (random() % 3 == 0) *pointer = 'Y';
    }
    if (i % 17 == 5) pool.check();
    if (i % 23 == 7 && !live.empty()) pool.realloc(live[0], random() % 100 + 1);
    if (i == 60) {
      pool.reset();
      live.clear();
    }
  }
  return pool.log();
}

std::string in_turns(const Scribe& one, const Scribe& other) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::max(one.lines().size(), other.lines().size()); ++i)
    for (const Scribe* scribe : {&one, &other})
      if (i < scribe->lines().size()) {
        lines.push_back(scribe->lines()[i]);
        lines.back().pop_back();
      }
  return log_of(lines);
}

}  // namespace

TEST_CASE("any call and any event of a log is found by its index as by reading all of it") {
  Scribe pool = busy(1, 0, false);
  pool.destroy();
  pool.end();
  expect_same_frames(pool.text(), pool.call() + 2, pool.lines().size() + 2);
}

TEST_CASE("guards, fill, told bytes and damage are as they were") {
  const Scribe pool = busy(1, 8, true);
  expect_same_frames(pool.text(), pool.call() + 2, pool.lines().size() + 2);
}

TEST_CASE("quarantine, writes after free, windows of damage and sites are as they were") {
  for (const bool capture : {false, true}) expect_same_frames(careful_life(capture), 130, 500);
}

TEST_CASE("each pool of a log has keyframes of its own") {
  Scribe one = busy(2, 0, false);
  Scribe other = busy(3, 4, false);
  other.destroy();
  expect_same_frames(in_turns(other, one), 40, 100);
}

TEST_CASE("a snapshot within a log begins the pool's history anew") {
  Scribe pool = busy(1, 8, false);
  pool.snapshot();
  for (int i = 0; i < 10; ++i) pool.free(pool.alloc(16));
  expect_same_frames(pool.text(), pool.call() + 2, pool.lines().size() + 2);
}

TEST_CASE(
    "a cut log, a damaged one and one that cannot be true are what they are by an index too") {
  Scribe pool = busy(1, 0, false);
  const std::string text = pool.text();
  const u64 calls = pool.call() + 2, events = pool.lines().size() + 2;
  SUBCASE("cut") {
    expect_same_frames(text.substr(0, text.size() / 2), calls, events);
  }
  SUBCASE("damaged: calls are missing") {
    std::string damaged = text;
    for (std::size_t at = 3000; at + 50 < damaged.size(); at += 2500) damaged[at] = '#';
    expect_same_frames(damaged, calls, events);
  }
  SUBCASE("an event that cannot be true") {
    const std::string line = pool.lines()[pool.lines().size() / 2];
    std::string lie = line;
    lie.replace(lie.find("\"pool\":1"), 8, "\"pool\":1,\"offset\":3,\"size\":1");
    expect_same_frames(replaced(text, line, lie), calls, events);
  }
  SUBCASE("calls that go back") {
    std::vector<std::string> lines;
    for (const u64 call : {0, 1, 2, 5, 6, 3, 4, 5, 9, 9}) {
      pool_event event = event::make(call == 0 ? POOL_EVENT_CREATE : POOL_EVENT_NOTE);
      event.seq = lines.size() + 1;
      event.pool = 1;
      event.call = call;
      if (call == 0)
        event.as.create = {64, 1, POOL_FIRST, 0, 0, nullptr, 0, 0, POOL_NONE, 0, nullptr};
      if (call != 0) event.as.note = {"said", nullptr, POOL_NONE};
      lines.push_back(json(event));
    }
    expect_same_frames(log_of(lines), 12, 14);
  }
}

TEST_CASE("an index keeps the findings of the whole log") {
  Scribe pool = busy(1, 0, false);
  std::string text = pool.text();
  for (const std::size_t from : {2000, 4000}) text[text.find('\n', from) + 1] = '#';
  const Indexed indexed(text, {});
  log::Reader reader = reader_of(text);
  pool_event event;
  while (reader.next(event)) {
  }
  const auto same = [&](const log::Findings& found) {
    const log::Findings& read = reader.findings();
    CHECK(found.events == read.events);
    CHECK(found.lines == read.lines);
    CHECK(found.damaged == 2);
    REQUIRE(found.first_damages.size() == 2);
    CHECK(found.first_damages[1].line == read.first_damages[1].line);
    CHECK(found.first_damages[1].what == read.first_damages[1].what);
    CHECK(found.ended == read.ended);
  };
  same(indexed.index.findings);
  const auto again = Index::unpack(indexed.index.pack());
  REQUIRE(again.has_value());
  same(again->findings);
}

TEST_CASE("keyframes lie as far apart as they are told to, and no farther than their size in log") {
  const Scribe pool = busy(1, 0, false);
  const auto keyframes = [&](u64 events, u64 sizes) {
    return Indexed(pool.text(), {events, sizes}).index.pools.at(0).models.size();
  };
  CHECK(keyframes(1, 0) == pool.call());
  CHECK(keyframes(50, 0) < pool.lines().size() / 50 + 1);
  CHECK(keyframes(1, 20) < keyframes(1, 2));
  CHECK(keyframes(u64_max, 0) == 0);
}

TEST_CASE("what a program wrote behind the end of a log makes its index useless") {
  Scribe pool = busy(1, 0, false);
  const Indexed indexed(pool.text(), {5, 0});
  REQUIRE(indexed.frame(pool.text(), {}).has_value());
  pool.note("one thing more");
  CHECK_FALSE(indexed.frame(pool.text(), {}).has_value());
}

TEST_CASE("a model that was packed goes on as the one that was not") {
  for (const std::string& text : {busy(1, 8, true).text(), careful_life(true)}) {
    Model model;
    log::Reader reader = reader_of(text);
    pool_event event;
    while (reader.next(event)) {
      auto again = Keyframe::unpack(Keyframe::pack(model), viz::History());
      CHECK(again.has_value() == model.open);
      CHECK(model.apply(event) == viz::Fault::none);
      if (!again) continue;
      CHECK(again->apply(event) == viz::Fault::none);
      REQUIRE(Keyframe::pack(*again) == Keyframe::pack(model));
    }
  }
}

TEST_CASE("bytes that are nearly a careful pool's model give none, or one that views can show") {
  const viz::Frame frame = frame_of(careful_life(false), {.call = 50, .seq = {}, .pool = {}});
  const std::string bytes = Keyframe::pack(frame.after);
  CHECK(frame.after.quarantined_blocks != 0);
  CHECK_FALSE(frame.after.damages.empty());
  for (std::size_t size = 0; size < bytes.size(); size += 3)
    CHECK_FALSE(Keyframe::unpack(bytes.substr(0, size), viz::History()).has_value());
  std::mt19937 random(7);
  u64 taken = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(random());
    const auto model = Keyframe::unpack(changed, viz::History());
    if (!model || model->capacity > 4096) continue;
    ++taken;
    viz::Frame shown = frame;
    shown.before = shown.after = *model;
    static_cast<void>(views_of(shown));
  }
  CHECK(taken > 0);
}

TEST_CASE("bytes that are no model give none, or one that can be folded on without harm") {
  const Scribe pool = busy(1, 8, true);
  const std::string bytes = Keyframe::pack(pool.model());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(Keyframe::unpack(bytes.substr(0, size), viz::History()).has_value());
  u64 taken = 0;
  std::mt19937 random(6);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(random());
    auto model = Keyframe::unpack(changed, viz::History());
    if (!model) continue;
    ++taken;
    log::Reader reader = reader_of(pool.text());
    pool_event event;
    while (reader.next(event)) static_cast<void>(model->apply(event));
    CHECK(model->used_bytes + model->free_bytes <= model->capacity);
    for (u64 byte = 0; byte < 2048; byte += 7) static_cast<void>(model->byte(byte));
  }
  CHECK(taken > 0);
}

TEST_CASE("bytes that are no index give none, or one that leads to a frame or nowhere") {
  const Scribe pool = busy(1, 4, false);
  const std::string text = pool.text();
  Indexed indexed(text, {9, 0});
  const std::string bytes = indexed.index.pack();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(Index::unpack(bytes.substr(0, size)).has_value());
  u64 nowhere = 0;
  std::mt19937 random(8);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(random());
    const auto index = Index::unpack(changed);
    if (!index) continue;
    indexed.index = *index;
    for (const u64 call : {u64{0}, pool.call() / 2, pool.call(), u64_max})
      nowhere += indexed.frame(text, {.call = call, .seq = {}, .pool = {}}).has_value() ? 0 : 1;
  }
  CHECK(nowhere > 0);
}
