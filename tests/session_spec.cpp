// The stepper without a screen: commands as text and their answers.
// Every case is a short dialogue over a log that a scribe wrote.
#include "step/session.hpp"

#include <doctest/doctest.h>

#include <random>

#include "step/manual.hpp"
#include "support/golden.hpp"
#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The answers of several commands, each behind its command, as a person at it would see them.
std::string dialogue(Stepping& stepping, std::initializer_list<std::string_view> commands) {
  std::string text;
  for (const std::string_view command : commands)
    text += "(mempool) " + std::string(command) + "\n" + stepping.session.run(command).text;
  return text;
}

}  // namespace

TEST_CASE("stepper: next and back go by call, with a number by so many") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.call_after("next") == 1);
  CHECK(s.call_after("next 5") == 6);
  CHECK(s.call_after("back 2") == 4);
  CHECK(s.call_after("back 99") == 0);
  CHECK(s.call_after("n") == 1);
  CHECK(s.message_after("next 99") == "stopped: call 12 is the last one");
  CHECK(s.refusal("next") == "there is no call after 12, the last one\n");
  CHECK(s.refusal("next 0") == "'0' is no number of times: next 5\n");
  CHECK(s.call_after("goto first") == 0);
  CHECK(s.refusal("back") == "there is no call before 0, the first one\n");
}

TEST_CASE("stepper: step and sback go by event, through the whole log and back") {
  const Scribe pool = enough_bytes_no_room();
  Stepping s(pool);
  std::vector<std::string> there, back;
  const auto place = [&] {
    return std::to_string(s.session.call_frame().call) + "." + std::to_string(s.session.event());
  };
  while (s.session.run("step").good) there.push_back(place());
  CHECK(there.size() == pool.lines().size() - 2);  // all but `create` and `end`
  CHECK(there[1] == "1.2");
  back.push_back(place());
  while (s.session.run("sback").good) back.push_back(place());
  CHECK(back.back() == "0.1");
  back.pop_back();
  std::reverse(back.begin(), back.end());
  CHECK(back.size() == there.size());
  CHECK(std::equal(back.begin(), back.end(), there.begin()));
}

TEST_CASE("stepper: a whole call stands for its last event") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.call_after("goto 3") == 3);
  CHECK(s.call_after("sback") == 3);
  CHECK(s.session.event() == 1);
  CHECK(s.call_after("next") == 3);  // its end is the first to come
  CHECK(s.session.event() == 0);
  CHECK(s.call_after("step") == 4);
  CHECK(s.call_after("finish") == 4);
  CHECK(s.session.event() == 0);
  CHECK(s.refusal("finish") == "the call is shown as a whole; step goes into the next one\n");
}

TEST_CASE("stepper: an event is shown with the pool as it was then") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("goto event 3"));
  CHECK(s.session.frame().one_event);
  CHECK(s.session.frame().events.front()->kind == POOL_EVENT_ALLOC);
  CHECK(s.session.frame().before.free_blocks == 2);  // split, and not yet taken
  CHECK(s.session.frame().after.free_blocks == 1);
}

TEST_CASE("stepper: a breakpoint stops in both directions, and counts") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.run("break free") == "breakpoint 1: free\n");
  CHECK(s.message_after("continue") == "stopped: breakpoint 1, free");
  CHECK(s.session.call_frame().call == 8);
  CHECK(s.message_after("continue") == "stopped: breakpoint 1, free, hit 2 times");
  CHECK(s.call_after("goto 12") == 12);
  CHECK(s.message_after("rcontinue") == "stopped: breakpoint 1, free, hit 3 times");
  CHECK(s.session.call_frame().call == 11);
  CHECK(s.call_after("rcontinue") == 10);
  CHECK(s.call_after("delete 1") == 10);
  CHECK(s.message_after("continue") == "stopped: call 12 is the last one");
  CHECK(s.message_after("rcontinue") == "stopped: call 0 is the first one");
}

TEST_CASE("stepper: next with a number stops at breakpoints on the way") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("break alloc = 50"));
  CHECK(s.call_after("next 9") == 4);
}

TEST_CASE("stepper: a breakpoint on a state stops where the state comes about") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("break frag > 50%"));
  CHECK(s.call_after("continue") == 10);
  CHECK(s.message_after("continue") == "stopped: call 12 is the last one");
  CHECK(s.call_after("rcontinue") == 10);
}

