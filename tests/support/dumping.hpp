// Support for specs of the text views: their texts taken apart, and pools made at random. Holds no
// spec and expects nothing itself.
#pragma once

#include <string>
#include <vector>

#include "model/frame.hpp"
#include "support/scribe.hpp"
#include "view/view.hpp"

namespace mempool::tests {

using Lines = std::vector<std::string>;

[[nodiscard]] std::string dump_of(const viz::Frame& frame, const viz::ViewOptions& options);
[[nodiscard]] Lines lines_of(const std::string& text);
[[nodiscard]] std::string without_colours(const std::string& text);

/// The lines of a dump of the last call.
[[nodiscard]] Lines dump(const Scribe& pool, const viz::ViewOptions& options = {});
[[nodiscard]] bool has(const Lines& lines, const std::string& line);
/// What stands between the bars of the row with this tag, "mark", and offset, "01C0".
[[nodiscard]] std::string row(const Lines& lines, const std::string& tag,
                              const std::string& offset);

/// What stands between the bars of a line.
[[nodiscard]] std::string content(const std::string& line);
/// The data and mark lines.
[[nodiscard]] Lines rows_of(const Lines& lines);
/// The data and mark lines, with those put in place of folds that the fold speaks of.
[[nodiscard]] Lines unfold(const Lines& folded, const Lines& unfolded);

/// Four guarded blocks of which one is freed and one overrun; payloads hold letters.
[[nodiscard]] Scribe overrun_pool();

/// The last call of a pool with guards, holes, damage and bytes, all by chance; or of the same
/// pool so many calls in.
[[nodiscard]] viz::Frame random_frame(u32 seed, u64 calls = 60);

}  // namespace mempool::tests
