// Site table: numbers for the places that ask for blocks, each place once, as operations name them.
//
//     (file, line) --number--> 1, 2, 3 ... --Operation::site--> Workload::call_sites
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "workload/workload.hpp"

namespace mempool::viz {

class SiteTable {
 public:
  /// 0: there are too many places already. A new one is added to the list.
  [[nodiscard]] u16 number(const CallSite& site, std::vector<CallSite>& sites) {
    const auto [known, is_new] =
        numbers_.try_emplace({site.where, site.line}, static_cast<u16>(sites.size() + 1));
    if (!is_new) return known->second;
    if (sites.size() == most_call_sites) {
      numbers_.erase(known);
      return 0;
    }
    sites.push_back(site);
    return known->second;
  }

 private:
  std::map<std::pair<std::string, u32>, u16> numbers_;
};

}  // namespace mempool::viz