TEST_CASE("stepper: stops can be had once, be passed over, and need something besides") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("tbreak free"));
  CHECK(s.call_after("continue") == 8);
  CHECK(s.run("info breaks") == "no stops; break alloc >= 50 sets one\n");
  static_cast<void>(s.run("break free"));
  static_cast<void>(s.run("ignore 2 2"));
  CHECK(s.call_after("continue") == 11);
  CHECK(s.call_after("goto first") == 0);
  CHECK(s.run("condition 2 frag > 50%") == "stop 2: free if frag > 50%\n");
  CHECK(s.call_after("continue") == 10);
  CHECK(s.refusal("ignore 7 1") == "there is no stop 7; info breaks lists them: ignore 1 3\n");
}

TEST_CASE("stepper: watches stop at a call that changes a block, its guards or a byte") {
  Stepping s(overrun_lesson());
  CHECK(s.run("watch #1.guard") == "watch 1: #1.guard, now: not there yet\n");
  CHECK(s.message_after("continue") ==
        "stopped: watch 1, #1.guard; was: not there yet; is: front guard of 8 B intact, "
        "back guard of 8 B intact");
  CHECK(s.message_after("continue") ==
        "stopped: watch 1, #1.guard, hit 2 times; was: front guard of 8 B intact, back guard of "
        "8 B intact; is: front guard of 8 B intact, back guard: 3 of 8 B damaged");
  CHECK(s.session.call_frame().call == 5);
  static_cast<void>(s.run("delete"));
  static_cast<void>(s.run("watch #2"));
  CHECK(s.message_after("continue").find("is: gone") != std::string::npos);
  static_cast<void>(s.run("delete"));
  static_cast<void>(s.run("watch 0x20"));
  CHECK(s.call_after("goto first") == 0);
  CHECK(s.message_after("continue") ==
        "stopped: watch 3, 0x20; was: free of f1, value not known; is: guard of #0, 0xAB");
  CHECK(s.refusal("watch 9999") == "the region has 256 B: an offset below is expected: watch 0\n");
}

TEST_CASE("stepper: rcontinue ends at the last mark on the way, unless it is told to go on") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("break alloc = 20"));
  CHECK(s.run("mark lunch 7") == "mark @lunch is call 7\n");
  static_cast<void>(s.run("goto last"));
  CHECK(s.message_after("rcontinue") == "stopped: mark @lunch; rcontinue ! goes past it");
  CHECK(s.session.call_frame().call == 7);
  CHECK(s.call_after("rcontinue") == 5);
  CHECK(s.call_after("goto @lunch") == 7);
  CHECK(s.call_after("goto last") == 12);
  CHECK(s.call_after("rcontinue !") == 5);
  CHECK(s.refusal("goto @tea") == "there is no mark @tea; info marks lists them\n");
  CHECK(s.refusal("mark a,b") == "a name of letters, digits, - and _ is expected: mark lunch\n");
}

TEST_CASE("stepper: goto knows first and last, of the log and of a condition") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.call_after("goto last") == 12);
  CHECK(s.call_after("goto first free") == 8);
  CHECK(s.call_after("goto last alloc and not fail") == 7);
  CHECK(s.refusal("goto 77") == "there is no call 77; the log has calls 0 to 12 of pool 1\n");
  CHECK(s.refusal("goto last guard") == "there is no call for which 'guard' holds\n");
  CHECK(s.refusal("goto tea") == "'tea' is no call: a number, @MARK, first or last is expected\n");
}

TEST_CASE("stepper: find goes from hit to hit") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.call_after("find alloc size >= 40") == 3);
  CHECK(s.call_after("next-hit") == 4);
  CHECK(s.call_after("next-hit") == 12);
  CHECK(s.refusal("next-hit") == "not found after call 12: alloc size >= 40\n");
  CHECK(s.call_after("prev-hit") == 4);
  CHECK(s.call_after("/free #2") == 9);
}

TEST_CASE("stepper: an empty line repeats, a prefix serves, and what is mistyped is guessed") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.call_after("next") == 1);
  CHECK(s.call_after("") == 2);
  CHECK(s.call_after("got 9") == 9);
  CHECK(s.refusal("wh") == "'wh' may be why, whereis, whyis, who\n");
  CHECK(s.refusal("brake free") ==
        "there is no command 'brake', did you mean break?; help lists them\n");
  CHECK(s.refusal("qqqqqq") == "there is no command 'qqqqqq'; help lists them\n");
}

TEST_CASE("stepper: every command has an example, and every example is one of its own") {
  Scribe pool(1024, {.guards = 8});
  for (int i = 0; i < 12; ++i) pool.alloc(40 + 4 * static_cast<u64>(i));
  pool.check_finds(3, "XYZ");
  for (const viz::step::Command& command : viz::step::commands()) {
    CAPTURE(command.name);
    CHECK(command.example.starts_with(command.name));
    const auto found = viz::step::find_command(command.name);
    REQUIRE(found.has_value());
    CHECK((*found)->name == command.name);
    Stepping s(pool);
    s.files["lesson.step"] = "mark lunch\n";
    for (const char* before :
         {"goto 4", "mark lunch", "find alloc", "break free", "display stats", "goto 6", "step"})
      static_cast<void>(s.run(before));
    if (command.name == "answer" || command.name == "hint")
      for (const char* before : {"goto 6", "quiz on", "next"}) static_cast<void>(s.run(before));
    const viz::step::Answer answer = s.session.run(command.example);
    CHECK_MESSAGE(answer.good, answer.text);
  }
}

