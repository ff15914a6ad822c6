// The block-list picture, as DOT text: what stands on cards, records and bars, and that nothing is
// lost in folds and atlas.
//
// Texts of programs, radixes, slides, goldens and Graphviz itself are dot_looks_spec.cpp's.
#include <doctest/doctest.h>

#include <cstdlib>

#include "support/drawing.hpp"

using namespace mempool;
using namespace mempool::tests;

namespace {

const std::vector<std::string> free_list{"list_f", "left_f", "free_list"};
const std::vector<std::string> used_list{"list_b", "used_list"};

struct Counts {
  u64 used = 0, used_bytes = 0, free = 0, free_bytes = 0;
};

/// What the tooltip of a card or fold counts.
Counts counts_of(const std::string& title) {
  if (title.find(" blocks, ") == std::string::npos) {
    const u64 bytes = std::stoull(title.substr(title.rfind(", ") + 2));
    return title.starts_with('#') ? Counts{1, bytes, 0, 0} : Counts{0, 0, 1, bytes};
  }
  const std::string used = title.substr(0, title.find(" free with"));
  const std::string free = title.substr(used.size());
  return {number_before(title, " used with"), number_before(used, " byte"),
          number_before(title, " free with"), number_before(free, " byte")};
}

}  // namespace

// ---- the strip

TEST_CASE("every block has one card, in address order, with its number and size") {
  const Drawing drawing(split());
  CHECK(ids_of(drawing) == "b0 f2 b2 b5 f3 b4 f1");
  CHECK(card_words(drawing, "b0") == "#0 100 B");
  CHECK(card_words(drawing, "b5") == "#5 72 B");
  CHECK(card_words(drawing, "f1") == "f1 212 B");
  CHECK(drawing.words("strip").ends_with(" 0 100 148 212 284 372 412"));
  CHECK(drawing.words("strip_end") == "624");
}

TEST_CASE("cards tile: together they are as wide as the bar") {
  for (const Scribe& pool : {split(), overrun(), long_list(60)}) {
    const Drawing drawing(pool);
    int sum = 0;
    for (const Card& card : cards_of(drawing)) sum += card.width;
    int bar_width = 0;
    for (const int width : numbers_of(drawing.node("bar"), " WIDTH")) bar_width += width;
    CHECK(sum == bar_width);
  }
}

TEST_CASE("a card's width is true, or the card says that it is not") {
  Scribe pool(1 << 20);
  for (const u64 size : {400, 8, 800}) pool.alloc(size);
  const Drawing drawing(pool);
  const std::vector<Card> cards = cards_of(drawing);
  REQUIRE(cards.size() == 4);
  CHECK(std::abs(cards[2].width - 2 * cards[0].width) <= 1);
  CHECK(cards[1].words == "#1 8 B ↔");
  CHECK(cards[3].words == "⌇⌇ f1 1047368 B was 1048168");
  CHECK(drawing.words("legend_0").find("↔ wider than to scale") != std::string::npos);
}

TEST_CASE("what a call changed has a wide black edge, and only that") {
  for (const Card& card : cards_of(Drawing(split()))) {
    const bool changed = card.id == "b5" || card.id == "f3";
    const bool wide = card.attributes.find("BORDER=\"3\" COLOR=\"#000000\"") != std::string::npos;
    CHECK(wide == changed);
  }
}

TEST_CASE("a split says what the free block was, a coalesced block what its parts were") {
  CHECK(card_words(Drawing(split()), "f3") == "f3 88 B was 160");
  const Drawing drawing(coalesced());
  CHECK(card_words(drawing, "f2") == "f2 272 B 48 + 64 + 160");
  CHECK(drawing.words("list_f2") == "f2 COALESCED");
  CHECK(drawing.count("  ghost_f2_0_") > 0);
  CHECK(drawing.count("  ghost_f2_1_") > 0);
  CHECK(drawing.count("  ghost_f2_2_") == 0);
}

TEST_CASE("guards carry a letter, a damaged guard another one") {
  const Drawing intact(guarded());
  CHECK(card_words(intact, "b1") == "G #1 56 B 40 asked G");
  const Drawing drawing(overrun());
  CHECK(card_words(drawing, "b1") == "G #1 56 B 40 asked ✗");
  CHECK(drawing.words("list_b1") == "#1 guard ✗");
  CHECK(drawing.words("pointer_0") == "✗ #1: 3 of 8 guard bytes, from 88");
  CHECK(drawing.words("legend_0").find("✗ damaged guard") != std::string::npos);
}

// ---- the lists

