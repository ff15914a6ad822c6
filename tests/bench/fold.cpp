// fold: how fast the viewer's model takes a log in. Decoding and files are not measured: the
// events are decoded, or emitted by a pool, before the clock starts.
//
//     fold LOG           the events of a log's lowest pool, at most four million of them
//     fold live BLOCKS   a pool with so many live blocks: filled, then freed and taken at random
//
// Prints the median of some folds in millions of events a second.
#include <mempool.h>
#include <mempool/sink.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string_view>
#include <vector>

#include "event/table.hpp"
#include "log/reader.hpp"
#include "model/frame.hpp"

using namespace mempool;

namespace {

constexpr std::size_t most_events = 4'000'000;

using Events = std::vector<viz::OwnedEvent>;

Events from_log(const char* path) {
  Events events;
  Result<log::Reader> reader = log::Reader::open(path);
  if (!reader) {
    std::fprintf(stderr, "fold: %s\n", reader.error().what.c_str());
    std::exit(1);
  }
  pool_event event;
  u32 pool = 0;
  while (events.size() < most_events && reader->next(event)) {
    if (pool == 0) pool = event.pool;
    if (event.pool == pool) events.emplace_back(event);
  }
  return events;
}

/// A pool that is filled, then half a million times loses a random block and takes another one.
Events from_pool(u64 blocks) {
  constexpr int exchanges = 500'000;
  Events events;
  events.reserve(4 * blocks + 4 * exchanges);
  MemoryPool* pool = pool_create(blocks * 256);
  pool_event create = event::make(POOL_EVENT_CREATE);
  create.as.create = {blocks * 256, 16, POOL_FIRST, 0, 0, nullptr, 0, 0, POOL_NONE, 0, nullptr};
  events.emplace_back(create);
  const pool_sink sink{
      sizeof sink, &events,
      [](void* to, const pool_event* event) { static_cast<Events*>(to)->emplace_back(*event); },
      nullptr};
  pool_set_sink(pool, &sink);
  std::mt19937_64 random(1);
  const auto take = [&] { return pool_alloc(pool, 16 + random() % 160); };
  std::vector<void*> live(blocks);
  for (void*& block : live) block = take();
  for (int i = 0; i < exchanges; ++i) {
    void*& block = live[random() % blocks];
    pool_free(pool, block);
    block = take();
  }
  pool_set_sink(pool, nullptr);
  pool_reset(pool);
  pool_destroy(pool);
  return events;
}

/// Seconds of the processor that one fold takes.
double fold(const Events& events, u64& live) {
  viz::Model model;
  u64 faults = 0, most = 0;
  const std::clock_t start = std::clock();
  for (const viz::OwnedEvent& event : events) {
    faults += model.apply(*event) == viz::Fault::none ? 0 : 1;
    most = std::max(most, model.used_blocks);
  }
  const std::clock_t taken = std::clock() - start;
  if (faults != 0)
    std::fprintf(stderr, "fold: events that cannot be true: %llu\n",
                 static_cast<unsigned long long>(faults));
  live = most;
  return static_cast<double>(taken) / CLOCKS_PER_SEC;
}

}  // namespace

int main(int argc, char** argv) {
  const bool live_blocks = argc == 3 && std::string_view(argv[1]) == "live";
  if (argc != 2 && !live_blocks) {
    std::fprintf(stderr, "usage: fold LOG, or fold live BLOCKS\n");
    return 2;
  }
  const Events events =
      live_blocks ? from_pool(std::strtoull(argv[2], nullptr, 10)) : from_log(argv[1]);
  std::vector<double> seconds(5);
  u64 live = 0;
  for (double& one : seconds) one = fold(events, live);
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  std::printf("%s: %zu events, at most %llu live blocks: %.1f M events/s\n", argv[argc - 1],
              events.size(), static_cast<unsigned long long>(live),
              static_cast<double>(events.size()) / median / 1e6);
}
