// The JSON of a run: see json.hpp.
#include "bench/json.hpp"

#include <fmt/format.h>

#include <vector>

#include "bench/bars.hpp"

namespace mempool::bench {

namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) >= ' ') result += c;
  }
  return result + '"';
}

/// Parts between brackets, one a line.
template <class Range, class Write>
std::string list(const Range& range, const char* indent, const Write& write) {
  std::vector<std::string> parts;
  for (const auto& item : range) parts.push_back(indent + write(item));
  return fmt::format("[\n{}\n{}]", fmt::join(parts, ",\n"), std::string(indent).substr(2));
}

std::string of_machine(const Machine& machine) {
  return fmt::format(
      R"({{"processor": {}, "cores": {}, "virtual": {}, "system": {}, "compiler": {}, )"
      R"("flags": {}, "library": {}}})",
      quoted(machine.processor), machine.cores, machine.is_virtual, quoted(machine.system),
      quoted(machine.compiler), quoted(machine.flags), quoted(machine.library));
}

std::string of_cell(const Peer& peer, const Cell& cell) {
  if (!cell.missing.empty())
    return fmt::format(R"({{"peer": {}, "missing": {}}})", quoted(peer.name), quoted(cell.missing));
  return fmt::format(
      R"({{"peer": {}, "ns": {:.3f}, "rounds": [{:.3f}], "middle": {:.1f}, "tail": {:.1f}, )"
      R"("most": {:.0f}, "instructions": {:.2f}, "smallest": {}, "metadata": {}}})",
      quoted(peer.name), cell.ns, fmt::join(cell.rounds, ", "), cell.spread.middle,
      cell.spread.tail, cell.spread.most, cell.instructions, cell.smallest, cell.smallest_metadata);
}

const char* group_name(Group group) {
  switch (group) {
    case Group::recorded: return "recorded";
    case Group::lab: return "lab";
    case Group::generated: return "generated";
    case Group::steady: return "steady";
  }
  return "";
}

std::string of_row(const Results& results, const Row& row) {
  std::size_t column = 0;
  const std::string figures = list(row.cells, "      ", [&](const Cell& cell) {
    return of_cell(*results.peers[column++], cell);
  });
  return fmt::format(
      R"({{"name": {}, "group": {}, "operations": {}, "peak_blocks": {}, "peak_payload": {}, )"
      R"("figures": {}}})",
      quoted(row.program), quoted(group_name(row.group)), row.body(), row.outline.peak_blocks,
      row.outline.peak_payload, figures);
}

}  // namespace

std::string to_json(const Results& results) {
  const auto of_peer = [](const Peer* peer) {
    return fmt::format(R"({{"name": {}, "what": {}, "fixed_region": {}}})", quoted(peer->name),
                       quoted(peer->what), peer->fixed_region);
  };
  const auto of_single = [](const Single& single) {
    return fmt::format(R"({{"name": {}, "ns": {:.2f}}})", quoted(single.name), single.ns);
  };
  const auto of_overhead = [](const Overhead& overhead) {
    return fmt::format(
        R"({{"capacity": {}, "empty": {}, "full": {}, "records": {}, "live_blocks": {}}})",
        overhead.capacity, overhead.empty, overhead.full, overhead.full_records,
        overhead.live_blocks);
  };
  const auto of_bar = [](const Bar& bar) {
    return fmt::format(
        R"({{"claim": {}, "unit": {}, "value": {:.3f}, "most": {:.2f}, "verdict": {}}})",
        quoted(bar.claim), quoted(bar.unit), bar.value, bar.most, quoted(bar.verdict()));
  };
  return fmt::format(
      "{{\n  \"machine\": {},\n  \"tick_cost\": {:.1f},\n  \"peers\": {},\n  \"programs\": {},\n"
      "  \"singles\": {},\n  \"overheads\": {},\n  \"bars\": {}\n}}\n",
      of_machine(results.machine), results.tick_cost, list(results.peers, "    ", of_peer),
      list(results.rows, "    ", [&](const Row& row) { return of_row(results, row); }),
      list(results.singles, "    ", of_single), list(results.overheads, "    ", of_overhead),
      list(bars(results), "    ", of_bar));
}

}  // namespace mempool::bench
