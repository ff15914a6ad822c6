// The lesson page of a source that is open already: for `html`, and for `record --html`, whose log
// has a name that means nothing to people.
#pragma once

#include "commands/source.hpp"

namespace mempool::viz {

/// Writes the page that the options ask for; returns the status that the source deserves.
[[nodiscard]] Result<int> make_page(const Options& options, Source source);

}  // namespace mempool::viz
