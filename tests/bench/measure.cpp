// Measuring times: see measure.hpp.
#include "bench/measure.hpp"

#include <algorithm>
#include <memory>

#include "bench/worker.hpp"

namespace mempool::bench {

namespace {

constexpr u64 longest_logged = 4'000'000;  // operations: some 500 MB of log a round
constexpr double long_round = 1e9;         // ns

/// Room enough for any policy: what is measured here is time, not how much room is needed.
u64 roomy(const Outline& outline) {
  constexpr u64 least = u64{8} << 20, page = 4096;
  return std::max(least, round_up(8 * outline.peak_rounded, page));
}

std::string cannot_start(const Peer& peer, const Row& row) {
  if (peer.make == nullptr) return "absent when this was built";
  if (peer.writes_log && row.outline.ops > longest_logged) return "left out: a log of gigabytes";
  return {};
}

/// The workers of one start. Those that cannot take part are named in their cells and let go.
class Crew {
 public:
  Crew(int file, const std::vector<const Peer*>& peers, Row& row, bool first_start) : row_(row) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      std::string& missing = row.cells[i].missing;
      if (missing.empty()) missing = cannot_start(*peers[i], row);
      if (missing.empty()) members_.push_back({i, std::make_unique<Worker>(*peers[i], file)});
    }
    each(0, [&](Worker& worker, Cell& cell) {
      Reply reply = worker.ask({What::open, roomy(row.outline)});
      if (reply.reason[0] == '\0')
        reply = worker.ask({first_start ? What::rehearse : What::fit, 0});
      cell.missing = reason_of(reply);
    });
  }

  /// `again`: the crew had a round before; those whose rounds last long sit this one out.
  void round(std::size_t first, bool again) {
    each(first, [&](Worker& worker, Cell& cell) {
      if (again && cell.rounds.back() * static_cast<double>(row_.body()) > long_round) return;
      const Reply reply = worker.ask({What::run, 0});
      cell.missing = reason_of(reply);
      if (!cell.missing.empty() || reply.round.ops == 0) return;
      cell.rounds.push_back(static_cast<double>(reply.round.nanoseconds) /
                            static_cast<double>(reply.round.ops));
    });
  }

  void look_at_each(std::vector<std::vector<Spread>>& spreads) {
    each(0, [&](Worker& worker, Cell& cell) {
      const Reply reply = worker.ask({What::look_at_each, 0});
      cell.missing = reason_of(reply);
      spreads[static_cast<std::size_t>(&cell - row_.cells.data())].push_back(reply.spread);
    });
  }

 private:
  struct Member {
    std::size_t column;
    std::unique_ptr<Worker> worker;
  };

  template <class Do>
  void each(std::size_t first, const Do& what) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = members_[(first + i) % members_.size()];
      what(*member.worker, row_.cells[member.column]);
    }
    std::erase_if(members_, [&](const Member& m) { return !row_.cells[m.column].missing.empty(); });
  }

  Row& row_;
  std::vector<Member> members_;
};

/// Each figure's median over the starts.
Spread middle_of(const std::vector<Spread>& spreads) {
  const auto middle = [&](double Spread::*figure) {
    std::vector<double> values;
    for (const Spread& spread : spreads) values.push_back(spread.*figure);
    return median(std::move(values));
  };
  return {middle(&Spread::middle), middle(&Spread::tail), middle(&Spread::most),
          middle(&Spread::clock)};
}

void measure_times(int file, const std::vector<const Peer*>& peers, const Effort& effort, Row& row,
                   const Progress& progress) {
  std::vector<std::vector<Spread>> spreads(peers.size());
  std::size_t done = 0;
  for (u64 start = 0; start < effort.starts; ++start) {
    Crew crew(file, peers, row, start == 0);
    for (u64 round = 0; round < effort.rounds; ++round) {
      crew.round(done++, round != 0);
      progress(static_cast<double>(done) / static_cast<double>(effort.starts * effort.rounds));
    }
    if (effort.single) crew.look_at_each(spreads);
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    row.cells[i].ns = median(row.cells[i].rounds);
    row.cells[i].spread = middle_of(spreads[i]);
  }
}

}  // namespace

Row measure(const Program& program, const std::vector<const Peer*>& peers, const Effort& effort,
            const Progress& progress) {
  Row row{program.name, program.group, program.outline, {}};
  row.cells.resize(peers.size());
  const ProgramFile file(program);
  measure_times(file.descriptor(), peers, effort, row, progress);
  if (effort.room) measure_room(file.descriptor(), peers, row);
  if (effort.instructions) measure_instructions(file.descriptor(), peers, row);
  return row;
}

}  // namespace mempool::bench
