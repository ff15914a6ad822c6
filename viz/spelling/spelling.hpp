// Spelling: the command line as others need it told: completions for bash and zsh, the manual page.
//
//     help's texts, declared options --table()--> Verb rows --> a script, a page
//
// All of it is made from what declares and reads the options, so that nothing here can name an
// option or a word that the tool does not take. `mempool-viz --about-itself bash` prints one of
// them; the build installs them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "help.hpp"

namespace mempool::viz::spelling {

/// What can be typed for an argument.
struct Choice {
  std::string value;                 // "FILE", as the help page names it; empty: nothing
  std::vector<std::string> words;    // one of these,
  bool several = false;              // or several, with commas between them
  bool is_file = false;              // or a file,
  std::vector<std::string> endings;  // with one of these, if there are any: "svg"
};

struct Option {
  std::vector<std::string> names;  // "-o", "--output"
  std::string says;
  Choice choice;
};

struct Verb {
  const help::Verb* help;
  std::vector<Option> options;
  Choice input;  // its arguments that are no options
};

/// Every verb, and last, named "ops", what may stand after an op list.
[[nodiscard]] std::vector<Verb> table();

[[nodiscard]] std::string bash();
[[nodiscard]] std::string zsh();
[[nodiscard]] std::string manual(std::string_view date);

/// The text of that form: bash, zsh or man, with the page's date; empty if there is no such form.
[[nodiscard]] std::string written_as(std::string_view form, std::string_view date);

}  // namespace mempool::viz::spelling
