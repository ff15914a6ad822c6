// The table of views: their names, the extension of their files, their functions.
//
// The only file that knows them all. `null` shows nothing: it measures what loading a frame
// costs, and is the smallest view there can be.
#include <algorithm>
#include <ostream>

#include "view/dot.hpp"
#include "view/dump.hpp"
#include "view/show.hpp"
#include "view/terminal.hpp"
#include "view/view.hpp"

namespace mempool::viz {

namespace {

void write_null(std::ostream&, const Frame&, const ViewOptions&) {}

constexpr View table[] = {
    {"show", "txt", write_show},         {"dump", "txt", write_dump}, {"dot", "dot", write_dot},
    {"terminal", "txt", write_terminal}, {"null", "", write_null},
};

}  // namespace

std::span<const View> views() {
  return table;
}

const View* find_view(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &View::name);
  return found == std::end(table) ? nullptr : found;
}

}  // namespace mempool::viz
