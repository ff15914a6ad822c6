// Source: where a command's events come from, a log or an op list that is played on the spot, and
// what has to be said about them: a cut end, damage, other pools.
#pragma once

#include <optional>
#include <string>

#include "log/reader.hpp"
#include "model/frame.hpp"
#include "options.hpp"

namespace mempool::viz {

struct Source {
  log::Reader reader;
  std::string name;              // for people: the path, "standard input", "the op list"
  bool is_file = false;          // a log's, so it may have an index
  std::optional<u64> last_call;  // op lists: of the last operation, before the pool is destroyed
};

[[nodiscard]] Result<Source> open_source(const Options& options);

/// Says on stderr what the reader has noticed. Returns the status that follows from it: a log
/// that is cut is good, a damaged one is bad.
[[nodiscard]] int say_findings(const log::Findings& findings, const std::string& name);

/// Says that the log holds pools besides the one that is shown, if it does.
void say_other_pools(const std::string& name, u32 shown, const std::vector<u32>& others);

/// The damage alone, for when reading stopped before the end.
[[nodiscard]] int say_damage(const log::Findings& findings, const std::string& name);

/// A moment's frame, and the status that its log deserves. For more than one moment see book.hpp.
struct Loaded {
  Frame frame;
  int status = 0;
};

/// Loads the frame that the options ask for, or this call's. Says what is to be said about the log.
[[nodiscard]] Result<Loaded> load_frame(const Options& options, std::optional<u64> call = {});

}  // namespace mempool::viz
