// Raw mode, and how it always ends: see terminal.hpp.
//
// Signal handlers may come at any moment, so what they need is in plain variables of this file, and
// they call nothing but what POSIX allows there. A pipe to ourselves wakes wait().
#include "shell/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace mempool::viz {

namespace {

// The other screen; no cursor; what is pasted comes between marks. And all of it undone.
constexpr char enter_screen[] = "\x1b[?1049h\x1b[?25l\x1b[?2004h";
constexpr char leave_screen[] = "\x1b[?2004l\x1b[?25h\x1b[0m\x1b[?1049l";

int terminal = -1;  // input; -1: nothing to restore
termios as_it_was;
termios raw;
std::array<int, 2> wake_up{-1, -1};
volatile std::sig_atomic_t redraw = 0;

constexpr std::array deadly{SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
                            SIGSEGV, SIGBUS,  SIGFPE, SIGILL};
constexpr std::array handled{SIGINT, SIGTERM, SIGHUP,  SIGQUIT, SIGABRT,  SIGSEGV, SIGBUS,
                             SIGFPE, SIGILL,  SIGTSTP, SIGCONT, SIGWINCH, SIGTTOU};
std::array<struct sigaction, handled.size()> before;

/// As much of the text as the terminal takes; a signal handler's way to write.
void send(const char* text, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::write(STDOUT_FILENO, text, size);
    if (sent < 0 && errno != EINTR && errno != EAGAIN) return;
    if (sent <= 0) continue;
    text += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

void take_over() {
  static_cast<void>(::tcsetattr(terminal, TCSANOW, &raw));
  send(enter_screen, sizeof enter_screen - 1);
}

void give_back() {
  send(leave_screen, sizeof leave_screen - 1);
  static_cast<void>(::tcsetattr(terminal, TCSANOW, &as_it_was));
}

void set_handler(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void wake() {
  redraw = 1;
  const char byte = 0;
  static_cast<void>(!::write(wake_up[1], &byte, 1));
}

extern "C" void on_deadly(int signal) {
  const int kept = errno;
  if (terminal >= 0) give_back();
  terminal = -1;
  set_handler(signal, SIG_DFL, 0);
  ::raise(signal);
  errno = kept;
}

extern "C" void on_stop(int) {
  const int kept = errno;
  give_back();
  set_handler(SIGTSTP, SIG_DFL, 0);
  ::raise(SIGTSTP);  // here it stands still until SIGCONT
  set_handler(SIGTSTP, on_stop, SA_NODEFER | SA_RESTART);
  take_over();
  wake();
  errno = kept;
}

extern "C" void on_continue(int) {
  const int kept = errno;
  if (::tcgetpgrp(terminal) == ::getpgrp()) take_over();
  wake();
  errno = kept;
}

extern "C" void on_resize(int) {
  const int kept = errno;
  wake();
  errno = kept;
}

void set_handlers() {
  for (std::size_t i = 0; i < handled.size(); ++i) ::sigaction(handled[i], nullptr, &before[i]);
  for (const int signal : deadly) set_handler(signal, on_deadly, SA_NODEFER);
  set_handler(SIGTSTP, on_stop, SA_NODEFER | SA_RESTART);
  set_handler(SIGCONT, on_continue, SA_RESTART);
  set_handler(SIGWINCH, on_resize, SA_RESTART);
  set_handler(SIGTTOU, SIG_IGN, 0);  // giving the terminal back must not stop us
}

}  // namespace

Result<Terminal> Terminal::open() {
  constexpr const char* advice = "; --plain reads commands as lines, --batch -ex CMD runs them";
  if (::isatty(STDOUT_FILENO) != 1)
    return failure(std::string("standard output is no terminal") + advice);
  // Standard input may be the log, or a pipe.
  const int input =
      ::isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : ::open("/dev/tty", O_RDONLY | O_CLOEXEC);
  if (input < 0 || ::tcgetattr(input, &as_it_was) != 0 ||
      ::pipe2(wake_up.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
    const std::string why = std::strerror(errno);
    if (input > STDIN_FILENO) ::close(input);
    return failure("the terminal cannot be read: " + why + advice);
  }
  raw = as_it_was;
  raw.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  terminal = input;
  set_handlers();
  take_over();
  return Terminal(input);
}

Terminal::Terminal(Terminal&& other) noexcept : input_(std::exchange(other.input_, -1)) {}

Terminal::~Terminal() {
  if (input_ < 0) return;
  give_back();
  terminal = -1;
  for (std::size_t i = 0; i < handled.size(); ++i) ::sigaction(handled[i], &before[i], nullptr);
  for (int& end : wake_up) ::close(std::exchange(end, -1));
  if (input_ > STDIN_FILENO) ::close(input_);
}

Terminal::Size Terminal::size() {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0)
    return {};
  return {window.ws_col, window.ws_row};
}

Terminal::Came Terminal::wait(std::string& bytes, int milliseconds) {
  std::array<pollfd, 2> files{{{input_, POLLIN, 0}, {wake_up[0], POLLIN, 0}}};
  const int ready = redraw != 0 ? 1 : ::poll(files.data(), files.size(), milliseconds);
  if (redraw != 0) {
    char drained[64];
    while (::read(wake_up[0], drained, sizeof drained) > 0) continue;
    redraw = 0;
    return Came::resized;
  }
  if (ready <= 0) return Came::nothing;
  if (files[0].revents == 0) return Came::nothing;
  char buffer[4096];
  const ssize_t got = ::read(input_, buffer, sizeof buffer);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return Came::nothing;
  if (got <= 0) return Came::end;
  bytes.append(buffer, static_cast<std::size_t>(got));
  return Came::bytes;
}

void Terminal::draw(const std::vector<std::string>& lines, std::size_t cursor) {
  std::string out = "\x1b[?25l\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += "\r\n";
    out += lines[i];
    out += "\x1b[K";
  }
  out += "\x1b[J";
  if (cursor != 0) {
    out += "\x1b[" + std::to_string(lines.size()) + ";" + std::to_string(cursor) + "H\x1b[?25h";
  }
  send(out.data(), out.size());
}

void Terminal::draw_line(std::size_t row, const std::string& line) {
  const std::string out = "\x1b[?25l\x1b[" + std::to_string(row) + ";1H" + line;
  send(out.data(), out.size());
}

void Terminal::suspend() {
  ::raise(SIGTSTP);
}

}  // namespace mempool::viz
