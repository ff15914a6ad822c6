// What watching costs: nanoseconds an event, over the same calls on a pool that nobody watches.
//
//     bench-watch [FOLDER]      logs are written to FOLDER (default /tmp) and removed
//
// The work is a churn: a thousand live blocks of 16 to 512 bytes, one at random given back and
// taken anew. Every way of watching is measured in turn, several times over, and the least time
// counts, because a busy machine only ever adds. Numbers, not a test: nothing here can fail.
#include <mempool.h>
#include <mempool/sink.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int rounds = 31;
constexpr std::uint32_t live_blocks = 1000;
constexpr std::uint32_t replaced_blocks = 200'000;

struct Way {
  const char* name;
  pool_options options;
  double nanoseconds = 1e9;  // a replaced block, in the best round
};

/// The churn itself; the same calls every time.
void churn(MemoryPool* pool, std::uint32_t count) {
  std::vector<void*> blocks(live_blocks);
  std::uint32_t random = 1;
  const auto next = [&](std::uint32_t below) {
    random = random * 1664525 + 1013904223;
    return static_cast<std::uint32_t>((std::uint64_t{random} * below) >> 32);
  };
  for (void*& block : blocks) block = pool_alloc(pool, 16 + next(497));
  for (std::uint32_t i = 0; i < count; ++i) {
    void*& block = blocks[next(live_blocks)];
    pool_free(pool, block);
    block = pool_alloc(pool, 16 + next(497));
  }
  for (void* block : blocks) pool_free(pool, block);
}

MemoryPool* open_pool(pool_options options) {
  options.struct_size = sizeof options;
  return pool_create_with(std::size_t{1} << 20, &options);
}

/// Nanoseconds that one replaced block takes: a pool_free() and a pool_alloc().
double measure(const pool_options& options) {
  MemoryPool* pool = open_pool(options);
  churn(pool, 1000);  // pages, caches and the file are warm
  const auto start = std::chrono::steady_clock::now();
  churn(pool, replaced_blocks);
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
  pool_destroy(pool);
  if (options.log != nullptr) unlink(options.log);
  return time.count() / replaced_blocks;
}

/// Events that one replaced block makes.
double count_events() {
  MemoryPool* pool = open_pool({});
  std::uint64_t events = 0;
  const pool_sink sink{sizeof(pool_sink), &events,
                       [](void* user, const pool_event*) { ++*static_cast<std::uint64_t*>(user); },
                       nullptr};
  pool_set_sink(pool, &sink);
  churn(pool, replaced_blocks);
  pool_set_sink(pool, nullptr);
  pool_destroy(pool);
  return static_cast<double>(events) / replaced_blocks;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "/tmp";
  const std::string stem = folder + "/mempool-bench-watch." + std::to_string(getpid());
  const std::string jsonl = stem + ".jsonl", mplog = stem + ".mplog";
  std::vector<Way> ways(7);
  ways[0] = {"nobody", {}};
  ways[1] = {"nobody, again", {}};  // how far apart two equal numbers are
  ways[2] = {"ring of 1024", {}};
  ways[2].options.ring = 1024;
  ways[3] = {"ring of 65536", {}};
  ways[3].options.ring = 65536;
  ways[4] = {".mplog, a call at a time", {}};
  ways[4].options.log = mplog.c_str();
  ways[5] = {".jsonl, flush=64k", {}};
  ways[5].options.log = jsonl.c_str();
  ways[5].options.flush = 64 << 10;
  ways[6] = {".mplog with the clock", {}};
  ways[6].options.log = mplog.c_str();
  ways[6].options.clock = POOL_ON;
  for (int round = 0; round < rounds; ++round)
    for (Way& way : ways) way.nanoseconds = std::min(way.nanoseconds, measure(way.options));

  const double events = count_events();
  const double nobody = ways[0].nanoseconds;
  std::printf("logs in %s; %.2f events a replaced block (a free and an alloc)\n", folder.c_str(),
              events);
  for (const Way& way : ways)
    std::printf("%-26s %7.1f ns a replaced block %7.1f ns an event\n", way.name, way.nanoseconds,
                (way.nanoseconds - nobody) / events);
}
