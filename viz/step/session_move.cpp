// Moving: by call, by event, to stops, marks and what is searched for. See session.hpp.
//
// A place is a moment: a whole call stands for the moment after its last event. So `next` from the
// midst of a call leads to its end, and `sback` from a whole call to the event before its last.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "step/session.hpp"
#include "view/terminal.hpp"
#include "workload/number.hpp"

namespace mempool::viz::step {

namespace {

constexpr const char* given_up = "given up";

}  // namespace

/// What every move answers: why it ended there, the place, and the displays.
Answer Session::arrived(std::string message) {
  message_ = std::move(message);
  std::ostringstream text;
  for (const std::string& line : wrap(printable(message_), look_.page)) text << line << '\n';
  write_terminal(text, frame(), look_);
  std::string shown = std::move(text).str();
  if (shown.ends_with("\n\n")) shown.pop_back();
  Answer answer = good_answer(shown + displayed());
  answer.moved = true;
  return answer;
}

std::string Session::displayed() {
  std::string text;
  for (const auto& [id, command] : displays_) {
    text += fmt::format("{}: {}\n", id, command);
    text += carry_out(command).text;
  }
  return text;
}

// ---- by call

Answer Session::next(std::string_view arguments) {
  const Result<u64> count = times(arguments, "next 5");
  if (!count) return bad_answer(count.error().what);
  const bool midst = event_ != 0 && event_ < frame_.events.size();
  const u64 on = *count - (midst ? 1 : 0);
  if (on != 0)
    if (std::optional<Answer> question = ask_first()) return std::move(*question);
  if (on == 0) {
    show(std::move(frame_));
    return arrived();
  }
  if (frame_.call >= last_call())
    return bad_answer(
        fmt::format("there is no call after {}, the last one{}", last_call(), end_text()));
  return run_forward(add_saturating(frame_.call, on), false);
}

/// Up to this call, or to the first stop before it.
Answer Session::run_forward(u64 last, bool to_the_end) {
  const u64 until = std::min(last, last_call());
  if (!stops_.empty()) {
    Lookout lookout(stops_, look_.radix, false);
    if (!cursor_.scan(frame_.call + 1, until, lookout, outside_.go_on)) return bad_answer(given_up);
    if (!lookout.hits().empty()) return stopped(lookout.hits().front());
  }
  std::optional<Frame> frame = cursor_.at_or_after(until);
  if (!frame) return bad_answer(fmt::format("there is no call {}{}", until, end_text()));
  show(std::move(*frame));
  if (!to_the_end && last <= last_call()) return arrived();
  return arrived(fmt::format("stopped: call {} is the last one{}", frame_.call, end_text()));
}

/// Shows the call of a hit and says which stop it was.
Answer Session::stopped(const Hit& hit) {
  Result<Frame> frame = load(hit.call);
  if (!frame) return bad_answer(frame.error().what);
  show(std::move(*frame));
  const auto stop = std::ranges::find(stops_, hit.id, &Stop::id);
  std::string text =
      fmt::format("stopped: {} {}, {}{}", stop->watched ? "watch" : "breakpoint", stop->id,
                  stop->text, stop->hits < 2 ? "" : fmt::format(", hit {} times", stop->hits));
  if (!hit.change.empty()) text += "; " + hit.change;
  if (stop->once) stops_.erase(stop);
  return arrived(std::move(text));
}

Answer Session::back(std::string_view arguments) {
  const Result<u64> count = times(arguments, "back 3");
  if (!count) return bad_answer(count.error().what);
  if (frame_.call <= first_call() && event_ == 0)
    return bad_answer(fmt::format("there is no call before {}, the first one", first_call()));
  const u64 most = frame_.call - first_call();
  std::optional<Frame> frame = cursor_.at_or_before(frame_.call - std::min(*count, most));
  if (!frame) return bad_answer(fmt::format("there is no call before {}", frame_.call));
  show(std::move(*frame));
  return arrived(*count <= most ? ""
                                : fmt::format("stopped: call {} is the first one", first_call()));
}

Answer Session::go_on(std::string_view arguments) {
  if (!arguments.empty()) return bad_answer("continue takes nothing; next N goes N calls");
  if (frame_.call >= last_call())
    return bad_answer(
        fmt::format("there is no call after {}, the last one{}", last_call(), end_text()));
  return run_forward(last_call(), true);
}

/// Segment by segment towards the start; in each, the last hit counts.
Answer Session::go_back(std::string_view arguments) {
  if (!arguments.empty() && arguments != "!")
    return bad_answer("nothing or ! is expected: rcontinue !");
  if (frame_.call <= first_call())
    return bad_answer(fmt::format("there is no call before {}, the first one", first_call()));
  u64 floor = first_call();
  std::string_view floor_mark;
  for (const auto& [name, call] : marks_)
    if (arguments != "!" && call < frame_.call && call >= floor) {
      floor = call;
      floor_mark = name;
    }
  for (u64 last = frame_.call - 1; !stops_.empty();) {
    const u64 first = std::max(cursor_.base_before(last), floor);
    Lookout lookout(stops_, look_.radix, true);
    if (!cursor_.scan(first, last, lookout, outside_.go_on)) return bad_answer(given_up);
    for (auto hit = lookout.hits().rbegin(); hit != lookout.hits().rend(); ++hit) {
      Stop& stop = *std::ranges::find(stops_, hit->id, &Stop::id);
      ++stop.hits;
      if (stop.ignore == 0) return stopped(*hit);
      --stop.ignore;
    }
    if (first <= floor) break;
    last = first - 1;
  }
  std::optional<Frame> frame = cursor_.at_or_before(floor);
  if (!frame) return bad_answer(fmt::format("there is no call {}", floor));
  show(std::move(*frame));
  return arrived(floor_mark.empty()
                     ? fmt::format("stopped: call {} is the first one", floor)
                     : fmt::format("stopped: mark @{}; rcontinue ! goes past it", floor_mark));
}

// ---- by event

bool Session::step_once() {
  if (event_ != 0 && event_ < frame_.events.size()) {
    const std::size_t event = event_ + 1;
    show(std::move(frame_), event);
    return true;
  }
  std::optional<Frame> frame = cursor_.at_or_after(frame_.call + 1);
  if (frame) show(std::move(*frame), 1);
  return frame.has_value();
}

bool Session::sback_once() {
  const std::size_t now = event_ == 0 ? frame_.events.size() : event_;
  if (now > 1) {
    show(std::move(frame_), now - 1);
    return true;
  }
  if (frame_.call <= first_call()) return false;
  std::optional<Frame> frame = cursor_.at_or_before(frame_.call - 1);
  if (!frame) return false;
  const std::size_t last = frame->events.size();
  show(std::move(*frame), last);
  return true;
}

Answer Session::step(std::string_view arguments) {
  const Result<u64> count = times(arguments, "step 2");
  if (!count) return bad_answer(count.error().what);
  const bool leaves = event_ == 0 || event_ + *count > frame_.events.size();
  if (leaves)
    if (std::optional<Answer> question = ask_first()) return std::move(*question);
  for (u64 i = 0; i < *count; ++i) {
    if (outside_.go_on && i % 64 == 63 && !outside_.go_on(0)) return bad_answer(given_up);
    if (step_once()) continue;
    const std::string end =
        fmt::format("there is no event after the last one of call {}{}", frame_.call, end_text());
    return i == 0 ? bad_answer(end) : arrived("stopped: " + end);
  }
  return arrived();
}

Answer Session::sback(std::string_view arguments) {
  const Result<u64> count = times(arguments, "sback 2");
  if (!count) return bad_answer(count.error().what);
  for (u64 i = 0; i < *count; ++i) {
    if (outside_.go_on && i % 64 == 63 && !outside_.go_on(0)) return bad_answer(given_up);
    if (sback_once()) continue;
    const std::string end = "there is no event before the first one";
    return i == 0 ? bad_answer(end) : arrived("stopped: " + end);
  }
  return arrived();
}

Answer Session::finish(std::string_view) {
  if (event_ == 0) return bad_answer("the call is shown as a whole; step goes into the next one");
  show(std::move(frame_));
  return arrived();
}

// ---- jumps

Answer Session::go_to(std::string_view arguments) {
  constexpr const char* expected =
      "a call is expected: goto 42, goto @lunch, goto last, goto event 17, goto last guard";
  if (arguments.empty()) return bad_answer(expected);
  std::string_view rest = arguments;
  const std::string_view word = take_word(rest);
  if (word == "event" && !rest.empty()) {
    const std::optional<u64> seq = whole_number(rest);
    if (!seq) return bad_answer("the number of an event is expected: goto event 17");
    const std::optional<u64> call = cursor_.call_of_event(*seq, outside_.go_on);
    Result<Frame> frame = call ? load(*call) : failure(fmt::format("there is no event {}", *seq));
    if (!frame) return bad_answer(frame.error().what);
    std::size_t event = 0;
    for (std::size_t i = 0; i < frame->events.size(); ++i)
      if (frame->events[i]->seq == *seq) event = i + 1;
    show(std::move(*frame), event);
    return arrived();
  }
  if ((word == "first" || word == "last") && !rest.empty()) {
    const Result<Condition> condition = parse_condition(rest);
    if (!condition) return bad_answer(condition.error().what);
    const auto call = search(*condition, first_call(), last_call(), word == "last");
    if (!call) return bad_answer(fmt::format("there is no call for which '{}' holds", rest));
    show(std::move(*load(*call)));
    return arrived();
  }
  const Result<u64> call = call_named(arguments);
  if (!call) return bad_answer(call.error().what);
  Result<Frame> frame = load(*call);
  if (!frame) return bad_answer(frame.error().what);
  show(std::move(*frame));
  return arrived();
}

Answer Session::mark(std::string_view arguments) {
  std::string_view rest = arguments;
  std::string_view name = take_word(rest);
  if (name.starts_with('@')) name.remove_prefix(1);
  const bool sound = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (!sound) return bad_answer("a name of letters, digits, - and _ is expected: mark lunch");
  Result<u64> call = frame_.call;
  if (!rest.empty()) call = call_named(rest);
  if (call)
    if (const Result<Frame> there = load(*call); !there) call = tl::make_unexpected(there.error());
  if (!call) return bad_answer(call.error().what);
  marks_.insert_or_assign(std::string(name), *call);
  return good_answer(fmt::format("mark @{} is call {}", name, *call));
}

// ---- searches

/// Of the calls first..last the first for which the condition holds, or the last.
std::optional<u64> Session::search(const Condition& condition, u64 first, u64 last,
                                   bool backwards) {
  while (first <= last) {
    const u64 from = backwards ? std::max(cursor_.base_before(last), first) : first;
    Finder finder(condition, backwards);
    if (!cursor_.scan(from, last, finder, outside_.go_on)) return std::nullopt;
    if (finder.found || !backwards || from <= first) return finder.found;
    last = from - 1;
  }
  return std::nullopt;
}

Answer Session::find(std::string_view arguments) {
  if (!arguments.empty()) {
    Result<Condition> condition = parse_condition(arguments);
    if (!condition) return bad_answer(condition.error().what);
    sought_ = std::move(*condition);
  }
  return next_hit({});
}

Answer Session::next_hit(std::string_view) {
  if (!sought_) return bad_answer("say first what to find: find alloc size >= 64");
  const auto call = search(*sought_, frame_.call + 1, last_call(), false);
  if (!call)
    return bad_answer(fmt::format("not found after call {}: {}", frame_.call, sought_->text()));
  show(std::move(*load(*call)));
  return arrived(fmt::format("found: {}", sought_->text()));
}

Answer Session::prev_hit(std::string_view) {
  if (!sought_) return bad_answer("say first what to find: find alloc size >= 64");
  std::optional<u64> call;
  if (frame_.call > first_call()) call = search(*sought_, first_call(), frame_.call - 1, true);
  if (!call)
    return bad_answer(fmt::format("not found before call {}: {}", frame_.call, sought_->text()));
  show(std::move(*load(*call)));
  return arrived(fmt::format("found: {}", sought_->text()));
}

}  // namespace mempool::viz::step
