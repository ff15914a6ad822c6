// Session: from a line of text to the command, and what is shown of the log. See session.hpp.
#include "step/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "step/manual.hpp"
#include "view/terminal.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

// ---- what the handlers share

Answer good_answer(std::string text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return {std::move(text)};
}

Answer bad_answer(std::string text) {
  Answer answer = good_answer(printable(text));
  answer.good = false;
  return answer;
}

std::string_view take_word(std::string_view& text) {
  constexpr std::string_view blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::size_t last = text.find_last_not_of(blanks);
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  return word;
}

Result<u64> times(std::string_view arguments, std::string_view example) {
  if (arguments.empty()) return u64{1};
  const std::optional<u64> number = whole_number(arguments);
  if (!number || *number == 0)
    return failure(fmt::format("'{}' is no number of times: {}", arguments, example));
  return *number;
}

std::optional<u64> block_number(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  return whole_number(text);
}

// ---- opening and showing

Session::Session(Cursor cursor, std::string name, ViewOptions look, Outside outside)
    : cursor_(std::move(cursor)),
      name_(std::move(name)),
      look_(look),
      outside_(std::move(outside)) {}

Result<Session> Session::open(Cursor cursor, std::string name, ViewOptions look, Outside outside,
                              std::optional<u64> call) {
  Session session(std::move(cursor), printable(name), look, std::move(outside));
  Result<Frame> frame = session.load(call.value_or(session.first_call()));
  if (!frame) return tl::make_unexpected(frame.error());
  session.show(std::move(*frame));
  return session;
}

/// Shows the call, or the pool after so many of its events.
void Session::show(Frame frame, std::size_t event) {
  prediction_.asked.reset();  // it was about the call after another one
  frame_ = std::move(frame);
  event_ = event;
  if (event_ != 0) {
    Model before = frame_.before;
    for (std::size_t i = 0; i + 1 < event_; ++i) static_cast<void>(before.apply(*frame_.events[i]));
    event_frame_ = Frame();
    event_frame_.after = before;
    static_cast<void>(event_frame_.after.apply(*frame_.events[event_ - 1]));
    event_frame_.before = std::move(before);
    event_frame_.events = {frame_.events[event_ - 1]};
    event_frame_.call = frame_.call;
    event_frame_.last_call = frame_.last_call;
    event_frame_.one_event = true;
    event_frame_.complete = frame_.complete;
    event_frame_.other_pools = frame_.other_pools;
  }
  story_ = tell(this->frame(), look_.radix);
}

Result<Frame> Session::load(u64 call) {
  std::optional<Frame> frame = cursor_.at_or_after(call);
  if (frame && frame->call == call) return std::move(*frame);
  return failure(fmt::format("there is no call {}; the log has calls {} to {} of pool {}{}", call,
                             first_call(), last_call(), cursor_.pool(), end_text()));
}

/// What follows the last call, if it is worth a word.
std::string Session::end_text() const {
  if (!cursor_.fault().empty()) return fmt::format("; it ends there: {}", cursor_.fault());
  return cursor_.findings().ended ? "" : "; the log is cut there";
}

bool Session::is_marked(u64 call) const {
  return std::ranges::any_of(marks_, [&](const auto& mark) { return mark.second == call; });
}

std::string Session::at(u64 offset) const {
  return offset_text(offset, look_.radix);
}

/// A call by its number or by a name that was given to it.
Result<u64> Session::call_named(std::string_view word) const {
  if (word == "first") return first_call();
  if (word == "last") return last_call();
  if (word == ".") return frame_.call;
  if (word.starts_with('@')) {
    const auto mark = marks_.find(word.substr(1));
    if (mark != marks_.end()) return mark->second;
    return failure(fmt::format("there is no mark {}; info marks lists them", word));
  }
  if (const std::optional<u64> call = whole_number(word)) return *call;
  return failure(fmt::format("'{}' is no call: a number, @MARK, first or last is expected", word));
}

// ---- commands

