// The bars: see bars.hpp.
#include "bench/bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/single.hpp"

namespace mempool::bench {

namespace {

double quotient(double a, double b) {
  return a > 0 && b > 0 ? a / b : 0;
}

double ratio_in(const Results& results, const char* program, const char* peer, const char* to) {
  const Cell *a = results.cell(program, peer), *b = results.cell(program, to);
  return a != nullptr && b != nullptr ? quotient(a->ns, b->ns) : 0;
}

/// How much more an operation costs with a hundred times as many live blocks.
double growth(const Results& results, const char* peer) {
  const Cell *few = results.cell("steady-1k", peer), *many = results.cell("steady-100k", peer);
  return few != nullptr && many != nullptr ? quotient(many->ns, few->ns) : 0;
}

void add_recorded(const Results& results, std::vector<Bar>& bars) {
  const Results::Mean rbtree = results.ratio("first", "boost-rbtree", Group::recorded);
  for (const double most : {0.5, 0.39, 0.3})
    bars.push_back(
        {fmt::format("first fit / Boost rbtree, mean over {} recorded programs", rbtree.programs),
         rbtree.ratio, most, ""});
  const Results::Mean good = results.ratio("good", "first", Group::recorded);
  bars.push_back(
      {fmt::format("good fit / first fit, mean over {} recorded programs", good.programs),
       good.ratio, 1, ""});
}

void add_generated(const Results& results, std::vector<Bar>& bars) {
  for (const char* program : {"fifo-64", "lifo-64"})
    bars.push_back({fmt::format("first fit / Boost rbtree, {}", program),
                    ratio_in(results, program, "first", "boost-rbtree"), 0.5, ""});
  for (const char* policy : {"next", "best", "worst", "good"})
    bars.push_back({fmt::format("{} fit / first fit, 100 k live blocks", policy),
                    ratio_in(results, "steady-100k", policy, "first"), 2, ""});
  bars.push_back({"growth from 1 k to 100 k live blocks, first fit / glibc",
                  quotient(growth(results, "first"), growth(results, "glibc")), 1.1, ""});
  bars.push_back(
      {"growth from 1 k to 100 k live blocks, first fit", growth(results, "first"), 3, ""});
}

void add_overhead(const Results& results, std::vector<Bar>& bars) {
  double share = 0, bytes = 0;
  for (const Overhead& overhead : results.overheads) {
    if (overhead.capacity < (1 << 20)) continue;  // small pools have a least of everything
    share = std::max(share, 100 * overhead.fixed_share());
    bytes = std::max(bytes, overhead.bytes_a_block());
  }
  bars.push_back({"fixed metadata / region, align 16, 1 MiB and more", share, 8, "%"});
  bars.push_back({"metadata of a live block", bytes, 16, " B"});
  const double least = results.single(malloc_1k) + results.single(page_fault);
  bars.push_back({"create + destroy of 1 KiB / (malloc + free + one page fault)",
                  quotient(results.single(create_1k), least), 2, ""});
}

}  // namespace

std::string Bar::verdict() const {
  if (!known()) return "not measured";
  if (met()) return "met";
  return fmt::format("missed by {:.0f} %", 100 * (value / most - 1));
}

std::vector<Bar> bars(const Results& results) {
  std::vector<Bar> all;
  add_recorded(results, all);
  add_generated(results, all);
  add_overhead(results, all);
  return all;
}

}  // namespace mempool::bench
