// Recorder: runs a program with libmempool-record.so preloaded, and says what came of it. What a
// recording holds is viz/workload's.
//
//     wish --session file, LD_PRELOAD--> program ... --entries--> RecordRun, recordings trimmed
//
// The program has the terminal, the signals and the streams that it would have without us.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"

namespace mempool::viz {

/// libmempool-record.so: what MEMPOOL_RECORDER names, else where it was installed or built, seen
/// from this program. Fails with where it was looked for.
[[nodiscard]] Result<std::string> find_recorder();

struct RecordWish {
  std::vector<std::string> command;  // program and arguments
  std::string file;                  // of the recording; %p stands for the pid
  bool children = false;
  u64 max_calls = 0;  // 0: no limit
  u32 depth = 1;      // addresses of a call site
};

/// One image of a process that has a recording, or should have had one.
struct RecordedImage {
  std::string file;
  bool of_root = false;
  int error = 0;  // errno: there is no recording
  u64 bytes = 0;  // of the file
};

struct RecordRun {
  int status = 0;                     // as waitpid() says it
  int start_error = 0;                // errno: there is no such program, or it cannot be run
  std::vector<RecordedImage> images;  // the program's last one first, its children's by size
  u64 skipped = 0;                    // processes that were not recorded, for nobody asked for them
  u64 untold = 0;                     // images besides these: more than a session can tell of
};

/// Runs it to its end. Fails when no recording could be made, before anything is run.
[[nodiscard]] Result<RecordRun> record_program(const RecordWish& wish);

/// Why the recorder may not have been loaded into a program, as a sentence.
[[nodiscard]] std::string why_unrecorded(const std::string& program);

/// Ends this process by the signal that ended the program, without a second core file; returns what
/// a shell makes of it if that does not end it.
[[nodiscard]] int end_by_signal(int signal);

}  // namespace mempool::viz
