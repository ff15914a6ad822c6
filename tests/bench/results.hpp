// Results: every figure of a run, and the few questions that tables, bars and plots ask of them.
//
//     measure ─┐
//     room ────┼─► Results ─► tables, bars, plots, JSON ─► docs/performance.md
//     single ──┘
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/peer.hpp"

namespace mempool::bench {

/// What one peer did with one program. Figures that were not taken are 0.
struct Cell {
  std::string missing;         // why there are none; "" = there are
  std::vector<double> rounds;  // ns per operation
  double ns = 0;               // their median
  Spread spread;               // of single operations, in ns
  double instructions = 0;     // per operation
  u64 smallest = 0;            // bytes of the smallest region that was large enough
  u64 smallest_metadata = 0;   // bytes besides it
};

struct Row {
  std::string program;
  Group group = Group::generated;
  Outline outline;
  std::vector<Cell> cells;  // one a peer, in their order

  [[nodiscard]] u64 body() const { return outline.body_end - outline.body_begin; }
};

/// A benchmark of one thing by itself.
struct Single {
  std::string name;
  double ns = 0;
};

/// What Mempool keeps besides a region of this size, at an alignment of 16: once with no block
/// live, once with the region full of blocks of 64 bytes.
struct Overhead {
  u64 capacity = 0;
  u64 empty = 0;  // bytes of metadata
  u64 full = 0;
  u64 full_records = 0;  // of these, the records of live blocks
  u64 live_blocks = 0;   // when full

  [[nodiscard]] double fixed_share() const;  // of the region
  [[nodiscard]] double bytes_a_block() const;
};

/// Where and how it ran.
struct Machine {
  std::string processor, system, compiler, flags, library;
  u64 cores = 0;
  bool is_virtual = false;
};

struct Results {
  Machine machine;
  std::vector<const Peer*> peers;
  std::vector<Row> rows;
  std::vector<Single> singles;
  std::vector<Overhead> overheads;
  double tick_cost = 0;  // ns that reading the clock twice costs, taken off single operations

  /// nullptr unless it was measured.
  [[nodiscard]] const Cell* cell(std::string_view program, std::string_view peer) const;
  [[nodiscard]] const Row* row(std::string_view program) const;
  /// The cell of a row, whether measured or not; nullptr if the peer does not take part.
  [[nodiscard]] const Cell* cell_of(const Row& row, std::string_view peer) const;
  /// 0 unless it was measured.
  [[nodiscard]] double single(std::string_view name) const;
  /// Geometric mean of the ratios of times over the programs of a group that both completed; 0 if
  /// there is none.
  struct Mean {
    double ratio = 0;
    u64 programs = 0;
  };
  [[nodiscard]] Mean ratio(std::string_view peer, std::string_view to, Group group) const;
};

[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] Machine this_machine();

}  // namespace mempool::bench
