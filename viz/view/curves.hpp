// Curves: how something between 0 and 100 % goes over the calls, a line for each of several runs,
// in one SVG.
//
// Lines are told apart by dashes and by letters that stand on them, not by colour alone; names and
// last values stand at their ends. Long runs are drawn by the means of equal parts of them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mempool::viz {

struct Curve {
  std::string name;           // "best"
  std::vector<float> values;  // 0 to 1, one a call from call `first` on
  std::string note;           // what stands after the name at its end
};

struct CurveSheet {
  std::string title, subtitle, description;
  std::string y_name;
  unsigned long first_call = 0, last_call = 0;  // of the x axis
};

[[nodiscard]] std::string draw_curves(const CurveSheet& sheet, std::span<const Curve> curves);

}  // namespace mempool::viz
