// show, dump and bare op lists: one frame, one text view. See text.hpp.
#include "commands/text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "commands/book.hpp"
#include "commands/commands.hpp"
#include "shell/output.hpp"
#include "view/terminal.hpp"

namespace mempool::viz {

namespace {

constexpr u64 most_calls = 24;  // of an op list, that are shown at once

std::string draw(std::string_view view, const Frame& frame, const Options& options,
                 const Frame* diff) {
  ViewOptions look = options.view;
  look.colour = wants_colour(options);
  look.diff = diff;
  std::ostringstream text;
  find_view(view)->write(text, frame, look);
  return std::move(text).str();
}

Result<int> write_one(std::string_view view, const Options& options) {
  const Result<Loaded> loaded = load_frame(options);
  if (!loaded) return tl::make_unexpected(loaded.error());
  return write_text(view, *loaded, options);
}

}  // namespace

/// Asked for, or wanted by a terminal whose user has not said NO_COLOR.
bool wants_colour(const Options& options) {
  if (options.colour != Colour::automatic) return options.colour == Colour::always;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return options.output.empty() && ::isatty(STDOUT_FILENO) == 1;
}

Palette palette_of(const Options& options) {
  return wants_colour(options) ? Palette::dark : Palette::none;
}

Result<int> write_text(std::string_view view, const Loaded& loaded, const Options& options,
                       const Frame* diff) {
  const std::string text = draw(view, loaded.frame, options, diff);
  if (const Result<void> written = write_output(options.output, text); !written)
    return tl::make_unexpected(written.error());
  return loaded.status;
}

Result<int> commands::show(const Options& options) {
  return write_one("show", options);
}

// Every call, one below the other, so that a short list reads as a story.
Result<int> commands::ops(const Options& options) {
  if (options.moment.call || options.moment.seq) return write_one("terminal", options);
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  const Result<Frame> last = last_frame(*book);
  if (!last) return tl::make_unexpected(last.error());
  const u64 calls = last->call;
  const u64 first = calls > most_calls ? calls - most_calls + 1 : 1;
  std::string text;
  if (first > 1) {
    text = fmt::format("calls 1 to {} are left out here; --step N shows one\n\n", first - 1);
  }
  for (u64 call = first; call < calls; ++call) {
    const Result<Frame> frame = frame_at(*book, call);
    if (!frame) return tl::make_unexpected(frame.error());
    text += draw("terminal", *frame, options, nullptr);
  }
  text += draw("terminal", *last, options, nullptr);
  std::ostringstream sums;
  write_terminal_sums(sums, *last, options.view);
  text += sums.view();
  if (const Result<void> written = write_output(options.output, text); !written)
    return tl::make_unexpected(written.error());
  return book->status;
}

Result<int> commands::dump(const Options& options) {
  if (!options.diff) return write_one("dump", options);
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  const Result<Frame> earlier = frame_at(*book, *options.diff);
  if (!earlier) return tl::make_unexpected(earlier.error());
  Result<Frame> frame =
      options.moment.call ? frame_at(*book, *options.moment.call) : last_frame(*book);
  if (!frame) return tl::make_unexpected(frame.error());
  return write_text("dump", {std::move(*frame), book->status}, options, &*earlier);
}

}  // namespace mempool::viz
