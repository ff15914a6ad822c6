// Records: the entries of the two lists, in words. Where they are drawn is dot_lists.cpp's.
//
//     Cards, Story --free_records, used_records--> Record --dot_lists--> nodes and edges
//
// Private to the lists. A record has the card it is joined to; a fold's record stands for all
// records of its list in that fold, with exact counts.
#pragma once

#include <string>
#include <vector>

#include "view/dot_picture.hpp"

namespace mempool::viz::dot {

struct Line {
  std::string text;
  int size;
  std::string_view colour = "";
  bool bold = false;
};

struct Record {
  enum class Kind { plain, changed, fold, left };  // left: searched, but no longer in the list

  Kind kind = Kind::plain;
  std::string name;            // of its node
  const Card* card = nullptr;  // that it is joined to
  u64 place = 0;               // in a list that has an order of its own, from 1; 0 = not told
  std::vector<Line> lines;

  [[nodiscard]] int width() const;
  [[nodiscard]] int height() const;
};

[[nodiscard]] std::vector<Record> free_records(const Picture& picture);
[[nodiscard]] std::vector<Record> used_records(const Picture& picture);

}  // namespace mempool::viz::dot
