// Results: see results.hpp.
#include "bench/results.hpp"

#include <mempool.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace mempool::bench {

double Overhead::fixed_share() const {
  return static_cast<double>(full - full_records) / static_cast<double>(capacity);
}

double Overhead::bytes_a_block() const {
  return static_cast<double>(full_records) / static_cast<double>(live_blocks);
}

const Row* Results::row(std::string_view program) const {
  for (const Row& row : rows)
    if (row.program == program) return &row;
  return nullptr;
}

const Cell* Results::cell_of(const Row& row, std::string_view peer) const {
  for (std::size_t i = 0; i < peers.size(); ++i)
    if (peers[i]->name == peer) return &row.cells[i];
  return nullptr;
}

const Cell* Results::cell(std::string_view program, std::string_view peer) const {
  const Row* found = row(program);
  const Cell* cell = found == nullptr ? nullptr : cell_of(*found, peer);
  return cell != nullptr && cell->missing.empty() ? cell : nullptr;
}

double Results::single(std::string_view name) const {
  for (const Single& single : singles)
    if (single.name == name) return single.ns;
  return 0;
}

Results::Mean Results::ratio(std::string_view peer, std::string_view to, Group group) const {
  double sum = 0;
  Mean mean;
  for (const Row& row : rows) {
    const Cell *a = cell(row.program, peer), *b = cell(row.program, to);
    if (row.group != group || a == nullptr || b == nullptr || a->ns <= 0 || b->ns <= 0) continue;
    sum += std::log(a->ns / b->ns);
    ++mean.programs;
  }
  if (mean.programs > 0) mean.ratio = std::exp(sum / static_cast<double>(mean.programs));
  return mean;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Machine this_machine() {
  Machine machine;
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; std::getline(facts, line);) {
    if (line.starts_with("model name") && machine.processor.empty())
      machine.processor = line.substr(std::min(line.size(), line.find(':') + 2));
    if (line.starts_with("flags")) machine.is_virtual = line.find(" hypervisor") != line.npos;
  }
  machine.cores = static_cast<u64>(std::max<long>(0, sysconf(_SC_NPROCESSORS_ONLN)));
  utsname system{};
  if (uname(&system) == 0)
    machine.system = std::string(system.sysname) + " " + system.release + " " + system.machine;
#ifdef __clang__
  machine.compiler = "clang " __clang_version__;
#else
  machine.compiler = "gcc " __VERSION__;
#endif
  machine.flags = MEMPOOL_BENCH_FLAGS;
  machine.library = pool_version();
  return machine;
}

}  // namespace mempool::bench
