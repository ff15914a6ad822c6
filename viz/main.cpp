// mempool-viz: shows what a memory pool did, from its log.
//
// The thinnest possible shell: parse() says what is wanted, run() does it. Exit status: 0 good,
// 1 the input or the pool is bad, 2 usage.
#include "commands/commands.hpp"
#include "options.hpp"
#include "shell/streams.hpp"

int main(int argc, char** argv) {
  using namespace mempool::viz;
  settle_standard_streams();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto options = parse(arguments);
  if (options) return run(*options);
  say(options.error().what);
  return 2;
}
