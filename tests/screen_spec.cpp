// The full screen as lines, and keys on their way to it: bytes in, lines out, no terminal.
// A session of its own for each case; how it looks in a real terminal is tests/cli/step.py's.
#include "step/screen.hpp"

#include <doctest/doctest.h>

#include "step/console.hpp"
#include "support/dumping.hpp"
#include "support/golden.hpp"
#include "support/stepping.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::step::Console;
using viz::step::Key;
using viz::step::Keys;
using viz::step::Size;

namespace {

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (std::string line : lines) {
    viz::trim_right(line);
    text += line + "\n";
  }
  return text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A console that is told bytes, as a terminal would send them.
struct Typist {
  explicit Typist(const Scribe& pool) : stepping(pool), console(std::move(stepping.session)) {}
  Console::Next type(std::string_view bytes) {
    keys.feed(bytes);
    Console::Next next = Console::Next::go_on;
    while (const auto key = keys.next()) next = console.press(*key);
    return next;
  }
  std::string screen(Size size = {}) { return text_of(console.draw(size)); }
  std::string last_line() {
    std::string line = console.draw({}).back();
    viz::trim_right(line);
    return line;
  }
  std::string head() { return console.draw({}).front(); }
  Stepping stepping;
  Console console;
  Keys keys;
};

std::string kinds(std::initializer_list<std::string_view> pieces) {
  Keys keys;
  std::string text;
  for (const std::string_view piece : pieces) {
    keys.feed(piece);
    while (const auto key = keys.next())
      text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(key->kind)) + key->text +
              (key->pasted ? "p" : "");
  }
  return text;
}

}  // namespace

TEST_CASE("screen: every line is as wide as the terminal, and there are as many as it has") {
  Scribe many(u64{1} << 40, {.guards = 16});
  for (u64 i = 0; i < 200; ++i) many.alloc((u64{1} << 32) - 1000 * i);
  for (u64 i = 0; i < 200; i += 3) many.free(i);
  for (const Scribe& pool : {enough_bytes_no_room(), overrun_lesson(), many})
    for (const Size size : {Size{80, 24}, Size{100, 30}, Size{132, 50}, Size{79, 20}, Size{40, 12},
                            Size{20, 5}, Size{300, 100}}) {
      Typist typist(pool);
      for (const char* keys : {"n", "s", "n", "\x1b[F", "w", "?", "\x1b[6~", ":map\r", ":stats\r",
                               ":dump 2\r", "\x1b", ":why"}) {
        static_cast<void>(typist.type(keys));
        const auto lines = typist.console.draw(size);
        CHECK(lines.size() == size.rows);
        for (const std::string& line : lines) {
          CAPTURE(line);
          CHECK(viz::columns(line) == size.columns);
        }
      }
    }
}

TEST_CASE("screen: on the smallest page, a failure with its reasons") {
  Stepping s(enough_bytes_no_room());
  static_cast<void>(s.run("goto last"));
  check_golden("screen-80x24.txt", s.run("screen"));
}

TEST_CASE("screen: one event of a call, with the others of it") {
  Stepping s(overrun_lesson());
  static_cast<void>(s.run("goto 2"));
  static_cast<void>(s.run("sback 2"));
  check_golden("screen-event.txt", s.run("screen"));
}

TEST_CASE("screen: a wide one has the calls beside the reasons, and the bytes below") {
  Stepping s(overrun_lesson());
  static_cast<void>(s.run("goto 3"));
  static_cast<void>(s.run("set width 120"));
  check_golden("screen-120x40.txt", s.run("screen 40"));
}

TEST_CASE("stepper: every line of help fits a terminal") {
  Stepping s(enough_bytes_no_room());
  for (const char* command : {"help", "help goto", "help break"})
    for (const std::string& line : lines_of(s.run(command))) CHECK(viz::columns(line) <= 80);
}

TEST_CASE("screen: a long answer has pages") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type("?"));
  CHECK(has(typist.screen(), "lines 1-17 of"));
  CHECK(has(typist.screen(), "Moving"));
  static_cast<void>(typist.type("\x1b[6~"));
  CHECK(!has(typist.screen(), "Moving"));
  static_cast<void>(typist.type("\x1b[5~"));
  CHECK(has(typist.screen(), "Moving"));
  typist.keys.feed("\x1b");
  static_cast<void>(typist.console.press(*typist.keys.flush()));
  CHECK(has(typist.screen(), "-- calls"));
}

TEST_CASE("screen: with colour, the same words stand in the same places") {
  Stepping plain(overrun_lesson()), coloured(overrun_lesson());
  static_cast<void>(coloured.run("set color on"));
  for (const char* command : {"goto last guard", "back", "step"}) {
    static_cast<void>(plain.run(command));
    static_cast<void>(coloured.run(command));
    CHECK(text_of(lines_of(without_colours(coloured.run("screen 40")))) == plain.run("screen 40"));
  }
}

TEST_CASE("screen: a line is cut or filled to its width; of escapes our colours alone pass") {
  using viz::step::fit;
  CHECK(fit("abc", 5) == "abc  ");
  CHECK(fit("abcdef", 4) == "a...");
  CHECK(fit("\x1b[1mab\x1b[0m", 3) == "\x1b[1mab\x1b[0m ");
  CHECK(fit("\x1b[1mabcdef", 4) == "\x1b[1ma...\x1b[0m");
  CHECK(fit("\x1b[2Jab\x1b]0;x\x07", 12) == "~[2Jab~]0;x~");
  CHECK(fit("\x1b", 2) == "~ ");
}

