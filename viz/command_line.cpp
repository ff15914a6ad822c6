// One verb's options and arguments, by CLI11: see command_line.hpp.
#include "command_line.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <utility>

namespace mempool::viz {

struct CommandLine::Parser {
  CLI::App app;
};

namespace {

/// "--output" of "-o,--output".
std::string last_name(const help::Option& option) {
  return std::string(option.names.substr(option.names.rfind(',') + 1));
}

}  // namespace

CommandLine::CommandLine(const help::Verb& verb)
    : verb_(verb), parser_(std::make_unique<Parser>()) {
  parser_->app.set_help_flag();
  parser_->app.allow_extras();
  parser_->app.add_flag("-h,--help", help_);
}

CommandLine::~CommandLine() = default;

void CommandLine::value(const help::Option& option, std::function<Wrong(const std::string&)> read) {
  declared_.push_back(option);
  readers_.push_back(read);
  parser_->app
      .add_option_function<std::string>(
          std::string(option.names),
          [this, option, read = std::move(read)](const std::string& text) {
            if (Wrong wrong = read(text); wrong && !wrong_)
              wrong_ = fmt::format("{}: {}", last_name(option), *wrong);
          })
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void CommandLine::values(const help::Option& option,
                         std::function<Wrong(const std::string&)> read) {
  declared_.push_back(option);
  readers_.push_back(read);
  parser_->app
      .add_option_function<std::vector<std::string>>(
          std::string(option.names),
          [this, option, read = std::move(read)](const std::vector<std::string>& texts) {
            for (const std::string& text : texts)
              if (Wrong wrong = read(text); wrong && !wrong_)
                wrong_ = fmt::format("{}: {}", last_name(option), *wrong);
          })
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void CommandLine::flag(const help::Option& option, bool& target, bool meaning) {
  declared_.push_back(option);
  readers_.emplace_back();
  parser_->app.add_flag_callback(std::string(option.names),
                                 [&target, meaning] { target = meaning; });
}

Wrong CommandLine::run(std::vector<std::string> arguments, std::vector<std::string>& inputs,
                       std::size_t most) {
  std::ranges::reverse(arguments);  // CLI11 takes them from the back
  try {
    parser_->app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    const std::string_view what = error.what();
    const std::string_view name = what.substr(0, what.find_first_of(": "));
    const bool is_flag = std::ranges::any_of(declared_, [&](const help::Option& option) {
      return option.value.empty() && option.names == name;
    });
    return fmt::format("{}: {}", name, is_flag ? "takes no value" : "a value is expected");
  }
  if (help_) return std::nullopt;
  for (const std::string& extra : parser_->app.remaining()) {
    if (extra == "--") continue;
    if (extra.size() > 1 && extra[0] == '-') return unknown(extra);
    if (inputs.size() == most)
      return inputs.empty()
                 ? fmt::format("'{}' is one argument too many", extra)
                 : fmt::format("'{}' is one argument too many after '{}'", extra, inputs.back());
    if (extra.empty()) return "an argument is empty where the name of a file is expected";
    inputs.push_back(extra);
  }
  return wrong_;
}

Wrong CommandLine::ask(std::size_t i, const std::string& text) const {
  return readers_[i] ? readers_[i](text) : std::nullopt;
}

std::string CommandLine::first_given(std::span<const help::Option> options) const {
  for (const help::Option& option : options)
    if (const auto* found = parser_->app.get_option_no_throw(last_name(option));
        found && found->count() != 0)
      return last_name(option);
  return "";
}

std::string CommandLine::unknown(const std::string& argument) const {
  const std::string name = argument.substr(0, argument.find('='));
  const auto bare = [](std::string_view text) {
    return text.substr(std::min(text.find_first_not_of('-'), text.size()));
  };
  const std::vector<std::string> names = [&] {
    std::vector<std::string> all;
    for (const help::Option& option : declared_) all.push_back(last_name(option));
    return all;
  }();
  std::vector<std::string_view> known;
  for (const std::string& each : names) known.push_back(bare(each));
  const std::string_view meant = help::nearest(bare(name), known);
  return fmt::format("there is no option {}{}", name,
                     meant.empty() ? "" : fmt::format("; did you mean --{}?", meant));
}

}  // namespace mempool::viz
