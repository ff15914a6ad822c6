// Stops: breakpoints and watches, and which of them a call meets.
//
//     break alloc >= 50   stops at a call for which the condition holds, or comes to hold
//     watch #9.guard      stops at a call that changes the block, its guards, or a byte
//
// Stops are numbered from 1, as in gdb, and may be bound to a further condition, ignored a number
// of times, or gone after the first time. It moves nowhere: the session scans (session.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "step/condition.hpp"

namespace mempool::viz::step {

/// Something whose change is waited for.
struct Watched {
  enum class What : u8 { block, guards, byte };
  What what = What::block;
  u64 which = 0;  // number of the block, offset of the byte
};

/// "#9", "#9.guard", "0x2A8".
[[nodiscard]] Result<Watched> parse_watched(std::string_view text);
/// What can be seen of it in a pool, in words: "#9 lives: 64 B at 624".
[[nodiscard]] std::string describe(const Watched& watched, const Model& model, Radix radix);

struct Stop {
  u64 id = 0;
  std::optional<Condition> condition;  // of a breakpoint
  std::optional<Watched> watched;      // of a watch
  std::optional<Condition> further;    // what has to hold besides
  std::string text;                    // as it was typed
  bool once = false;
  u64 ignore = 0;  // times that it will be passed over
  u64 hits = 0;

  // ---- while a scan goes on
  bool held = false;  // the state that it waits for
  std::string seen;   // what it watches, as it was last seen
};

/// A stop that was met at a call.
struct Hit {
  u64 call = 0;
  u64 id = 0;
  std::string change;  // of a watch: "was ..., is ..."
};

/// Looks for stops. It ends at the first call that meets one, or collects them all.
class Lookout : public Gather {
 public:
  Lookout(std::vector<Stop>& stops, Radix radix, bool all);
  [[nodiscard]] const std::vector<Hit>& hits() const { return hits_; }

 private:
  void start(const Model& model) override;
  bool judge(const CallFacts& facts, const Model& after) override;
  [[nodiscard]] bool meets(Stop& stop, const CallFacts& facts, const Model& after,
                           std::string& change);

  std::vector<Stop>& stops_;
  Radix radix_;
  bool all_;
  std::vector<Hit> hits_;
};

/// Looks for a call for which a condition holds: the first, or the last.
class Finder : public Gather {
 public:
  Finder(const Condition& condition, bool last)
      : Gather(condition.measures()), condition_(condition), last_(last) {}
  std::optional<u64> found;

 private:
  void start(const Model& model) override;
  bool judge(const CallFacts& facts, const Model& after) override;

  const Condition& condition_;
  bool last_;
  bool held_ = false;
};

}  // namespace mempool::viz::step
