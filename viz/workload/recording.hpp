// Recording: what a program asked its own malloc for, as libmempool-record.so wrote it down.
//
//     records --by address: which allocation--> operations ──► Workload
//             --by address of code-----------> stacks, modules ──► names
//
// Addresses of blocks become numbers of allocations here, and are gone. Whatever the file says,
// there is an answer in a time and a space that its size bounds: a record that tells nonsense is
// skipped and counted, a cut end is the end.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/progress.hpp"
#include "workload/workload.hpp"

namespace mempool::viz {

/// A file of code that the program had loaded, and where.
struct CodeModule {
  u64 start = 0, end = 0;  // addresses
  u64 file_offset = 0;     // of what lies at `start`
  std::string path;
  u64 size = 0, modified = 0;  // of the file, when it was recorded
};

/// Return addresses, the innermost first: who called malloc, who called that, ...
using CallStack = std::vector<u64>;

struct ProgramRecording {
  Workload workload;  // its operations name stacks as their call sites; the names are yet to come
  std::vector<CallStack> stacks;
  std::vector<CodeModule> modules;
  std::string program;  // its path
  u32 pid = 0;
  bool forked = false;   // it begins where a process forked
  bool stopped = false;  // after as many calls as were asked for
  u32 error = 0;         // errno: the file could not grow

  u64 allocs = 0, frees = 0, reallocs = 0;
  u64 threads = 0;
  u64 dropped = 0;       // calls that did not get into the file, as the recorder counted them
  u64 strangers = 0;     // frees and reallocs of blocks from before the recording
  u64 missed = 0;        // frees that must have happened, for their address was handed out again
  u64 unfinished = 0;    // records that the end of the process cut short
  u64 damaged = 0;       // records that say what cannot be
  u64 without_site = 0;  // allocations whose stack was one too many to be kept
  u64 peak_bytes = 0, peak_blocks = 0;  // at the same moment
  u64 live_bytes = 0, live_blocks = 0;  // at the end

  [[nodiscard]] u64 calls() const { return allocs + frees + reallocs; }
};

/// Whether a file begins as recordings do. False for what cannot be read, and for a pipe.
[[nodiscard]] bool is_recording(const std::string& path);

/// Fails with a sentence when the file cannot be read or is none.
[[nodiscard]] Result<ProgramRecording> read_recording(const std::string& path,
                                                      const Progress& progress);

/// What is not as it should be, a sentence each; empty: the recording is whole.
[[nodiscard]] std::vector<std::string> remarks(const ProgramRecording& recording);

}  // namespace mempool::viz
