// What is added to Graphviz's SVG: words for those who do not see it, and movement without a
// script.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "view/dot_svg.hpp"

using namespace mempool::viz;

namespace {

constexpr const char* drawn =
    "<?xml version=\"1.0\"?>\n"
    "<svg width=\"800pt\" height=\"400pt\"\n viewBox=\"0 0 800 400\" "
    "xmlns=\"http://www.w3.org/2000/svg\">\n"
    "<g id=\"block_list\" class=\"graph\">\n<title>block_list</title>\n"
    "<g id=\"node1\" class=\"node\">\n<title>strip</title>\n"
    "<g id=\"a_b17\"><a xlink:href=\"#b17\" xlink:title=\"#17: used\">\n<text>#17</text>\n</a>\n"
    "</g>\n</g>\n</g>\n</svg>\n";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++times;
  return times;
}

std::string moving(std::size_t frames) {
  std::vector<SvgFrame> pictures;
  for (std::size_t i = 0; i < frames; ++i)
    pictures.push_back(
        {drawn, {"pool_alloc(" + std::to_string(i) + ")", "a & b"}, std::to_string(i)});
  return animate(pictures, {"calls", "all"});
}

}  // namespace

TEST_CASE("a picture has a title and a description, and its blocks have names") {
  const std::string svg = with_caption(drawn, {"pool_free(#1) <now>", "\"a\" & b"});
  CHECK(svg.find("<svg role=\"group\" aria-labelledby=\"title desc\"") != std::string::npos);
  CHECK(svg.find("<title id=\"title\">pool_free(#1) &lt;now&gt;</title>") != std::string::npos);
  CHECK(svg.find("<desc id=\"desc\">&quot;a&quot; &amp; b</desc>") != std::string::npos);
  CHECK(svg.find("aria-label=\"#17: used\" xlink:title=\"#17: used\"") != std::string::npos);
}

TEST_CASE("what dot calls its nodes is not read out") {
  const std::string svg = with_caption(drawn, {"t", "d"});
  CHECK(count(svg, "<title") == 1);
}

TEST_CASE("a text that is no picture is left alone") {
  CHECK(with_caption("no picture", {"t", "d"}) == "no picture");
  CHECK(animate({}, {"t", "d"}).empty());
  CHECK(animate({{"no picture", {}, ""}}, {"t", "d"}).empty());
}

TEST_CASE("a moving picture holds every frame once, and no id or link of one is another's") {
  const std::string svg = moving(3);
  CHECK(count(svg, "class=\"frame") == 3);
  CHECK(count(svg, "class=\"frame last\"") == 1);
  CHECK(count(svg, "class=\"button\"") == 3);
  std::map<std::string, int> ids;
  for (std::size_t at = 0; (at = svg.find(" id=\"", at)) != std::string::npos;) {
    at += 5;
    ++ids[svg.substr(at, svg.find('"', at) - at)];
  }
  for (const auto& [id, times] : ids) {
    const auto& its_id = id;
    CAPTURE(its_id);
    CHECK(times == 1);
  }
  CHECK(ids.contains("f2-a_b17"));
  CHECK(svg.find("xlink:href=\"#f2-b17\"") != std::string::npos);
  CHECK(svg.find("aria-label=\"show pool_alloc(1)\"") != std::string::npos);
}

TEST_CASE(
    "a moving picture shows each frame for its time, halts, and honours who wants no motion") {
  const std::string svg = moving(4);
  CHECK(svg.find("animation:show 12s step-end infinite") != std::string::npos);
  CHECK(svg.find("25.0000%,100%{visibility:hidden}") != std::string::npos);
  CHECK(svg.find("animation-delay:9s") != std::string::npos);
  CHECK(svg.find("animation-play-state:paused") != std::string::npos);
  CHECK(svg.find("@media (prefers-reduced-motion:reduce){.frame{animation:none}") !=
        std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
}