Session::Handler Session::handler_of(std::string_view command) {
  static constexpr std::pair<std::string_view, Handler> handlers[] = {
      {"next", &Session::next},         {"step", &Session::step},
      {"back", &Session::back},         {"sback", &Session::sback},
      {"continue", &Session::go_on},    {"rcontinue", &Session::go_back},
      {"finish", &Session::finish},     {"goto", &Session::go_to},
      {"mark", &Session::mark},         {"find", &Session::find},
      {"next-hit", &Session::next_hit}, {"prev-hit", &Session::prev_hit},
      {"break", &Session::break_at},    {"tbreak", &Session::tbreak},
      {"watch", &Session::watch},       {"condition", &Session::condition},
      {"ignore", &Session::ignore},     {"delete", &Session::remove},
      {"info", &Session::info},         {"why", &Session::why},
      {"map", &Session::map},           {"list", &Session::list},
      {"bins", &Session::bins},         {"block", &Session::block},
      {"dump", &Session::dump},         {"vis", &Session::vis},
      {"whereis", &Session::whereis},   {"whyis", &Session::whyis},
      {"who", &Session::who},           {"screen", &Session::screen},
      {"display", &Session::display},   {"undisplay", &Session::undisplay},
      {"try", &Session::try_it},        {"diff", &Session::diff},
      {"stats", &Session::stats},       {"explain", &Session::explain},
      {"leaks", &Session::leaks},       {"policy", &Session::policy},
      {"compare", &Session::compare},   {"check", &Session::check},
      {"quiz", &Session::quiz},         {"answer", &Session::answer},
      {"hint", &Session::hint},         {"export", &Session::export_to},
      {"source", &Session::source},     {"save", &Session::save},
      {"set", &Session::set},           {"help", &Session::help},
      {"quit", &Session::quit}};
  const auto* found =
      std::ranges::find(handlers, command, &std::pair<std::string_view, Handler>::first);
  return found == std::end(handlers) ? nullptr : found->second;
}

Answer Session::run(std::string_view line) {
  std::string_view rest = line;
  if (take_word(rest).empty()) {
    if (last_line_.empty()) return {};
    return echoed(last_line_);
  }
  last_line_ = line;
  return echoed(last_line_);
}

Answer Session::echoed(std::string_view line) {
  const bool echo = echo_;
  Answer answer = carry_out(line);
  if (echo && answer.good)
    answer.text = fmt::format("(mempool) {}\n{}", printable(line), answer.text);
  return answer;
}

Answer Session::carry_out(std::string_view line) {
  const std::string text(line);  // a command may change what it was given
  std::string_view arguments = text;
  std::string_view word = take_word(arguments);
  if (word.size() > 1 && word[0] == '/') {  // "/alloc": what is to be found may touch it
    arguments = std::string_view(text).substr(text.find('/') + 1);
    word = "find";
  }
  if (word == "?") word = "help";
  const Result<const Command*> command = find_command(word);
  if (!command) return bad_answer(command.error().what);
  return (this->*handler_of((*command)->name))(arguments);
}

Answer Session::help(std::string_view arguments) {
  if (arguments.empty()) return good_answer(step::overview());
  const Result<const Command*> command = find_command(arguments);
  if (!command) return bad_answer(command.error().what);
  return good_answer(page(**command));
}

Answer Session::quit(std::string_view) {
  Answer answer;
  answer.quits = true;
  return answer;
}

Answer Session::set(std::string_view arguments) {
  constexpr const char* expected =
      "color on or off, echo on or off, offsets dec, hex or both, or width N is expected: "
      "set offsets hex";
  const std::string_view what = take_word(arguments);
  if ((what == "color" || what == "echo") && (arguments == "on" || arguments == "off")) {
    (what == "color" ? look_.colour : echo_) = arguments == "on";
    return {};
  }
  if (what == "offsets" && (arguments == "dec" || arguments == "hex" || arguments == "both")) {
    look_.both_radices = arguments == "both";
    if (!look_.both_radices) look_.radix = arguments == "hex" ? Radix::hex : Radix::dec;
    story_ = tell(frame(), look_.radix);
    return {};
  }
  const std::optional<u64> columns = whole_number(arguments);
  constexpr u64 least = 60, most = 400;
  if (what == "width" && columns && *columns >= least && *columns <= most) {
    look_.page = *columns;
    return {};
  }
  if (what == "width" && columns)
    return bad_answer(fmt::format("a width of {} to {} is expected: set width 80", least, most));
  return bad_answer(expected);
}

}  // namespace mempool::viz::step
