// What is measured by itself: see single.hpp.
#include "bench/single.hpp"

#include <benchmark/benchmark.h>
#include <mempool.h>
#include <sys/mman.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace mempool::bench {

namespace {

constexpr u64 pages = 256, page = 4096;

u64 metadata_of(MemoryPool* pool, u64* records = nullptr) {
  pool_statistics facts{};
  facts.struct_size = sizeof facts;
  pool_stats(pool, &facts);
  if (records != nullptr) *records = facts.record_bytes;
  return facts.metadata_bytes;
}

void create_and_destroy(benchmark::State& state, u64 size) {
  for (auto _ : state) {
    MemoryPool* pool = pool_create(size);
    benchmark::DoNotOptimize(pool);
    pool_destroy(pool);
  }
}

void malloc_and_free(benchmark::State& state, u64 size) {
  for (auto _ : state) {
    void* block = std::malloc(size);
    benchmark::DoNotOptimize(block);
    std::free(block);
  }
}

void alloc_and_free(benchmark::State& state, u64 guards) {
  pool_options options{};
  options.struct_size = sizeof options;
  options.guards = guards;
  MemoryPool* pool = pool_create_with(1 << 20, &options);
  for (auto _ : state) {
    void* block = pool_alloc(pool, 64);
    benchmark::DoNotOptimize(block);
    pool_free(pool, block);
  }
  pool_destroy(pool);
}

/// 256 of them in one go, so that the call that takes the pages away hardly counts.
void touch_pages(benchmark::State& state) {
  void* memory =
      mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return state.SkipWithError("no memory");
  for (auto _ : state) {
    madvise(memory, pages * page, MADV_DONTNEED);
    for (u64 i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * page] = 1;
  }
  munmap(memory, pages * page);
}

/// Keeps the medians instead of printing anything.
class Keeper : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.aggregate_name != "median") continue;
      const std::string name = run.run_name.function_name;
      const double parts = name == page_fault ? static_cast<double>(pages) : 1;
      kept_[run.family_index] = {name, run.GetAdjustedCPUTime() / parts};
    }
  }
  /// In the order in which they were registered; they ran in any.
  [[nodiscard]] std::vector<Single> in_order() const {
    std::vector<Single> singles;
    for (const auto& [place, single] : kept_) singles.push_back(single);
    return singles;
  }

 private:
  std::map<i64, Single> kept_;
};

void register_all() {
  MemoryPool* pool = pool_create(1024);
  const u64 same_bytes = 1024 + metadata_of(pool);
  pool_destroy(pool);
  const auto create = [](const std::string& name, u64 size) {
    benchmark::RegisterBenchmark(name.c_str(), create_and_destroy, size);
  };
  create(create_1k, 1024);
  benchmark::RegisterBenchmark(malloc_1k, malloc_and_free, same_bytes);
  benchmark::RegisterBenchmark(page_fault, touch_pages);
  create("pool_create + pool_destroy, 64 KiB", 64 << 10);
  create("pool_create + pool_destroy, 1 MiB", 1 << 20);
  create("pool_create + pool_destroy, 64 MiB", 64 << 20);
  benchmark::RegisterBenchmark("pool_alloc + pool_free, 64 bytes", alloc_and_free, u64{0});
  benchmark::RegisterBenchmark("the same with guards of 16 bytes", alloc_and_free, u64{16});
  benchmark::RegisterBenchmark("malloc + free, 64 bytes", malloc_and_free, u64{64});
}

Overhead overhead_of(u64 capacity) {
  Overhead overhead;
  overhead.capacity = capacity;
  MemoryPool* pool = pool_create(capacity);
  overhead.empty = metadata_of(pool);
  while (pool_alloc(pool, 64) != nullptr) ++overhead.live_blocks;
  overhead.full = metadata_of(pool, &overhead.full_records);
  pool_reset(pool);  // or each block would be reported as a leak
  pool_destroy(pool);
  return overhead;
}

}  // namespace

std::vector<Single> measure_singles(bool quick) {
  std::vector<std::string> words{
      "mempool-bench", "--benchmark_enable_random_interleaving=true",
      quick ? "--benchmark_repetitions=2" : "--benchmark_repetitions=9",
      quick ? "--benchmark_min_time=0.001" : "--benchmark_min_time=0.02"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  register_all();
  Keeper keeper;
  benchmark::RunSpecifiedBenchmarks(&keeper);
  benchmark::Shutdown();
  return keeper.in_order();
}

std::vector<Overhead> measure_overheads() {
  return {overhead_of(64 << 10), overhead_of(1 << 20), overhead_of(64 << 20)};
}

}  // namespace mempool::bench
