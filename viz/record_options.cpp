// The command line of record: see record_options.hpp.
#include "record_options.hpp"

#include <algorithm>
#include <iterator>

#include "declare.hpp"
#include "help.hpp"

namespace mempool::viz {

namespace {

constexpr std::string_view usual_depth = "8";
constexpr u64 most_depth = 24;  // frames of the recorder's come on top

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether an argument is one of the option's names, alone.
bool is_named(const std::string& argument, const help::Option& option) {
  const std::size_t comma = option.names.find(',');
  if (argument == option.names.substr(0, comma)) return true;
  return comma != std::string_view::npos && argument == option.names.substr(comma + 1);
}

bool takes_next(const std::string& argument) {
  const auto matches = [&](const help::Option& option) {
    return !option.value.empty() && is_named(argument, option);
  };
  return matches(help::recording_file) || matches(help::max_events) || matches(help::record_page) ||
         std::ranges::any_of(pool_options, matches);
}

}  // namespace

std::vector<std::string> take_command(std::vector<std::string>& arguments) {
  std::vector<std::string> ours;
  auto at = arguments.begin();
  for (; at != arguments.end() && *at != "--" && at->starts_with('-'); ++at) {
    const auto next = std::next(at);
    if (*at == "--sites") {  // its value may be left out
      const bool given = next != arguments.end() && is_number(*next);
      ours.push_back("--sites=" + (given ? *next : std::string(usual_depth)));
      if (given) at = next;
      continue;
    }
    ours.push_back(*at);
    if (!takes_next(*at) || next == arguments.end()) continue;
    at = next;
    ours.push_back(*at);
  }
  if (at != arguments.end() && *at == "--") ++at;
  std::vector<std::string> command(at, arguments.end());
  arguments = std::move(ours);
  return command;
}

void declare(CommandLine& line, RecordOptions& options) {
  line.flag(help::children, options.children, true);
  line.value(help::max_events, [&options](const std::string& text) -> Wrong {
    Wrong wrong = read_count(text, options.max_calls);
    return !wrong && options.max_calls == 0 ? Wrong("at least 1 is expected") : wrong;
  });
  line.value(help::sites, [&options](const std::string& text) -> Wrong {
    u64 depth = 0;
    Wrong wrong = read_count(text, depth, most_depth);
    options.depth = static_cast<u32>(std::max<u64>(depth, 1));
    return wrong;
  });
  line.value(help::record_page, [&options](const std::string& text) -> Wrong {
    options.page = text;
    return text.empty() || text == "-" ? Wrong("the name of a file is expected") : std::nullopt;
  });
}

}  // namespace mempool::viz