TEST_CASE("the lists are chains of records in address order, outside of the pool") {
  const Drawing drawing(holes());
  CHECK(drawing.edges(free_list) ==
        "free_list_head -> list_f2\nlist_f2 -> list_f3\nlist_f3 -> list_f1\n"
        "list_f1 -> free_list_null\n");
  CHECK(drawing.edges(used_list) ==
        "used_list_head -> list_b0\nlist_b0 -> list_b2\nlist_b2 -> list_b4\n"
        "list_b4 -> used_list_null\n");
  for (const char* frame : {"free_list_frame", "used_list_frame"})
    CHECK(drawing.words(frame).find(
              "records (slab), outside the pool; both lists in address order") !=
          std::string::npos);
}

TEST_CASE("records tell the search: what was looked at, in which order, and why it was passed") {
  const Drawing drawing(split());
  CHECK(drawing.words("free_list_frame").find("needed 72 B: 2 of 3 fit") != std::string::npos);
  CHECK(drawing.words("list_f2") == "f2 look 1 48 &lt; 72 ✗");
  CHECK(drawing.words("list_f3") == "f3 REST look 2 160 ≥ 72 ✓");
  CHECK(drawing.words("list_f1") == "f1 not looked at");
  CHECK(drawing.words("list_b5") == "#5 NEW");
}

TEST_CASE("next fit counts its looks from its cursor, which is drawn") {
  Scribe pool(300, {.policy = POOL_NEXT});
  for (const u64 size : {100, 50, 140}) pool.alloc(size);
  pool.free(0);
  pool.alloc(60);
  const Drawing drawing(pool);
  CHECK(drawing.words("list_f1") == "f1 look 1 10 &lt; 60 ✗");
  CHECK(drawing.words("list_f2") == "f2 REST look 2 100 ≥ 60 ✓");
  CHECK(drawing.words("pointer_0") == "next fit looks from 290");
}

TEST_CASE("a block that fits exactly is shown leaving the list") {
  Scribe pool = holes();
  pool.alloc(160);
  const Drawing drawing(pool);
  CHECK(drawing.words("left_f3") == "f3 look 2 160 ≥ 160 ✓ left the list");
  CHECK(drawing.edges(free_list).find("left_f3") == std::string::npos);
}

TEST_CASE("when nothing fits, every free block tells how much it is short") {
  Scribe pool = holes();
  pool.alloc(300);
  const Drawing drawing(pool);
  CHECK(drawing.words("list_f2") == "f2 48 &lt; 300 ✗ 252 short");
  CHECK(drawing.words("list_f3") == "f3 160 &lt; 300 ✗ 140 short");
  CHECK(drawing.words("list_f1") == "f1 212 &lt; 300 ✗ 88 short");
  CHECK(drawing.node("bar_before").empty());
}

TEST_CASE("an empty list goes from its head to NULL") {
  Scribe pool(100);
  CHECK(Drawing(pool).edges(used_list) == "used_list_head -> used_list_null\n");
  pool.alloc(100);
  CHECK(Drawing(pool).edges({"free_list"}) == "free_list_head -> free_list_null\n");
}

// ---- bars and sums

TEST_CASE("a change shows the region before and after, to one scale, and the sums after it") {
  const Drawing drawing(split());
  CHECK(drawing.words("bar_before") == "#0 f2 #2 f3 #4 f1");
  CHECK(drawing.words("bar") == "#0 f2 #2 #5 f3 #4 f1");
  CHECK(drawing.words("sum_0") == viz::sum_of_bytes(split().model()));
  CHECK(drawing.words("sum_1") == viz::sum_of_fragmentation(split().model()));
}

// ---- notes, writes, misuse, leaks

TEST_CASE("a note stands in a box, and what is written is marked under its bytes") {
  Scribe pool = guarded();
  CHECK(Drawing(pool).node("note").empty());
  pool.write(8, "abcd");
  CHECK(Drawing(pool).node("strip").find("BGCOLOR=\"#A0A0A0\"") != std::string::npos);
  pool.write(8, "abXd");
  const Drawing drawing(pool);
  CHECK(drawing.node("strip").find("BGCOLOR=\"#000000\"") != std::string::npos);
  CHECK(drawing.words("list_b0") == "#0 WRITTEN");
  pool.note("here it happens");
  CHECK(Drawing(pool).words("note") == "here it happens");
}

TEST_CASE("a misused pointer has an arrow to its byte; one from elsewhere has none") {
  Scribe pool = holes();
  pool.misuse(POOL_ERROR_INTERIOR_FREE, 50, 0);
  const Drawing drawing(pool);
  CHECK(drawing.words("pointer_0") == "the pointer: 50, inside #0");
  CHECK(drawing.edges({"pointer"}) == "pointer_0:s -> pointer_0_byte\n");
  pool.misuse(POOL_ERROR_WRONG_POOL, POOL_NONE);
  const Drawing outside(pool);
  CHECK(outside.words("pointer_0") == "the pointer lies outside of this region");
  CHECK(outside.edges({"pointer"}).empty());
}

