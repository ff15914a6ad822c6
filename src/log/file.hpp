// File: one log file of this process, shared by the pools that write to it.
//
// Batches of whole calls go in, by one write(2) each, so pools and threads never tear each other's
// events and kill -9 loses nothing that a finished call wrote. The file is locked against other
// processes. When a write fails, the file is cut back to its last whole batch and stops for good;
// what comes later is counted. The pool's answers never depend on any of this.
//
// Lines are the pool's business (sink/sinks.cpp): a File knows bytes, counts and system calls.
#pragma once

#include <string>
#include <string_view>

#include "base/units.hpp"

namespace mempool::log {

struct File;

struct Opening {
  std::string path;     // `%p` already filled in
  u64 max = 0;          // stop at this size; 0 = unlimited
  bool resume = false;  // go on behind what this process wrote there before (MEMPOOL_LOG)
};

/// Opens the file, or shares it with the pools of this process that write to it already.
/// nullptr and errno: EBUSY when another process writes it, else as open(2).
[[nodiscard]] File* open_file(const Opening& opening);

/// Writes a batch of whole lines that hold `events` events. False once the file has stopped.
bool append(File& file, std::string_view lines, u64 events);

/// One pool less writes here; its last words are written even to a file that has stopped, if
/// there is room again. The last pool ends the file with an `end` event. Returns 0, or the errno
/// of the first write that failed.
int close_file(File* file, std::string_view last_words);

/// True in a child process that inherited the file by fork: it must not write.
[[nodiscard]] bool inherited(const File& file);

/// "%p" replaced by the process id.
[[nodiscard]] std::string expand_path(std::string_view path);

}  // namespace mempool::log
