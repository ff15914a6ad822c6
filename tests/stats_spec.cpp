// Specs of figures over time: one reading of a log in bounded memory, and the pictures of it.
// Values are checked in their text; tests/cli has the program write files of them.
#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <set>
#include <string>

#include "event/table.hpp"
#include "model/sampled.hpp"
#include "support/golden.hpp"
#include "support/playing.hpp"
#include "view/carpet.hpp"
#include "view/curves.hpp"
#include "view/png.hpp"
#include "view/sheet.hpp"

using namespace mempool;
using namespace mempool::tests;
using namespace mempool::viz;

namespace {

Sampled sampled(std::string_view list, const PoolSetup& setup, const Sampling& sampling = {}) {
  auto reader = log::Reader::from_text(log_text(list, setup));
  REQUIRE(reader.has_value());
  Result<Sampled> made = sample(*reader, sampling, nullptr);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(*made);
}

/// A letter a row, from offset 0 up: u used, f free, g guard, q quarantine, X damaged.
std::string letters(const std::vector<Weave>& column) {
  std::string text;
  for (const Weave weave : column) text += "fugqX"[static_cast<std::size_t>(weave)];
  return text;
}

u32 big_endian(std::string_view bytes, std::size_t at) {
  u32 number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<u8>(bytes[at + i]);
  return number;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_SUITE_BEGIN("stats");

TEST_CASE("a short log is sampled after every call") {
  const Sampled s = sampled("+30,+20,+40,-0,-2,+100", bytes(200));
  CHECK(s.every == 1);
  CHECK(s.calls == 8);  // with the creation and the end
  REQUIRE(s.samples.size() == 8);
  CHECK(s.samples[0].free == 200);
  CHECK(s.samples[4].free == 140);
  CHECK(s.samples[4].largest == 110);
  CHECK(s.sizes[5] == 2);  // 20 and 30: 16 to 31
  CHECK(s.sizes[6] == 1);
  CHECK(s.sizes[7] == 1);
  CHECK(s.model.failures == 0);
}

TEST_CASE("a long log is sampled evenly, in no more samples than there may be") {
  std::string list = "+8";
  for (int i = 0; i < 5000; ++i) list += ",+8,-" + std::to_string(i + 1);
  const Sampled s = sampled(list, bytes(64));
  CHECK(s.calls > 10'000);
  CHECK(s.every == 16);
  CHECK(s.samples.size() <= most_samples);
  CHECK(s.samples.size() > most_samples / 2);
  for (std::size_t i = 2; i + 1 < s.samples.size(); ++i)
    CHECK(s.samples[i].call - s.samples[i - 1].call == s.every);
  CHECK(s.samples.back().call == s.model.last_call);
}

TEST_CASE("failures are counted by their reasons, sizes of failed allocations with the others") {
  const Sampled s = sampled("+40,+20,+40,-0,-2,+60,+200,+8,+100", bytes(100));
  CHECK(s.reasons[POOL_FAIL_FRAGMENTED] == 1);
  CHECK(s.reasons[POOL_FAIL_TOO_LARGE] == 1);
  CHECK(s.reasons[POOL_FAIL_FULL] == 1);
  CHECK(s.sizes[8] == 1);
  CHECK(s.worst.largest == 40);
  CHECK(s.worst.free == 80);
}

TEST_CASE("survivors are the blocks that one call had not and a later one still has") {
  Sampling sampling;
  sampling.between = {2, 6};
  const Sampled s = sampled("+1,+2,+3,+4,-2,+5,+6,-3", bytes(64), sampling);
  REQUIRE(s.survivors.size() == 2);
  CHECK(s.survivors[0].block == 3);
  CHECK(s.survivors[1].block == 4);
  sampling.between = {2, 1000};
  CHECK(sampled("+1,+2,+3,+4,-2,+5,+6,-3", bytes(64), sampling).survivors.size() == 2);
}

TEST_CASE("a column says what has the most bytes in each row, and damage in any case") {
  PoolSetup setup = bytes(48);
  setup.guards = 4;
  setup.quarantine = 40;
  const Frame frame = frame_after("+4,+4,+4,!1:4=1,-2,?", setup);
  CHECK(letters(column_of(frame.after, 12)) == "gugguXqqqfff");
  CHECK(letters(column_of(frame.after, 4)) == "gXqf");
  CHECK(letters(column_of(frame.after, 48)).substr(0, 12) == "gggguuuugggg");
  CHECK(rows_of(48) == 48);
  CHECK(rows_of(u64{1} << 40) == most_rows);
}

TEST_CASE("rows of a region that is no multiple of them cover it all") {
  Model model;
  pool_event created = event::make(POOL_EVENT_CREATE);
  created.as.create = {1'000'003, 1, POOL_FIRST, 0, 0, nullptr, 0, 0, POOL_NONE, 0, nullptr};
  REQUIRE(model.apply(created) == Fault::none);
  CHECK(letters(column_of(model, 512)) == std::string(512, 'f'));
}

TEST_CASE("a raster has as many points as its cells, whatever the weave, and stays small") {
  Carpet carpet;
  carpet.capacity = 4;
  carpet.calls = {0, 1};
  carpet.columns = {{Weave::free, Weave::used, Weave::guard, Weave::damaged},
                    {Weave::quarantine, Weave::used, Weave::free, Weave::free}};
  const GreyPicture picture = weave(carpet);
  CHECK(picture.width == 1024);
  CHECK(picture.height == 512);
  CHECK(picture.levels.size() == std::size_t{1024} * 512);
  // Offset 0 is at the bottom, the first call at the left: dark stands over white there.
  const auto mean = [&](u32 x, u32 y) {
    u64 sum = 0;
    for (u32 i = 0; i < 24; ++i)
      for (u32 j = 0; j < 24; ++j) sum += picture.levels[std::size_t{y + i} * 1024 + x + j];
    return sum / (24 * 24);
  };
  CHECK(mean(100, 450) > 240);  // free
  CHECK(mean(100, 300) == 70);  // used
  CHECK(mean(100, 200) > 150);  // guard
  CHECK(mean(100, 60) > 100);   // damaged, cross-hatched
  CHECK(mean(700, 450) > 180);  // quarantine
}

TEST_CASE("the weaves are told apart in grey, and by their patterns where the grey is alike") {
  Carpet carpet;
  carpet.capacity = 5;
  carpet.calls = {0};
  carpet.columns = {{Weave::free, Weave::used, Weave::guard, Weave::quarantine, Weave::damaged}};
  const GreyPicture picture = weave(carpet);
  std::set<std::string> seen;
  const u32 high = picture.height / 5;
  for (u32 row = 0; row < 5; ++row) {
    std::string piece;
    for (u32 y = 0; y < 24; ++y)
      for (u32 x = 0; x < 24; ++x)
        piece += static_cast<char>(
            picture
                .levels[std::size_t{row * high + 24 + y - (row * high) % 24} * picture.width + x]);
    seen.insert(piece);
  }
  CHECK(seen.size() == 5);
}

TEST_CASE("a png holds its picture") {
  const std::string file = png({3, 2, {0, 50, 100, 150, 200, 255}});
  CHECK(file.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(big_endian(file, 8) == 13);
  CHECK(file.substr(12, 4) == "IHDR");
  CHECK(big_endian(file, 16) == 3);
  CHECK(big_endian(file, 20) == 2);
  CHECK(big_endian(file, 29) == ::crc32(0, reinterpret_cast<const Bytef*>(file.data() + 12), 17));
  const u32 size = big_endian(file, 33);
  CHECK(file.substr(37, 4) == "IDAT");
  Bytef rows[16];
  uLongf length = sizeof rows;
  REQUIRE(::uncompress(rows, &length, reinterpret_cast<const Bytef*>(file.data() + 41), size) ==
          Z_OK);
  CHECK(std::string(reinterpret_cast<char*>(rows), length) ==
        std::string("\0\0\x32\x64\0\x96\xC8\xFF", 8));
  CHECK(file.ends_with("IEND\xAE\x42\x60\x82"));
}

TEST_CASE("curves have axes, a dash and letters of their own, a name and a value at the end") {
  std::vector<float> rising, flat(20, 0.25F);
  for (int i = 0; i < 20; ++i) rising.push_back(static_cast<float>(i) / 20);
  const std::vector<Curve> curves{{"first", rising, "mean 48 %"}, {"a<b", flat, "mean 25 %"}};
  const std::string svg =
      draw_curves({"Title & more", "below it", "described", "share", 0, 19}, curves);
  for (const char* part :
       {"<title>Title &amp; more</title>", "<desc>described</desc>", "role=\"img\"", "100 %",
        ">call<", "A  first: mean 48 %", "B  a&lt;b: mean 25 %", "thin dash0", "thin dash1",
        "prefers-color-scheme:dark"})
    CHECK_MESSAGE(contains(svg, part), part);
  CHECK(std::ranges::count(svg, '\n') > 30);
}

TEST_CASE("a curve of many calls is drawn by means of its parts, as small as any other") {
  std::vector<float> values(1'000'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 0.0F : 1.0F;
  const std::vector<Curve> curves{{"long", values, ""}};
  const std::string svg = draw_curves({"t", "s", "d", "y", 0, 999'999}, curves);
  CHECK(svg.size() < 12'000);
  CHECK(contains(svg, "234.0"));  // half way up
}

TEST_CASE("no curve and no column is a picture, too") {
  CHECK(contains(draw_curves({"t", "s", "d", "y", 0, 0}, {}), "</svg>"));
  CHECK(weave({}).levels.size() == 1);
}

TEST_SUITE_END();
