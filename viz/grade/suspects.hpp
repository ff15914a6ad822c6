// Suspects: small allocators that each make one mistake, played beside the student's.
//
//     the student's calls --> right allocator, and one for each mistake --> who gave the same
//                                                                           answers all along?
//
// A suspect that answers every call as the log does is what the student's allocator is like. Only
// as good as the list of mistakes: no suspect left means something else.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grade/grade.hpp"
#include "quiz/rules.hpp"

namespace mempool::viz::grade {

class Suspects {
 public:
  Suspects(const Asked& asked, u64 capacity);

  void see_alloc(u64 number, u64 requested, u64 payload);
  /// largest: what the log says the largest free block is; 0: it does not say.
  void see_fail(u64 requested, u64 largest);
  void see_free(u64 number);

  /// A sentence for each that is left; the right one is not among them.
  [[nodiscard]] std::vector<std::string> left() const;

 private:
  struct Extent {
    u64 offset = 0, size = 0;
  };
  struct Suspect {
    std::string_view says;
    quiz::Rules rules;
    quiz::Ground ground;
    std::map<u64, Extent> live = {};
    bool out = false;
  };
  void add(std::string_view says, const quiz::Rules& rules);

  Asked asked_;
  u64 capacity_;
  std::vector<Suspect> suspects_;
};

}  // namespace mempool::viz::grade