TEST_CASE("stepper: displays are shown after every move") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.run("display bins") ==
        "1: bins\n       sizes  blocks  bytes\n  128 to 255       1  200 B  "
        "##############################\n");
  CHECK(has(s.run("next"), "\n1: bins\n"));
  CHECK(s.refusal("display next") ==
        "a command that looks or asks is expected: display list free\n");
  static_cast<void>(s.run("undisplay 1"));
  CHECK(!has(s.run("next"), "1: bins"));
}

TEST_CASE("stepper: what is saved can be sourced, and a script ends where a command fails") {
  Stepping s(enough_bytes_no_room());
  for (const char* command : {"break alloc >= 50 and not fail", "watch #2", "condition 1 split",
                              "mark lunch 7", "display bins", "save lesson.step"})
    static_cast<void>(s.run(command));
  Stepping again(enough_bytes_no_room());
  again.files = s.files;
  static_cast<void>(again.run("source lesson.step"));
  CHECK(again.run("info breaks") == s.run("info breaks"));
  CHECK(again.call_after("goto @lunch") == 7);
  again.files["bad.step"] = "# a comment\nnext\nnonsense\nnext\n";
  CHECK(has(again.refusal("source bad.step"), "bad.step, line 3: there is no command"));
  again.files["endless"] = "source endless\n";
  CHECK(has(again.refusal("source endless"), "not followed further"));
  CHECK(again.refusal("source nowhere") == "nowhere: cannot be read\n");
}

TEST_CASE("stepper: a moment can be exported") {
  Stepping s(enough_bytes_no_room());
  CHECK(s.run("export svg a.svg") == "a.svg is written: call 0\n");
  CHECK(s.files["a.svg"] == "svg of digraph");
  static_cast<void>(s.run("export dump a.txt"));
  CHECK(has(s.files["a.txt"], "data  0x0000 |"));
  static_cast<void>(s.run("export html a.html"));
  CHECK(s.files["a.html"] == "page of pool 1 at call 0");
  CHECK(has(s.refusal("export gif a.gif"), "export svg call.svg"));
}

TEST_CASE("stepper: in a quiz, next asks about the call and shows it when it is answered") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("goto 10"));
  CHECK(s.refusal("answer 5") == "nothing is asked: quiz on, then next\n");
  static_cast<void>(s.run("quiz on"));
  CHECK(s.refusal("hint") == "nothing is asked yet: next asks\n");
  const std::string question = s.run("next");
  CHECK(has(question, "1. "));
  CHECK(s.session.call_frame().call == 10);
  CHECK(s.run("step") == question);
  CHECK(s.refusal("try free #6") == "that would tell: answer first, or quiz off\n");
  REQUIRE(s.session.prediction().asked.has_value());
  const std::string right = viz::quiz::answer_text(*s.session.prediction().asked);
  CHECK(has(s.run("answer " + right), "   Right. "));
  CHECK(s.session.call_frame().call == 11);
  CHECK(s.session.message() == "1 of 1 right");
  static_cast<void>(s.run("next"));
  CHECK(has(s.run("answer"), "   The answer is "));
  CHECK(s.run("quiz off") == "1 of 2 right\n");
  CHECK(s.call_after("back") == 11);
  CHECK(s.call_after("next") == 12);
}

TEST_CASE("stepper: hints strike wrong choices until two choices are left") {
  Stepping s(enough_bytes_no_room());
  for (const char* command : {"goto 11", "quiz on", "next"}) static_cast<void>(s.run(command));
  REQUIRE(s.session.prediction().asked.has_value());
  const viz::quiz::Question question = *s.session.prediction().asked;
  REQUIRE(question.choices.size() >= 3);
  CHECK(!has(s.run("hint"), viz::quiz::answer_text(question)));
  for (std::size_t struck = 2; struck < question.choices.size(); ++struck)
    CHECK(s.run("hint").starts_with("not "));
  CHECK(s.run("hint") == "there are no more hints\n");
}

TEST_CASE("stepper: a question is put away by going elsewhere, and the same seed asks it again") {
  Stepping s(enough_bytes_no_room());
  for (const char* command : {"goto 10", "quiz on 7"}) static_cast<void>(s.run(command));
  const std::string question = s.run("next");
  static_cast<void>(s.run("goto 3"));
  CHECK(!s.session.prediction().asked.has_value());
  static_cast<void>(s.run("goto 10"));
  CHECK(s.run("next") == question);
  CHECK(has(s.refusal("quiz maybe"), "quiz on 7"));
}

