// The table of verbs and options: see spelling.hpp. An option's words are asked of its reader, by a
// text that is none of them: the refusal names them all.
#include <algorithm>
#include <cctype>

#include "command_line.hpp"
#include "declare.hpp"
#include "options.hpp"
#include "search/generate.hpp"
#include "spelling/spelling.hpp"
#include "workload/contestant.hpp"

namespace mempool::viz::spelling {

namespace {

/// "a, b and c" -> a b c
std::vector<std::string> words_of(std::string text) {
  if (const std::size_t last = text.find(" and "); last != std::string::npos)
    text.replace(last, 5, ", ");
  std::vector<std::string> words;
  for (std::string word : split_list(text, ',')) {
    word.erase(0, word.find_first_not_of(' '));
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

/// The words that a refusal names; none if the option takes anything.
std::vector<std::string> words_in(const Wrong& refusal) {
  if (!refusal) return {};
  for (const std::string_view before : {" is none of ", "; there are "})
    if (const std::size_t found = refusal->find(before); found != std::string::npos)
      return words_of(refusal->substr(found + before.size()));
  return {};
}

/// "svg" and "png" in ".svg or .png", "html" in "lesson.html".
std::vector<std::string> endings_in(std::string_view says) {
  std::vector<std::string> endings;
  for (std::size_t i = says.find('.'); i != std::string_view::npos; i = says.find('.', i + 1)) {
    std::string ending;
    for (std::size_t k = i + 1;
         k < says.size() && std::isalnum(static_cast<unsigned char>(says[k])); ++k)
      ending += says[k];
    if (!ending.empty()) endings.push_back(std::move(ending));
  }
  return endings;
}

void add(std::vector<std::string>& endings, std::initializer_list<const char*> more) {
  endings.insert(endings.end(), more.begin(), more.end());
}

/// What stands for a file in usage lines and values: LOG, TRACE, FILE, or "TRACE|LOG".
Choice files(std::string value) {
  Choice choice;
  if (value.find("LOG") != std::string::npos) add(choice.endings, {"jsonl", "mplog"});
  if (value.find("TRACE") != std::string::npos) add(choice.endings, {"rep", "rep.gz"});
  choice.is_file = !choice.endings.empty() || value == "FILE";
  choice.value = std::move(value);
  return choice;
}

Option option(const CommandLine& line, std::size_t i) {
  const help::Option& declared = line.declared()[i];
  Option option{split_list(std::string(declared.names), ','), std::string(declared.says), {}};
  // Some texts are laid out for the help page; here they are one line.
  for (std::size_t at = 0; (at = option.says.find('\n', at)) != std::string::npos;)
    option.says.replace(at, option.says.find_first_not_of(" \n", at) - at, " ");
  Choice& choice = option.choice;
  choice = files(std::string(declared.value));
  if (declared.value.empty()) return option;
  if (choice.value == "FILE" || choice.value == "LOG") {
    choice.is_file = true;
    for (std::string& ending : endings_in(option.says))
      if (std::ranges::find(choice.endings, ending) == choice.endings.end())
        choice.endings.push_back(std::move(ending));
  } else if (declared.names == help::want.names) {
    choice.several = true;
    for (const search::WantText& want : search::want_texts())
      if (search::read_wants(want.word)) choice.words.emplace_back(want.word);  // no form of one
  } else if (!choice.is_file) {
    choice.words = words_in(line.ask(i, "?"));
    choice.several = choice.value.find(',') != std::string::npos;
  }
  return option;
}

}  // namespace

std::vector<Verb> table() {
  std::vector<Verb> verbs;
  for (const help::Verb& verb : help::verbs()) {
    Options options;
    options.verb = verb_named(verb.name).value_or(viz::Verb::text);
    CommandLine line(verb);
    declare(line, options);
    Verb row{&verb, {}, files(std::string(verb.usage.substr(0, verb.usage.find(' '))))};
    for (std::size_t i = 0; i < line.declared().size(); ++i) row.options.push_back(option(line, i));
    row.options.push_back({{"-h", "--help"}, "this page", {}});
    if (verb.name == "duel") row.input.words = words_in(read_contestant("?").error().what);
    verbs.push_back(std::move(row));
  }
  return verbs;
}

std::string written_as(std::string_view form, std::string_view date) {
  if (form == "bash") return bash();
  if (form == "zsh") return zsh();
  return form == "man" ? manual(date) : "";
}

}  // namespace mempool::viz::spelling
