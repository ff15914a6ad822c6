// step: a log in the terminal, forwards and backwards. The session answers (step/session.hpp); this
// opens the log for it, and is its way to terminal, files and Graphviz.
//
//     --batch      -ex commands --> session --> standard output
//     --plain      lines -->        session --> standard output
//     else         keys --> console --> session --> screen
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "commands/book.hpp"
#include "commands/commands.hpp"
#include "commands/lesson_page.hpp"
#include "commands/text.hpp"
#include "shell/graphviz.hpp"
#include "shell/interrupt.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "shell/streams.hpp"
#include "shell/terminal.hpp"
#include "step/console.hpp"
#include "workload/from_log.hpp"

namespace mempool::viz {

namespace {

using step::Answer;
using step::Console;
using step::Session;

// ---- opening

Result<std::string> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return failure(fmt::format("{}: cannot be read", path));
  constexpr std::size_t most = std::size_t{1} << 20;
  std::string text(most, '\0');
  text.resize(std::fread(text.data(), 1, most, file));
  std::fclose(file);
  return text;
}

Result<std::string> replay(log::Reader& reader, u32 pool, u32 policy) {
  const Result<Recording> recording = workload_from_log(reader, pool, nullptr);
  if (!recording) return tl::make_unexpected(recording.error());
  PoolSetup setup = recording->setup;
  setup.policy = policy;
  std::string text;
  const Result<Outcome> outcome = play(recording->workload, setup, {"", &text}, nullptr);
  if (!outcome) return tl::make_unexpected(outcome.error());
  return text;
}

step::Outside outside(Cursor::GoOn go_on, const Options& options, const std::string& name) {
  PageWish wish;
  wish.title = wish.source = name.substr(name.rfind('/') + 1);
  wish.ops = options.ops;
  wish.hex = options.view.radix == Radix::hex;
  const auto page = [wish](log::Reader& reader, u32 pool, u64 call) -> Result<std::string> {
    PageWish here = wish;
    here.pool = pool;
    here.call = call;
    Result<LessonPage> made = make_lesson_page(reader, here);
    if (!made) return tl::make_unexpected(made.error());
    return std::move(made->text);
  };
  return {write_output,
          read_file,
          [](std::string_view dot, std::string_view format) { return render(dot, format); },
          page,
          replay,
          std::move(go_on)};
}

Result<Session> open_session(const Options& options, Cursor::GoOn go_on, int& status) {
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  Cursor& cursor = book->cursor;
  status = book->status;
  if (!cursor.fault().empty()) say(fmt::format("{}: {}", book->name, cursor.fault()));
  ViewOptions look = options.view;
  look.colour = wants_colour(options);
  std::optional<u64> call = options.moment.call;
  if (options.moment.seq) {
    call = cursor.call_of_event(*options.moment.seq, nullptr);
    if (!call) return failure(fmt::format("there is no event {}", *options.moment.seq));
  }
  Result<Session> session = Session::open(std::move(cursor), book->name, look,
                                          outside(std::move(go_on), options, book->name), call);
  if (session && options.moment.seq)
    static_cast<void>(session->run(fmt::format("goto event {}", *options.moment.seq)));
  return session;
}

// ---- lines

/// Prints the answer; false: the command failed.
bool print(const Answer& answer) {
  if (answer.good)
    std::cout << answer.text << std::flush;
  else
    say(answer.text.substr(0, answer.text.find_last_not_of('\n') + 1));
  return answer.good;
}

Result<int> end_of_output(int status) {
  std::cout.flush();
  if (!std::cout) return failure("standard output: cannot be written");
  return status;
}

/// The commands of the command line; ends at the first that fails. quits: one of them was `quit`.
bool run_commands(Session& session, const std::vector<std::string>& commands, bool& quits) {
  for (const std::string& command : commands) {
    const Answer answer = session.run(command);
    if (!print(answer)) return false;
    quits = answer.quits;
    if (quits) break;
  }
  return true;
}

Result<int> run_plain(const Options& options) {
  const bool asked = ::isatty(STDIN_FILENO) == 1;
  std::optional<Interrupt> interrupt;
  ProgressLine progress("searching");
  const auto go_on = [&](double share) {
    progress(share);
    return !Interrupt::came();
  };
  int status = good;
  Result<Session> session = open_session(options, go_on, status);
  if (!session) return tl::make_unexpected(session.error());
  bool quits = false;
  if (!run_commands(*session, options.commands, quits)) return end_of_output(bad);
  if (options.batch || quits) return end_of_output(status);
  if (asked) {
    interrupt.emplace();
    static_cast<void>(print(session->run(fmt::format("goto {}", session->call_frame().call))));
    std::cout << "help lists the commands, quit ends\n";
  }
  for (std::string line; !quits;) {
    if (asked) std::cout << "(mempool) " << std::flush;
    if (!std::getline(std::cin, line)) break;
    Interrupt::forget();
    const Answer answer = session->run(line);
    if (!print(answer) && !asked) status = bad;
    quits = answer.quits;
  }
  if (asked && !quits) std::cout << '\n';
  return end_of_output(status);
}

// ---- the full screen

bool locale_has_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text(value);
    return text.find("UTF-8") != std::string_view::npos ||
           text.find("utf8") != std::string_view::npos;
  }
  return false;
}

