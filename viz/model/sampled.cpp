// One reading of a log: see sampled.hpp.
#include "model/sampled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "model/story.hpp"

namespace mempool::viz {

namespace {

double fragmentation(const Sample& sample) {
  return sample.free == 0
             ? 0
             : 1 - static_cast<double>(sample.largest) / static_cast<double>(sample.free);
}

/// One pool's events.
class Sampler {
 public:
  Sampler(u32 pool, const Sampling& sampling) : pool_(pool), sampling_(sampling) {}

  [[nodiscard]] u32 pool() const { return pool_; }

  void see(const pool_event& event) {
    if (made_.events != 0 && event.call != call_) end_call();
    call_ = event.call;
    ++made_.events;
    count(event);
    static_cast<void>(made_.model.apply(event));  // what cannot be applied changes nothing
  }

  Sampled finish() {
    end_call(true);
    double sum = 0;
    u64 counted = 0;
    for (const Sample& each : made_.samples) {
      if (each.free == 0) continue;
      sum += fragmentation(each);
      ++counted;
      if (made_.worst.free == 0 || fragmentation(each) > fragmentation(made_.worst))
        made_.worst = {each.call, each.free, each.largest, {}};
    }
    made_.mean_fragmentation = counted == 0 ? 0 : sum / static_cast<double>(counted);
    return std::move(made_);
  }

 private:
  void count(const pool_event& event) {
    const Model& model = made_.model;
    if (event.kind == POOL_EVENT_ALLOC && model.live(event.as.alloc.block) == nullptr)
      ++made_.sizes[std::bit_width(event.as.alloc.requested)];
    if (event.kind == POOL_EVENT_ALLOC_FAIL) {
      if (model.live(event.as.alloc_fail.block) == nullptr)
        ++made_.sizes[std::bit_width(event.as.alloc_fail.requested)];
      ++made_.reasons[std::min<std::size_t>(event.as.alloc_fail.reason, made_.reasons.size() - 1)];
    }
  }

  void end_call(bool last = false) {
    ++made_.calls;
    if (sampling_.between) survivors(last);
    if (!last && made_.calls % made_.every != 0) return;
    if (made_.samples.size() == most_samples) thin_out();
    if (!last && made_.calls % made_.every != 0) return;
    const Model& model = made_.model;
    Sample sample{call_, model.free_bytes, model.largest_free(), {}};
    if (sampling_.column && model.capacity != 0) sample.column = sampling_.column(model);
    made_.samples.push_back(std::move(sample));
  }

  /// Every other sample goes, from the first on; the newest stays.
  void thin_out() {
    std::vector<Sample> kept;
    for (std::size_t i = 1; i < made_.samples.size(); i += 2)
      kept.push_back(std::move(made_.samples[i]));
    made_.samples = std::move(kept);
    made_.every *= 2;
  }

  /// Numbers tell what came when: those given out between the two calls.
  void survivors(bool last) {
    const auto [from, to] = *sampling_.between;
    if (call_ <= from) first_number_ = made_.model.next_number;
    const bool due = call_ == to || (last && call_ < to);
    if (!due || told_) return;
    told_ = true;
    for (const auto& [offset, block] : made_.model.blocks())
      if (block.lives() && block.number >= first_number_)
        made_.survivors.push_back(
            {block.number, offset, block.requested, site_text(made_.model, block.number)});
  }

  u32 pool_;
  const Sampling& sampling_;
  Sampled made_;
  u64 call_ = 0, first_number_ = 0;
  bool told_ = false;
};

}  // namespace

Result<Sampled> sample(log::Reader& reader, const Sampling& sampling, const Progress& progress) {
  std::optional<Sampler> sampler;
  std::set<u32> pools;
  pool_event event;
  for (ReadProgress tell(reader, progress); reader.next(event);) {
    tell();
    if (event.pool == 0) continue;
    pools.insert(event.pool);
    if (sampling.pool && event.pool != *sampling.pool) continue;
    if (!sampler || event.pool < sampler->pool()) sampler.emplace(event.pool, sampling);
    if (event.pool == sampler->pool()) sampler->see(event);
  }
  if (!sampler)
    return failure(sampling.pool ? fmt::format("there is no pool {} in the log", *sampling.pool)
                                 : std::string("there is no pool in the log"));
  Sampled made = sampler->finish();
  for (const u32 pool : pools)
    if (pool != sampler->pool()) made.other_pools.push_back(pool);
  return made;
}

}  // namespace mempool::viz
