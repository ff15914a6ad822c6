// The tables: see tables.hpp.
#include "bench/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include "bench/bars.hpp"

namespace mempool::bench {

namespace {

using Figure = std::function<double(const Cell&, const Row&)>;
using Columns = std::vector<const Peer*>;

constexpr int label_width = 18, column_width = 9;

/// Mempool in its forms on the one hand, everybody else on the other.
Columns family(const Results& results) {
  Columns columns;
  for (const Peer* peer : results.peers)
    if (std::string_view(peer->what).starts_with("Mempool")) columns.push_back(peer);
  return columns;
}

Columns others(const Results& results) {
  Columns columns;
  for (const Peer* peer : results.peers)
    if (!std::string_view(peer->what).starts_with("Mempool") ||
        std::string_view(peer->name) == "first")
      columns.push_back(peer);
  return columns;
}

/// The names of the columns in two lines: boost-rbtree as "boost" over "rbtree".
std::string heading(const Columns& columns) {
  std::string upper(label_width, ' '), lower = fmt::format("{:<{}}", "program", label_width);
  for (const Peer* peer : columns) {
    const std::string_view name = peer->name;
    const std::size_t dash = name.find('-');
    upper += fmt::format("{:>{}}", dash == name.npos ? "" : name.substr(0, dash), column_width);
    lower += fmt::format("{:>{}}", dash == name.npos ? name : name.substr(dash + 1), column_width);
  }
  upper.erase(upper.find_last_not_of(' ') + 1);
  return upper.empty() ? lower + "\n" : upper + "\n" + lower + "\n";
}

std::string number(double value) {
  if (value <= 0) return "-";
  return value < 100 && value != std::round(value) ? fmt::format("{:.1f}", value)
                                                   : fmt::format("{:.0f}", value);
}

std::string table(const Results& results, const char* title, const Columns& columns,
                  const Figure& figure) {
  std::string text = fmt::format("\n{}\n\n{}", title, heading(columns));
  bool any = false;
  for (const Row& row : results.rows) {
    text += fmt::format("{:<{}}", row.program, label_width);
    for (const Peer* peer : columns) {
      const Cell* cell = results.cell_of(row, peer->name);
      const double value = cell->missing.empty() ? figure(*cell, row) : 0;
      any = any || value > 0;
      text += fmt::format("{:>{}}", number(value), column_width);
    }
    text += "\n";
  }
  return any ? text : "";
}

double payload_share(const Cell& cell, const Row& row, u64 metadata) {
  if (cell.smallest == 0) return 0;
  return 100 * static_cast<double>(row.outline.peak_payload) /
         static_cast<double>(cell.smallest + metadata);
}

std::string programs_table(const Results& results) {
  std::string text = fmt::format("\nPrograms\n\n{:<{}}{:>10}{:>13}{:>14}\n", "program", label_width,
                                 "operations", "peak blocks", "peak bytes");
  for (const Row& row : results.rows)
    text += fmt::format("{:<{}}{:>10}{:>13}{:>14}\n", row.program, label_width, row.body(),
                        row.outline.peak_blocks, row.outline.peak_payload);
  return text;
}

std::string all_figures(const Results& results) {
  const auto ns = [](const Cell& cell, const Row&) { return cell.ns; };
  const auto tail = [](const Cell& cell, const Row&) { return std::round(cell.spread.tail); };
  const auto instructions = [](const Cell& cell, const Row&) { return cell.instructions; };
  const auto share = [](const Cell& cell, const Row& row) { return payload_share(cell, row, 0); };
  const auto whole = [](const Cell& cell, const Row& row) {
    return payload_share(cell, row, cell.smallest_metadata);
  };
  const Columns own = family(results), peers = others(results);
  Columns fixed;
  for (const Peer* peer : results.peers)
    if (peer->fixed_region) fixed.push_back(peer);
  std::string text;
  text += table(results, "Nanoseconds per operation: Mempool in its forms", own, ns);
  text += table(results, "Nanoseconds per operation: first fit and its peers", peers, ns);
  text += table(results, "999 of 1000 operations take at most, in ns: Mempool", own, tail);
  text += table(results, "999 of 1000 operations take at most, in ns: peers", peers, tail);
  text += table(results, "Instructions per operation: Mempool", own, instructions);
  text += table(results, "Instructions per operation: peers", peers, instructions);
  text += table(results, "Utilisation: peak payload / smallest region that completes, in %", fixed,
                share);
  text += table(results, "The same, metadata outside the region included, in %", fixed, whole);
  return text;
}

std::string singles(const Results& results) {
  std::string text;
  if (!results.singles.empty()) text += "\nBy itself, in ns\n\n";
  for (const Single& single : results.singles)
    text += fmt::format("{:<48}{:>10}\n", single.name, number(single.ns));
  if (!results.overheads.empty())
    text += fmt::format("\nMetadata, align 16\n\n{:>12}{:>13}{:>13}{:>12}{:>15}{:>16}\n", "region",
                        "empty", "full", "blocks", "fixed share", "bytes a block");
  for (const Overhead& overhead : results.overheads)
    text += fmt::format("{:>12}{:>13}{:>13}{:>12}{:>14.2f}%{:>16.2f}\n", overhead.capacity,
                        overhead.empty, overhead.full, overhead.live_blocks,
                        100 * overhead.fixed_share(), overhead.bytes_a_block());
  return text;
}

std::string ratios(const Results& results) {
  std::string text;
  for (const Peer* peer : results.peers) {
    const Results::Mean mean = results.ratio("first", peer->name, Group::recorded);
    if (mean.programs == 0 || std::string_view(peer->name) == "first") continue;
    text += fmt::format("{:<14}{:>8.3f}   ({} programs)\n", peer->name, mean.ratio, mean.programs);
  }
  return text.empty() ? text
                      : "\nTime of first fit / time of a peer, geometric mean over the recorded "
                        "programs\n\n" +
                            text;
}

std::string bars_table(const Results& results) {
  std::string text =
      fmt::format("\nBars\n\n{:<62}{:>10}{:>10}   {}\n", "ratio", "measured", "at most", "verdict");
  for (const Bar& bar : bars(results))
    text +=
        fmt::format("{:<62}{:>10}{:>10}   {}\n", bar.claim + bar.unit,
                    bar.known() ? fmt::format("{:.2f}", bar.value) : "-", bar.most, bar.verdict());
  return text;
}

/// Each reason once, with the peers and programs that it holds for.
std::string reasons(const Results& results) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> found;
  for (const Row& row : results.rows)
    for (std::size_t i = 0; i < results.peers.size(); ++i)
      if (!row.cells[i].missing.empty())
        found[{results.peers[i]->name, row.cells[i].missing}].push_back(row.program);
  std::string text;
  for (const auto& [what, programs] : found)
    text += fmt::format("  {}: {} ({})\n", what.first, what.second,
                        programs.size() == results.rows.size()
                            ? "every program"
                            : fmt::format("{}", fmt::join(programs, ", ")));
  return text.empty() ? text : "\nNo figure (-), because:\n" + text;
}

}  // namespace

std::string tables(const Results& results) {
  const Machine& machine = results.machine;
  return fmt::format("Mempool {} on {}, {} cores{}\n{}, {}, {}\n", machine.library,
                     machine.processor, machine.cores,
                     machine.is_virtual ? " (a virtual machine)" : "", machine.system,
                     machine.compiler, machine.flags) +
         programs_table(results) + all_figures(results) + singles(results) + ratios(results) +
         bars_table(results) + reasons(results);
}

}  // namespace mempool::bench
