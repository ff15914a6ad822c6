// The table of the stepper's commands: see manual.hpp.
#include "step/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "help.hpp"
#include "view/text.hpp"

namespace mempool::viz::step {

namespace {

constexpr Command table[] = {
    {"next", "n", Group::move, "[N]", "the next call; N: so many, or up to a stop", "next 5"},
    {"step", "s", Group::move, "[N]", "the next event", "step"},
    {"back", "", Group::move, "[N]", "the call before", "back 3"},
    {"sback", "S", Group::move, "[N]", "the event before", "sback"},
    {"continue", "c", Group::move, "", "on to the next stop, or the end", "continue"},
    {"rcontinue", "r", Group::move, "[!]",
     "back to the stop before; ends at the last mark on the way, with ! it does not", "rcontinue"},
    {"finish", "f", Group::move, "", "to the end of this call", "finish"},
    {"goto", "g", Group::move, "CALL",
     "a call: its number, @MARK, first, last, event N; or the first or last call of a condition",
     "goto last guard"},
    {"mark", "m", Group::move, "NAME [CALL]", "gives this call a name, for @NAME", "mark lunch"},
    {"find", "/", Group::move, "COND", "the next call for which the condition holds",
     "find alloc size >= 64"},
    {"next-hit", "N", Group::move, "", "the next one that find found", "next-hit"},
    {"prev-hit", "P", Group::move, "", "the one before", "prev-hit"},

    {"break", "b", Group::stop, "COND", "stops at every call for which the condition holds",
     "break alloc >= 50 and not fail"},
    {"tbreak", "tb", Group::stop, "COND", "stops once", "tbreak frag > 50%"},
    {"watch", "", Group::stop, "#N | #N.guard | OFFSET",
     "stops when a block, its guards or a byte change", "watch #9.guard"},
    {"condition", "", Group::stop, "N [COND]", "stop N needs this besides; without COND: no more",
     "condition 1 frag > 30%"},
    {"ignore", "", Group::stop, "N TIMES", "passes stop N over so many times", "ignore 1 3"},
    {"delete", "d", Group::stop, "[N]", "removes stop N, or all stops", "delete 1"},
    {"info", "i", Group::stop, "breaks | marks | display", "what there is of these", "info breaks"},

    {"why", "w", Group::look, "", "what the call did and why, with the search", "why"},
    {"map", "", Group::look, "", "every block, one a line, to scale", "map"},
    {"list", "l", Group::look, "free | used | quarantine [all]", "one of the lists", "list free"},
    {"bins", "", Group::look, "", "the free blocks by size", "bins"},
    {"block", "", Group::look, "#N | fN", "all that is known of a block", "block #2"},
    {"dump", "x", Group::look, "[at OFFSET] [LINES]",
     "the bytes where something changed, or from an offset on", "dump at 0x40 2"},
    {"vis", "", Group::look, "", "the annotated dump of the whole region", "vis"},
    {"whereis", "", Group::look, "OFFSET", "which block a byte belongs to, and which part",
     "whereis 0x2A8"},
    {"whyis", "", Group::look, "OFFSET", "and which call made it so", "whyis 0x2A8"},
    {"who", "", Group::look, "#N", "the life of a block so far", "who #2"},
    {"screen", "", Group::look, "[ROWS]", "the full screen as text", "screen 24"},
    {"display", "", Group::look, "COMMAND", "shows a command's answer after every move",
     "display list free"},
    {"undisplay", "", Group::look, "N", "no more of it", "undisplay 1"},

    {"try", "t", Group::ask, "[--policy P] alloc SIZE | free #N",
     "what would happen; nothing changes", "try --policy best alloc 56"},
    {"diff", "", Group::ask, "[CALL [CALL]]",
     "blocks, sums and bytes that differ: from the call before, or between two", "diff 3 @lunch"},
    {"stats", "", Group::ask, "", "sums with their terms, and counters", "stats"},
    {"explain", "", Group::ask, "TOPIC", "a term, with this moment's figures", "explain frag"},
    {"leaks", "", Group::ask, "[CALL CALL]",
     "blocks that live here; or those taken between two calls that live at the second",
     "leaks 2 9"},
    {"policy", "", Group::ask, "POLICY",
     "the same calls under another policy: where it parts first", "policy best"},
    {"compare", "", Group::ask, "", "the same calls under every policy", "compare"},
    {"check", "", Group::ask, "", "does the log tell a consistent story?", "check"},

    {"quiz", "", Group::ask, "on [SEED] | off",
     "next and step ask about the call that comes before they show it", "quiz on"},
    {"answer", "a", Group::ask, "[WHAT]", "answers; without WHAT it is told", "answer f8"},
    {"hint", "", Group::ask, "", "how to go about it; then a wrong choice, and why", "hint"},

    {"export", "", Group::out, "svg | png | pdf | html | dot | dump | show FILE",
     "this moment as a picture, the lesson page or text", "export svg call.svg"},
    {"source", "", Group::out, "FILE", "runs the commands of a file", "source lesson.step"},
    {"save", "", Group::out, "FILE", "stops, marks and displays, for source", "save lesson.step"},
    {"set", "", Group::out, "color on|off | echo on|off | offsets dec|hex|both | width N",
     "how things are shown; echo: with their commands", "set offsets hex"},
    {"help", "h", Group::out, "[COMMAND]", "this, or more of one command", "help break"},
    {"quit", "q", Group::out, "", "ends", "quit"},
};

constexpr std::pair<Group, std::string_view> groups[] = {{Group::move, "Moving"},
                                                         {Group::stop, "Stopping"},
                                                         {Group::look, "Looking"},
                                                         {Group::ask, "Asking"},
                                                         {Group::out, "Out, and the rest"}};

constexpr std::string_view keys =
    "Keys of the full screen, while no command line is open:\n"
    "  n Right   next           s Down    step          c  continue       f  finish\n"
    "  Left      back           S Up      sback         r  rcontinue      q  quit\n"
    "  Home End  first, last    N P       next, prev hit    w  why        ?  help\n"
    "  PgUp PgDn turn the pages of an answer; Esc puts it away\n"
    "  : b g / or any other letter opens the command line, Esc leaves it\n"
    "  while a question is asked: a to d answer it, h gives a hint\n"
    "Enter alone repeats the last command; ^C gives up a long search.\n";

constexpr std::string_view conditions =
    "A condition is about one call: alloc, free, realloc, fail, split, coalesce, guard, damage, "
    "misuse, check, note, leak ... happened; alloc >= 50 asks for a size, free #9 for a block; the "
    "pool afterwards has frag > 50%, largest, freebytes, used, blocks, holes; call 42, event 117; "
    "with and, or, not and brackets. The pool alone (frag > 50%) stops where it comes about.";

constexpr std::size_t most_columns = 79;

std::string said_names(const Command& command) {
  std::string text(command.name);
  if (!command.usage.empty()) text += fmt::format(" {}", command.usage);
  return text;
}

}  // namespace

std::span<const Command> commands() {
  return table;
}

Result<const Command*> find_command(std::string_view word) {
  std::vector<std::string_view> names, meant;
  for (const Command& command : table) {
    if (command.name == word || command.alias == word) return &command;
    names.push_back(command.name);
    if (command.name.starts_with(word)) meant.push_back(command.name);
  }
  if (meant.size() == 1) return find_command(meant.front());
  if (!meant.empty()) return failure(fmt::format("'{}' may be {}", word, fmt::join(meant, ", ")));
  const std::string_view near = help::nearest(word, names);
  return failure(fmt::format("there is no command '{}'{}; help lists them", word,
                             near.empty() ? "" : fmt::format(", did you mean {}?", near)));
}

std::string overview() {
  std::string text;
  for (const auto& [group, title] : groups) {
    text += fmt::format("{}\n", title);
    for (const Command& command : table) {
      if (command.group != group) continue;
      std::string head = fmt::format("  {:<10} {:<3} ", command.name, command.alias);
      for (const std::string& line : wrap(command.says, most_columns - head.size())) {
        text += head + line + "\n";
        head.assign(head.size(), ' ');
      }
    }
  }
  return text + std::string(keys);
}

std::string page(const Command& command) {
  std::string text = said_names(command) + "\n";
  for (const std::string& line : wrap(command.says, most_columns - 2)) text += "  " + line + "\n";
  if (!command.alias.empty()) text += fmt::format("  Short: {}\n", command.alias);
  text += fmt::format("  Example: {}\n", command.example);
  if (command.usage.find("COND") == std::string_view::npos && command.name != "goto") return text;
  text += '\n';
  for (const std::string& line : wrap(conditions, most_columns)) text += line + "\n";
  return text;
}

}  // namespace mempool::viz::step
