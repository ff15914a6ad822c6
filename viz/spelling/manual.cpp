// The manual page mempool-viz(1): see spelling.hpp. The texts are those of --help; their line
// breaks are kept, for they were made for 79 columns.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "spelling/spelling.hpp"

namespace mempool::viz::spelling {

namespace {

/// A text as troff takes it: no sign of it means anything to troff.
std::string plain(std::string_view text) {
  std::string out;
  bool begins = true;  // a line
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '~': out += "\\(ti"; break;
      case '^': out += "\\(ha"; break;
      case '`': out += "\\(ga"; break;
      default: out += c;
    }
  }
  return out;
}

/// Paragraphs, parted by empty lines.
std::string paragraphs(std::string_view text) {
  std::string out = ".PP\n";
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find("\n\n", from), text.size());
    if (from != 0) out += ".PP\n";
    out += plain(text.substr(from, end - from)) + "\n";
    from = end + 2;
  }
  return out;
}

/// Lines as they are, without the blanks that the help page puts before them.
std::string lines(std::string_view text) {
  std::string out = ".PP\n.nf\n.RS 4\n";
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    out += plain(line) + "\n";
    from = end + 1;
  }
  return out + ".RE\n.fi\n";
}

std::string option(const Option& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", plain(name));
  if (!option.choice.value.empty()) names += fmt::format(" \\fI{}\\fR", plain(option.choice.value));
  return fmt::format(".TP\n{}\n{}\n", names, plain(option.says));
}

std::string section(const Verb& verb) {
  const bool bare = verb.help->usage.empty();
  std::string text = fmt::format(".SH {}\n{}\n", bare ? "OP LISTS" : plain(verb.help->name),
                                 plain(verb.help->summary));
  text += lines(bare ? "mempool-viz LIST [options]"
                     : fmt::format("mempool-viz {} {}", verb.help->name, verb.help->usage));
  text += paragraphs(verb.help->about);
  for (const Option& each : verb.options) text += option(each);
  return text + ".PP\nFor example:\n" + lines(verb.help->example);
}

}  // namespace

std::string manual(std::string_view date) {
  std::string text = fmt::format(".TH MEMPOOL\\-VIZ 1 \"{}\" \"Mempool {}\" \"Mempool\"\n", date,
                                 MEMPOOL_VIZ_VERSION);
  text +=
      ".nh\n.ad l\n"
      ".SH NAME\nmempool\\-viz \\- see what a memory pool does, from its log\n"
      ".SH SYNOPSIS\n.nf\n\\fBmempool\\-viz\\fR \\fIVERB\\fR ...\n"
      "\\fBmempool\\-viz\\fR \\fILIST\\fR [options]\n.fi\n"
      ".SH DESCRIPTION\n"
      "Every call on a pool of Mempool can be a line in a log, and so can every "
      "split, coalesce and\n"
      "guard check. This tool shows a log as pictures, dumps and words, asks about "
      "it, and holds it\n"
      "against the contract. The verbs are:\n";
  const std::vector<Verb> verbs = table();
  for (const Verb& verb : verbs)
    if (!verb.help->usage.empty())
      text +=
          fmt::format(".TP\n\\fB{}\\fR\n{}\n", plain(verb.help->name), plain(verb.help->summary));
  text +=
      ".PP\nWithout a verb, an op list such as \\(aq+100,+200,\\-0,+50\\(aq is run and shown.\n"
      "\\fBmempool\\-viz\\fR \\fIVERB\\fR \\fB\\-\\-help\\fR says of a verb what is said here,\n"
      "\\fB\\-\\-version\\fR which version this is.\n";
  for (const Verb& verb : verbs) text += section(verb);
  return text +
         ".SH EXIT STATUS\n0: good. 1: the input or the pool is bad. 2: usage.\n"
         ".SH SEE ALSO\n.BR mempool (3),\n.BR dot (1)\n";
}

}  // namespace mempool::viz::spelling
