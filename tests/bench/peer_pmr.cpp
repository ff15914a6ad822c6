// std::pmr::unsynchronized_pool_resource as a peer, over new_delete_resource(): over a monotonic
// buffer it would never get a large block back.
#include <memory_resource>
#include <new>
#include <optional>

#include "bench/loop.hpp"
#include "bench/peer_list.hpp"

namespace mempool::bench {

namespace {

class PmrPeer {
 public:
  std::string open(u64) {
    pool_.emplace(std::pmr::new_delete_resource());
    return {};
  }
  void close() { pool_.reset(); }
  void renew() {}
  void* alloc(u32 size) {
    try {
      return pool_->allocate(size);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  void free(void* block, u32 size) { pool_->deallocate(block, size); }
  void* realloc(void* block, u32 old, u32 size) { return move_block(*this, block, old, size); }
  [[nodiscard]] u64 metadata() const { return 0; }

 private:
  std::optional<std::pmr::unsynchronized_pool_resource> pool_;
};

}  // namespace

void add_pmr(std::vector<Peer>& peers) {
  peers.push_back({"pmr-pool", "std::pmr::unsynchronized_pool_resource over new and delete", "",
                   false, false, make_loop<PmrPeer>});
}

}  // namespace mempool::bench
