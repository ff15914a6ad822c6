// The program around the specs: doctest's own main with one more reporter, TAP.
//
// Run it bare for doctest's console output and options (-tc='*guard*' runs some cases, --list
// names them). Meson runs it with -r=tap --no-exitcode and counts every TEST_CASE. Holds no spec:
// those are the other files of this folder.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tap_reporter.hpp"

namespace mempool::tests {
REGISTER_REPORTER("tap", 1, TapReporter);
}  // namespace mempool::tests

/// Specs write where they should not on purpose: the sanitizer must leave pools alone, which tell.
/// (tests/sanitizers is where it must not.)
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  return context.run();
}
