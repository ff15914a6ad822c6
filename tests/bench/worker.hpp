// Worker: a process of its own for each peer, so that none sees the memory another one left, and
// malloc can be replaced for one of them alone.
//
//     bench (parent) ──Request──► worker: one peer, one program ──Reply──► bench
//
// The parent hands the program over as a file in memory and lets one worker run at a time, in
// turn; the worker does what it is asked and holds its allocator open between the rounds.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "bench/peer.hpp"

namespace mempool::bench {

enum class What : u32 { open, close, rehearse, run, look_at_each, fit, count };

struct Request {
  What what = What::open;
  u64 region = 0;  // open: bytes
};

struct Reply {
  Round round;                     // run: all of it; the others: its ending
  Spread spread;                   // look_at_each
  u64 metadata = 0;                // as it is now
  std::array<char, 100> reason{};  // why it cannot take part; "" = it does
};

/// Why there is no figure, in words; "" = there is.
[[nodiscard]] std::string reason_of(const Reply& reply);

/// The worker's side: answers until the parent is gone. The status to exit with.
[[nodiscard]] int work(const std::string& peer, const std::string& program_file);

/// The parent's side.
class Worker {
 public:
  /// `program_file`: descriptor of a file in memory. `launcher`: a program that is to run it,
  /// with its arguments: callgrind.
  Worker(const Peer& peer, int program_file, std::vector<std::string> launcher = {});
  ~Worker();  // waits for its end
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// A worker that died says so as its reason.
  [[nodiscard]] Reply ask(Request request);

 private:
  int requests_ = -1, replies_ = -1;
  int process_ = -1;
};

/// A file in memory that holds a program, for all workers.
class ProgramFile {
 public:
  explicit ProgramFile(const Program& program);
  ~ProgramFile();
  ProgramFile(const ProgramFile&) = delete;
  ProgramFile& operator=(const ProgramFile&) = delete;
  [[nodiscard]] int descriptor() const { return file_; }

 private:
  int file_ = -1;
};

}  // namespace mempool::bench