TEST_CASE("stepper: trying changes nothing") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("goto 11"));
  const std::string before = s.run("map");
  CHECK(has(s.run("try alloc 25"), "try: pool_alloc(25) → #7 at 0; nothing is changed\n"));
  CHECK(has(s.run("try --policy worst alloc 25"), "#7 at 50"));
  CHECK(has(s.run("try alloc 100"), "Freeing #3 alone"));
  CHECK(has(s.run("try alloc 100"), "f3  40 B  at 50   60 short"));
  CHECK(has(s.run("try free #3"), "coalesced to one block of 110 B"));
  CHECK(s.run("map") == before);
  CHECK(s.refusal("try free #0") ==
        "there is no live block #0 at this moment; list used shows those that live\n");
  CHECK(has(s.refusal("try"), "try alloc 56"));
}

TEST_CASE("stepper: the same calls under another policy part somewhere, or nowhere") {
  Scribe pool(200);
  for (const u64 size : {60, 10, 30, 10, 90}) pool.alloc(size);
  for (const u64 number : {0, 2, 4}) pool.free(number);
  for (const u64 size : {25, 50, 85}) pool.alloc(size);
  Stepping s(pool);
  CHECK(has(s.run("policy best"),
            "best fit parts at call 9: 25 B asked for as #5: here at 0, best fit at 70\n here |"));
  CHECK(
      has(s.run("policy best"), "in all: here 1 failure, best fit 0 failures; goto 9 shows it\n"));
  CHECK(s.run("policy first") == "first fit places every block where it is here\n");
  const std::string all = s.run("compare");
  CHECK(has(all, "  first          1 "));
  CHECK(has(all, "  worst          1             43 %  at call 9, #5: at 110\n"));
  CHECK(has(s.refusal("policy bets"), "policy best"));
  CHECK(s.session.call_frame().call == 0);
}

TEST_CASE("stepper: a lesson about enough bytes and no room") {
  Stepping s(enough_bytes_no_room());
  check_golden("step-no-room.txt",
               dialogue(s, {"goto first fail", "why", "map", "list free", "bins", "try free #3",
                            "explain frag", "who #2", "whereis 0x20", "leaks 2 9"}));
}

TEST_CASE("stepper: a lesson about a guard that was written over") {
  Stepping s(overrun_lesson());
  check_golden("step-guard.txt",
               dialogue(s, {"watch #1.guard", "goto last guard", "why", "block #1", "dump 1",
                            "who #1", "diff 3", "stats", "rcontinue"}));
}

TEST_CASE("stepper: commands in any order lead to a call of the log, or say what is wrong") {
  constexpr std::string_view arguments[] = {
      "",        "3",       "first",      "alloc",     "#1",
      "0x20",    "free",    "fail",       "!",         "@a",
      "a",       "best",    "2 9",        "1 2",       "#1.guard",
      "alloc 9", "free #2", "frag > 30%", "at 0x20 2", "99999999999999999999"};
  std::mt19937 random(9);
  Stepping s(overrun_lesson());
  for (int i = 0; i < 2000; ++i) {
    const auto commands = viz::step::commands();
    std::string line(commands[random() % commands.size()].name);
    if (line == "display") continue;  // they would pile up
    line += " " + std::string(arguments[random() % std::size(arguments)]);
    CAPTURE(line);
    const viz::step::Answer answer = s.session.run(line);
    CHECK((answer.good || !answer.text.empty()));
    CHECK(s.session.call_frame().call <= 6);
    CHECK(s.session.event() <= s.session.call_frame().events.size());
  }
}

TEST_CASE("stepper: whatever a log says of itself, no control byte is in an answer") {
  Scribe pool(200, {.name = "\x1b[2J\x07 name"});
  pool.alloc(20);
  pool.note("\x1b]0;owned\x07\r\n\xFF note");
  pool.write(0, "\x1b[31m\x01");
  pool.end();
  Stepping s(pool);
  for (const char* command : {"next",      "next",
                              "next",      "why",
                              "map",       "vis",
                              "dump",      "diff 0",
                              "screen",    "list used",
                              "who #0",    "whereis 0",
                              "whyis 0",   "block #0",
                              "stats",     "check",
                              "back",      "goto \x1b[2J",
                              "\x1b[2J",   "break \x1b",
                              "mark \x1b", "export svg \x1b[2J"}) {
    CAPTURE(command);
    for (const char c : s.session.run(command).text)
      CHECK((c == '\n' || static_cast<unsigned char>(c) >= ' '));
  }
}
