// Commands: one function a verb, from options to exit status; run() picks it.
//
//     Options --run--> command: source (log or op list) --model, view--> shell (files, dot)
//
// What goes wrong in the world comes back as an Error and is said once, by run(). A status of 1
// without an Error means that the command has said itself what is bad.
#pragma once

#include "base/result.hpp"
#include "options.hpp"

namespace mempool::viz {

/// Exit statuses (2, usage, is parse()'s).
inline constexpr int good = 0;
inline constexpr int bad = 1;

/// Carries the options out; returns the exit status.
[[nodiscard]] int run(const Options& options);

namespace commands {

[[nodiscard]] Result<int> record(const Options& options);
[[nodiscard]] Result<int> replay(const Options& options);
[[nodiscard]] Result<int> check(const Options& options);
[[nodiscard]] Result<int> show(const Options& options);
[[nodiscard]] Result<int> diagram(const Options& options);
[[nodiscard]] Result<int> dump(const Options& options);
[[nodiscard]] Result<int> convert(const Options& options);
[[nodiscard]] Result<int> grade(const Options& options);
[[nodiscard]] Result<int> quiz(const Options& options);
[[nodiscard]] Result<int> compare(const Options& options);
[[nodiscard]] Result<int> duel(const Options& options);
[[nodiscard]] Result<int> gen(const Options& options);
[[nodiscard]] Result<int> stats(const Options& options);
[[nodiscard]] Result<int> ostep(const Options& options);
[[nodiscard]] Result<int> step(const Options& options);
[[nodiscard]] Result<int> html(const Options& options);
[[nodiscard]] Result<int> ops(const Options& options);

}  // namespace commands

}  // namespace mempool::viz
