// LineSource: see line_source.hpp. One memchr a line.
#include "log/line_source.hpp"

#include <cstring>
#include <utility>

namespace mempool::log {

bool LineSource::seek(u64 position) {
  if (!input_.seek(position)) return false;
  scanned_ = 0;
  skipping_ = false;
  return true;
}

bool LineSource::next(Line& line) {
  for (;;) {
    const std::string_view rest = input_.rest();
    const std::size_t newline = rest.find('\n', scanned_);
    if (newline != rest.npos) {
      line = take(newline, true);
      return true;
    }
    scanned_ = rest.size();
    if (scanned_ > longest_line) {  // its end is not in sight: let it pass by
      skipping_ = true;
      input_.use(scanned_);
      scanned_ = 0;
    }
    if (input_.fill()) continue;
    if (input_.rest().empty() && !skipping_) return false;
    line = take(input_.rest().size(), false);
    return true;
  }
}

/// Hands out the next size bytes as a line, or what is left of a skipped one.
Line LineSource::take(std::size_t size, bool newline) {
  Line line;
  line.newline = newline;
  line.too_long = std::exchange(skipping_, false) || size > longest_line;
  if (!line.too_long) line.text = input_.rest().substr(0, size);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  input_.use(size + (newline ? 1 : 0));
  scanned_ = 0;
  return line;
}

}  // namespace mempool::log
