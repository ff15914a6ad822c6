// View: a way to show one frame as text, and the table of the views there are.
//
//     log --timeline--> Frame --View::write--> ostream --shell--> file, terminal, Graphviz
//
// A view is a pure function of a frame and its options. It knows no file, no log, no clock, no
// environment and no other view; it prints offsets and numbers, never addresses. Each lives in
// its own file pair; views.cpp lists them.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

#include "model/frame.hpp"
#include "model/story.hpp"

namespace mempool::viz {

/// What a drawing leaves out, for people to complete: what stands in the lists; sizes, offsets and
/// sums; or these and what each block is.
enum class Blank { nothing, lists, sizes, all };

/// How a frame is to be shown; every view takes what concerns it.
struct ViewOptions {
  Radix radix = Radix::dec;      // how offsets are said
  bool both_radices = false;     // after an offset, the other radix in brackets
  bool for_slide = false;        // large type and few cards; else for a document
  Blank blank = Blank::nothing;  // diagram: left out, to be completed
  bool ascii_labels = false;     // x, ->, >= in place of their signs
  bool colour = false;           // ANSI colours, besides letters and borders
  bool utf8 = false;             // dump: guards as U+00AB, other bytes as a middle dot
  bool light = false;            // dump: colours for paper and light screens
  bool fold = true;              // runs of equal lines (dump), long lists (others) are folded
  unsigned width = 64;           // dump: columns between the bars, 64 or 32
  const Frame* diff = nullptr;   // dump: mark what changed since this frame; borrowed
  std::size_t page = 80;        // terminal: columns
  bool rows_alone = false;      // dump: ruler and rows, without header, lists and key
  u64 first_byte = 0;           // dump: the rows from this offset on
  u64 end_byte = u64_max;       // ... and up to this one
};

struct View {
  std::string_view name;       // "dump"
  std::string_view extension;  // of a file that holds what it writes: "txt"
  void (*write)(std::ostream& out, const Frame& frame, const ViewOptions& options);
};

[[nodiscard]] std::span<const View> views();

/// The view of this name; nullptr if there is none.
[[nodiscard]] const View* find_view(std::string_view name);

}  // namespace mempool::viz
