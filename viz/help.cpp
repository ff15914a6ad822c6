// The texts of the verbs, and how a page is laid out: see help.hpp.
#include "help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace mempool::viz::help {

namespace {

constexpr Verb table[] = {
    {"record", "write down a real program's malloc calls", "[-o FILE] [options] -- PROG ARGS",
     "Runs PROG with its own malloc, which is watched, not replaced: what it prints,\n"
     "its status and its signals are its own. The calls go into FILE; replay has a\n"
     "pool make them, under any policy. FILE is written as the calls are made, so it\n"
     "is whole even if PROG is killed. Every call is kept with its caller.\n"
     "\n"
     "With --children each process has a file of its own: PROG.PID.mprec. Programs\n"
     "that are linked statically, setuid, or built with AddressSanitizer cannot be\n"
     "recorded: then nothing is written, and why is said.\n"
     "\n"
     "--html goes on to the page; capacity, policy and the like are for its pool.",
     "mempool-viz record -- git log\n"
     "  mempool-viz record --sites -o job.mprec -- python3 job.py\n"
     "  mempool-viz record --html page.html -- ls -l"},
    {"replay", "run a trace or an op list through a real pool",
     "TRACE [-o LOG] [options]\n"
     "       mempool-viz replay --ops LIST [-o LOG] [options]",
     "TRACE is a recording (see record), or a .rep file of the CS:APP malloc lab,\n"
     "plain or gzipped; '-' is standard input. Every operation becomes one call on a\n"
     "real pool; the summary says what came of them. A failed allocation is a result,\n"
     "not an error.\n"
     "\n"
     "An op list says the same in one line: +size allocates, -i frees allocation i\n"
     "(numbered from 0), ~i:size reallocates, !i:offset*count=byte writes through\n"
     "pointer i, ? checks the pool, @text leaves a note.\n"
     "\n"
     "--model list, or --order, --coalesce or --header, has the textbook's list\n"
     "allocator make the calls in the pool's place; all views show its logs, too.\n"
     "\n"
     "Without --capacity the pool gets the larger of the trace's suggested heap and\n"
     "twice the peak of its live bytes, and at least 4096.",
     "mempool-viz replay --ops '+100,+200,-0,+50' --align 1 -o lesson.jsonl\n"
     "  mempool-viz replay git.mprec -o git.mplog --policy best\n"
     "  mempool-viz replay program.rep.gz --capacity 64m"},
    {"check", "does a log tell a consistent story?", "LOG [options]",
     "Holds every event against the state before it and against the contract: order,\n"
     "numbers, geometry, guards, the figures of failures, placement by the named\n"
     "policy; and every call against the whole pool. Prints the first rule that does\n"
     "not hold. Leaks do not fail a check. LOG may be '-', standard input.",
     "mempool-viz check run.jsonl"},
    {"show", "both lists, the sums and the narration, as text", "LOG [--step N] [options]",
     "Shows one moment of a pool: what the call did and why, the free list and the\n"
     "used list, the sums with their terms. LOG may be '-', standard input.",
     "mempool-viz show run.jsonl --step 5\n"
     "  mempool-viz show --ops '+100,+200,-0,+50' --align 1"},
    {"diagram", "the block-list picture", "LOG [--step N] [-o FILE] [options]",
     "Draws free list, region and used list, in address order, with what the call\n"
     "changed. The name of FILE says the format; .svg, .png and .pdf need Graphviz.\n"
     "Without -o the DOT text goes to standard output, for a pipe.\n"
     "\n"
     "--steps A..B -o FOLDER makes slides: a picture a call, all of one size, in\n"
     "which nothing moves but what the call changes. -o FILE.svg puts them into one\n"
     "SVG that shows them one after the other.\n"
     "\n"
     "--blank lists, sizes or all leaves that out, for a class to complete; the\n"
     "answer is drawn beside it, into FILE-key.svg.",
     "mempool-viz diagram run.jsonl --step 5 -o step5.svg\n"
     "  mempool-viz diagram run.jsonl --steps 3..6 --for slide --format png -o slides\n"
     "  mempool-viz diagram run.jsonl --steps 3..6 -o lesson.svg\n"
     "  mempool-viz diagram run.jsonl --step 5 --blank all -o sheet.pdf\n"
     "  mempool-viz diagram run.jsonl | dot -Tpng > last.png"},
    {"dump", "the annotated 64-column dump", "LOG [--step N] [--diff M] [options]",
     "Shows the bytes of the region as far as the log tells them, 64 a line, with a\n"
     "line of marks under each: [payload], (free), {in quarantine}, G guard, X what\n"
     "is damaged: a guard, or poisoned bytes that were written after the free.\n"
     "Content stands in columns 15 to 78 in pools up to 4 GiB; offsets of more than\n"
     "four digits take the blanks around them. Offsets are always hexadecimal here.",
     "mempool-viz dump run.jsonl --step 7\n"
     "  mempool-viz dump run.jsonl --step 7 --diff 6"},
    {"step", "a log, forwards and backwards, in the terminal",
     "LOG [--batch -ex CMD ...] [options]",
     "Shows a pool call by call, or event by event, both ways: lists, map, calls and\n"
     "reasons. Keys move; commands look closer and ask: why, try alloc 56, break\n"
     "frag > 50%, rcontinue, whereis 0x2A8, who #9, diff. Words that gdb has mean\n"
     "what they mean there. `help` in it lists them all.\n"
     "\n"
     "Into a pipe, or with --plain, commands are read as lines and answered as text;\n"
     "with --batch the -ex commands alone are run, and the status is 1 if one fails.",
     "mempool-viz step run.jsonl\n"
     "  mempool-viz step --ops '+30,+20,-0,+40' --capacity 100 --align 1\n"
     "  mempool-viz step run.jsonl --batch -ex 'goto first fail' -ex why"},
    {"html", "the lesson page: one file for any browser", "LOG [-o FILE] [options]",
     "Writes a page that shows every call both ways: the region to scale, both lists,\n"
     "the bytes, what was searched and why. It holds all that it needs and asks no\n"
     "network. In it an op list can be typed, changed midway, and shared as a link;\n"
     "FILE.html#call=7 opens at a call, FILE.html?present=1 is for a projector.\n"
     "\n"
     "Of a long log it holds the first 50000 events, or those around --step N; with\n"
     "--from A --to B up to 200000. The page and the tool say what was left out.",
     "mempool-viz html run.jsonl -o run.html\n"
     "  mempool-viz html --ops '+100,+200,-0,+50' --align 1 -o lesson.html"},
    {"convert", "write a log in another format", "LOG -o FILE [options]",
     ".jsonl gives the same events as text, in their normal form; .mplog as binary\n"
     "records, a third of the size and faster to read; .csv one row an event, with a\n"
     "column for every field there is. What cannot be carried over is said.\n"
     "\n"
     ".trace.json is for Perfetto and other viewers of trace events: a process for\n"
     "each pool, a slice for each live block, counters (used and free bytes, largest\n"
     "free block, live blocks, fragmentation), instants for failures, misuse, damage\n"
     "and notes. Its time is the log's (option clock), else a microsecond a call. It\n"
     "holds at most 100000 blocks, 1000 at a time, 10000 instants and some 10000\n"
     "samples a pool; what is left out is said here and in the file.\n"
     "\n"
     "Text in a .csv stays as it was logged. A spreadsheet takes a field that begins\n"
     "with = + - or @ for a formula: import such columns as text.",
     "mempool-viz convert run.jsonl -o run.csv\n"
     "  mempool-viz convert run.jsonl -o run.trace.json --from 1000 --to 2000"},
    {"quiz", "questions about a log, graded", "LOG [--seed N] [options]",
     "Asks what the next call will do, and explains every wrong answer by the rule\n"
     "it breaks: guards forgotten, another policy, coalescing with one side only. On\n"
     "a terminal it asks; in a pipe it writes the sheet, with -c the key, too. -o\n"
     "writes both into files. An answer is the letter or what it stands for; numbers\n"
     "may be hexadecimal, and lists have any signs between their numbers.\n"
     "\n"
     "Kinds: fits, block_size, which_block, offset, free_list, coalesces,\n"
     "fragmentation, first_damage, would_help, which_policy, order. gift, moodle-xml\n"
     "and json hold the answers.",
     "mempool-viz quiz lesson.jsonl\n"
     "  mempool-viz quiz lesson.jsonl --seed 7 --variants 30 -o sheet.html\n"
     "  mempool-viz quiz --ops '+100,+200,-0,+50' --align 1 --answers 'b;100;a'"},
    {"grade", "a student's own allocator, judged by its log", "LOG [--rules LIST] [options]",
     "Holds every call against the rules, each by itself: blocks lie in the pool and\n"
     "over no other, only live ones are freed, nothing is refused for which there is\n"
     "room; and those of --rules (first,coalesce). Names the first call that breaks\n"
     "each, shows the pool at the first of them (--picture draws it), and which\n"
     "single mistake would give all the answers of the log.\n"
     "\n"
     "LOG needs create, alloc, alloc_fail and free alone: examples/student has\n"
     "emitters in C and Python. Exit status 1: a rule is broken.",
     "mempool-viz grade student.jsonl --rules first,coalesce,align=16\n"
     "  mempool-viz grade student.jsonl --format json --picture broken.svg"},
    {"compare", "one workload on several allocators",
     "TRACE|LOG [--policies P,P] [--models M,M] [options]",
     "Makes the same calls on a pool under each policy, the first of them being what\n"
     "the others are held against: failures, the room each needs, fragmentation, how\n"
     "far a list walk would go, and the first call at which each parts from the\n"
     "first. Op lists are shown strip by strip as well; --plot draws fragmentation.\n"
     "\n"
     "A policy may also be a list model, the textbook's allocator: list, or\n"
     "list:lifo:best:apart:h8 with any of these words left out: the list's order\n"
     "(address, lifo, fifo, size+, size-), its policy (first, next, best, worst),\n"
     "apart (no coalescing) and h8 (headers of 8 bytes).",
     "mempool-viz compare --ops '+30,+30,-0,+10,+20,+20' --capacity 80 --align 1\n"
     "  mempool-viz compare program.rep.gz --policies first,best,good --plot frag.svg\n"
     "  mempool-viz compare program.rep.gz --models list:lifo,list:fifo"},
    {"duel", "the shortest list that A serves and B does not", "A B [--on TRACE] [options]",
     "A and B are policies or list models, as in compare. All lists of 1, 2, 3 ...\n"
     "calls over a few round sizes are tried, so what is found is the shortest over\n"
     "these sizes; then it is made on the real pools, and every call is shown on\n"
     "both. In 80 bytes with alignment 1, unless other options are given.\n"
     "\n"
     "--on shows the first call of a trace, or of a log, at which A and B part.",
     "mempool-viz duel first best\n"
     "  mempool-viz duel best first --capacity 32\n"
     "  mempool-viz duel first list:lifo --on program.rep.gz"},
    {"gen", "an op list that shows what is wanted", "[--seed N] [--want W,W] [options]",
     "Prints an op list made at random: the same one for the same seed, wants and\n"
     "options, on every machine and in every later version. --wants prints what a\n"
     "list can be wanted to show. In 100 bytes with alignment 1, unless other options\n"
     "are given.",
     "mempool-viz gen --seed 7 --want both-coalesce,first!=best,one-fail\n"
     "  mempool-viz \"$(mempool-viz gen --want fragmented)\" --capacity 100 --align 1"},
    {"stats", "what a log comes to: sums, sizes, fragmentation, leaks", "LOG [options]",
     "Reads the log once, however long it is. --plot draws fragmentation over the\n"
     "calls. --carpet draws the region over the calls, a column a moment and a row\n"
     "for every so many bytes, at most 1024 x 512: used dark, free white with few\n"
     "dots, guards striped, quarantine chequered, damage black with a cross-hatch.\n"
     "LOG may be '-', standard input.",
     "mempool-viz stats run.jsonl --plot frag.svg --carpet carpet.png\n"
     "  mempool-viz stats run.jsonl --between 100:200"},
    {"ostep", "questions and answers of the OSTEP homework", "[-c] [options]",
     "Takes the options of the homework on free-space management in \"Operating\n"
     "Systems: Three Easy Pieces\" and makes the same random operations of the same\n"
     "seed. Without -c it asks, with -c it answers and says why. Where that program\n"
     "errs, this one does not: frees coalesce with neighbours in the region, a list\n"
     "in order of size stays so after a split, and a failed allocation is -1 whatever\n"
     "the header. -o keeps the run as a log, for every other verb.",
     "mempool-viz ostep -n 10 -H 0 -p BEST -s 0\n"
     "  mempool-viz ostep -S 100 -A +10,-0,+5 -p FIRST -c"},
    {"ops", "an op list, shown in the terminal", "",
     "Runs an op list and shows what each call did: strip, lists, reasons. Of a long\n"
     "list the last 24 calls are shown; --step shows any one.\n"
     "No verb is needed; see replay for what an op list may say.",
     "mempool-viz '+100,+200,-0,+50'\n"
     "  mempool-viz '+100,+200,-0,+50' --capacity 400 --align 1 --step 3\n"
     "  mempool-viz '+32,+32,-0,!0:4=65,+32' --capacity 96 --align 1 --poison"},
};

/// Edits that lead from one word to the other: insert, delete, replace, swap of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

/// "-o, --output FILE"
std::string shown_names(const Option& option) {
  const std::size_t comma = option.names.find(',');
  std::string shown(option.names.substr(0, comma));
  if (comma != std::string_view::npos) shown += fmt::format(", {}", option.names.substr(comma + 1));
  return option.value.empty() ? shown : fmt::format("{} {}", shown, option.value);
}

}  // namespace