TEST_CASE("at the pool's end what still lives is marked as leaked") {
  Scribe pool = holes();
  pool.destroy();
  const Drawing drawing(pool);
  CHECK(card_words(drawing, "b2") == "#2 64 B leaked");
  CHECK(drawing.words("list_b2") == "#2 LEAKED");
  CHECK(drawing.words("sum_2") == "leaked: 3 blocks, 204 bytes asked for");
}

// ---- many blocks

TEST_CASE("folds leave nothing out: cards and folds together count every block and byte") {
  const Scribe pool = long_list(200);
  const std::vector<Card> cards = cards_of(Drawing(pool));
  CHECK(cards.size() <= 16);
  Counts sum;
  for (const Card& card : cards) {
    const Counts counts = counts_of(card.title);
    sum.used += counts.used, sum.used_bytes += counts.used_bytes;
    sum.free += counts.free, sum.free_bytes += counts.free_bytes;
  }
  const viz::Model& model = pool.model();
  CHECK(sum.used == model.used_blocks);
  CHECK(sum.free == model.free_blocks);
  CHECK(sum.used_bytes == model.used_bytes);
  CHECK(sum.free_bytes == model.free_bytes);
}

TEST_CASE("a folded search keeps its story") {
  const Drawing early(long_list(200));
  CHECK(ids_of(early).find(" b200 ") != std::string::npos);
  CHECK(early.words("list_f5").starts_with("f5 REST look 4 "));
  CHECK(early.has("not looked at"));
  const Drawing late(long_list(200, 41));
  CHECK(late.words("free_list_frame").find("1 of 68 fit") != std::string::npos);
  CHECK(late.words("list_free_fold_b7") == "⋯ 62 more ⋯ looks 4 to 65 all &lt; 41 ✗");
  CHECK(late.words("list_f1").starts_with("f1 REST look 68 "));
}

TEST_CASE("the atlas shows every block once, with number and size") {
  const Scribe pool = long_list(200);
  const Drawing drawing(pool);
  const std::string atlas = drawing.node("atlas");
  for (const auto& [offset, block] : pool.model().blocks()) {
    const std::string link =
        "HREF=\"#" + std::string(block.used ? "b" : "f") + std::to_string(block.number) + "\"";
    const std::size_t first = atlas.find(link);
    REQUIRE(first != std::string::npos);
    CHECK(atlas.find(link, first + 1) == std::string::npos);
    const std::size_t cell = atlas.find('>', first) + 1;
    const std::string words = Drawing::plain(atlas.substr(cell, atlas.find("</TD>", cell) - cell));
    CHECK(words == block.name() + " " + std::to_string(block.size));
  }
}

TEST_CASE("an atlas of too many blocks is of runs, and says so; its counts are exact") {
  const Drawing drawing(many_blocks(30'000, 100));
  CHECK(drawing.words("atlas_title")
            .find("30000 blocks are too many for a cell each: a cell is a run of 3") !=
        std::string::npos);
  const std::string atlas = drawing.words("atlas");
  CHECK(atlas.starts_with("0 2 used 1 free 2 used 1 free "));
  CHECK(drawing.node("atlas").find("3 blocks, 2 used with 16 bytes, 1 free with 8 bytes") !=
        std::string::npos);
  CHECK(drawing.count(", 2 used with 16 bytes, 1 free with 8 bytes, ") == 10'000);
}

TEST_CASE("a picture of a hundred thousand blocks is no larger than one of ten thousand") {
  const Drawing small(many_blocks(10'000, 100)), large(many_blocks(100'000, 100));
  CHECK(large.dot.size() < 2 * small.dot.size());
  CHECK(large.dot.size() < 5'000'000);
}

TEST_CASE("the histogram parts the searched list at the size that was needed") {
  const std::string words = Drawing(many_blocks(300, 12)).words("histogram");
  CHECK(words == "8 to 11 B 100 blocks, 800 B, too small ✗ needed: 12 B 0 of 100 fit");
  CHECK(Drawing(many_blocks(300, 15)).words("histogram").starts_with("8 to 14 B 100 blocks"));
  const std::string fits = Drawing(long_list(100)).words("histogram");
  CHECK(fits.find("needed: 33 B") != std::string::npos);
  CHECK(fits.find("32 B") < fits.find("needed"));
  CHECK(fits.find("33 to 63 B") > fits.find("needed"));
}
