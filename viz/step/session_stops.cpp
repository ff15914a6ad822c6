// Breakpoints, watches, and what is shown after every move. See session.hpp.
// They are set and told here, and met in session_move.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "step/manual.hpp"
#include "step/session.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

Answer Session::break_at(std::string_view arguments) {
  return add_break(arguments, false);
}
Answer Session::tbreak(std::string_view arguments) {
  return add_break(arguments, true);
}

Answer Session::add_break(std::string_view arguments, bool once) {
  Result<Condition> condition = parse_condition(arguments);
  if (!condition) return bad_answer(condition.error().what);
  Stop stop;
  stop.id = next_stop_++;
  stop.text = condition->text();
  stop.condition = std::move(*condition);
  stop.once = once;
  const std::string says =
      fmt::format("breakpoint {}{}: {}", stop.id, once ? ", once" : "", printable(stop.text));
  stops_.push_back(std::move(stop));
  return good_answer(says);
}

Answer Session::watch(std::string_view arguments) {
  const Result<Watched> watched = parse_watched(arguments);
  if (!watched) return bad_answer(watched.error().what);
  if (watched->what == Watched::What::byte && watched->which >= frame_.after.capacity)
    return bad_answer(fmt::format("the region has {} B: an offset below is expected: watch {}",
                                  frame_.after.capacity, at(0)));
  Stop stop;
  stop.id = next_stop_++;
  stop.text = arguments;
  stop.watched = *watched;
  stops_.push_back(stop);
  return good_answer(fmt::format("watch {}: {}, now: {}", stop.id, arguments,
                                 describe(*watched, frame().after, look_.radix)));
}

Result<Stop*> Session::stop_of(std::string_view word) {
  const std::optional<u64> id = whole_number(word);
  const auto stop = std::ranges::find_if(stops_, [&](const Stop& s) { return id && s.id == *id; });
  if (stop != stops_.end()) return &*stop;
  if (!id) return failure("the number of a stop is expected; info breaks lists them");
  return failure(fmt::format("there is no stop {}; info breaks lists them", *id));
}

Answer Session::condition(std::string_view arguments) {
  const Result<Stop*> stop = stop_of(take_word(arguments));
  if (!stop) return bad_answer(stop.error().what + ": condition 1 frag > 30%");
  if (arguments.empty()) {
    (*stop)->further.reset();
    return good_answer(fmt::format("stop {} needs nothing besides any more", (*stop)->id));
  }
  Result<Condition> condition = parse_condition(arguments);
  if (!condition) return bad_answer(condition.error().what);
  (*stop)->further = std::move(*condition);
  return good_answer(
      fmt::format("stop {}: {} if {}", (*stop)->id, (*stop)->text, (*stop)->further->text()));
}

Answer Session::ignore(std::string_view arguments) {
  const Result<Stop*> stop = stop_of(take_word(arguments));
  if (!stop) return bad_answer(stop.error().what + ": ignore 1 3");
  const std::optional<u64> count = whole_number(arguments);
  if (!count) return bad_answer("a number of times is expected: ignore 1 3");
  (*stop)->ignore = *count;
  return good_answer(fmt::format("stop {} is passed over {} times", (*stop)->id, *count));
}

Answer Session::remove(std::string_view arguments) {
  if (arguments.empty()) {
    const std::string says = fmt::format("{} removed", count_text(stops_.size(), "stop"));
    stops_.clear();
    return good_answer(says);
  }
  const Result<Stop*> stop = stop_of(arguments);
  if (!stop) return bad_answer(stop.error().what);
  const u64 id = (*stop)->id;
  std::erase_if(stops_, [id](const Stop& each) { return each.id == id; });
  return good_answer(fmt::format("stop {} is removed", id));
}

Answer Session::info(std::string_view arguments) {
  const auto is = [&](std::string_view word) {
    return !arguments.empty() && word.starts_with(arguments);
  };
  Table table("rll");
  std::string text;
  if (is("breaks") || is("breakpoints") || is("watches")) {
    for (const Stop& stop : stops_) {
      std::string more = stop.further ? fmt::format("if {}; ", stop.further->text()) : "";
      if (stop.once) more += "once; ";
      if (stop.ignore != 0) more += fmt::format("passed over {} times more; ", stop.ignore);
      table.row({std::to_string(stop.id), (stop.watched ? "watch " : "break ") + stop.text,
                 more + fmt::format("hit {} times", stop.hits)});
    }
    if (stops_.empty()) return good_answer("no stops; break alloc >= 50 sets one");
  } else if (is("marks")) {
    for (const auto& [name, call] : marks_) table.row({std::to_string(call), "@" + name, ""});
    if (marks_.empty()) return good_answer("no marks; mark lunch gives this call a name");
  } else if (is("display")) {
    for (const auto& [id, command] : displays_) table.row({std::to_string(id), command, ""});
    if (displays_.empty()) return good_answer("no displays; display list free sets one");
  } else {
    return bad_answer("breaks, marks or display is expected: info breaks");
  }
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

// ---- what is shown after every move

Answer Session::display(std::string_view arguments) {
  std::string_view rest = arguments;
  const std::string_view word = take_word(rest);
  if (word.empty()) return good_answer(displayed());
  const Result<const Command*> command = find_command(word);
  if (!command) return bad_answer(command.error().what);
  const bool stays = (*command)->group == Group::look || (*command)->group == Group::ask;
  if (!stays || (*command)->name == "display" || (*command)->name == "undisplay")
    return bad_answer("a command that looks or asks is expected: display list free");
  Answer answer = carry_out(arguments);
  if (!answer.good) return answer;
  displays_.emplace_back(next_display_, arguments);
  answer.text = fmt::format("{}: {}\n{}", next_display_++, arguments, answer.text);
  return answer;
}

Answer Session::undisplay(std::string_view arguments) {
  const std::optional<u64> id = whole_number(arguments);
  if (!id) return bad_answer("the number of a display is expected: undisplay 1");
  if (std::erase_if(displays_, [&](const auto& each) { return each.first == *id; }) == 0)
    return bad_answer(fmt::format("there is no display {}; info display lists them", *id));
  return good_answer(fmt::format("display {} is removed", *id));
}

}  // namespace mempool::viz::step
