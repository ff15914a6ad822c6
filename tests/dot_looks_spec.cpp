// How the block-list picture is written: texts of programs, offsets, documents and slides, goldens,
// and that Graphviz draws all of it without a word.
//
// What the picture shows is dot_spec.cpp's; whether it is beautiful is for people.
#include <doctest/doctest.h>

#include <cstdlib>

#include "shell/graphviz.hpp"
#include "support/drawing.hpp"
#include "support/golden.hpp"
#include "support/scratch.hpp"

using namespace mempool;
using namespace mempool::tests;
using viz::Radix;
using viz::ViewOptions;

namespace {

constexpr const char* hostile =
    "<b>&\"quoted\"</TABLE>>]; \\N \\G \x1b[31m \xE2\x80\xAE \xFF \xEF\xBF\xBF end";

Scribe hostile_texts() {
  Scribe pool(64, {.name = hostile});
  pool.note(hostile);
  return pool;
}

/// Every scene there is, by name.
std::vector<std::pair<std::string, viz::Frame>> scenes() {
  std::vector<std::pair<std::string, viz::Frame>> all;
  const auto add = [&](const char* name, const Scribe& pool) {
    all.emplace_back(name, frame_of(pool));
  };
  add("empty", Scribe(1));
  add("split", split());
  add("coalesced", coalesced());
  add("overrun", overrun());
  add("hostile", hostile_texts());
  add("long list", long_list(100));
  Scribe crooked(1024, {.align = 16});
  for (const u64 size : {40, 160, 40, 200, 40, 440}) crooked.alloc(size);
  crooked.free(1);
  crooked.free(3);
  crooked.aligned_alloc(128, 100);
  add("aligned, as it lies", crooked);
  crooked.aligned_alloc(64, 16);
  add("aligned, with a gap", crooked);
  crooked.realloc(4, 20);
  add("resized", crooked);
  Scribe pool = overrun();
  pool.free(1);
  add("damage found by a free", pool);
  pool.misuse(POOL_ERROR_DOUBLE_FREE, 64);
  add("misuse", pool);
  pool.alloc(u64_max);
  add("failure", pool);
  pool.snapshot();
  add("snapshot", pool);
  pool.destroy();
  add("leaks", pool);
  all.emplace_back("many", many_blocks(500, 100));
  all.emplace_back("nothing told", viz::Frame{});
  return all;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The statements of some nodes, and the edges: what a golden shows of a picture.
std::string excerpt(const Drawing& drawing, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += drawing.node(name);
  return text + drawing.edges({""});
}

}  // namespace

TEST_CASE("text of a program is text: no markup, no escape of Graphviz's, no control byte") {
  const Drawing drawing(hostile_texts());
  CHECK(drawing.node("note").find("&lt;b&gt;&amp;&quot;quoted&quot;&lt;/TABLE&gt;&gt;]; "
                                  "&#92;&#92;N &#92;&#92;G ~[31m ~ ") != std::string::npos);
  CHECK(drawing.node("moment").find("&lt;b&gt;&amp;&quot;quoted") != std::string::npos);
  CHECK(drawing.dot.find('\x1b') == std::string::npos);
  CHECK(!drawing.has("\xE2\x80\xAE"));
  CHECK(!drawing.has("\xEF\xBF\xBF"));
}

TEST_CASE("a long name is cut, a long note is wrapped and then cut, and both say so") {
  const std::string name(3000, 'n'), note(50'000, 'w');
  Scribe pool(64, {.name = name.c_str()});
  pool.note((note + " and words " + note).c_str());
  const Drawing drawing(pool);
  CHECK(drawing.words("moment").find("nnn…”, call 1") != std::string::npos);
  CHECK(drawing.words("note").ends_with("…"));
  CHECK(drawing.dot.size() < 20'000);
}

TEST_CASE("labels can be kept to ASCII") {
  ViewOptions options;
  options.ascii_labels = true;
  for (const auto& [name, frame] : scenes()) {
    const auto& its_name = name;
    CAPTURE(its_name);
    const Drawing drawing(frame, options);
    CHECK(std::ranges::all_of(drawing.dot, [](char c) { return static_cast<u8>(c) < 0x80; }));
  }
  const Drawing drawing(split(), options);
  CHECK(drawing.words("list_f2") == "f2 look 1 48 &lt; 72 x");
  CHECK(drawing.words("list_f3") == "f3 REST look 2 160 &gt;= 72 ok");
}

TEST_CASE("offsets are said in decimal, in hexadecimal, or in both") {
  ViewOptions options;
  options.radix = Radix::hex;
  CHECK(Drawing(split(), options).words("strip").ends_with("0x0 0x64 0x94 0xD4 0x11C 0x174 0x19C"));
  options.both_radices = true;
  CHECK(Drawing(split(), options)
            .words("strip")
            .ends_with("0x0 0 0x64 100 0x94 148 0xD4 212 0x11C 284 0x174 372 0x19C 412"));
  options.radix = Radix::dec;
  CHECK(Drawing(split(), options).words("strip_end") == "624 0x270");
}

TEST_CASE("every card has a tooltip and a link, so that an SVG can be used by keyboard") {
  const std::vector<Card> cards = cards_of(Drawing(split()));
  CHECK(cards[3].title == "#5: used, 72 bytes asked for, 212 to 284, 72 bytes");
  CHECK(cards[4].title == "f3: free, 284 to 372, 88 bytes");
  for (const Card& card : cards) {
    CHECK(card.attributes.find(" ID=\"" + card.id + "\"") != std::string::npos);
    CHECK(card.attributes.find(" HREF=\"#" + card.id + "\"") != std::string::npos);
  }
}

TEST_CASE("a slide is sixteen to nine, with few cards, large type and no legend") {
  ViewOptions options;
  options.for_slide = true;
  for (const auto& [name, frame] : scenes()) {
    const auto& its_name = name;
    CAPTURE(its_name);
    const Drawing drawing(frame, options);
    CHECK(cards_of(drawing).size() <= 8);
    CHECK(drawing.has("corner_first [pos=\"-20,20!\""));
    CHECK(drawing.has("corner_last [pos=\"1260,-700!\""));
    CHECK(drawing.has("fontsize=18]"));
    CHECK(drawing.node("legend_0").empty());
    for (std::size_t at = 0; (at = drawing.dot.find("POINT-SIZE=\"", at)) != std::string::npos;) {
      const int size = std::stoi(drawing.dot.substr(at += 12, 3));
      const std::size_t text = drawing.dot.find('>', at) + 1;
      const bool is_hatching = drawing.dot[text] == '/';
      CHECK((is_hatching || size >= 18));
    }
  }
}

TEST_CASE("records of a list never lie over each other") {
  Scribe pool(1000);
  for (int i = 0; i < 14; ++i) pool.alloc(i < 10 ? 2 : 100);
  for (int i = 1; i < 14; i += 2) pool.free(static_cast<u64>(i));
  pool.alloc(900);
  const Drawing drawing(pool);
  double behind = 0;
  for (const char* name : {"f2", "f3", "f4", "f5", "f6", "f7", "f8"}) {
    const std::string record = drawing.node("list_" + std::string(name));
    const double center = std::stod(record.substr(record.find("pos=\"") + 5));
    const int width = numbers_of(record, " WIDTH").at(0) + 2 * numbers_of(record, "BORDER").at(0);
    CHECK(center - width / 2.0 > behind);
    behind = center + width / 2.0;
  }
}

TEST_CASE("the same frame gives the same picture, and no address is in it") {
  Scribe pool(256);
  pool.alloc(100);
  pool.misuse(POOL_ERROR_FOREIGN_FREE, POOL_NONE);
  const std::string text = replaced(pool.text(), R"("kind":"foreign_free")",
                                    R"("kind":"foreign_free","address":"0x7f12deadbeef")");
  const viz::Frame frame = frame_of(text, {});
  const Drawing drawing(frame);
  CHECK(drawing.dot == Drawing(frame).dot);
  CHECK(!drawing.has("deadbeef"));
  CHECK(!drawing.has("0x"));
}

TEST_CASE("pictures stay as they are until somebody looks at the change") {
  check_golden("diagram-split.dot", excerpt(Drawing(split()), {"list_f2", "list_f3", "list_b5"}));
  check_golden("diagram-overrun.dot", excerpt(Drawing(overrun()), {"strip", "pointer_0"}));
}

TEST_CASE("Graphviz draws every scene without a word") {
  const Result<std::string> dot = viz::find_dot();
  if (!dot) {
    MESSAGE("Graphviz is not there, so nothing is drawn: " << dot.error().what);
    return;
  }
  for (const bool for_slide : {false, true}) {
    for (const auto& [name, frame] : scenes()) {
      const auto& its_name = name;
      CAPTURE(its_name);
      ViewOptions options;
      options.for_slide = options.both_radices = for_slide;
      const Scratch file(Drawing(frame, options).dot, ".dot");
      const std::string said = file.path() + ".said";
      const std::string command =
          "'" + *dot + "' -Tsvg '" + file.path() + "' 2>'" + said + "' >'" + said + ".svg'";
      CHECK(std::system(command.c_str()) == 0);
      CHECK(std::filesystem::file_size(said) == 0);
      CHECK(std::filesystem::file_size(said + ".svg") > 1000);
      if (name == "hostile")
        CHECK(contents(said + ".svg").find("\\N \\G ~[31m") != std::string::npos);
      std::filesystem::remove(said);
      std::filesystem::remove(said + ".svg");
    }
  }
}