/// Keys to the console, lines to the terminal.
class FullScreen {
 public:
  FullScreen(Terminal& terminal, step::Keys& keys, Console& console)
      : terminal_(terminal), keys_(keys), console_(console) {}
  Console::Next run();

 private:
  void draw() {
    const Terminal::Size there = Terminal::size();
    const step::Size size{there.columns, there.rows};
    terminal_.draw(console_.draw(size), console_.cursor(size));
  }
  Console::Next press_all(bool flush);

  Terminal& terminal_;
  step::Keys& keys_;
  Console& console_;
};

Console::Next FullScreen::press_all(bool flush) {
  for (std::optional<step::Key> key = flush ? keys_.flush() : keys_.next(); key;
       key = keys_.next()) {
    const Console::Next next = console_.press(*key);
    if (next == Console::Next::suspend) terminal_.suspend();
    if (next == Console::Next::quit || next == Console::Next::interrupt) return next;
  }
  return Console::Next::go_on;
}

Console::Next FullScreen::run() {
  constexpr int for_the_rest_of_a_key = 50;  // milliseconds
  for (draw();; draw()) {
    std::string bytes;
    const Terminal::Came came =
        terminal_.wait(bytes, keys_.is_waiting() ? for_the_rest_of_a_key : -1);
    if (came == Terminal::Came::end) return Console::Next::quit;
    keys_.feed(bytes);
    const bool flush = came == Terminal::Came::nothing && keys_.is_waiting();
    const Console::Next next = press_all(flush);
    if (next != Console::Next::go_on) return next;
  }
}

/// What goes on during a search: Ctrl-C ends it, and after a while it is said how far it is.
class Patience {
 public:
  Patience(Terminal*& terminal, step::Keys& keys) : terminal_(terminal), keys_(keys) {}
  bool operator()(double share) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds a_while{200};
    if (terminal_ == nullptr) return true;
    std::string bytes;
    static_cast<void>(terminal_->wait(bytes, 0));
    keys_.feed(bytes);
    if (keys_.take_interrupt()) return false;
    const Clock::time_point now = Clock::now();
    if (share < last_share_) drawn_ = now;  // another search
    last_share_ = share;
    if (now - drawn_ < a_while) return true;
    drawn_ = now;
    const Terminal::Size size = Terminal::size();
    terminal_->draw_line(size.rows, Console::progress_line(share, size.columns));
    return true;
  }

 private:
  Terminal*& terminal_;
  step::Keys& keys_;
  double last_share_ = 1;
  std::chrono::steady_clock::time_point drawn_{};
};

Result<int> run_screen(const Options& options) {
  Terminal* on = nullptr;  // while there is a screen
  step::Keys keys;
  int status = good;
  Options wanted = options;
  wanted.view.ascii_labels = !locale_has_utf8();
  Result<Session> session = open_session(wanted, Patience(on, keys), status);
  if (!session) return tl::make_unexpected(session.error());
  Console console(std::move(*session));
  Console::Next next = Console::Next::go_on;
  {
    Result<Terminal> terminal = Terminal::open();
    if (!terminal) return tl::make_unexpected(terminal.error());
    on = &*terminal;
    for (const std::string& command : options.commands)
      if (next != Console::Next::quit) next = console.run(command);
    if (next != Console::Next::quit) next = FullScreen(*terminal, keys, console).run();
    on = nullptr;
  }
  if (next == Console::Next::interrupt) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
  return status;
}

}  // namespace

Result<int> commands::step(const Options& options) {
  const bool lines = options.batch || options.plain || ::isatty(STDOUT_FILENO) != 1 ||
                     (options.input != "-" && ::isatty(STDIN_FILENO) != 1);
  if (lines && !options.batch && !options.ops && options.input == "-")
    return failure("the log is standard input, so no commands can be read: give --batch -ex CMD");
  return lines ? run_plain(options) : run_screen(options);
}

}  // namespace mempool::viz
