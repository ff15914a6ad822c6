// Manual: the commands of the stepper as data: names, what they do, an example of each.
//
// `help` is laid out from this table, prefixes are looked up in it, and docs/stepper.md shows it.
// Which function a command is, session.cpp says; a spec holds the two tables against each other.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mempool::viz::step {

enum class Group : unsigned char { move, stop, look, ask, out };

struct Command {
  std::string_view name;   // "next"
  std::string_view alias;  // "n": counts before prefixes do; empty: none
  Group group;
  std::string_view usage;  // what stands behind the name
  std::string_view says;
  std::string_view example;
};

[[nodiscard]] std::span<const Command> commands();

/// The command of a name, an alias or a unique prefix of a name; fails with what there is.
[[nodiscard]] Result<const Command*> find_command(std::string_view word);

/// All commands, a line each, with the keys of the full screen.
[[nodiscard]] std::string overview();
/// One command, with its example.
[[nodiscard]] std::string page(const Command& command);

}  // namespace mempool::viz::step
