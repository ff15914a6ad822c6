// Golden: texts that views are expected to write, kept as small files in tests/golden for people
// to read. MEMPOOL_GOLDEN=write in the environment writes them anew. Holds no spec.
//
// The folder is found by MEMPOOL_TESTS in the environment, else where the specs were compiled.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace mempool::tests {

inline std::string golden_path(std::string_view name) {
  const char* tests = std::getenv("MEMPOOL_TESTS");
  return std::string(tests == nullptr ? MEMPOOL_TESTS_DIR : tests) + "/golden/" + std::string(name);
}

/// Expects the text to be the one in tests/golden/NAME.
inline void check_golden(std::string_view name, const std::string& text) {
  constexpr std::size_t most = 4096;  // larger ones nobody reviews
  CAPTURE(name);
  CHECK(text.size() < most);
  const char* mode = std::getenv("MEMPOOL_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "write")
    std::ofstream(golden_path(name), std::ios::binary) << text;
  std::ifstream file(golden_path(name), std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == golden);
}

}  // namespace mempool::tests
