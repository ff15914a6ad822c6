// oneTBB's fixed_pool as a peer, through the functions of libtbbmalloc that it is made of.
// It is thread-safe, and its cache is per thread: it pays for what the others need not do.
#include "bench/loop.hpp"
#include "bench/peer_list.hpp"

#ifdef MEMPOOL_BENCH_TBB
#include <tbb/scalable_allocator.h>

namespace mempool::bench {

namespace {

class TbbPeer {
 public:
  ~TbbPeer() { close(); }

  std::string open(u64 region) {
    if (!region_.map(region)) return "no memory for the region";
    rest_ = region;
    const rml::MemPoolPolicy policy(hand_over, nullptr, region, true);
    const auto id = reinterpret_cast<std::intptr_t>(this);
    if (rml::pool_create_v1(id, &policy, &pool_) != rml::POOL_OK) return "pool_create_v1() failed";
    return {};
  }
  void close() {
    if (pool_ != nullptr) rml::pool_destroy(pool_);
    pool_ = nullptr;
    region_.unmap();
  }
  void renew() {}
  void* alloc(u32 size) { return rml::pool_malloc(pool_, size); }
  void free(void* block, u32) { rml::pool_free(pool_, block); }
  void* realloc(void* block, u32, u32 size) { return rml::pool_realloc(pool_, block, size); }
  [[nodiscard]] u64 metadata() const { return 0; }

 private:
  /// The one buffer, once.
  static void* hand_over(std::intptr_t id, std::size_t& bytes) {
    auto& self = *reinterpret_cast<TbbPeer*>(id);
    bytes = std::exchange(self.rest_, 0);
    return bytes == 0 ? nullptr : self.region_.data();
  }

  Region region_;
  u64 rest_ = 0;
  rml::MemoryPool* pool_ = nullptr;
};

constexpr auto make_tbb = make_loop<TbbPeer>;

}  // namespace

#else
namespace mempool::bench {
constexpr std::unique_ptr<Runner> (*make_tbb)() = nullptr;
#endif

void add_tbb(std::vector<Peer>& peers) {
  peers.push_back({"tbb-fixed", "oneTBB fixed_pool (thread-safe)", "", true, false, make_tbb});
}

}  // namespace mempool::bench
