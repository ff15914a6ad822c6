// How much room a program needs in each peer that works in a region of a fixed size.
//
// By bisection between its peak of live payload and four times that, to half a percent. A placement
// policy may fail in a larger region and succeed in a smaller one; what is found is a region in
// which the program completes, just above one in which it does not.
#include <algorithm>

#include "bench/measure.hpp"
#include "bench/worker.hpp"

namespace mempool::bench {

namespace {

struct Found {
  u64 region = 0;  // 0: not found
  u64 metadata = 0;
};

/// Metadata after the program, as it may have grown; 0 region if it does not fit.
Found try_region(Worker& worker, u64 region) {
  const Reply opened = worker.ask({What::open, region});
  const bool open = opened.reason[0] == '\0';
  const Reply reply = open ? worker.ask({What::fit, 0}) : opened;
  (void)worker.ask({What::close, 0});
  const bool fits = open && reply.round.ending == Ending::completed && reply.reason[0] == '\0';
  return fits ? Found{region, reply.metadata} : Found{};
}

Found bisect(Worker& worker, const Outline& outline) {
  constexpr u64 grain = 64;
  u64 low = round_down(outline.peak_payload - 1, grain);  // too small
  Found best;
  const u64 most = 64 * outline.peak_rounded + (u64{64} << 20);
  for (u64 high = round_up(2 * outline.peak_rounded, 4096); best.region == 0; high *= 2) {
    if (high > most) return {};
    best = try_region(worker, high);
    if (best.region == 0) low = high;
  }
  while (best.region - low > std::max(grain, best.region / 200)) {
    const u64 middle = round_up(low + (best.region - low) / 2, grain);
    const Found found = try_region(worker, middle);
    if (found.region != 0) best = found;
    if (found.region == 0) low = middle;
  }
  return best;
}

}  // namespace

void measure_room(int program_file, const std::vector<const Peer*>& peers, Row& row) {
  for (std::size_t i = 0; i < peers.size(); ++i) {
    Cell& cell = row.cells[i];
    if (!peers[i]->fixed_region || !cell.missing.empty() || !short_enough(row, cell)) continue;
    Worker worker(*peers[i], program_file);
    const Found found = bisect(worker, row.outline);
    cell.smallest = found.region;
    cell.smallest_metadata = found.metadata;
  }
}

}  // namespace mempool::bench
