// Drawing into files: see picture.hpp.
#include "commands/picture.hpp"

#include <fmt/format.h>

#include <sstream>

#include "model/story.hpp"
#include "shell/graphviz.hpp"
#include "shell/output.hpp"
#include "view/dot.hpp"

namespace mempool::viz {

Caption caption_of(const Frame& frame, const ViewOptions& view) {
  const Story story = tell(frame, view.radix);
  if (view.blank != Blank::nothing)
    return {story.title.substr(0, story.title.find(" →")), "A drawing to complete."};
  return {story.title, fmt::format("{}", fmt::join(story.sentences, " "))};
}

Result<void> draw_dot(const std::string& dot_text, const std::string& file,
                      const Caption& caption) {
  const std::size_t dot = file.rfind('.');
  const std::string format = file.substr(dot + 1);
  if (format == "dot") return write_output(file, dot_text);
  Result<std::string> picture = render(dot_text, format);
  if (!picture) {
    const std::string beside = file.substr(0, dot) + ".dot";
    const Result<void> kept = write_output(beside, dot_text);
    return failure(kept ? fmt::format("{}: not drawn: {}. The DOT text is in {}", file,
                                      picture.error().what, beside)
                        : picture.error().what);
  }
  if (format == "svg") *picture = with_caption(std::move(*picture), caption);
  return write_output(file, *picture);
}

Result<void> draw_picture(const Frame& frame, const ViewOptions& view, const std::string& file) {
  std::ostringstream text;
  write_dot(text, frame, view);
  return draw_dot(text.str(), file, caption_of(frame, view));
}

}  // namespace mempool::viz
