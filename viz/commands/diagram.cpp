// diagram: the block-list picture, as DOT text or through Graphviz.
//
// Without Graphviz, or when it fails, the DOT text is kept beside, so that the work is not lost;
// the picture itself is whole or not there.
#include <fmt/format.h>
#include <unistd.h>

#include <sstream>

#include "commands/commands.hpp"
#include "commands/source.hpp"
#include "shell/graphviz.hpp"
#include "shell/output.hpp"

namespace mempool::viz {

namespace {

Caption caption_of(const Frame& frame, Radix radix) {
  const Story story = tell(frame, radix);
  return {story.title, fmt::format("{}", fmt::join(story.sentences, " "))};
}

Result<void> draw(const std::string& dot_text, const Frame& frame, const Options& options) {
  const std::string& file = options.output;
  const std::size_t dot = file.rfind('.');
  const std::string format = file.substr(dot + 1);
  Result<std::string> picture = render(dot_text, format);
  if (!picture) {
    const std::string beside = file.substr(0, dot) + ".dot";
    const Result<void> kept = write_output(beside, dot_text);
    return failure(kept ? fmt::format("{}: not drawn: {}. The DOT text is in {}", file,
                                      picture.error().what, beside)
                        : picture.error().what);
  }
  if (format == "svg")
    *picture = with_caption(std::move(*picture), caption_of(frame, options.view.radix));
  return write_output(file, *picture);
}

}  // namespace

Result<int> commands::diagram(const Options& options) {
  if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
    return failure(
        "DOT text is not for a terminal: say -o FILE.svg (or .png, .pdf, .dot), or "
        "pipe it to dot");
  const Result<Loaded> loaded = load_frame(options);
  if (!loaded) return tl::make_unexpected(loaded.error());
  std::ostringstream text;
  find_view("dot")->write(text, loaded->frame, options.view);
  const bool as_dot = options.output.empty() || options.output.ends_with(".dot");
  const Result<void> written =
      as_dot ? write_output(options.output, text.view()) : draw(text.str(), loaded->frame, options);
  if (!written) return tl::make_unexpected(written.error());
  return loaded->status;
}

}  // namespace mempool::viz
