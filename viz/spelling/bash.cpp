// The completion for bash: see spelling.hpp. What differs between verbs is in two case statements,
// made from the table; how it is completed is in the functions around them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spelling/spelling.hpp"

namespace mempool::viz::spelling {

namespace {

constexpr std::string_view head =
    R"(# bash completion for mempool-viz, made by it from its own options.

# Of these words, those that begin as the word at the cursor does.
_mempool_viz_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}

# The same behind the last comma of a list.
_mempool_viz_several() {
  local before=
  [[ $word == *,* ]] && before=${word%,*},
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${word##*,}")
  compopt -o nospace
}

# Folders, and files with one of these endings (any file, if none is given).
_mempool_viz_files() {
  local ending found
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -d -- "$word")
  for ending in "${@:-}"; do
    mapfile -t found < <(compgen -f -X "!*${ending:+.$ending}" -- "$word")
    for ending in "${found[@]}"; do
      [[ -d $ending ]] || COMPREPLY+=("$ending")
    done
  done
}

_mempool_viz() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
  COMPREPLY=()
)";

constexpr std::string_view tail = R"(}

complete -F _mempool_viz mempool-viz
)";

/// The command that completes a choice.
std::string completed(const Choice& choice) {
  if (!choice.words.empty())
    return fmt::format("_mempool_viz_{} '{}'", choice.several ? "several" : "words",
                       fmt::join(choice.words, " "));
  if (choice.is_file) return fmt::format("_mempool_viz_files {}", fmt::join(choice.endings, " "));
  return ":";  // a number, a text
}

/// The pattern of a verb in a case statement; an op list is whatever is no verb.
std::string pattern(const Verb& verb) {
  return verb.help->usage.empty() ? "*" : std::string(verb.help->name);
}

}  // namespace

std::string bash() {
  std::string verbs = "help --help --version", values, options;
  for (const Verb& verb : table()) {
    if (!verb.help->usage.empty()) verbs += fmt::format(" {}", verb.help->name);
    std::string names;
    for (const Option& option : verb.options) {
      names += fmt::format("{}{}", names.empty() ? "" : " ", fmt::join(option.names, " "));
      if (option.choice.value.empty()) continue;
      for (const std::string& name : option.names)
        values += fmt::format("    {}:{}) {}; return ;;\n", pattern(verb), name,
                              completed(option.choice));
    }
    options +=
        fmt::format("    {}) if [[ $word == -* ]]; then _mempool_viz_words '{}'; else {}; fi ;;\n",
                    pattern(verb), names, completed(verb.input));
  }
  return fmt::format(
      "{}  if ((COMP_CWORD == 1)); then\n    _mempool_viz_words '{}'\n    return\n  fi\n"
      "  if [[ $word == = ]]; then\n    word=\n"
      "  elif [[ $before == = ]]; then\n    before=${{COMP_WORDS[COMP_CWORD-2]}}\n  fi\n"
      "  case $verb:$before in\n{}  esac\n  case $verb in\n{}  esac\n{}",
      head, verbs, values, options, tail);
}

}  // namespace mempool::viz::spelling
