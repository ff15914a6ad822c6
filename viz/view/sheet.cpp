// The sheet: see sheet.hpp.
#include "view/sheet.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "markup.hpp"

namespace mempool::viz {

namespace {

struct Shades {
  const char* light;
  const char* dark;
};

// Told apart by people who see fewer colours too; the names of the lines stand beside them anyway.
constexpr std::array<Shades, 9> palette{{{"#0072b2", "#4db5f0"},
                                         {"#d55e00", "#ff9147"},
                                         {"#00785a", "#3fc79d"},
                                         {"#a4508b", "#e38fc9"},
                                         {"#5b6770", "#a9b6bf"},
                                         {"#8a6d00", "#e6c34a"},
                                         {"#6a4fb3", "#b29df2"},
                                         {"#9a3b3b", "#f08a8a"},
                                         {"#3b7f2a", "#8fd17c"}}};

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
  }
  return text;
}

std::string colors(bool dark) {
  std::string css = dark ? ".ground{fill:#14191e}.ink{fill:#e4eaee}.soft{fill:#9fadb7}"
                           ".grid{stroke:#2c363e}.axis{stroke:#8b98a2}"
                         : ".ground{fill:#ffffff}.ink{fill:#12222e}.soft{fill:#5b6770}"
                           ".grid{stroke:#e3e8eb}.axis{stroke:#5b6770}";
  for (std::size_t i = 0; i < palette.size(); ++i) {
    const char* shade = dark ? palette[i].dark : palette[i].light;
    css += fmt::format(".c{0}{{fill:{1}}}.s{0}{{stroke:{1}}}", i, shade);
  }
  return css;
}

std::string style_sheet() {
  return "<style>text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}"
         ".grid,.axis{stroke-width:1}.thin{fill:none;stroke-width:1.6}"
         ".thick{fill:none;stroke-width:3}.lead{stroke:#8b98a2;stroke-width:.8}"
         ".dash1{stroke-dasharray:8 4}.dash2{stroke-dasharray:2 3}.dash3{stroke-dasharray:10 3 2 3}"
         ".dash4{stroke-dasharray:5 3}.dash5{stroke-dasharray:12 3 2 3 2 3}" +
         colors(false) + "@media (prefers-color-scheme:dark){" + colors(true) + "}</style>\n";
}

}  // namespace

Svg::Svg(double width, double height, std::string_view title) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" "
      "viewBox=\"0 0 {0:g} {1:g}\" role=\"img\">\n<title>{2}</title>\n{3}"
      "<rect class=\"ground\" width=\"{0:g}\" height=\"{1:g}\" rx=\"6\"/>\n",
      width, height, markup_text(title), style_sheet());
}

void Svg::description(std::string_view words) {
  out_ += fmt::format("<desc>{}</desc>\n", markup_text(words));
}

void Svg::image(Point corner, double width, double height, std::string_view png) {
  out_ += fmt::format(
      "<image x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
      "preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>\n",
      corner.x, corner.y, width, height, base64(png));
}

void Svg::text(Point at, std::string_view words, const TextStyle& style) {
  out_ += fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" font-size=\"{:g}\" text-anchor=\"{}\"{}>{}"
      "</text>\n",
      at.x, at.y, style.color, style.size, style.anchor, style.bold ? " font-weight=\"600\"" : "",
      markup_text(words));
}

void Svg::line(Point from, Point to, std::string_view css_class) {
  out_ +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
                  from.x, from.y, to.x, to.y, css_class);
}

void Svg::bar(Point corner, double width, double height, std::string_view css_class) {
  out_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"1\" "
      "class=\"{}\"/>\n",
      corner.x, corner.y, width, height, css_class);
}

void Svg::path(std::string_view points, std::string_view css_class) {
  out_ += fmt::format("<path d=\"{}\" class=\"{}\"/>\n", points, css_class);
}

void Svg::dot(Point center, double radius, std::string_view css_class) {
  out_ += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" class=\"{}\"/>\n", center.x,
                      center.y, radius, css_class);
}

std::string Svg::finish() && {
  out_ += "</svg>\n";
  return std::move(out_);
}

std::string color_class(std::size_t n) {
  return fmt::format("c{}", n % palette.size());
}

std::string stroke_class(std::size_t n) {
  return fmt::format("s{}", n % palette.size());
}

}  // namespace mempool::viz
