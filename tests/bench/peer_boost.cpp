// Boost.Interprocess as a peer: its two memory algorithms, built in a plain buffer, without a lock
// and with plain pointers in place of offset pointers: at their best, not as shared memory.
#include "bench/loop.hpp"
#include "bench/peer_list.hpp"

#ifdef MEMPOOL_BENCH_BOOST
#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/mem_algo/simple_seq_fit.hpp>
#include <boost/interprocess/offset_ptr.hpp>
#include <boost/interprocess/sync/mutex_family.hpp>

namespace mempool::bench {

namespace {

namespace ip = boost::interprocess;

template <class Algorithm>
class BoostPeer {
 public:
  std::string open(u64 region) {
    if (region < Algorithm::get_min_size(0)) return "the region is too small";
    if (!region_.map(region)) return "no memory for the region";
    algorithm_ = new (region_.data()) Algorithm(region, 0);
    return {};
  }
  void close() {
    algorithm_ = nullptr;
    region_.unmap();
  }
  void renew() {}
  void* alloc(u32 size) {
    char* none = nullptr;
    std::size_t got = size;
    return algorithm_->template allocation_command<char>(ip::allocate_new | ip::nothrow_allocation,
                                                         size, got, none);
  }
  void free(void* block, u32) { algorithm_->deallocate(block); }
  /// In place where the algorithm can.
  void* realloc(void* block, u32 old, u32 size) {
    char* reuse = static_cast<char*>(block);
    std::size_t got = size;
    if (size <= old) {
      algorithm_->template allocation_command<char>(ip::shrink_in_place | ip::nothrow_allocation,
                                                    old, got, reuse);
      return block;  // shrunk or as it was: it serves
    }
    void* fresh = algorithm_->template allocation_command<char>(
        ip::expand_fwd | ip::allocate_new | ip::nothrow_allocation, size, got, reuse);
    if (fresh == nullptr || reuse != nullptr) return fresh;
    std::memcpy(fresh, block, old);
    algorithm_->deallocate(block);
    return fresh;
  }
  [[nodiscard]] u64 metadata() const { return 0; }

 private:
  Region region_;
  Algorithm* algorithm_ = nullptr;
};

using Best = ip::rbtree_best_fit<ip::null_mutex_family, void*>;
using Sequential = ip::simple_seq_fit<ip::null_mutex_family, void*>;
using Shared = ip::rbtree_best_fit<ip::null_mutex_family, ip::offset_ptr<void>>;

constexpr auto make_best = make_loop<BoostPeer<Best>>;
constexpr auto make_sequential = make_loop<BoostPeer<Sequential>>;
constexpr auto make_shared = make_loop<BoostPeer<Shared>>;

}  // namespace

#else
namespace mempool::bench {
constexpr std::unique_ptr<Runner> (*make_best)() = nullptr;
constexpr auto make_sequential = make_best;
constexpr auto make_shared = make_best;
#endif

void add_boost(std::vector<Peer>& peers) {
  peers.push_back({"boost-rbtree", "Boost.Interprocess rbtree_best_fit, no lock, plain pointers",
                   "", true, false, make_best});
  peers.push_back({"boost-offset", "Boost.Interprocess rbtree_best_fit, no lock, offset pointers",
                   "", true, false, make_shared});
  peers.push_back({"boost-seq", "Boost.Interprocess simple_seq_fit, no lock, plain pointers", "",
                   true, false, make_sequential});
}

}  // namespace mempool::bench
