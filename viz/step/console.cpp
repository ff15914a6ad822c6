// Which key is which command, and where answers go: see console.hpp.
#include "step/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "step/manual.hpp"

namespace mempool::viz::step {

namespace {

constexpr std::pair<std::string_view, std::string_view> letters[] = {
    {"n", "next"},      {"s", "step"},   {"S", "sback"}, {"c", "continue"},
    {"r", "rcontinue"}, {"f", "finish"}, {"q", "quit"},  {"N", "next-hit"},
    {"P", "prev-hit"},  {"?", "help"},   {"w", "why"}};

constexpr std::pair<Key::Kind, std::string_view> others[] = {
    {Key::Kind::right, "next"}, {Key::Kind::left, "back"},       {Key::Kind::down, "step"},
    {Key::Kind::up, "sback"},   {Key::Kind::home, "goto first"}, {Key::Kind::end, "goto last"},
    {Key::Kind::enter, ""}};

constexpr std::string_view hint_key = "h";

/// What a letter that begins a command opens the command line with.
constexpr std::pair<std::string_view, std::string_view> openings[] = {
    {":", ""}, {"b", "break "}, {"g", "goto "}, {"/", "find "}, {" ", ""}};

}  // namespace

Typing Console::typing() const {
  return {open_, editor_.text(), editor_.cursor(), title_, answer_, scroll_, false};
}

std::vector<std::string> Console::draw(Size size) {
  size_ = size;
  session_.set_page(std::max<std::size_t>(size.columns, 40));
  return draw_screen(session_, size, typing());
}

std::string Console::progress_line(double share, std::size_t columns) {
  return fit(fmt::format(" searching, {:.0f} %; ^C gives it up", 100 * share), columns);
}

Console::Next Console::run(const std::string& line) {
  const Answer answer = session_.run(line);
  if (answer.quits) return Next::quit;
  scroll_ = 0;
  if (answer.moved && answer.good) {
    answer_ = answer.besides + session_.displayed();
    title_ = answer.besides.empty() ? "display" : line;
  } else {
    answer_ = answer.text;
    title_ = line.empty() ? "again" : line;
  }
  return Next::go_on;
}

Console::Next Console::press(const Key& key) {
  if (key.kind == Key::Kind::control && key.text == "Z") return Next::suspend;
  if (open_) return press_in_line(key);
  if (key.pasted && key.kind == Key::Kind::text) {
    open_line("");
    return press_in_line(key);
  }
  return press_key(key);
}

void Console::open_line(std::string_view text) {
  open_ = true;
  editor_.begin(text);
}

Console::Next Console::press_in_line(const Key& key) {
  const bool given_up = key.kind == Key::Kind::escape ||
                        (key.kind == Key::Kind::control && (key.text == "C" || key.text == "G")) ||
                        (key.kind == Key::Kind::backspace && editor_.text().empty());
  if (given_up) {
    open_ = false;
    return Next::go_on;
  }
  if (key.kind == Key::Kind::enter) {
    open_ = false;
    return run(editor_.enter());
  }
  if (key.kind == Key::Kind::tab)
    complete();
  else
    static_cast<void>(editor_.press(key));
  return Next::go_on;
}

/// The command that its first letters mean.
void Console::complete() {
  const std::string& text = editor_.text();
  if (text.empty() || text.find(' ') != std::string::npos) return;
  std::vector<std::string_view> meant;
  for (const Command& command : commands())
    if (command.name.starts_with(text)) meant.push_back(command.name);
  if (meant.size() == 1) editor_.begin(std::string(meant.front()) + " ");
}

Console::Next Console::press_key(const Key& key) {
  switch (key.kind) {
    case Key::Kind::text: return press_letter(key.text);
    case Key::Kind::escape: answer_.clear(); return Next::go_on;
    case Key::Kind::page_down:
    case Key::Kind::page_up: turn_page(key.kind == Key::Kind::page_down); return Next::go_on;
    case Key::Kind::control:
      if (key.text != "C") return Next::go_on;
      return Next::interrupt;
    default: break;
  }
  for (const auto& [kind, command] : others)
    if (kind == key.kind) return run(std::string(command));
  return Next::go_on;
}

/// While a question is asked, the letters of its choices answer it.
std::optional<std::string> Console::answer_of(const std::string& letter) const {
  const std::optional<quiz::Question>& asked = session_.prediction().asked;
  if (!asked) return std::nullopt;
  if (letter == hint_key) return "hint";
  const auto choice = static_cast<std::size_t>(letter[0] - 'a');
  if (letter.size() != 1 || choice >= asked->choices.size()) return std::nullopt;
  return "answer " + letter;
}

Console::Next Console::press_letter(const std::string& letter) {
  if (const std::optional<std::string> answer = answer_of(letter)) return run(*answer);
  for (const auto& [text, command] : letters)
    if (text == letter) return run(std::string(command));
  for (const auto& [text, begins] : openings)
    if (text == letter) {
      open_line(begins);
      return Next::go_on;
    }
  open_line(letter);
  return Next::go_on;
}

bool Console::turn_page(bool down) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(answer_, '\n'));
  const std::size_t page = size_.rows > 12 ? size_.rows - 10 : 2;
  const std::size_t most = lines > page ? lines - page : 0;
  scroll_ = down ? std::min(scroll_ + page, most) : scroll_ - std::min(scroll_, page);
  return most != 0;
}

}  // namespace mempool::viz::step
