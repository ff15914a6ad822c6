// Grade: a student's own allocator, judged by the calls that its log tells.
//
//     log --call by call--> Grader --> each rule: holds, or the first call that breaks it
//                             '------> Suspects: allocators with one mistake that do the same
//
// What is read of the log is create, alloc, alloc_fail and free. Free memory is what no block
// holds, in runs as long as can be; whether the student's list says so too is for the rules to find
// out. It shares nothing with the engine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/progress.hpp"

namespace mempool::viz::grade {

/// What is asked of the allocator. That blocks lie in the pool and over no other, that only live
/// ones are freed, and that nothing is refused for which there is room, always is.
struct Asked {
  u32 policy = 0;         // 0: any placement will do
  bool coalesce = false;  // free blocks that touch are one, at once
  bool split = false;     // what is not needed of a free block stays free
  u64 align = 1;          // of payloads
  u64 header = 0;         // bytes in front of each payload
};
/// "first,coalesce,align=16"; fails with the word that is none.
[[nodiscard]] Result<Asked> parse_rules(const std::string& list);

struct RuleResult {
  std::string rule;    // "coalesce"
  std::string says;    // what it asks
  u64 checked = 0;     // calls that it was held against
  u64 broken = 0;      // of them
  u64 first_call = 0;  // that broke it
  std::string why;     // what was wrong there
};

struct Report {
  u64 calls = 0;
  u64 passed_over = 0;  // calls of other kinds: they are not judged
  std::vector<RuleResult> rules;
  /// Sentences: what an allocator would have to be like to make just these calls' answers.
  std::vector<std::string> suspects;

  [[nodiscard]] std::size_t held() const;
  /// The rule whose first broken call is the earliest; nullptr: all hold.
  [[nodiscard]] const RuleResult* first_broken() const;
};

/// Reads the lowest pool of the log.
[[nodiscard]] Result<Report> judge(log::Reader& reader, const Asked& asked,
                                   const Progress& progress);

[[nodiscard]] std::string report_text(const Report& report);
[[nodiscard]] std::string report_json(const Report& report, const std::string& log);

}  // namespace mempool::viz::grade
