// Reader: a log file, stream or torn piece of one, event by event, in either encoding. Knows no
// pool and no model.
//
//     Input --bytes--> Events (.jsonl or .mplog) --event--> Reader --> model, checks, conversions
//
// Total: any input gives events and findings, in bounded memory (one line or event, at most some
// 16 MiB) and in time linear in its size. A torn tail is the end, not an error; damage before the
// end is counted, described with its line or record and skipped; unknown event kinds are skipped
// and counted; a newer major version is refused by name.
#pragma once

#include <mempool/event.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::log {

/// A place in the log where reading had to skip something.
struct Damage {
  u64 line;  // or record; counted from 1
  std::string what;
};

/// What a reader has noticed so far. The log is whole iff ended and nothing is damaged.
///
/// In a .jsonl log a last line without newline is an event if it is a whole one, a torn tail if it
/// is no JSON, and damage if it is JSON but not an event: no cut makes one. Blank lines are passed
/// over anywhere: an editor or `cat` may leave them, the writer never does. In an .mplog, records
/// that are 0 are room that was never written if nothing follows them, and damage if something
/// does. A read error ends the log as damage.
struct Findings {
  u64 events = 0;                     // handed out
  u64 lines = 0;                      // where the last event stood: its line (the first one is 1,
                                      // too), or its first record (the header is 0)
  const char* unit = "line";          // what those are: "line" or "record"
  u64 unknown_events = 0;             // whole, but of a kind that this version does not know
  u64 damaged = 0;                    // lines or records skipped because they are no event
  std::vector<Damage> first_damages;  // at most 8
  bool torn_tail = false;             // the last line or event is cut short
  bool ended = false;                 // the last event was `end` and nothing follows it
};

class Events;
class Input;

class Reader {
 public:
  /// Opens a log; "-" is standard input. Fails when it cannot be read, is a directory, is not a
  /// Mempool log, or is of a newer major version.
  static Result<Reader> open(const std::string& path);
  /// The same over a log in memory; for tests and for op lists that never touch a disk.
  static Result<Reader> from_text(std::string text);

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// The next event; false at the end. Text and bytes in it are valid until the next call.
  [[nodiscard]] bool next(pool_event& event);

  [[nodiscard]] const Findings& findings() const;
  [[nodiscard]] u64 bytes_read() const;   // for progress
  [[nodiscard]] u64 bytes_total() const;  // 0 if not known (a pipe)

  /// False for a pipe and for standard input: they can only be read on.
  [[nodiscard]] bool seekable() const;
  /// The place of the next event, for seek(): bytes from the start of the log.
  [[nodiscard]] u64 position() const;
  /// Goes on reading at a place that position() gave, in this run or an earlier one, for the same
  /// log. Findings go on from so_far, which are those of that moment (lines, events and
  /// unknown_events are enough to number what follows). False, and nothing is changed, if the
  /// log is not seekable or ends before that place.
  [[nodiscard]] bool seek(u64 position, const Findings& so_far);

 private:
  static Result<Reader> start(const std::string& name, Input&& input);
  explicit Reader(std::unique_ptr<Events> events);
  std::unique_ptr<Events> events_;
};

}  // namespace mempool::log
