// The layout of the full screen: see screen.hpp.
#include "step/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "event/table.hpp"
#include "view/terminal.hpp"

namespace mempool::viz::step {

namespace {

using Pane = std::vector<std::string>;

constexpr std::size_t least_columns = 40, least_rows = 12;
constexpr std::size_t beside_from = 120;  // columns
constexpr std::string_view prompt = "(mempool) ";

/// "\x1b[1;4m": the length of a colour of ours at the start of the text; 0: there is none.
std::size_t colour_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end == std::string_view::npos || text[end] != 'm' ? 0 : end + 1;
}

Pane lines_of(std::string_view text) {
  Pane lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class Drawing {
 public:
  Drawing(Session& session, Size size, const Typing& typing)
      : session_(session),
        size_(size),
        typing_(typing),
        palette_(session.look().colour ? Palette::dark : Palette::none) {}
  Pane draw();

 private:
  [[nodiscard]] std::string painted(Ink ink, std::string_view text) const {
    std::string line;
    paint(line, palette_, ink, false, text);
    return line;
  }
  [[nodiscard]] std::string rule(std::string_view title, std::string_view right = {}) const;
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string bottom() const;
  void lists();
  void panes(std::size_t rows);
  std::size_t story(std::size_t rows);
  std::size_t story_beside(std::size_t rows);
  [[nodiscard]] Pane answer_lines() const;
  void answer(std::size_t rows);
  void bytes(std::size_t rows);
  void add(const Pane& pane, std::size_t rows);
  [[nodiscard]] std::string calls_title() const;
  [[nodiscard]] Pane why(std::size_t width) const;

  Session& session_;
  Size size_;
  const Typing& typing_;
  Palette palette_;
  Pane out_;
};

/// The answer, its long lines wrapped; what is coloured was made for this width.
Pane Drawing::answer_lines() const {
  Pane lines;
  for (std::string& line : lines_of(typing_.answer)) {
    const bool whole = columns(line) <= size_.columns || line.find('\x1b') != std::string::npos;
    if (whole) {
      lines.push_back(std::move(line));
      continue;
    }
    for (std::string& piece : wrap(line, size_.columns)) lines.push_back(std::move(piece));
  }
  return lines;
}

/// "-- title ------------ right --"
std::string Drawing::rule(std::string_view title, std::string_view right) const {
  const std::size_t room = size_.columns;
  const std::string words = session_.look().ascii_labels ? ascii(title) : std::string(title);
  std::string text = title.empty() ? "" : fmt::format("-- {} ", clip(words, room - 8));
  const std::string end = right.empty() ? "" : fmt::format(" {} --", right);
  const std::size_t used = columns(text) + columns(end);
  text += std::string(room > used ? room - used : 0, '-') + end;
  return text;
}

std::string Drawing::head() const {
  const Model& model = session_.frame().after;
  const Frame& frame = session_.call_frame();
  std::string place = fmt::format("call {}/{}", frame.call, session_.last_call());
  if (session_.event() != 0)
    place += fmt::format(" event {} of {}", session_.event(), frame.events.size());
  std::string facts = fmt::format("{} fit", event::word(event::Type::POLICY, model.policy));
  if (model.guard_size != 0) facts += fmt::format("   guards {}", model.guard_size);
  facts += model.free_bytes == 0
               ? "   nothing free"
               : fmt::format("   frag {}%", fragmentation(model, model.largest_free()));
  if (model.destroyed) facts += "   destroyed";
  const std::string right = fmt::format("{}   {} ", place, facts);
  const bool tight = columns(right) + columns(session_.name()) + 20 > size_.columns;
  const std::string tool = tight ? " step  " : " mempool-viz step  ";
  const std::size_t used = columns(tool) + columns(right);
  const std::size_t room = size_.columns > used + 1 ? size_.columns - used - 1 : 0;
  const std::string left = tool + pad_right(clip(printable(session_.name()), room), room) + " ";
  return painted(Ink::other, fit(left + right, size_.columns));
}

void Drawing::lists() {
  ViewOptions look = session_.look();
  look.page = size_.columns;
  const TerminalLists lists = terminal_lists(session_.frame(), session_.story(), look);
  for (const std::string& line : {lists.free, lists.map, lists.used, lists.quarantine})
    if (!line.empty()) out_.push_back(line);
}

void Drawing::add(const Pane& pane, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) out_.push_back(i < pane.size() ? pane[i] : "");
}

std::string Drawing::calls_title() const {
  if (session_.event() == 0) return "calls";
  return fmt::format("events of call {}: {}", session_.call_frame().call,
                     printable(tell(session_.call_frame(), session_.look().radix).title));
}

Pane Drawing::why(std::size_t width) const {
  const std::size_t spelt = session_.look().ascii_labels ? 4 : 0;  // ASCII takes more room
  return lines_of(session_.why_text(width - spelt));
}

/// Calls above, reasons below; returns the rows that are left.
std::size_t Drawing::story(std::size_t rows) {
  constexpr std::size_t most_calls = 12;
  const Pane reasons = why(size_.columns);
  std::size_t call_rows = std::clamp<std::size_t>((rows - 2) / 3, 1, most_calls);
  if (!typing_.answer.empty())  // no bytes will follow: what the reasons leave is the calls'
    call_rows = std::clamp(rows - 2 - std::min(rows - 2, reasons.size()), call_rows, most_calls);
  const std::size_t room = rows - call_rows - 2;
  const std::size_t why_rows =
      typing_.answer.empty() && room < reasons.size() + 6 ? room : std::min(room, reasons.size());
  out_.push_back(painted(Ink::free, rule(calls_title())));
  add(draw_calls(session_, size_.columns, call_rows), call_rows);
  const bool cut = reasons.size() > why_rows;
  out_.push_back(painted(
      Ink::free, rule("why: " + printable(session_.story().title), cut ? "w shows all" : "")));
  add(reasons, why_rows);
  return rows - call_rows - why_rows - 2;
}

/// Calls on the left, reasons on the right.
std::size_t Drawing::story_beside(std::size_t rows) {
  const std::size_t left = std::clamp<std::size_t>(size_.columns * 2 / 5, 46, 60);
  const std::size_t right = size_.columns - left - 3;
  const Pane reasons = why(right);
  const std::size_t wanted = std::max({reasons.size(), rows / 3, std::size_t{8}});
  const std::size_t height = std::min(rows - 1, rows < wanted + 8 ? rows - 1 : wanted);
  const Pane calls = draw_calls(session_, left, height);
  const std::string title = fmt::format("-- {} ", clip(calls_title(), left - 6));
  std::string line = title + std::string(left + 1 - std::min(left + 1, columns(title)), '-') + "+";
  line += clip(fmt::format("-- why: {} ", printable(session_.story().title)), right);
  out_.push_back(painted(
      Ink::free, pad_right(line, 0) +
                     std::string(size_.columns - std::min(size_.columns, columns(line)), '-')));
  for (std::size_t i = 0; i < height; ++i)
    out_.push_back(fit(i < calls.size() ? calls[i] : "", left) + painted(Ink::free, " | ") +
                   (i < reasons.size() ? reasons[i] : ""));
  return rows - height - 1;
}

void Drawing::answer(std::size_t rows) {
  const Pane lines = answer_lines();
  const std::size_t room = rows - 1;
  const std::size_t first = std::min(typing_.scroll, lines.size() > room ? lines.size() - room : 0);
  const std::size_t last = std::min(first + room, lines.size());
  out_.push_back(
      painted(Ink::free, rule(printable(typing_.title),
                              lines.size() <= room ? "Esc"
                                                   : fmt::format("lines {}-{} of {}  PgUp PgDn Esc",
                                                                 first + 1, last, lines.size()))));
  add(Pane(lines.begin() + static_cast<std::ptrdiff_t>(first),
           lines.begin() + static_cast<std::ptrdiff_t>(last)),
      room);
}

/// The bytes, if there is room for a row of them; else empty rows.
void Drawing::bytes(std::size_t rows) {
  constexpr std::size_t rulers = 2, least = 5;
  if (rows >= least && size_.columns >= 79) {
    const Pane lines = lines_of(session_.dump_text((rows - 1 - rulers) / 2));
    out_.push_back(painted(Ink::free, rule("bytes")));
    add(lines, std::min(rows - 1, lines.size()));
    rows -= 1 + std::min(rows - 1, lines.size());
  }
  add({}, rows);
}

void Drawing::panes(std::size_t rows) {
  const bool beside = size_.columns >= beside_from;
  const auto tell_it = [&](std::size_t most) { return beside ? story_beside(most) : story(most); };
  const std::size_t need = answer_lines().size() + 1;
  if (typing_.answer.empty()) return bytes(tell_it(rows));
  constexpr std::size_t least_story = 9;
  if (need + least_story > rows) return answer(rows);
  answer(tell_it(rows - need) + need);
}

std::string Drawing::bottom() const {
  if (typing_.busy) return painted(Ink::strong, fit(" searching ...  ^C gives up", size_.columns));
  if (typing_.open) return std::string(prompt) + typing_.line;
  const std::optional<quiz::Question>& asked = session_.prediction().asked;
  if (asked && asked->choices.empty())
    return painted(Ink::free, fit(" :answer and what you think   h hint   ? help", size_.columns));
  if (asked)
    return painted(Ink::free, fit(fmt::format(" a to {} answer   h hint   ? help",
                                              static_cast<char>('a' + asked->choices.size() - 1)),
                                  size_.columns));
  constexpr std::string_view keys =
      " n next  Left back  s step  c continue  r rcontinue  g goto  b break  ? help";
  return painted(Ink::free, fit(keys, size_.columns));
}

Pane Drawing::draw() {
  if (size_.columns < least_columns || size_.rows < least_rows) {
    out_.push_back(
        fmt::format("too small: {} columns and {} rows are needed", least_columns, least_rows));
    add({}, size_.rows - 1);
  } else {
    out_.push_back(head());
    lists();
    panes(size_.rows - out_.size() - 2);
    const std::string& message = session_.message();
    out_.push_back(painted(message.empty() ? Ink::free : Ink::strong, rule(printable(message))));
    out_.push_back(bottom());
  }
  for (std::string& line : out_) line = fit(line, size_.columns, session_.look().ascii_labels);
  out_.resize(size_.rows);
  return std::move(out_);
}

/// How much of a long command line is out of sight on the left.
std::size_t hidden_of(const Typing& typing, std::size_t columns_there) {
  const std::size_t room = columns_there - prompt.size() - 1;
  const std::size_t before = columns(std::string_view(typing.line).substr(0, typing.cursor));
  return before > room ? before - room : 0;
}

}  // namespace