TEST_CASE("keys: sequences are keys whole, in pieces, or many at once") {
  const std::string right = std::to_string(static_cast<int>(Key::Kind::right));
  CHECK(kinds({"\x1b[C"}) == right);
  CHECK(kinds({"\x1b", "[", "C"}) == right);
  CHECK(kinds({"\x1bOC"}) == right);
  CHECK(kinds({"\x1b[1;5C"}) == right);
  CHECK(kinds({"\x1b[C\x1b[Cn"}) == right + " " + right + " 0n");
  CHECK(kinds({"n\xC3", "\xA9s"}) == "0n 0\xC3\xA9 0s");
  CHECK(kinds({"\xFFx\xC3x"}) == "0x 0x");
  CHECK(kinds({"\x1b[99;99;99;99;99;99;99;99;99;99;99;99z"}) == "0z");
  CHECK(kinds({"\x1b[200~a\x1b[201", "~b"}) == "0ap 0b");
}

TEST_CASE("keys: an escape alone is the key, after a while") {
  Keys keys;
  keys.feed("\x1b");
  CHECK(!keys.next().has_value());
  CHECK(keys.is_waiting());
  CHECK(keys.flush()->kind == Key::Kind::escape);
  CHECK(!keys.is_waiting());
}

TEST_CASE("keys: a search is given up by what comes in between, and that is gone") {
  Keys keys;
  keys.feed("nn\x03s");
  CHECK(keys.take_interrupt());
  CHECK(!keys.take_interrupt());
  CHECK(keys.next()->text == "s");
}

TEST_CASE("console: keys move, letters that mean nothing open the command line") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type("nn\x1b[C"));
  CHECK(has(typist.head(), "call 3/12"));
  static_cast<void>(typist.type("\x1b[D"));
  CHECK(has(typist.head(), "call 2/12"));
  static_cast<void>(typist.type("\x1b[F"));
  CHECK(has(typist.head(), "call 12/12"));
  static_cast<void>(typist.type("\x1b[H\r"));  // Enter repeats
  CHECK(has(typist.head(), "call 0/12"));
  static_cast<void>(typist.type("s"));
  CHECK(has(typist.head(), "call 1/12 event 1 of 2"));
  static_cast<void>(typist.type("f"));
  CHECK(has(typist.head(), "call 1/12 "));
  static_cast<void>(typist.type("g9\r"));
  CHECK(has(typist.head(), "call 9/12"));
  static_cast<void>(typist.type("try"));
  CHECK(typist.last_line() == "(mempool) try");
}

TEST_CASE("console: b breaks, slash finds, c and r go to stops") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type("bfree\rc"));
  CHECK(has(typist.head(), "call 8/12"));
  CHECK(has(typist.screen(), "-- stopped: breakpoint 1, free"));
  static_cast<void>(typist.type("\x1b[Fr"));
  CHECK(has(typist.head(), "call 11/12"));
  static_cast<void>(typist.type("\x1b[H/alloc >= 40\rN"));
  CHECK(has(typist.head(), "call 4/12"));
}

TEST_CASE("console: the command line is edited, remembered and completed") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type(":goto 33\x7f\r"));
  CHECK(has(typist.head(), "call 3/12"));
  static_cast<void>(typist.type(":xgoto 9\x01\x1b[3~\r"));
  CHECK(has(typist.head(), "call 9/12"));
  static_cast<void>(typist.type(":\x1b[A\x1b[A\r"));
  CHECK(has(typist.head(), "call 3/12"));
  static_cast<void>(typist.type(":wherei\t"));
  CHECK(typist.last_line() == "(mempool) whereis");
  static_cast<void>(
      typist.type("\x15"
                  "abc def\x17"
                  "x"));
  CHECK(typist.last_line() == "(mempool) abc x");
  static_cast<void>(typist.type("\x03"));
  CHECK(has(typist.last_line(), "n next"));
}

TEST_CASE("console: what is pasted is typed into the command line, not taken for keys") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type("\x1b[200~next 5\ngoto 2\x1b[201~"));
  CHECK(has(typist.head(), "call 5/12"));
  CHECK(typist.last_line() == "(mempool) goto 2");
}

TEST_CASE("console: q ends, Ctrl-Z stops, Ctrl-C interrupts") {
  Typist typist(enough_bytes_no_room());
  CHECK(typist.type("\x1a") == Console::Next::suspend);
  CHECK(typist.type("\x03") == Console::Next::interrupt);
  CHECK(typist.type("q") == Console::Next::quit);
  CHECK(typist.type(":quit\r") == Console::Next::quit);
}

TEST_CASE("console: a command line longer than the screen shows where the cursor is") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type(":" + std::string(200, 'a') + "end"));
  CHECK(typist.last_line().ends_with("aend"));
  CHECK(typist.console.cursor({}) == 80);
}

TEST_CASE("console: while a question is asked its letters answer it, and later calls are hidden") {
  Typist typist(enough_bytes_no_room());
  static_cast<void>(typist.type(":goto 10\r:quiz on\r"));
  const auto shows = [&](std::string_view part) {
    return std::ranges::any_of(typist.console.draw({}),
                               [&](const std::string& line) { return has(line, part); });
  };
  CHECK(!shows("  11 "));
  static_cast<void>(typist.type("n"));
  CHECK(has(typist.last_line(), "answer   h hint"));
  CHECK(shows("1. "));
  static_cast<void>(typist.type("a"));
  CHECK(has(typist.head(), "call 11/12"));
  CHECK(shows("of 1 right"));
  CHECK(has(typist.last_line(), "n next"));
}
