// What specs of the stepper share: a session over a log in memory, with files that are a map.
//
// Everything is inline; it expects nothing but that the log can be opened.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "step/session.hpp"
#include "support/scribe.hpp"
#include "workload/from_log.hpp"

namespace mempool::tests {

inline viz::Cursor cursor_of(const std::string& log, std::optional<u32> pool = {}) {
  auto reader = log::Reader::from_text(log);
  REQUIRE(reader.has_value());
  auto cursor = viz::Cursor::open(std::move(*reader), pool, nullptr);
  REQUIRE_MESSAGE(cursor.has_value(), (cursor ? "" : cursor.error().what));
  return std::move(*cursor);
}

/// A session, and the files that it writes and reads.
struct Stepping {
  explicit Stepping(const std::string& log, std::optional<u64> call = {})
      : session(open(log, files, call)) {}
  explicit Stepping(const Scribe& pool) : Stepping(pool.text()) {}

  /// The answer's text; the spec fails if the command does.
  std::string run(std::string_view line) {
    const viz::step::Answer answer = session.run(line);
    CAPTURE(line);
    CHECK_MESSAGE(answer.good, answer.text);
    return answer.text;
  }
  /// What a command that fails says.
  std::string refusal(std::string_view line) {
    const viz::step::Answer answer = session.run(line);
    CAPTURE(line);
    CHECK(!answer.good);
    return answer.text;
  }
  /// The call that a command leads to.
  u64 call_after(std::string_view line) {
    static_cast<void>(run(line));
    return session.call_frame().call;
  }
  /// Why a move ended where it did.
  std::string message_after(std::string_view line) {
    static_cast<void>(run(line));
    return session.message();
  }

  std::map<std::string, std::string> files;
  viz::step::Session session;

 private:
  static viz::step::Session open(const std::string& log, std::map<std::string, std::string>& files,
                                 std::optional<u64> call) {
    viz::step::Outside outside;
    outside.write = [&files](const std::string& path, std::string_view text) -> Result<void> {
      files[path] = text;
      return {};
    };
    outside.read = [&files](const std::string& path) -> Result<std::string> {
      if (!files.contains(path)) return failure(path + ": cannot be read");
      return files[path];
    };
    outside.render = [](std::string_view dot, std::string_view format) -> Result<std::string> {
      return std::string(format) + " of " + std::string(dot.substr(0, 7));
    };
    outside.page = [](log::Reader&, u32 pool, u64 call) -> Result<std::string> {
      return "page of pool " + std::to_string(pool) + " at call " + std::to_string(call);
    };
    outside.replay = [](log::Reader& reader, u32 pool, u32 policy) -> Result<std::string> {
      const auto recording = viz::workload_from_log(reader, pool, nullptr);
      if (!recording) return tl::make_unexpected(recording.error());
      viz::PoolSetup setup = recording->setup;
      setup.policy = policy;
      std::string text;
      const auto outcome = viz::play(recording->workload, setup, {"", &text}, nullptr);
      if (!outcome) return tl::make_unexpected(outcome.error());
      return text;
    };
    auto session =
        viz::step::Session::open(cursor_of(log), "lesson.jsonl", {}, std::move(outside), call);
    REQUIRE_MESSAGE(session.has_value(), (session ? "" : session.error().what));
    return std::move(*session);
  }
};

/// 200 bytes; seven blocks, every other one freed, then 100 bytes that no free block has.
inline Scribe enough_bytes_no_room() {
  Scribe pool(200);
  for (const u64 size : {30, 20, 40, 50, 20, 10, 30}) pool.alloc(size);
  for (const u64 number : {0, 2, 4, 6}) pool.free(number);
  pool.alloc(100);
  pool.end();
  return pool;
}

/// Guards of 8 bytes; #1 is overrun, and its free finds it.
inline Scribe overrun_lesson() {
  Scribe pool(256, {.guards = 8});
  for (const u64 size : {24, 40, 16}) pool.alloc(size);
  pool.check();
  pool.check_finds(1, "XYZ");
  pool.free(2);
  pool.end();
  return pool;
}

}  // namespace mempool::tests
