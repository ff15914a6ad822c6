// Out of the session and back: pictures, texts, and commands in files. See session.hpp.
// Files are Outside's: this makes their texts.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "step/session.hpp"

namespace mempool::viz::step {

Answer Session::export_to(std::string_view arguments) {
  constexpr const char* expected =
      "svg, png, pdf, html, dot, dump or show and a file is expected: export svg call.svg";
  const std::string_view kind = take_word(arguments);
  constexpr std::string_view kinds[] = {"svg", "png", "pdf", "html", "dot", "dump", "show"};
  if (arguments.empty() || std::ranges::find(kinds, kind) == std::end(kinds))
    return bad_answer(expected);
  const Result<std::string> made = made_as(kind);
  if (!made) return bad_answer(fmt::format("{}: not made: {}", arguments, made.error().what));
  const std::string file(arguments);
  if (const Result<void> done = outside_.write(file, *made); !done)
    return bad_answer(done.error().what);
  return good_answer(fmt::format("{} is written: call {}", printable(file), frame_.call));
}

/// This moment in a form for elsewhere.
Result<std::string> Session::made_as(std::string_view kind) {
  if (kind == "html") return outside_.page(cursor_.from_start(), cursor_.pool(), frame_.call);
  const bool picture = kind == "svg" || kind == "png" || kind == "pdf";
  ViewOptions look = look_;
  look.colour = false;
  std::ostringstream written;
  find_view(picture ? "dot" : kind)->write(written, frame(), look);
  std::string text = std::move(written).str();
  if (picture) return outside_.render(text, kind);
  return text;
}

Answer Session::source(std::string_view arguments) {
  constexpr int deepest = 8;
  if (arguments.empty()) return bad_answer("the name of a file is expected: source lesson.step");
  if (depth_ >= deepest) return bad_answer("files that source each other are not followed further");
  const Result<std::string> file = outside_.read(std::string(arguments));
  if (!file) return bad_answer(file.error().what);
  Answer all;
  ++depth_;
  std::istringstream lines(*file);
  u64 number = 0;
  for (std::string line; all.good && !all.quits && std::getline(lines, line);) {
    ++number;
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    if (word.empty() || word == "#" || word.starts_with("//")) continue;
    Answer answer = carry_out(line);
    if (!answer.good) all.text += fmt::format("{}, line {}: ", printable(arguments), number);
    all.text += answer.text;
    all.good = answer.good;
    all.quits = answer.quits;
    all.moved = all.moved || answer.moved;
  }
  --depth_;
  return all;
}

Answer Session::save(std::string_view arguments) {
  if (arguments.empty()) return bad_answer("the name of a file is expected: save lesson.step");
  std::string text = "# stops, marks and displays of mempool-viz step\n";
  u64 number = 0;
  for (const Stop& stop : stops_) {
    ++number;  // as the session that reads it will number them
    text += fmt::format("{} {}\n",
                        stop.watched ? "watch"
                        : stop.once  ? "tbreak"
                                     : "break",
                        stop.text);
    if (stop.further) text += fmt::format("condition {} {}\n", number, stop.further->text());
    if (stop.ignore != 0) text += fmt::format("ignore {} {}\n", number, stop.ignore);
  }
  for (const auto& [name, call] : marks_) text += fmt::format("mark {} {}\n", name, call);
  for (const auto& [id, command] : displays_) text += fmt::format("display {}\n", command);
  const std::string file(arguments);
  if (const Result<void> done = outside_.write(file, text); !done)
    return bad_answer(done.error().what);
  return good_answer(fmt::format("{} is written", printable(file)));
}

}  // namespace mempool::viz::step
