// Strip: the region in one line of so many columns. Private to the terminal view.
//
//     [G#1 80 G](f2 48.....)[#17* 72   ]      used [..], free (..), G guard, X damaged, * changed
//     {#3q 48:::}                             freed, in quarantine
//
// To scale, with two exceptions that show. A block gets room for its name and size, or its name,
// while there is room for all of them; one that is drawn too short for that shows `//`. With more
// blocks than that, a column stands for all bytes under it: # used, . free, q quarantine,
// : more than one of them, X damaged.
#pragma once

#include <string>
#include <vector>

#include "model/story.hpp"
#include "view/text.hpp"

namespace mempool::viz {

[[nodiscard]] std::string draw_strip(const Model& model, const Story& story, std::size_t columns,
                                     Palette palette);

}  // namespace mempool::viz