std::span<const Verb> verbs() {
  return table;
}

const Verb* find(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Verb::name);
  return found == std::end(table) ? nullptr : found;
}

std::string overview() {
  std::string text =
      "mempool-viz - see what a memory pool does, from its log\n"
      "\n"
      "Usage: mempool-viz VERB ...\n"
      "       mempool-viz '+100,+200,-0,+50'     an op list, shown in the terminal\n"
      "\n"
      "Verbs:\n";
  for (const Verb& verb : table)
    if (!verb.usage.empty()) text += fmt::format("  {:<9} {}\n", verb.name, verb.summary);
  text +=
      "\n"
      "mempool-viz VERB --help is the manual of a verb; --version says the version.\n"
      "Exit status: 0 good, 1 the input or the pool is bad, 2 usage.\n";
  return text;
}

std::string page(const Verb& verb, const std::vector<Option>& options) {
  const bool bare = verb.usage.empty();
  std::string text = fmt::format(
      "mempool-viz {}- {}\n\nUsage: mempool-viz {}\n\n{}\n\nOptions:\n",
      bare ? "" : fmt::format("{} ", verb.name), verb.summary,
      bare ? "LIST [options]" : fmt::format("{} {}", verb.name, verb.usage), verb.about);
  for (const Option& option : options)
    text += fmt::format("  {:<18} {}\n", shown_names(option), option.says);
  text += fmt::format("\nExample:\n  {}\n", verb.example);
  return text;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t least = word.size() / 3 + 2;  // further away is another word, not a typo
  for (std::string_view candidate : candidates) {
    const std::size_t edits = distance(word, candidate);
    if (edits >= least) continue;
    least = edits;
    best = candidate;
  }
  return best;
}

}  // namespace mempool::viz::help
