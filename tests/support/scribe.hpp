// Scribe: writes the log that a right pool would write, without a pool.
//
//     Scribe --events--> JSON lines --edited by the spec--> reader --> timeline, story, check
//
// For specs of the viewer's model: all five policies, any event, and logs with a planted fault. It
// is slow and simple: every search walks the model's own list by the policies' definitions.
#pragma once

#include <mempool/event.h>

#include <string>
#include <string_view>
#include <vector>

#include "log/reader.hpp"
#include "model/timeline.hpp"

namespace mempool::tests {

struct Style {
  u64 align = 1;  // byte-exact arithmetic, as in lessons
  u32 policy = POOL_FIRST;
  u64 guards = 0;
  bool fill = false;
  const char* name = nullptr;
  u32 pool = 1;
  u64 base = 0;  // of the region: not 0 in a caller's buffer
  bool poison = false;
  u64 quarantine = 0;  // 0: none
  const char* model = nullptr;
};

class Scribe {
 public:
  explicit Scribe(u64 capacity, Style style = {});

  // ---- calls
  /// The number that the allocation takes, served or not.
  u64 alloc(u64 size);
  u64 aligned_alloc(u64 alignment, u64 size);
  void free(u64 number);
  /// In place where it can be, else it moves.
  void realloc(u64 number, u64 size);
  /// As an allocator does that never resizes in place.
  void move(u64 number, u64 size);
  void guards(u64 size);  // 0: off
  void note(const char* text);
  /// The program writes: told by a dump that holds nothing else.
  void write(u64 offset, std::string_view bytes);
  /// The back guard is found damaged by a check: this stands at its first bytes.
  void check_finds(u64 number, std::string_view found);
  /// The pool is checked, and nothing is found.
  void check();
  void misuse(u32 kind, u64 offset, u64 number = POOL_NONE);
  void reset();
  void snapshot();
  void destroy();
  void end();

  // ---- one event of a call that the spec makes up
  void begin_call() { ++call_; }
  void event(pool_event event);

  [[nodiscard]] const viz::Model& model() const { return model_; }
  /// The whole log.
  [[nodiscard]] std::string text() const;
  /// The JSON lines after the first one.
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] u64 call() const { return call_; }

 private:
  bool take(u64 number, u64 size, u64 alignment = POOL_NONE);
  void cut(u64 offset, u64 size);
  void fail(u64 number, u64 size, u64 needed, u64 alignment);
  void write_guards(const viz::Block& block);
  void give(u64 number, u64 offset);
  bool resize(u64 number, u64 size);
  void check_guards(const viz::Block& block);
  void guard_written(u64 number, u32 side, u64 offset, u64 size);

  viz::Model model_;
  u32 pool_;
  u64 seq_ = 0, call_ = 0;
  std::vector<std::string> lines_;
};

/// A text with one thing in it replaced; it must be there exactly once.
[[nodiscard]] std::string replaced(std::string text, std::string_view what, std::string_view by);

/// The frame of a moment; the spec fails if there is none.
[[nodiscard]] viz::Frame frame_of(const std::string& text, const viz::Moment& moment);
[[nodiscard]] viz::Frame frame_of(const Scribe& scribe);  // of the last call

}  // namespace mempool::tests
