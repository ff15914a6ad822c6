// diagram: the block-list picture, as DOT text or through Graphviz; one, or a sequence of them.
//
//     frame --DOT--> .dot, or Graphviz --> .svg .png .pdf
//     frames of --steps A..B --DOT, all of one size--> a file each in a folder, or one that moves
//
// Without Graphviz, or when it fails, the DOT text is kept beside, so that the work is not lost;
// the picture itself is whole or not there.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "commands/book.hpp"
#include "commands/commands.hpp"
#include "commands/picture.hpp"
#include "commands/source.hpp"
#include "shell/graphviz.hpp"
#include "shell/output.hpp"
#include "shell/progress.hpp"
#include "view/dot.hpp"
#include "view/dot_svg.hpp"

namespace mempool::viz {

namespace {

/// "sheet.svg" has its answers in "sheet-key.svg".
Result<void> draw_key(const Frame& frame, const Options& options) {
  const std::size_t dot = options.output.rfind('.');
  ViewOptions view = options.view;
  view.blank = Blank::nothing;
  return draw_picture(frame, view,
                      options.output.substr(0, dot) + "-key" + options.output.substr(dot));
}

// ---- a sequence

constexpr u64 most_frames = 200;

struct Sequence {
  std::vector<Frame> frames;
  int status = good;
};

Result<Sequence> load_sequence(const Options& options) {
  const auto [from, to] = *options.steps;
  if (to - from >= most_frames)
    return failure(fmt::format("--steps {}..{}: {} pictures are too many; at most {} at a time",
                               from, to, to - from + 1, most_frames));
  Result<Book> book = open_book(options);
  if (!book) return tl::make_unexpected(book.error());
  Sequence sequence{{}, book->status};
  for (u64 call = from; call <= to; ++call) {
    Result<Frame> frame = frame_at(*book, call);
    if (!frame) return tl::make_unexpected(frame.error());
    sequence.frames.push_back(std::move(*frame));
  }
  return sequence;
}

Caption caption_of(const Sequence& sequence, Radix radix) {
  std::string titles;
  for (const Frame& frame : sequence.frames)
    titles += fmt::format("{}call {}: {}", titles.empty() ? "" : "; ", frame.call,
                          tell(frame, radix).title);
  return {fmt::format("A memory pool, calls {} to {}", sequence.frames.front().call,
                      sequence.frames.back().call),
          titles};
}

/// All pictures in one file, one after the other.
Result<void> draw_moving(const Sequence& sequence, const std::vector<std::string>& dots,
                         const Options& options) {
  std::vector<SvgFrame> pictures;
  ProgressLine progress("drawing");
  for (std::size_t i = 0; i < dots.size(); ++i) {
    Result<std::string> svg = render(dots[i], "svg");
    if (!svg) return tl::make_unexpected(svg.error());
    const Frame& frame = sequence.frames[i];
    pictures.push_back(
        {std::move(*svg), caption_of(frame, options.view), fmt::format("{}", frame.call)});
    progress(static_cast<double>(i + 1) / static_cast<double>(dots.size()));
  }
  return write_output(options.output, animate(pictures, caption_of(sequence, options.view.radix)));
}

/// A file a call: "call-0041.svg".
Result<void> draw_folder(const Sequence& sequence, const std::vector<std::string>& dots,
                         const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) return failure(fmt::format("{}: {}", options.output, error.message()));
  ProgressLine progress("drawing");
  for (std::size_t i = 0; i < dots.size(); ++i) {
    const Frame& frame = sequence.frames[i];
    const std::string file =
        fmt::format("{}/call-{:04}.{}", options.output, frame.call, options.format);
    if (Result<void> drawn = draw_dot(dots[i], file, caption_of(frame, options.view)); !drawn)
      return drawn;
    progress(static_cast<double>(i + 1) / static_cast<double>(dots.size()));
  }
  return {};
}

Result<int> diagram_sequence(const Options& options) {
  const Result<Sequence> sequence = load_sequence(options);
  if (!sequence) return tl::make_unexpected(sequence.error());
  const Result<std::vector<std::string>> dots = draw_sequence(sequence->frames, options.view);
  if (!dots) return tl::make_unexpected(dots.error());
  const Result<void> drawn = options.output.ends_with(".svg")
                                 ? draw_moving(*sequence, *dots, options)
                                 : draw_folder(*sequence, *dots, options);
  if (!drawn) return tl::make_unexpected(drawn.error());
  return sequence->status;
}

}  // namespace

Result<int> commands::diagram(const Options& options) {
  if (options.steps) return diagram_sequence(options);
  if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
    return failure(
        "DOT text is not for a terminal: say -o FILE.svg (or .png, .pdf, .dot), or "
        "pipe it to dot");
  const Result<Loaded> loaded = load_frame(options);
  if (!loaded) return tl::make_unexpected(loaded.error());
  const Frame& frame = loaded->frame;
  Result<void> written = {};
  if (options.output.empty()) {
    std::ostringstream text;
    write_dot(text, frame, options.view);
    written = write_output("", text.view());
  } else {
    written = draw_picture(frame, options.view, options.output);
    if (written && options.view.blank != Blank::nothing) written = draw_key(frame, options);
  }
  if (!written) return tl::make_unexpected(written.error());
  return loaded->status;
}

}  // namespace mempool::viz
