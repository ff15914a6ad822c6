// Command line: one verb's options and arguments, taken apart by CLI11.
//
//     declared options --CLI11--> texts --the reader of each--> values, or a sentence of ours
//
// CLI11 knows nothing of what a text means, so that every error is ours to say. It is included by
// command_line.cpp alone, for it takes seconds to compile.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "help.hpp"
#include "values.hpp"

namespace mempool::viz {

class CommandLine {
 public:
  explicit CommandLine(const help::Verb& verb);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// An option with a value, which `read` understands.
  void value(const help::Option& option, std::function<Wrong(const std::string&)> read);
  /// The same, as often as it is given, in that order.
  void values(const help::Option& option, std::function<Wrong(const std::string&)> read);
  /// An option without a value; `meaning` is what it sets the target to.
  void flag(const help::Option& option, bool& target, bool meaning);

  /// Takes the arguments apart. What is no option is an input; more than `most` are too many.
  [[nodiscard]] Wrong run(std::vector<std::string> arguments, std::vector<std::string>& inputs,
                          std::size_t most);

  [[nodiscard]] bool help_wanted() const { return help_; }
  [[nodiscard]] std::string page() const { return help::page(verb_, declared_); }
  [[nodiscard]] const std::vector<help::Option>& declared() const { return declared_; }
  /// What declared option i says to a text; sets its target as if it had been given.
  [[nodiscard]] Wrong ask(std::size_t i, const std::string& text) const;
  /// The first of these options that was given; empty if none was.
  [[nodiscard]] std::string first_given(std::span<const help::Option> options) const;

 private:
  [[nodiscard]] std::string unknown(const std::string& argument) const;

  struct Parser;  // CLI11's
  const help::Verb& verb_;
  std::unique_ptr<Parser> parser_;
  std::vector<help::Option> declared_;
  std::vector<std::function<Wrong(const std::string&)>> readers_;  // of each; a flag has none
  bool help_ = false;
  Wrong wrong_;
};

}  // namespace mempool::viz
