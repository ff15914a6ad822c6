// Generators: workloads of a known shape, the same on every machine.
//
// Not taken from real programs: each isolates one thing that an allocator may be good or bad at.
// The random ones are driven by a fixed seed and by our own arithmetic, as the distributions of
// the standard library differ from one library to the next.
#pragma once

#include "bench/program.hpp"

namespace mempool::bench {

/// A stack of `depth` blocks of 64 bytes, filled and emptied again and again.
[[nodiscard]] Program make_lifo(u64 depth, u64 operations);

/// A queue of `depth` blocks of 64 bytes: the oldest goes, a new one comes.
[[nodiscard]] Program make_fifo(u64 depth, u64 operations);

/// `live` blocks, of which a random one goes and a new one comes. Their sizes follow a power law:
/// 16 bytes to 64 KiB, half as many of twice the size, about 140 bytes on average.
[[nodiscard]] Program make_steady(u64 live, u64 operations);

/// Leaves holes that the next, larger size does not fit, phase after phase: what makes the walk of
/// a list long.
[[nodiscard]] Program make_fragmenter(u64 blocks, u64 phases);

}  // namespace mempool::bench
