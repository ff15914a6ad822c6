// Specs of the command line: which arguments mean what, and what a wrong one is answered. No file
// is opened here and nothing is printed; tests/cli runs the program itself.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "help.hpp"
#include "options.hpp"

using namespace mempool;
using namespace mempool::viz;

namespace {

Options parsed(const std::vector<std::string>& arguments) {
  Result<Options> options = parse(arguments);
  REQUIRE_MESSAGE(options.has_value(), options.error().what);
  return std::move(*options);
}

/// The error without the hint at --help.
std::string error(const std::vector<std::string>& arguments) {
  const Result<Options> options = parse(arguments);
  if (options) return "no error";
  return options.error().what.substr(0, options.error().what.find(" (mempool-viz"));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_SUITE_BEGIN("options");

TEST_CASE("a verb takes a file and options in any order") {
  const Options options = parsed({"show", "--step", "3", "run.jsonl", "--offsets=hex"});
  CHECK(options.verb == Verb::show);
  CHECK(options.input == "run.jsonl");
  CHECK(options.moment.call == 3);
  CHECK(options.view.radix == Radix::hex);
}

TEST_CASE("an op list may stand for a file, with the pool it is to run in") {
  const Options options =
      parsed({"replay", "--ops", "-0,+5", "--capacity", "64k", "--align", "1", "--guards", "8",
              "--fill", "--records", "10", "--poison", "--quarantine", "4k", "--check-every"});
  CHECK(options.ops == "-0,+5");
  CHECK(options.pool.capacity == 65536);
  CHECK(options.pool.align == 1);
  CHECK(options.pool.guards == 8);
  CHECK(options.pool.fill);
  CHECK(options.pool.poison);
  CHECK(options.pool.quarantine == 4096);
  CHECK(options.pool.check_every);
  CHECK(options.pool.records == 10);
}

TEST_CASE("a page has a title, a call to open at, and a window of calls") {
  const Options options = parsed({"html", "run.jsonl", "--title", "Lesson", "--step", "4", "--from",
                                  "3", "--to", "9", "--pool", "2", "-o", "page.html"});
  CHECK(options.verb == Verb::html);
  CHECK(options.title == "Lesson");
  CHECK(options.moment.call == 4);
  CHECK(options.from == 3);
  CHECK(options.to == 9);
  CHECK(options.moment.pool == 2);
  CHECK(error({"html", "x", "--from", "9", "--to", "3"}) == "--from 9 is after --to 3");
  CHECK(error({"html", "x", "--title", ""}) == "--title: a text is expected");
}

TEST_CASE("an op list needs no verb, nor quotes where the shell leaves it alone") {
  CHECK(parsed({"+100,+200,-0"}).verb == Verb::ops);
  CHECK(parsed({"+100,+200,-0"}).ops == "+100,+200,-0");
  CHECK(parsed({"+100", "+200,", "-0", "--align", "1"}).ops == "+100,+200,-0");
  CHECK(parsed({"--capacity", "1000", "+100"}).pool.capacity == 1000);
}

TEST_CASE("offsets are decimal, in a dump hexadecimal, unless said otherwise") {
  CHECK(parsed({"show", "x"}).view.radix == Radix::dec);
  CHECK(parsed({"diagram", "x"}).view.radix == Radix::dec);
  CHECK(parsed({"dump", "x"}).view.radix == Radix::hex);
  CHECK(parsed({"dump", "x", "--offsets", "dec"}).view.radix == Radix::dec);
  const Options both = parsed({"dump", "x", "--offsets", "both"});
  CHECK(both.view.both_radices);
  CHECK(both.view.radix == Radix::hex);
}

TEST_CASE("each verb knows its own options") {
  CHECK(parsed({"dump", "x", "--diff", "4"}).diff == 4);
  CHECK(!parsed({"dump", "x", "--no-fold"}).view.fold);
  CHECK(parsed({"dump", "x", "--utf8", "--width", "32"}).view.width == 32);
  CHECK(parsed({"diagram", "x", "--for", "slide", "--ascii-labels"}).view.for_slide);
  CHECK(!parsed({"check", "x", "--no-policy"}).check_policy);
  CHECK(parsed({"show", "x", "--color", "never"}).colour == Colour::never);
  CHECK(parsed({"show", "x", "--pool", "2", "--seq", "7"}).moment.pool == 2);
  CHECK(error({"show", "x", "--diff", "4"}) == "there is no option --diff");
}

TEST_CASE("standard input and output are a dash") {
  CHECK(parsed({"show", "-"}).input == "-");
  CHECK(parsed({"show", "x", "-o", "-"}).output.empty());
}

TEST_CASE("the help of every verb shows its options and an example") {
  for (const help::Verb& verb : help::verbs()) {
    if (verb.name == "ops") continue;
    const Options options = parsed({std::string(verb.name), "--help"});
    CHECK(options.verb == Verb::text);
    CHECK(contains(options.text, "Usage: mempool-viz " + std::string(verb.name)));
    CHECK(contains(options.text, "\nExample:\n  mempool-viz " + std::string(verb.name)));
    const bool makes_its_own =
        verb.name == "duel" || verb.name == "gen" || verb.name == "ostep" || verb.name == "record";
    CHECK(contains(options.text, "--ops LIST") != makes_its_own);
    CHECK(parsed({"help", std::string(verb.name)}).text == options.text);
  }
  CHECK(contains(parsed({"+1", "--help"}).text, "Usage: mempool-viz LIST"));
}

TEST_CASE("every line of help fits a terminal") {
  std::vector<std::vector<std::string>> pages{{"--help"}, {"+1", "--help"}};
  for (const help::Verb& verb : help::verbs())
    if (verb.name != "ops") pages.push_back({std::string(verb.name), "--help"});
  for (const auto& arguments : pages) {
    const std::string text = parsed(arguments).text;
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      CHECK_MESSAGE(end - at <= 79, text.substr(at, end - at));
  }
}

TEST_CASE("the overview lists all verbs, and the version is said on its own") {
  const std::string overview = parsed({"--help"}).text;
  for (const char* verb : {"replay", "check", "show", "diagram", "dump", "convert"})
    CHECK(contains(overview, "\n  " + std::string(verb) + " "));
  CHECK(parsed({"--version"}).text.starts_with("mempool-viz "));
}

TEST_CASE("a verb or an option that is mistyped is answered with the one that was meant") {
  CHECK(error({"chekc", "x"}) == "there is no verb 'chekc'; did you mean check?");
  CHECK(error({"diagarm"}) == "there is no verb 'diagarm'; did you mean diagram?");
  CHECK(error({"frobnicate"}) == "there is no verb 'frobnicate'");
  CHECK(error({"show", "x", "--capcity=4"}) ==
        "there is no option --capcity; did you mean --capacity?");
  CHECK(error({"show", "x", "-q"}) == "there is no option -q");
  CHECK(error({"--step", "3"}) == "a verb is expected before --step");
}

TEST_CASE(
    "the program to be recorded keeps its own options, with two dashes before it or without") {
  const Options plain = parsed({"record", "-o", "a.mprec", "--children", "git", "log", "-o", "x"});
  CHECK(plain.output == "a.mprec");
  CHECK(plain.record.children);
  CHECK(plain.record.command == std::vector<std::string>{"git", "log", "-o", "x"});
  const Options dashes = parsed({"record", "--sites", "--", "--odd", "--sites", "3"});
  CHECK(dashes.record.depth == 8);
  CHECK(dashes.record.command == std::vector<std::string>{"--odd", "--sites", "3"});
  CHECK(parsed({"record", "--sites", "4", "ls"}).record.depth == 4);
  CHECK(parsed({"record", "--max-events", "10", "ls"}).record.max_calls == 10);
  CHECK(parsed({"record", "--html", "p", "--policy", "best", "ls"}).record.command.size() == 1);
  CHECK(error({"record", "--"}) == "a program is expected: mempool-viz record -- PROG ARGS");
}

TEST_CASE("a log is converted to what its name ends in, a window of it to a trace only") {
  CHECK(error({"convert", "x", "-o", "a.json"}) ==
        "'a.json': the name ends in .jsonl, .mplog, .csv or .trace.json");
  CHECK(error({"convert", "x", "-o", "a.csv", "--from", "3"}) ==
        "--from, --to and --slices are for a .trace.json");
  CHECK(error({"convert", "x", "-o", "a.csv", "--slices", "3"}) ==
        "--from, --to and --slices are for a .trace.json");
}

TEST_CASE("a value that cannot be meant is answered with what can") {
  CHECK(error({"replay", "x", "--policy", "fast"}) ==
        "--policy: 'fast' is no placement policy; there are first, next, best, worst and good");
  CHECK(error({"replay", "x", "--align", "24"}) ==
        "--align: '24' is no power of two from 1 to 4096");
  CHECK(error({"replay", "x", "--guards", "4097"}) ==
        "--guards: '4097' is no number from 0 to 4096");
  CHECK(error({"replay", "x", "--capacity", "0"}) ==
        "--capacity: '0' is no number of bytes, such as 1000 or 64k");
  CHECK(error({"replay", "x", "--capacity", "17179869184g"}) ==
        "--capacity: '17179869184g' is no number of bytes, such as 1000 or 64k");
  CHECK(error({"show", "x", "--step", "-1"}) == "--step: '-1' is no number");
  CHECK(error({"show", "x", "--offsets", "oct"}) == "--offsets: 'oct' is none of dec, hex, both");
  CHECK(error({"show", "x", "--step"}) == "--step: a value is expected");
}

TEST_CASE("a picture's and a log's name say their format") {
  CHECK(parsed({"diagram", "x", "-o", "a.svg"}).output == "a.svg");
  CHECK(error({"diagram", "x", "-o", "a.jpg"}) ==
        "'a.jpg': a picture's name ends in .dot, .svg, .png or .pdf");
  CHECK(error({"convert", "x", "-o", "a.xml"}) ==
        "'a.xml': the name ends in .jsonl, .mplog, .csv or .trace.json");
  CHECK(error({"convert", "x"}) == "-o FILE.jsonl, .mplog, .csv or .trace.json is expected");
  CHECK(error({"replay", "x", "-o", "a.txt"}) == "'a.txt': a log's name ends in .jsonl or .mplog");
  CHECK(error({"replay", "x", "-o", "-"}) ==
        "--output: a log goes to a file, the summary to standard output");
}

TEST_CASE("arguments that do not fit together are refused") {
  CHECK(error({}).starts_with("a verb or an op list is expected"));
  CHECK(error({"show"}) == "a LOG is expected, or --ops LIST");
  CHECK(error({"replay"}) == "a TRACE is expected, or --ops LIST");
  CHECK(error({"show", "a", "b"}) == "'b' is one argument too many after 'a'");
  CHECK(error({"show", "a", "--ops", "+1"}) == "give a LOG or --ops, not both ('a' is there too)");
  CHECK(error({"show", "a", "--align", "1"}) == "--align is for --ops: a log has its own pool");
  CHECK(error({"show", "a", "--step", "1", "--seq", "2"}) == "give --step or --seq, not both");
  CHECK(error({"dump", "a", "--diff", "2", "--seq", "9"}) ==
        "--diff compares calls: give --step, not --seq");
  CHECK(error({"+100", "x"}) == "'x' is no operation: one starts with + - ~ ! ? or @");
}

TEST_CASE("a list allocator is asked for by its name or by any of its options") {
  CHECK_FALSE(parsed({"replay", "--ops", "+1"}).pool.model.has_value());
  CHECK_FALSE(parsed({"replay", "--ops", "+1", "--model", "pool"}).pool.model.has_value());
  CHECK(parsed({"replay", "--ops", "+1", "--model", "list"}).pool.model == ListModel{});
  const Options options = parsed({"+1", "--order", "size-", "--coalesce", "off", "--header", "8"});
  CHECK(options.pool.model == ListModel{ListOrder::size_down, false, 8});
  CHECK(error({"+1", "--order", "random"}) ==
        "--order: 'random' is none of address, lifo, fifo, size+, size-");
  CHECK(error({"+1", "--model", "pool", "--order", "lifo"}) == "--order is for --model list");
  CHECK(error({"+1", "--model", "list", "--guards", "8"}) ==
        "--guards is for --model pool: a list allocator has nothing of the kind");
  CHECK(error({"+1", "--model", "list", "--policy", "good"}) ==
        "--policy: good fit walks no list; --model list has first, next, best and worst");
  CHECK(error({"show", "x.jsonl", "--order", "lifo"}) ==
        "--order is for --ops: a log has its own pool");
}

TEST_CASE("compare holds all five policies against the first, unless it is told which") {
  CHECK(parsed({"compare", "x.rep"}).compare.contestants.size() == 5);
  const Options options = parsed(
      {"compare", "x.rep", "--policies", "best,list:lifo:h8", "--plot", "x.svg", "--no-smallest"});
  REQUIRE(options.compare.contestants.size() == 2);
  CHECK(options.compare.contestants[1].model == ListModel{ListOrder::lifo, true, 8});
  CHECK(options.compare.plot == "x.svg");
  CHECK_FALSE(options.compare.smallest);
  const Options models = parsed({"compare", "x.rep", "--models", "list:lifo"});
  REQUIRE(models.compare.contestants.size() == 2);
  CHECK(models.compare.contestants[0].name == "first");
  CHECK(error({"compare", "x.rep", "--policies", "list", "--models", "list"}) ==
        "--models: 'list' is there twice");
  CHECK(error({"compare", "x.rep", "--policies", "best,best"}) ==
        "--policies: 'best' is there twice");
  CHECK(error({"compare", "x.rep", "--plot", "x.png"}) == "--plot: the name ends in .svg");
  CHECK(error({"compare"}) == "a TRACE is expected, or --ops LIST");
}

TEST_CASE("a duel takes two names") {
  const Options options = parsed({"duel", "first", "list:lifo", "--capacity", "32"});
  CHECK(options.duel.winner->name == "first");
  CHECK(options.duel.loser->name == "list:lifo");
  CHECK(options.pool.align == 1);
  CHECK(error({"duel", "first"}) == "two policies are expected, such as first best; 1 given");
  CHECK(error({"duel", "first", "fast"}) ==
        "'fast' is none of first, next, best, worst, good and list");
  CHECK(error({"duel", "first", "best", "next"}) == "'next' is one argument too many after 'best'");
}

TEST_CASE("gen, stats and ostep refuse what they cannot do") {
  CHECK(error({"gen", "x"}) == "'x' is one argument too many");
  CHECK(error({"gen", "--calls", "0"}) == "--calls: at least 1 is expected");
  CHECK(error({"gen", "--want", "luck"}) ==
        "--want: 'luck' cannot be wanted; --wants prints what can");
  CHECK(error({"stats", "x", "--carpet", "x.gif"}) == "--carpet: the name ends in .png or .svg");
  CHECK(error({"stats", "x", "--between", "9:3"}) ==
        "--between: '9:3' is no pair of calls, such as 10:42");
  CHECK(error({"stats", "x", "--plot", "x.svg", "--carpet", "x.svg"}) ==
        "--plot and --carpet name the same file");
  CHECK(error({"ostep", "-P", "0"}) == "--percentAlloc: at least 1 is expected");
  CHECK(error({"ostep", "-l", "RANDOM"}) ==
        "--listOrder: 'RANDOM' is none of ADDRSORT, SIZESORT+, SIZESORT-, INSERT-FRONT, "
        "INSERT-BACK");
}

TEST_CASE("the homework's options are understood as its program does") {
  const Options options =
      parsed({"ostep", "-s", "7",           "-S", "64", "-b", "200", "-H", "4",  "-a", "-1", "-p",
              "WORST", "-l", "INSERT-BACK", "-C", "-n", "20", "-r",  "30", "-P", "70", "-c"});
  const OstepSetup& setup = options.ostep;
  CHECK(setup.seed == 7);
  CHECK(setup.size == 64);
  CHECK(setup.base == 200);
  CHECK(setup.list == ListModel{ListOrder::fifo, true, 4});
  CHECK(setup.unit == 1);
  CHECK(setup.policy == POOL_WORST);
  CHECK(setup.operations == 20);
  CHECK(setup.range == 30);
  CHECK(setup.percent == 70);
  CHECK(setup.answers);
  CHECK(parsed({"ostep", "-A", "+10,-0", "--alignment", "6"}).ostep.unit == 6);
  CHECK(parsed({"ostep", "-A", "-0,+1"}).ostep.ops == "-0,+1");
}

TEST_SUITE_END();
