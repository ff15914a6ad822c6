// A fuzz target: one function that takes any bytes. This is what targets and their driver agree on.
//
//     corpus files --> driver.cpp, with every test run     --> LLVMFuzzerTestOneInput
//     libFuzzer    --> itself, for minutes (`make fuzz`)   --> LLVMFuzzerTestOneInput
//
// A target never exits and keeps nothing between two calls; what must hold it says by require(),
// which ends the program, as libFuzzer wants it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mempool::tests {

/// Ends the program, and says what did not hold, unless there is nothing to say.
inline void require_none(std::string_view where, std::string_view complaint) {
  if (complaint.empty()) return;
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(where.size()), where.data(),
               static_cast<int>(complaint.size()), complaint.data());
  std::abort();
}

inline void require(bool holds, std::string_view what) {
  require_none("this must hold", holds ? "" : what);
}

}  // namespace mempool::tests
