// Words and movement for Graphviz's SVG: see dot_svg.hpp.
#include "view/dot_svg.hpp"

#include <fmt/format.h>

#include <string_view>

#include "markup.hpp"

namespace mempool::viz {

namespace {

constexpr int seconds_a_frame = 3;
constexpr int button_height = 34;  // under the pictures

/// Calls see(text before, match) and replaces the match by what it answers, from left to right.
template <class Answer>
std::string replace_all(std::string_view text, std::string_view from, Answer answer) {
  std::string made;
  for (std::size_t at = 0; (at = text.find(from)) != std::string_view::npos;) {
    made += text.substr(0, at);
    text.remove_prefix(at + from.size());
    made += answer(text);
  }
  return made += text;
}

/// dot names every node and edge in a title, which says nothing to people ("strip", "a->b"); what
/// a link says is an attribute, and is repeated as the one that every screen reader knows.
std::string with_names(std::string_view body) {
  const std::string untitled = replace_all(body, "<title>", [](std::string_view& rest) {
    constexpr std::string_view close = "</title>\n";
    const std::size_t end = rest.find(close);
    if (end == std::string_view::npos) return "<title>";
    rest.remove_prefix(end + close.size());
    return "";
  });
  return replace_all(untitled, "xlink:title=\"", [](std::string_view& rest) {
    const std::string title(rest.substr(0, rest.find('"')));
    return fmt::format("aria-label=\"{}\" xlink:title=\"", title);
  });
}

std::string words(const Caption& caption, std::string_view id) {
  return fmt::format("<title id=\"{0}title\">{1}</title>\n<desc id=\"{0}desc\">{2}</desc>\n", id,
                     markup_text(caption.title), markup_text(caption.description));
}

/// An SVG taken apart: what stands before the root element, its attributes, and what is in it.
struct Svg {
  std::string_view before, attributes, body;
};

bool take_apart(std::string_view svg, Svg& parts) {
  const std::size_t root = svg.find("<svg");
  if (root == std::string_view::npos) return false;
  const std::size_t end = svg.find('>', root), close = svg.rfind("</svg>");
  if (end == std::string_view::npos || close == std::string_view::npos || close < end) return false;
  parts = {svg.substr(0, root), svg.substr(root + 4, end - root - 4),
           svg.substr(end + 1, close - end - 1)};
  return true;
}

double number_after(std::string_view text, std::string_view what) {
  const std::size_t at = text.find(what);
  return at == std::string_view::npos
             ? 0
             : std::strtod(std::string(text.substr(at + what.size(), 24)).c_str(), nullptr);
}

std::string style(std::size_t frames) {
  return fmt::format(
      "<style>\n"
      ".frame{{visibility:hidden;animation:show {}s step-end infinite}}\n"
      "@keyframes show{{0%{{visibility:visible}}{:.4f}%,100%{{visibility:hidden}}}}\n"
      "svg:hover .frame,svg:focus-within .frame{{animation-play-state:paused}}\n"
      ".frame:target{{visibility:visible;animation:none}}\n"
      "svg:has(.frame:target) .frame:not(:target){{visibility:hidden;animation:none}}\n"
      "@media (prefers-reduced-motion:reduce){{.frame{{animation:none}}"
      ".frame.last{{visibility:visible}}"
      "svg:has(.frame:target) .frame.last:not(:target){{visibility:hidden}}}}\n"
      ".button rect{{fill:#fff;stroke:#555}}.button:focus rect,.button:hover rect"
      "{{fill:#dbe9f6;stroke:#000;stroke-width:2}}\n"
      "</style>\n",
      seconds_a_frame * static_cast<int>(frames), 100.0 / static_cast<double>(frames));
}

std::string button(const SvgFrame& frame, std::size_t number, double x, double y, double width) {
  return fmt::format(
      "<a class=\"button\" href=\"#frame{}\" aria-label=\"show {}\">"
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"24\" rx=\"5\"/>"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" font-size=\"13\" "
      "font-family=\"DejaVu Sans,Helvetica,Arial,sans-serif\">{}</text></a>\n",
      number, markup_text(frame.caption.title), x, y, width - 6, x + (width - 6) / 2, y + 17,
      markup_text(frame.label));
}

}  // namespace

std::string with_caption(std::string svg, const Caption& caption) {
  Svg parts;
  if (!take_apart(svg, parts)) return svg;
  return fmt::format("{}<svg role=\"group\" aria-labelledby=\"title desc\"{}>\n{}{}</svg>\n",
                     parts.before, parts.attributes, words(caption, ""), with_names(parts.body));
}

std::string animate(const std::vector<SvgFrame>& frames, const Caption& caption) {
  Svg first;
  if (frames.empty() || !take_apart(frames.front().svg, first)) return "";
  const double width = number_after(first.attributes, "width=\"");
  const double height = number_after(first.attributes, "height=\"");
  std::string made = fmt::format(
      "{}<svg role=\"group\" aria-labelledby=\"title desc\" width=\"{:.0f}pt\" "
      "height=\"{:.0f}pt\" viewBox=\"0 0 {:.2f} {:.2f}\" xmlns=\"http://www.w3.org/2000/svg\" "
      "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n{}{}<rect width=\"100%\" height=\"100%\" "
      "fill=\"#fff\"/>\n",
      first.before, width, height + button_height, width, height + button_height,
      words(caption, ""), style(frames.size()));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    Svg parts;
    if (!take_apart(frames[i].svg, parts)) return "";
    const std::string id = fmt::format("f{}-", i + 1);
    std::string body = replace_all(with_names(parts.body), " id=\"",
                                   [&](std::string_view&) { return " id=\"" + id; });
    body = replace_all(body, "xlink:href=\"#",
                       [&](std::string_view&) { return "xlink:href=\"#" + id; });
    made += fmt::format(
        "<g class=\"frame{}\" id=\"frame{}\" role=\"group\" "
        "aria-labelledby=\"{}title\" style=\"animation-delay:{}s\">\n{}{}</g>\n",
        i + 1 == frames.size() ? " last" : "", i + 1, id, seconds_a_frame * static_cast<int>(i),
        words(frames[i].caption, id), body);
  }
  const double each = std::min(60.0, (width - 16) / static_cast<double>(frames.size()));
  for (std::size_t i = 0; i < frames.size(); ++i)
    made += button(frames[i], i + 1, 8 + each * static_cast<double>(i), height + 4, each);
  return made + "</svg>\n";
}

}  // namespace mempool::viz
