// Support for specs of the picture: DOT text of a frame, and its nodes, cells and edges taken out
// of it. Holds no spec and expects nothing itself.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "event/table.hpp"
#include "support/scribe.hpp"
#include "view/dot.hpp"

namespace mempool::tests {

/// A picture as text.
struct Drawing {
  std::string dot;

  explicit Drawing(const viz::Frame& frame, const viz::ViewOptions& options = {}) {
    std::ostringstream out;
    viz::write_dot(out, frame, options);
    dot = out.str();
  }
  explicit Drawing(const Scribe& scribe, const viz::ViewOptions& options = {})
      : Drawing(frame_of(scribe), options) {}

  [[nodiscard]] bool has(const std::string& text) const {
    return dot.find(text) != std::string::npos;
  }
  [[nodiscard]] std::size_t count(const std::string& text) const {
    std::size_t times = 0;
    for (std::size_t at = 0; (at = dot.find(text, at)) != std::string::npos; ++at) ++times;
    return times;
  }
  /// The statement of a node; empty if there is none.
  [[nodiscard]] std::string node(const std::string& name) const {
    const std::size_t begin = dot.find("\n  " + name + " [pos=");
    if (begin == std::string::npos) return "";
    return dot.substr(begin + 1, dot.find("];\n", begin) + 2 - begin);
  }
  /// The words of a node: its label without markup, a space between any two runs of text.
  [[nodiscard]] std::string words(const std::string& name) const {
    const std::string statement = node(name);
    const std::size_t label = statement.find("label=<");
    if (label == std::string::npos) return "";
    return plain(statement.substr(label + 7, statement.size() - label - 7 - 3));
  }
  /// The edges whose both ends start with one of these, "from -> to", in the order in which they
  /// stand.
  [[nodiscard]] std::string edges(const std::vector<std::string>& starts) const {
    const auto wanted = [&](const std::string& end) {
      return std::ranges::any_of(starts, [&](const auto& start) { return end.starts_with(start); });
    };
    std::string found;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string from, arrow, to;
      words >> from >> arrow >> to;
      if (arrow == "->" && wanted(from) && wanted(to)) found += from + " -> " + to + "\n";
    }
    return found;
  }

  /// Words without markup and hatching.
  static std::string plain(const std::string& markup) {
    std::string text;
    bool in_tag = false;
    for (const char c : markup) {
      if (c == '<' || c == '>') text += ' ';
      if (c == '<') in_tag = true;
      if (!in_tag && c != '>') text += c;
      if (c == '>') in_tag = false;
    }
    std::istringstream all(text);
    std::string words;
    for (std::string word; all >> word;)
      if (word.find_first_not_of('/') != std::string::npos || word.size() == 2)
        words += (words.empty() ? "" : " ") + word;
    return words;
  }
};

/// The number that stands directly before these words; 0 if it is not there.
inline u64 number_before(const std::string& text, const std::string& words) {
  const std::size_t end = text.find(words);
  if (end == std::string::npos || end == 0) return 0;
  const std::size_t begin = text.find_last_not_of("0123456789", end - 1) + 1;
  return begin == end ? 0 : std::stoull(text.substr(begin, end - begin));
}

/// Values of an attribute, wherever it stands: WIDTH="..."
inline std::vector<int> numbers_of(const std::string& text, const std::string& attribute) {
  std::vector<int> numbers;
  const std::string start = attribute + "=\"";
  for (std::size_t at = 0; (at = text.find(start, at)) != std::string::npos;)
    numbers.push_back(std::stoi(text.substr(at += start.size(), 12)));
  return numbers;
}

/// A card of the strip.
struct Card {
  std::string id, title, attributes, words;
  int width = 0;
};

inline std::vector<Card> cards_of(const Drawing& drawing) {
  const std::string strip = drawing.node("strip");
  std::vector<Card> cards;
  for (std::size_t at = 0; (at = strip.find("\n    <TD PORT=\"", at)) != std::string::npos; ++at) {
    const std::string cell = strip.substr(at, strip.find("\n", at + 1) - at);
    const std::string attributes = cell.substr(0, cell.find('>'));
    const auto value = [&](const std::string& name) {
      const std::size_t begin = attributes.find(" " + name + "=\"");
      if (begin == std::string::npos) return std::string();
      const std::size_t from = begin + name.size() + 3;
      return attributes.substr(from, attributes.find('"', from) - from);
    };
    cards.push_back({value("PORT"), value("TITLE"), attributes, Drawing::plain(cell),
                     std::stoi(value("WIDTH"))});
  }
  return cards;
}

inline std::string ids_of(const Drawing& drawing) {
  std::string ids;
  for (const Card& card : cards_of(drawing)) ids += (ids.empty() ? "" : " ") + card.id;
  return ids;
}

/// The words of one card.
inline std::string card_words(const Drawing& drawing, const std::string& id) {
  for (const Card& card : cards_of(drawing))
    if (card.id == id) return card.words;
  return "no such card";
}

// ---- scenes

/// Used 100, free 48, used 64, free 160, used 40, free 212.
inline Scribe holes(Style style = {}) {
  Scribe pool(624, style);
  for (const u64 size : {100, 48, 64, 160, 40}) pool.alloc(size);
  pool.free(1);
  pool.free(3);
  return pool;
}

inline Scribe split() {
  Scribe pool = holes();
  pool.alloc(72);
  return pool;
}

inline Scribe coalesced() {
  Scribe pool = holes();
  pool.free(2);
  return pool;
}

inline Scribe guarded() {
  Scribe pool(256, {.guards = 8});
  for (const u64 size : {24, 40, 16}) pool.alloc(size);
  return pool;
}

inline Scribe overrun() {
  Scribe pool = guarded();
  pool.check_finds(1, "XYZ");
  return pool;
}

/// So many blocks of 8 to 40 bytes, every third freed, then a search that takes one of them.
inline Scribe long_list(u64 count, u64 wanted = 33) {
  Scribe pool(64 * count);
  for (u64 i = 0; i < count; ++i) pool.alloc(8 + 8 * (i % 5));
  for (u64 i = 0; i < count; i += 3) pool.free(i);
  pool.alloc(wanted);
  return pool;
}

/// A snapshot of so many blocks of 8 bytes, every third free, then a failed request for `needed`.
inline viz::Frame many_blocks(u64 count, u64 needed) {
  viz::Model model;
  pool_event event = event::make(POOL_EVENT_SNAPSHOT);
  event.pool = 1;
  event.as.snapshot = {8 * count, 8, POOL_FIRST, 0, 0, nullptr, 0, count, count, 0, POOL_NONE, 0};
  REQUIRE(model.apply(event) == viz::Fault::none);
  for (u64 i = 0; i < count; ++i) {
    pool_event block = event::make(POOL_EVENT_BLOCK);
    block.pool = 1;
    block.as.block.offset = 8 * i;
    block.as.block.size = 8;
    if (i % 3 != 0) block.as.block.block = i;
    REQUIRE(model.apply(block) == viz::Fault::none);
  }
  viz::Frame frame;
  frame.before = model;
  pool_event fail = event::make(POOL_EVENT_ALLOC_FAIL);
  fail.pool = 1;
  fail.call = 1;
  fail.as.alloc_fail = {count,    needed, needed, model.free_bytes, 8, POOL_FAIL_FRAGMENTED,
                        POOL_NONE};
  frame.events.emplace_back(fail);
  REQUIRE(model.apply(fail) == viz::Fault::none);
  frame.after = model;
  frame.call = frame.last_call = 1;
  return frame;
}

}  // namespace mempool::tests
