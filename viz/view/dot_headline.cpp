// Headline: the call, its story in sentences, and the note it carries.
//
// Written last, on a canvas of its own above the picture: on a slide it gets the lines that the
// picture leaves it.
#include <fmt/format.h>

#include <algorithm>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

namespace {

constexpr std::size_t most_note_lines = 8;

const pool_event_note* find_note(const Frame& frame) {
  for (const OwnedEvent& event : frame.events)
    if (event->kind == POOL_EVENT_NOTE && event->as.note.text != nullptr) return &event->as.note;
  return nullptr;
}

std::string moment_text(const Picture& p) {
  const Frame& frame = p.frame;
  std::string text = fmt::format("call {} of {}", frame.call, frame.last_call);
  if (!frame.complete) text += " (the log is cut)";
  std::string pool = p.model().name.empty()
                         ? fmt::format("pool {}", p.model().pool)
                         : fmt::format("pool {} “{}”", p.model().pool,
                                       cut(p.model().name, p.full_width() / 4.0, p.style.small));
  if (!p.model().recorded.empty())
    pool += fmt::format(", recorded calls of {}",
                        cut(p.model().recorded, p.full_width() / 4.0, p.style.small));
  if (!frame.other_pools.empty()) pool += fmt::format(" (of {})", frame.other_pools.size() + 1);
  return pool + ", " + text;
}

/// What is to be done with a drawing that leaves something out.
std::string_view task(Blank blank) {
  switch (blank) {
    case Blank::nothing: break;
    case Blank::lists:
      return "Write the names into the records, and draw the arrows of both lists.";
    case Blank::sizes: return "Write the size of each block, where it begins, and the sums.";
    case Blank::all:
      return "The bar shows the pool before the call. Write into each block its name, whether it "
             "is "
             "free, and its size; then draw both lists.";
  }
  return "";
}

/// Without what came of it: "pool_alloc(50)".
std::string title_of(const Picture& p) {
  const std::string title = p.story.op == Op::note ? "pool_note" : p.story.title;
  return p.blank() ? title.substr(0, title.find(" →")) : title;
}

/// Sentences flow; what is found damaged stands on lines of its own.
std::vector<std::string> story_lines(const Picture& p, double width) {
  if (p.blank()) return wrap(task(p.options.blank), width, p.style.text);
  std::vector<std::string> paragraphs;
  for (const std::string& sentence : p.story.sentences) {
    const bool apart = sentence.starts_with("✗");
    if (paragraphs.empty() || apart || paragraphs.back().starts_with("✗"))
      paragraphs.push_back(sentence);
    else
      paragraphs.back() += " " + sentence;
  }
  std::vector<std::string> lines;
  for (const std::string& paragraph : paragraphs)
    for (std::string& line : wrap(paragraph, width, p.style.text)) lines.push_back(std::move(line));
  return lines;
}

/// At most this many lines; the last one says that there were more.
void shorten(std::vector<std::string>& lines, std::size_t most) {
  if (lines.size() <= most) return;
  lines.resize(most);
  if (!lines.empty()) lines.back() += " …";
}

/// Lines of markup; the word before the colon of a finding is bold.
std::string joined(const Picture& p, const std::vector<std::string>& lines, int size) {
  std::string html;
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    const std::size_t bold = line.starts_with("✗") && colon != std::string::npos ? colon + 1 : 0;
    html += p.say(line.substr(0, bold), size, "", true) + p.say(line.substr(bold), size) +
            "<BR ALIGN=\"LEFT\"/>";
  }
  return html;
}

int draw_note(const Picture& p, Canvas& canvas, const pool_event_note& note, int y) {
  const int size = p.style.text, width = p.full_width();
  std::vector<std::string> lines = wrap(note.text, width - 40, size);
  shorten(lines, p.slide() ? 2 : most_note_lines);
  if (lines.empty()) return 0;
  const int height = static_cast<int>(static_cast<double>(lines.size()) * size * 1.3) + 12;
  canvas.table(
      "note", {0, y, width, height},
      {fmt::format("BORDER=\"1\" COLOR=\"{}\" BGCOLOR=\"{}\" CELLBORDER=\"0\" "
                   "CELLSPACING=\"0\" CELLPADDING=\"5\"",
                   colour::guard_edge, colour::note),
       "<TR>" + cell(width - 2, height - 2, "ALIGN=\"LEFT\"", joined(p, lines, size)) + "</TR>"});
  return height + 8;
}

}  // namespace

int draw_headline(const Picture& p, Canvas& canvas, int most_height) {
  const Style& style = p.style;
  const int width = p.full_width();
  const pool_event_note* note = find_note(p.frame);
  const std::string moment = moment_text(p);
  const double moment_width = text_width(moment, style.small) + 20;
  const std::string title = title_of(p);
  const int title_height = style.title + 10;
  canvas.text("title", {0, 0, width, title_height}, "LEFT",
              p.say(cut(title, width - moment_width, style.title, true), style.title, "", true));
  canvas.text("moment", {0, 0, width, title_height}, "RIGHT",
              p.say(moment, style.small, colour::grey));
  int y = title_height;

  const double line_height = style.text * 1.3;
  std::vector<std::string> lines = story_lines(p, width);
  const int room = most_height - y - (note == nullptr ? 0 : 2 * style.text + 30);
  shorten(lines, static_cast<std::size_t>(std::max(1.0, room / line_height)));
  if (!lines.empty()) {
    const int height = static_cast<int>(static_cast<double>(lines.size()) * line_height) + 4;
    canvas.text("story", {0, y, width, height}, "LEFT", joined(p, lines, style.text));
    y += height;
  }
  y += 6;
  if (note != nullptr) y += draw_note(p, canvas, *note, y);
  return y + (p.slide() ? 2 : 6);
}

}  // namespace mempool::viz::dot
