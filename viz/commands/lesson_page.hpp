// Lesson page: a window of a log as the page that shows it (page/page.hpp), for `html` and for the
// stepper's export.
//
//     log --one pass--> one pool's calls, as many as a page holds --write_page--> text
//
//     calls |0........|.......................|..............|last
//           left out,  in the page: whole calls, left out,
//           but played                           but counted
//
// A browser keeps all events of a page, so it holds so many and no more. Which calls they are is
// said: in the page, and by left_out to whoever asked for it.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "log/reader.hpp"
#include "model/model.hpp"

namespace mempool::viz {

/// As many events a page holds that was asked for no calls in particular.
inline constexpr u64 usual_page_events = 50'000;

struct PageWish {
  std::string title, source;       // see PageAbout
  std::optional<std::string> ops;  // of the whole log
  std::string quiz;
  bool hex = false;
  std::optional<u32> pool;      // none: the lowest
  std::optional<u64> from, to;  // calls; none: all that a page holds
  std::optional<u64> call;      // where it opens; if there is no `from` the window is around it
};

struct LessonPage {
  std::string text;
  std::string left_out;  // "calls 0 to 3, pool 2"; empty: nothing
};

/// Reads the log to its end. Fails if nothing of it is to be shown.
[[nodiscard]] Result<LessonPage> make_lesson_page(log::Reader& reader, const PageWish& wish);

}  // namespace mempool::viz
