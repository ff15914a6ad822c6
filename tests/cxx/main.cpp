// The program around the specs of the C++ headers: a consumer of C++17 and of the shared library,
// which knows nothing of what is in src/. Its containers are ordinary programs: built with
// AddressSanitizer, it is to see their blocks (unlike tests/main.cpp, whose specs write where they
// should not).
#define DOCTEST_CONFIG_IMPLEMENT
#include "tap_reporter.hpp"

namespace mempool::tests {
REGISTER_REPORTER("tap", 1, TapReporter);
}  // namespace mempool::tests

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  return context.run();
}
