// Page: the lesson page, one file that needs nothing else. The C++ half: it writes the events into
// the page; everything that a person sees is made from them in the browser (the .js files here).
//
//     events --PageEvents--> rows --write_page--> page.html's parts, rows, script, style
//
// It knows no log, no file and no pool. The list of events goes along (kinds), so that the page
// decodes and narrates by the same list as everybody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/model.hpp"

namespace mempool::viz {

/// What the page says besides the events.
struct PageAbout {
  std::string title;
  std::string source;              // for people: where the events are from
  std::optional<std::string> ops;  // the op list that made them, if one did
  std::string quiz;                // JSON: an array of questions; empty: none
  std::string recorded;            // the program whose recorded calls these are; empty: nobody's
  std::string left_out;            // what of the log is not in the page; empty: nothing
  bool hex = false;                // offsets are hexadecimal at first
  u64 at_call = 0;                 // where the page opens
};

/// Events as rows of numbers and text, [code, call, fields ...], in the order of the one list.
class PageEvents {
 public:
  void add(const pool_event& event);
  /// The pool as it is there, in place of what made it so: a snapshot and its blocks, and what a
  /// snapshot does not tell: numbers of free blocks, next fit's cursor.
  void begin_at(const Model& model);
  void clear() { *this = PageEvents(); }

  [[nodiscard]] u64 count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return rows_.size(); }

 private:
  friend std::string write_page(const PageAbout& about, const PageEvents& events);
  std::string rows_;
  std::string resume_;  // JSON of what a snapshot does not tell
  u64 count_ = 0;
  u64 last_seq_ = 0;
};

/// The whole page.
[[nodiscard]] std::string write_page(const PageAbout& about, const PageEvents& events);

}  // namespace mempool::viz
