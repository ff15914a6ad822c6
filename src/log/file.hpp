// File: one log file of this process, shared by the pools that write to it.
//
// Batches of whole calls go in, so pools and threads never tear each other's events and kill -9
// loses nothing that a finished call wrote. How a batch gets in depends on the file: lines by one
// write(2), records by stores into a window of the file (window.hpp), or by write(2) where a file
// cannot be mapped, as a pipe. The file is locked against other processes. When a batch cannot be
// written, the file is cut back to its last whole one and stops for good; what comes later is
// counted. The pool's answers never depend on any of this.
//
// Events are the pool's business (sink/sinks.cpp): a File knows bytes, counts and system calls.
#pragma once

#include <string>
#include <string_view>

#include "base/units.hpp"
#include "log/encoding.hpp"

namespace mempool::log {

struct File;

struct Opening {
  std::string path;     // `%p` already filled in; its extension chooses the encoding
  u64 max = 0;          // stop at this size; 0 = unlimited
  bool resume = false;  // go on behind what this process wrote there before (MEMPOOL_LOG)
  bool alone = false;   // EBUSY also when a pool of this process writes it
};

/// Opens the file, or shares it with the pools of this process that write to it already.
/// nullptr and errno: EBUSY when another process writes it, else as open(2).
[[nodiscard]] File* open_file(Opening opening);

/// How the file's events are written. A file that is shared keeps the encoding of its first user.
[[nodiscard]] Encoding encoding(const File& file);

/// Writes a batch of whole lines or records that hold `events` events. False once the file has
/// stopped.
bool append(File& file, std::string_view batch, u64 events);

/// One pool less writes here; its last words are written even to a file that has stopped, if
/// there is room again. The last pool ends the file with an `end` event. Returns 0, or the errno
/// of the first write that failed.
int close_file(File* file, std::string_view last_words);

/// The errno of the first write that failed; 0 if none did.
[[nodiscard]] int error(File& file);

/// Counts the forks that lie between this process and the first one that used Mempool.
extern u32 generation;

/// True in a child process that inherited the file by fork: it must not write.
[[nodiscard]] bool inherited(const File& file);

/// "%p" replaced by the process id.
[[nodiscard]] std::string expand_path(std::string_view path);

}  // namespace mempool::log
