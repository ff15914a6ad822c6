// Process: another program, found in PATH and run with a text on its standard input. Without a
// shell, and through unnamed temporary files, so that nothing is left behind and no pipe fills up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mempool::viz {

[[nodiscard]] bool can_run(const std::string& path);

/// The first program of this name in the folders of PATH.
[[nodiscard]] std::optional<std::string> in_path(const std::string& name);

/// A word of a command line, in quotes if a shell needs them.
[[nodiscard]] std::string shell_word(const std::string& word);

struct Ran {
  int status = 0;  // as waitpid() says it
  std::string out;
  std::string err;
};

/// Runs it to its end. Fails when it cannot be run; how it ends is for the caller to judge.
[[nodiscard]] Result<Ran> run_program(const std::string& program,
                                      std::vector<std::string> arguments, std::string_view input);

}  // namespace mempool::viz
