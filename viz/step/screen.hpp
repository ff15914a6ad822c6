// Screen: a session as the lines of a terminal, every one as wide as it, as many as it has.
//
//     head line                where, and the pool's settings
//     free list, map, used     as the terminal view draws them
//     -- calls --              around this one; of one call its events
//     -- why --                and an answer, below it or in its place; the bytes if there is room
//     -- message ---           why it stands here; below, the keys or the command line
//
// Pure: it draws what it is given, and `screen` prints the same. From 80x24 up; with 120 columns
// the calls stand beside the reasons. Whatever a log says, no control byte but our own colours is
// drawn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "step/session.hpp"

namespace mempool::viz::step {

struct Size {
  std::size_t columns = 80, rows = 24;
};

/// What is typed, and what was answered.
struct Typing {
  bool open = false;       // there is a command line
  std::string line;        // in it
  std::size_t cursor = 0;  // bytes before the cursor
  std::string title;       // of the answer: the command
  std::string answer;      // empty: none
  std::size_t scroll = 0;  // lines of the answer that are above its pane
  bool busy = false;       // a search goes on
};

[[nodiscard]] std::vector<std::string> draw_screen(Session& session, Size size,
                                                   const Typing& typing);

/// Where the cursor stands in the last line; 0: it is not to be seen.
[[nodiscard]] std::size_t cursor_column(const Typing& typing, Size size);

/// The line as wide as a pane: cut or filled up. Colours of ours are kept and not counted, nothing
/// else of a terminal's language passes; of other characters none if it is to be ASCII.
[[nodiscard]] std::string fit(std::string_view line, std::size_t width, bool as_ascii = false);

// ---- screen_calls.cpp
/// So many lines of calls, or of the events of one, around where the session stands.
[[nodiscard]] std::vector<std::string> draw_calls(Session& session, std::size_t width,
                                                  std::size_t rows);

}  // namespace mempool::viz::step
