// Comparing two moments: what is different, and what was taken and not given back. See session.hpp.
// Used blocks are the same by number, free ones by where they lie.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "step/session.hpp"

namespace mempool::viz::step {

namespace {

constexpr std::size_t most_rows = 40;

/// "368 (-72)"
std::string changed_text(u64 was, u64 is) {
  if (was == is) return fmt::format("{}", is);
  return fmt::format("{} (was {}, {}{})", is, was, is > was ? "+" : "-",
                     is > was ? is - was : was - is);
}

std::string block_text(const Block& block, Radix radix) {
  return fmt::format("{} B at {}", block.size, offset_text(block.offset, radix));
}

/// One block in two pools, nullptr where it is not: what became of it; empty if nothing.
std::string change_text(const Block* was, const Block* is, Radix radix) {
  if (was == nullptr) return "new: " + block_text(*is, radix);
  if (is == nullptr) return "gone: was " + block_text(*was, radix);
  const u64 damage_was = was->front().damaged + was->back().damaged;
  const u64 damage_is = is->front().damaged + is->back().damaged;
  std::string text;
  if (was->offset != is->offset || was->size != is->size)
    text = fmt::format("{}, was {}", block_text(*is, radix), block_text(*was, radix));
  if (damage_was != damage_is)
    text += fmt::format("{}guards: {} B damaged", text.empty() ? "" : "; ", damage_is);
  return text;
}

/// Blocks by name: "#4" of both pools.
using Named = std::map<std::pair<bool, u64>, std::pair<const Block*, const Block*>>;

Named named_blocks(const Model& was, const Model& is) {
  Named named;
  for (const auto& [offset, block] : was.blocks())
    named[{block.lives(), block.lives() ? block.number : block.offset}].first = &block;
  for (const auto& [offset, block] : is.blocks())
    named[{block.lives(), block.lives() ? block.number : block.offset}].second = &block;
  return named;
}

void write_blocks(std::string& text, const Model& was, const Model& is, const ViewOptions& look) {
  Table table("ll");
  std::size_t rows = 0, left_out = 0;
  for (const auto& [name, pair] : named_blocks(was, is)) {
    const std::string change = change_text(pair.first, pair.second, look.radix);
    if (change.empty()) continue;
    const Block& block = pair.second != nullptr ? *pair.second : *pair.first;
    if (++rows > most_rows)
      ++left_out;
    else
      table.row({block.name(), change});
  }
  if (rows == 0) table.line("no block is different");
  if (left_out != 0) table.line(fmt::format("... {} more", left_out));
  table.write(text, Palette::none, look.page);
}

void write_sums(std::string& text, const Model& was, const Model& is, const ViewOptions& look) {
  Table table("ll");
  const auto row = [&](const char* what, u64 before, u64 after) {
    table.row({what, changed_text(before, after)});
  };
  row("used", was.used_bytes, is.used_bytes);
  row("free", was.free_bytes, is.free_bytes);
  row("largest", was.largest_free(), is.largest_free());
  row("frag %", fragmentation(was, was.largest_free()), fragmentation(is, is.largest_free()));
  row("live blocks", was.used_blocks, is.used_blocks);
  row("free blocks", was.free_blocks, is.free_blocks);
  table.write(text, Palette::none, look.page);
}

}  // namespace

/// diff: this moment against the call before; diff A: against call A; diff A B: B against A.
Answer Session::diff(std::string_view arguments) {
  std::optional<Frame> a, b;
  const auto load_named = [&](std::string_view word) -> Result<Frame> {
    const Result<u64> call = call_named(word);
    if (!call) return tl::make_unexpected(call.error());
    return load(*call);
  };
  for (std::optional<Frame>* each : {&a, &b}) {
    const std::string_view word = take_word(arguments);
    if (word.empty()) break;
    Result<Frame> frame = load_named(word);
    if (!frame) return bad_answer(frame.error().what + "; diff, diff 3, diff 3 @lunch");
    *each = std::move(*frame);
  }
  if (!arguments.empty()) return bad_answer("two calls at most are compared: diff 3 @lunch");
  const Frame& later = b ? *b : frame();
  if (!a) {
    if (event_ == 0 && frame_.call <= first_call())
      return bad_answer("there is no call before the first one: diff 3 compares with another");
    a = Frame();
    a->after = frame().before;
    a->call = event_ == 0 ? frame_.before.last_call : frame_.call;
  }
  std::string text =
      fmt::format("from call {} to call {}{}\n", a->call, later.call,
                  !b && event_ != 0 ? fmt::format(", event {}", later.events.front()->seq) : "");
  write_blocks(text, a->after, later.after, look_);
  write_sums(text, a->after, later.after, look_);
  ViewOptions look = look_;
  look.rows_alone = true;
  look.diff = &*a;
  look.width = look_.page < 79 ? 32 : 64;
  std::ostringstream bytes;
  find_view("dump")->write(bytes, later, look);
  const std::string dump = std::move(bytes).str();
  if (dump.find("\nchng") != std::string::npos) text += dump;
  return good_answer(text);
}

Answer Session::leaks(std::string_view arguments) {
  const std::string_view first_word = take_word(arguments);
  std::optional<Frame> from, to;
  if (!first_word.empty()) {
    const Result<u64> a = call_named(first_word), b = call_named(arguments);
    if (!a || !b) return bad_answer("two calls are expected: leaks 2 9; or none");
    Result<Frame> start = load(*a), end = load(*b);
    if (!start || !end) return bad_answer((start ? end : start).error().what);
    from = std::move(*start);
    to = std::move(*end);
  }
  const Model& model = to ? to->after : frame().after;
  Table table("lrll");
  u64 blocks = 0, bytes = 0;
  for (const auto& [offset, block] : model.blocks()) {
    if (!block.lives() || (from && from->after.live(block.number) != nullptr)) continue;
    ++blocks;
    bytes += block.requested;
    const std::string site = site_text(model, block.number);
    if (blocks <= most_rows)
      table.row({block.name(), fmt::format("{} B", block.requested), "at " + at(block.offset),
                 site.empty() ? fmt::format("since call {}", block.call)
                              : fmt::format("since call {}, asked for at {}", block.call, site)});
  }
  if (blocks > most_rows) table.line(fmt::format("... {} more", blocks - most_rows));
  std::string text =
      from ? fmt::format("taken after call {} and live at call {}: {}, {} B asked for\n",
                         from->call, to->call, count_text(blocks, "block"), bytes)
           : fmt::format("live at this moment: {}, {} B asked for\n", count_text(blocks, "block"),
                         bytes);
  if (!from && model.destroyed)
    text = fmt::format("leaked: {}, {} B asked for\n", count_text(blocks, "block"), bytes);
  table.write(text, palette(), look_.page);
  return good_answer(text);
}

}  // namespace mempool::viz::step
