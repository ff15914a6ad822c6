// The completion for zsh: see spelling.hpp. One call of _arguments a verb, which knows how zsh
// shows options, their texts and their values.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spelling/spelling.hpp"

namespace mempool::viz::spelling {

namespace {

/// A text between single quotes, with a backslash before each of these signs.
std::string quoted(std::string_view text, std::string_view signs) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\'";
    else if (signs.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

/// ":FILE:_files -g ...", what _arguments is told of a value.
std::string action(const Choice& choice) {
  if (choice.value.empty() && choice.words.empty()) return "";
  std::string how = " ";
  if (!choice.words.empty() && choice.several)
    how = fmt::format("_sequence compadd - {}", fmt::join(choice.words, " "));
  else if (!choice.words.empty())
    how = fmt::format("({})", fmt::join(choice.words, " "));
  else if (choice.is_file && choice.endings.empty())
    how = "_files";
  else if (choice.is_file)
    how = fmt::format("_files -g \"*.({})\"", fmt::join(choice.endings, "|"));
  return fmt::format(":{}:{}", quoted(choice.value, ":\\"), how);
}

/// '(-o --output)'{-o,--output}'[says]:FILE:_files'
std::string argument(const Option& option) {
  const std::string says =
      fmt::format("[{}]{}", quoted(option.says, "[]:\\"), action(option.choice));
  if (option.names.size() == 1) return fmt::format("'{}{}'", option.names[0], says);
  return fmt::format("'({})'{{{}}}'{}'", fmt::join(option.names, " "), fmt::join(option.names, ","),
                     says);
}

std::string arguments(const Verb& verb) {
  const bool bare = verb.help->usage.empty();
  std::string text =
      fmt::format("  {})\n    _arguments", bare ? "*" : std::string(verb.help->name));
  for (const Option& option : verb.options) text += fmt::format(" \\\n      {}", argument(option));
  if (verb.input.is_file || !verb.input.words.empty())
    text += fmt::format(" \\\n      '*{}'", action(verb.input));
  return text + "\n    ;;\n";
}

}  // namespace

std::string zsh() {
  std::string verbs, cases;
  for (const Verb& verb : table()) {
    cases += arguments(verb);
    if (verb.help->usage.empty()) continue;
    verbs += fmt::format("    '{}:{}'\n", verb.help->name, quoted(verb.help->summary, ":\\"));
  }
  return fmt::format(
      "#compdef mempool-viz\n"
      "# zsh completion for mempool-viz, made by it from its own options.\n"
      "_mempool-viz() {{\n"
      "local -a verbs\n"
      "if ((CURRENT == 2)); then\n  verbs=(\n{}    'help:the overview'\n  )\n"
      "  _describe -t verbs verb verbs\n  return\nfi\n"
      "local verb=$words[2]\n"
      "shift words\n((CURRENT--))\n"
      "case $verb in\n{}esac\n"
      "}}\n"
      "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n  _mempool-viz \"$@\"\nelse\n"
      "  compdef _mempool-viz mempool-viz\nfi\n",
      verbs, cases);
}

}  // namespace mempool::viz::spelling