std::string fit(std::string_view line, std::size_t width, bool as_ascii) {
  std::string out;
  std::size_t used = 0;
  bool coloured = false;
  while (!line.empty() && used <= width) {
    if (const std::size_t length = colour_length(line); length != 0) {
      out += line.substr(0, length);
      coloured = line.substr(0, length) != ink_off;
      line.remove_prefix(length);
      continue;
    }
    const std::size_t end = std::min(line.find('\x1b', line[0] == '\x1b' ? 1 : 0), line.size());
    std::string text = as_ascii ? ascii(line.substr(0, end)) : printable(line.substr(0, end));
    line.remove_prefix(end);
    if (const std::size_t there = columns(text); used + there > width) {
      text = clip(text, width - used);
      line = {};
    }
    used += columns(text);
    out += text;
  }
  if (used < width) out.append(width - used, ' ');
  return coloured ? out.append(ink_off) : out;
}

std::vector<std::string> draw_screen(Session& session, Size size, const Typing& typing) {
  if (!typing.open) return Drawing(session, size, typing).draw();
  Typing seen = typing;
  const std::size_t hidden = hidden_of(typing, size.columns);
  seen.line.erase(0, std::min(hidden, seen.line.size()));
  return Drawing(session, size, seen).draw();
}

std::size_t cursor_column(const Typing& typing, Size size) {
  if (!typing.open) return 0;
  const std::size_t before = columns(std::string_view(typing.line).substr(0, typing.cursor));
  return prompt.size() + before - hidden_of(typing, size.columns) + 1;
}

}  // namespace mempool::viz::step
