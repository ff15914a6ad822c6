// Events: what a Reader has inside, an input whose encoding is known. One class an encoding.
//
//     .jsonl   Input --lines--> Decoder      (line_events.cpp)    --> events and findings
//     .mplog   Input --records--> Unpacker   (record_events.cpp)  --> events and findings
//
// Both decide alike what it means when something is no event: the end, damage, or nothing.
#pragma once

#include <memory>

#include "log/input.hpp"
#include "log/reader.hpp"

namespace mempool::log {

class Events {
 public:
  virtual ~Events() = default;
  [[nodiscard]] virtual bool next(pool_event& event) = 0;
  [[nodiscard]] virtual const Input& input() const = 0;
  /// Goes on at a place between two events; false, and nothing is changed, if it cannot.
  [[nodiscard]] bool seek(u64 position) {
    if (!go_to(position)) return false;
    over_ = false;
    return true;
  }

  Findings findings;

 protected:
  [[nodiscard]] virtual bool go_to(u64 position) = 0;
  void damage(u64 line, std::string what);
  /// The input is over. If a read error ended it, that is damage.
  void stop();

 private:
  bool over_ = false;
};

/// Both take an input at its beginning and check its header. The name is for sentences: printable.
[[nodiscard]] Result<std::unique_ptr<Events>> open_lines(const std::string& name, Input&& input);
[[nodiscard]] Result<std::unique_ptr<Events>> open_records(const std::string& name, Input&& input);

/// "log format 2 is newer ...", or none if the major version is ours.
[[nodiscard]] std::string refuse_version(u64 major);

}  // namespace mempool::log
